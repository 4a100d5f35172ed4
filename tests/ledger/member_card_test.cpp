// The member card: both ways, and each thing that a reader refuses.
#include "ledger/member_card.h"

#include <doctest/doctest.h>

using namespace jangbu;
using namespace jangbu::ledger;

namespace {

MemberCard card() {
    return make_member_card(crypto::OrganisationSecret(crypto::sha256(as_bytes("a member"))), 2);
}

}  // namespace

TEST_CASE("member card: what is made reads back, with a line end or without") {
    const std::string text = to_text(card());
    CHECK(text.starts_with("jangbu-card/1 "));
    for (const std::string& line : {text, text + "\n", text + "\r\n"}) {
        const Result<MemberCard> read = read_member_card(line);
        REQUIRE(read.has_value());
        CHECK(read->org == card().org);
        CHECK(read->keys.size() == 6);
        CHECK(to_text(*read) == text);
    }
}

TEST_CASE("member card: no changed byte passes") {
    const Bytes bytes = bcs::encode(card());
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        // A flipped bit of an x25519 key is another admissible key more often than not: they have
        // no proof.
        if (at >= bytes.size() - 2 * 35) break;
        Bytes changed = bytes;
        changed[at] ^= 4;
        CAPTURE(at);
        CHECK_FALSE(read_member_card("jangbu-card/1 " + to_base64url(changed)).has_value());
    }
    CHECK_FALSE(read_member_card(to_text(card()).substr(1)).has_value());
    CHECK_FALSE(read_member_card("jangbu-card/1 ").has_value());
    CHECK_FALSE(read_member_card("jangbu-card/1 !").has_value());
    CHECK_FALSE(read_member_card("").has_value());
}

TEST_CASE(
    "member card: another organisation's id, a missing proof and a proof too many are refused") {
    MemberCard changed = card();
    changed.org.bytes[0] ^= 1;
    CHECK_FALSE(read_member_card(to_text(changed)).has_value());
    changed = card();
    changed.keys[1].possession.reset();
    CHECK_FALSE(read_member_card(to_text(changed)).has_value());
    changed = card();
    changed.keys.back().possession = Signature{};
    CHECK_FALSE(read_member_card(to_text(changed)).has_value());
    changed = card();
    changed.keys.erase(changed.keys.begin());  // the transact key that makes the id
    CHECK_FALSE(read_member_card(to_text(changed)).has_value());
}
