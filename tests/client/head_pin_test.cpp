#include "client/head_pin.h"

#include "ledger/history_tree.h"
#include "tests/client/folder.h"
#include "tests/support/vectors.h"

namespace jangbu::client {
namespace {

using test::Folder;
using test::json;
using test::must;
using test::vectors;
namespace jbproof = ledger::jbproof;

// A little chain of signed headers without transactions; `fork` makes other headers from a height
// on.
struct SignedChain {
    explicit SignedChain(u64 heights, std::optional<u64> fork = {}) {
        genesis.name = "test";
        genesis.time_ms = 1'000;
        genesis.protocol_version = 1;
        genesis.validators.validators = {{validator.public_key(), 1}};
        genesis.state_root = ledger::StateTree().root();
        add(ledger::header_zero(genesis));
        for (u64 height = 1; height <= heights; ++height) {
            ledger::Header header = heads.back().header;
            header.height = height;
            header.time_ms += 1'000;
            if (fork && height >= *fork) header.time_ms += 1;
            header.parent = heads.back().hash;
            header.history_root = history->root(height);
            add(header);
        }
    }
    void add(const ledger::Header& header) {
        SignedHead head;
        head.header = header;
        head.hash = ledger::header_hash(header);
        head.finality = {validator.public_key(),
                         validator.sign(crypto::domain::header, head.hash.bytes)};
        heads.push_back(head);
        history->append(head.hash);
    }
    std::string consistency(u64 from, u64 to) const {
        ledger::Snapshot at;
        at.header = heads[to].header;
        at.hash = heads[to].hash;
        at.finality = heads[to].finality;
        at.history = history;
        return jbproof::prove_consistency(genesis, at, heads[from].header);
    }
    jbproof::Trusted trusted() const { return {ledger::chain_id(genesis), {}}; }

