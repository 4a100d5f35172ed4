// A ledger of the PutMap application over the small genesis: makes signed transactions and blocks,
// and commits them as an engine would.
#pragma once

#include <doctest/doctest.h>

#include <random>

#include "base/log.h"
#include "ledger/chain.h"
#include "tests/ledger/genesis_file.h"
#include "tests/support/memory_stores.h"
#include "tests/support/put_map.h"

namespace jangbu::test {

// A folder that is gone at the end of the scope. In memory where there is such a place: these tests
// end processes, not the power, and sync thousands of times.
class TestFolder {
public:
    TestFolder() {
        const std::filesystem::path memory = "/dev/shm";
        const auto base =
            std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
        std::string name = (base / "jangbu-ledger-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~TestFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;
    std::filesystem::path path;
};

// Makes transactions that differ in their salt. Times of a transaction: from the genesis on, 1 h.
class Author {
public:
    explicit Author(const Genesis& genesis) : genesis_(genesis), chain_(chain_id(genesis)) {}

    Body body(const put_map::Operation& operation, std::string_view key_name = "member") {
        Body made;
        std::copy_n(chain_.bytes.begin(), made.chain.size(), made.chain.begin());
        made.author = key_named(key_name).public_key();
        made.valid_from_ms = now_ms;
        made.valid_for_ms = 3'600'000;
        made.salt = le64(salt_++);
        made.operation = bcs::encode(operation);
        return made;
    }
    Transaction sign_body(const Body& body, std::string_view key_name = "member") const {
        return sign(body, chain_, key_named(key_name));
    }
    Transaction operator()(const put_map::Operation& operation,
                           std::string_view key_name = "member") {
        return sign_body(body(operation, key_name), key_name);
    }

    u64 now_ms = 0;

private:
    const Genesis genesis_;
    const ChainId chain_;
    u64 salt_ = 0;
};

inline BlockInput next_input(const Snapshot& head, std::vector<Transaction> transactions,
                             u64 after_ms = 1'000) {
    const Header& header = head.header;
    return {header.epoch, header.height + 1, header.time_ms + after_ms, head.hash,
            std::move(transactions)};
}

inline Result<SoloFinality> sign_header(const Header&, const HeaderHash& hash) {
    const crypto::SigningKey key = key_named("operate");
    return SoloFinality{key.public_key(), key.sign(crypto::domain::header, hash.bytes)};
}

// The engine's part of the way of a block.
inline Status commit_input(Chain& chain, const BlockInput& input) {
    TRY(chain.append(input));
    Execution execution = TRY(chain.execute(input));
    const SoloFinality finality = TRY(sign_header(execution.header, execution.hash));
    return chain.commit(std::move(execution), finality);
}
inline Status commit_block(Chain& chain, std::vector<Transaction> transactions,
                           u64 after_ms = 1'000) {
    return commit_input(chain, next_input(*chain.head(), std::move(transactions), after_ms));
}

inline Document document_of(std::size_t bytes, u8 fill) {
    return {ByteArray<32>{fill}, "application/octet-stream", Bytes(bytes, fill)};
}

// A random operation that mostly succeeds. Deadlines lie within some blocks of `market_time_ms`.
inline put_map::Operation random_operation(std::mt19937_64& random, u64 market_time_ms) {
    const std::string name = "name " + std::to_string(random() % 40);
    // Drawn one by one: the order of arguments in parentheses is the compiler's choice.
    const std::size_t length = random() % 200;
    const auto fill = static_cast<u8>(random());
    switch (random() % 6) {
        case 0:
        case 1:
            return put_map::Put{name, Bytes(length, fill)};
        case 2:
            return put_map::Erase{name};
        case 3:
            return put_map::Add{"sum " + std::to_string(random() % 5), random() % 1'000};
        case 4:
            return put_map::Refuse{name, static_cast<u16>(100 + random() % 100)};
        default:
            return put_map::Until{name, market_time_ms + random() % 20'000};
    }
}

// Opens and commits; every open starts from a fresh application.
struct TestLedger {
    GenesisFile genesis = small_genesis().finish();
    PutMap application;
    Author author{genesis.genesis};
    std::unique_ptr<Chain> chain;

    TestLedger() {
        author.now_ms = genesis.genesis.time_ms;
        log::set_level(log::Level::warn);  // starts that finish a block are many here
    }

    Status open(const std::filesystem::path& folder, u64 flush_every_blocks = 4) {
        chain.reset();  // a folder is open once
        application = PutMap();
        auto opened = Chain::open(folder, genesis, application, sign_header, {flush_every_blocks});
        if (!opened) return std::unexpected(opened.error());
        chain = std::move(*opened);
        return {};
    }
    Status open(MemoryDisk& disk, u64 flush_every_blocks = 4) {
        chain.reset();
        application = PutMap();
        auto opened =
            Chain::open(disk.stores(), genesis, application, sign_header,
                        {.flush_every_blocks = flush_every_blocks, .flushes_aside = false});
        if (!opened) return std::unexpected(opened.error());
        chain = std::move(*opened);
        return {};
    }
    Status commit(std::vector<Transaction> transactions, u64 after_ms = 1'000) {
        const Status done = commit_block(*chain, std::move(transactions), after_ms);
        author.now_ms = chain->head()->header.time_ms;
        return done;
    }
    std::vector<Transaction> random_transactions(std::mt19937_64& random, std::size_t most = 6) {
        std::vector<Transaction> out;
        for (std::size_t left = random() % (most + 1); left > 0; --left)
            out.push_back(author(random_operation(random, chain->head()->header.market_time_ms)));
        return out;
    }
};

#define CHECK_OK(expression)                                                            \
    do {                                                                                \
        const auto& checked_ = (expression);                                            \
        CHECK_MESSAGE(checked_.has_value(), (checked_ ? "" : checked_.error().detail)); \
    } while (false)
#define REQUIRE_OK(expression)                                                            \
    do {                                                                                  \
        const auto& checked_ = (expression);                                              \
        REQUIRE_MESSAGE(checked_.has_value(), (checked_ ? "" : checked_.error().detail)); \
    } while (false)

}  // namespace jangbu::test
