// The seam of signatures: who is asked, when, and what a bad one does to a block.
#include "ledger/signature_checker.h"

#include <doctest/doctest.h>

#include "tests/support/test_ledger.h"

using namespace jangbu;
using namespace jangbu::ledger;
using namespace jangbu::test;
using namespace jangbu::test::put_map;

namespace {

// The plain one, and how it was asked.
class Watched final : public SignatureChecker {
public:
    void check(std::span<const crypto::Claim> claims, std::span<bool> verdicts) override {
        plain_.check(claims, verdicts);
        asked.push_back(claims.size());
    }
    std::vector<std::size_t> asked;

private:
    PlainSignatureChecker plain_;
};

std::vector<Transaction> some(TestLedger& ledger, std::size_t count) {
    std::vector<Transaction> out;
    for (std::size_t i = 0; i < count; ++i)
        out.push_back(ledger.author(Put{"name " + std::to_string(i), {}}));
    return out;
}

void check_signature_refused(const Error& error, const std::string& reason) {
    CHECK(error.code == ErrorCode::verification_failed);
    CHECK_MESSAGE(error.detail.find(reason) != std::string::npos, error.detail);
}

}  // namespace

TEST_CASE("signature checker: RFC 8032's first example is good, and bad in each changed bit") {
    // RFC 8032 section 7.1, TEST 1: the empty message.
    crypto::Claim claim;
    claim.key =
        *PublicKey::from_hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    claim.signature = *from_hex_array<64>(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701c"
        "f9"
        "b46bd25bf5f0595bbe24655141438e7a100b");
    std::vector<crypto::Claim> claims{claim};
    for (std::size_t bit = 0; bit < 512; bit += 7) {
        claims.push_back(claim);
        claims.back().signature[bit / 8] ^= static_cast<u8>(1u << bit % 8);
    }
    const auto verdicts = std::make_unique<bool[]>(claims.size());
    PlainSignatureChecker().check(claims, {verdicts.get(), claims.size()});
    CHECK(verdicts[0]);
    for (std::size_t i = 1; i < claims.size(); ++i) CHECK_FALSE(verdicts[i]);
    PlainSignatureChecker().check({}, {});
}

TEST_CASE("signature checker: a block with bad signatures is refused with the index of the first") {
    TestFolder folder;
    TestLedger ledger;
    REQUIRE_OK(ledger.open(folder.path));
    const std::vector<Transaction> good = some(ledger, 40);
    for (const std::size_t first : {0u, 17u, 39u}) {
        std::vector<Transaction> bad = good;
        bad[first].signature[20] ^= 2;
        bad[39].signature = good[3].signature;  // true, but of another transaction
        const Status appended = ledger.chain->append(next_input(*ledger.chain->head(), bad));
        REQUIRE_FALSE(appended.has_value());
        check_signature_refused(appended.error(),
                                "transaction " + std::to_string(first) + ": BadSignature");
    }
    // Nothing became durable, and the chain goes on.
    CHECK(*ledger.chain->blocks().last_input_height() == 0);
    CHECK_OK(ledger.commit(good));
}

TEST_CASE(
    "signature checker: a chain asks the one it was given, once a block, and gives the same "
    "roots") {
    MemoryDisk disk, plain_disk;
    TestLedger ledger, plain;
    Watched watched;
    PutMap application;
    const auto chain = Chain::open(disk.stores(), ledger.genesis, application, sign_header,
                                   {.flushes_aside = false, .signatures = &watched});
    REQUIRE(chain.has_value());
    REQUIRE_OK(plain.open(plain_disk));
    CHECK(watched.asked.empty());
    const std::vector<Transaction> transactions = some(plain, 5);
    REQUIRE_OK(commit_block(**chain, transactions));
    REQUIRE_OK(plain.commit(transactions));
    CHECK(watched.asked == std::vector<std::size_t>{5});
    CHECK((*chain)->head()->hash == plain.chain->head()->hash);
    REQUIRE_OK(commit_block(**chain, {}));
    CHECK(watched.asked.size() == 1);  // nothing to ask
}

TEST_CASE(
    "signature checker: an input that a crash interrupted is verified before it is finished") {
    MemoryDisk disk;
    TestLedger ledger;
    REQUIRE_OK(ledger.open(disk));
    BlockInput input = next_input(*ledger.chain->head(), some(ledger, 3));
    REQUIRE_OK(ledger.chain->append(input));
    MemoryDisk damaged = disk;
    input.transactions[1].signature[9] ^= 1;
    damaged.inputs.at(1) = encode(input);

    Watched watched;
    PutMap application;
    const auto refused = Chain::open(damaged.stores(), ledger.genesis, application, sign_header,
                                     {.flushes_aside = false, .signatures = &watched});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::corrupted);
    CHECK(refused.error().detail.find("transaction 1: BadSignature") != std::string::npos);
    CHECK(watched.asked == std::vector<std::size_t>{3});

    REQUIRE_OK(ledger.open(disk));
    CHECK(ledger.chain->head()->header.height == 1);
}