    crypto::SigningKey validator{ByteArray<32>{7}};
    ledger::Genesis genesis;
    std::shared_ptr<ledger::HistoryTree> history = std::make_shared<ledger::HistoryTree>();
    std::vector<SignedHead> heads;
};

TEST_CASE("head pin: a head that extends the pinned one is accepted, from every height") {
    const SignedChain chain(9);
    for (u64 from = 0; from < 9; ++from)
        CHECK(must(judge_extension(chain.heads[from], chain.heads[9], chain.consistency(from, 9),
                                   chain.trusted())) == Extension::extends);
    CHECK(must(judge_extension(chain.heads[9], chain.heads[9], "", chain.trusted())) ==
          Extension::same);
}

TEST_CASE("head pin: another signed head of the same height contradicts the pinned one") {
    const SignedChain chain(6);
    const SignedChain forked(6, 4);
    CHECK(must(judge_extension(chain.heads[6], forked.heads[6], "", chain.trusted())) ==
          Extension::contradicts);
}

TEST_CASE("head pin: a higher head over another history contradicts the pinned one") {
    const SignedChain chain(6);
    const SignedChain forked(9, 4);
    CHECK(must(judge_extension(chain.heads[6], forked.heads[9], forked.consistency(6, 9),
                               chain.trusted())) == Extension::contradicts);
    // A fork of only the last header is one too: consistency of the roots alone would accept it.
    const SignedChain last(9, 6);
    CHECK(must(judge_extension(chain.heads[6], last.heads[9], last.consistency(6, 9),
                               chain.trusted())) == Extension::contradicts);
}

TEST_CASE("head pin: a node that goes back, proves nothing or something else is refused") {
    const SignedChain chain(9);
    const auto code = [&](u64 pinned, u64 head, const std::string& proof) {
        const auto verdict =
            judge_extension(chain.heads[pinned], chain.heads[head], proof, chain.trusted());
        REQUIRE(!verdict.has_value());
        return verdict.error().code;
    };
    CHECK(code(6, 5, "") == ErrorCode::verification_failed);
    CHECK(code(6, 9, "") == ErrorCode::verification_failed);
    CHECK(code(6, 9, "{}") == ErrorCode::verification_failed);
    CHECK(code(6, 9, chain.consistency(5, 9)) == ErrorCode::verification_failed);
    CHECK(code(6, 9, chain.consistency(6, 8)) == ErrorCode::verification_failed);
    std::string changed = chain.consistency(6, 9);
    changed[changed.size() / 2] ^= 1;
    CHECK(code(6, 9, changed) == ErrorCode::verification_failed);
}

TEST_CASE("head pin: a head is checked for ledger, validator and signature") {
    const SignedChain chain(3);
    for (const SignedHead& head : chain.heads)
        CHECK(check_signed_head(head, chain.genesis).has_value());
    SignedHead changed = chain.heads[2];
    changed.finality.signature[3] ^= 1;
    CHECK(!check_signed_head(changed, chain.genesis));
    changed = chain.heads[2];
    changed.header.time_ms += 1;
    changed.hash = ledger::header_hash(changed.header);
    CHECK(!check_signed_head(changed, chain.genesis));
    ledger::Genesis other = chain.genesis;
    other.name = "another";
    CHECK(!check_signed_head(chain.heads[2], other));
    changed = chain.heads[0];
    changed.header.time_ms += 1;
    changed.hash = ledger::header_hash(changed.header);
    CHECK(!check_signed_head(changed, chain.genesis));
}

TEST_CASE(
    "head pin: two contradicting heads are saved as a file that convicts, and not overwritten") {
    const Folder folder;
    const Home home = *Home::open(folder / "home");
    const SignedChain chain(6);
    const SignedChain forked(9, 4);
    const auto file =
        save_fraud(home, chain.genesis, chain.heads[6], forked.heads[9], forked.consistency(6, 9));
    REQUIRE(file.has_value());
    CHECK(file->filename() == "fraud-6.json");
    const Bytes saved = folder.read("home/fraud-6.json");
    const auto fraud = read_fraud(as_text(saved));
    REQUIRE(fraud.has_value());
    CHECK(check_fraud(*fraud, chain.genesis).has_value());
    CHECK(must(save_fraud(home, chain.genesis, chain.heads[6], forked.heads[6], "")) == *file);
    CHECK(folder.read("home/fraud-6.json") == saved);

    // Two heads that agree convict nobody.
    Fraud honest{chain.heads[6], chain.heads[6], ""};
    CHECK(!check_fraud(honest, chain.genesis));
    honest = {chain.heads[3], chain.heads[6], chain.consistency(3, 6)};
    CHECK(!check_fraud(honest, chain.genesis));
}

TEST_CASE("head pin: the pinned head survives in the home") {
    const Folder folder;
    const Home home = *Home::open(folder / "home");
    CHECK(must(load_head(home)) == std::optional<SignedHead>());
    const SignedChain chain(2);
    REQUIRE(save_head(home, chain.heads[2]));
    CHECK(must(load_head(home)) == std::optional(chain.heads[2]));
}

TEST_CASE("head pin: the consistency proof of the vectors is read as one") {
    const json& file = vectors("jbproof.json");
    const jbproof::Trusted trusted{ChainId(test::array_of<32>(file.at("trusted").at("chain_id"))),
                                   {}};
    for (const json& valid : file.at("valid")) {
        const std::string text = valid.at("file").get<std::string>();
        const auto proof = jbproof::verify(text, trusted);
        REQUIRE(proof.has_value());
        if (proof->kind != jbproof::Kind::consistency) continue;
        SignedHead pinned;
        pinned.header = proof->older_header;
        pinned.hash = ledger::header_hash(pinned.header);
        SignedHead head;
        head.header = proof->header;
        head.hash = proof->header_hash;
        CHECK(must(judge_extension(pinned, head, text, trusted)) == Extension::extends);
        pinned.hash.bytes[0] ^= 1;
        CHECK(must(judge_extension(pinned, head, text, trusted)) == Extension::contradicts);
    }
}

}  // namespace
}  // namespace jangbu::client
