// Damaged files and killed processes: a start either has everything that was acknowledged, or is
// refused.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <thread>

#include "tests/ledger/plain_files.h"
#include "tests/support/test_ledger.h"

using namespace jangbu;
using namespace jangbu::ledger;
using namespace jangbu::test;
using namespace jangbu::test::put_map;

namespace fs = std::filesystem;

namespace {

constexpr std::size_t page_bytes = 4'096;

// A ledger at rest, and what it acknowledged.
struct Kept {
    std::vector<Header> headers;
    std::vector<TxId> ids;
    std::vector<DocumentHash> documents;
};

void add_blocks(TestLedger& ledger, Kept& kept, std::mt19937_64& random, int blocks) {
    for (int i = 0; i < blocks; ++i) {
        std::vector<Transaction> transactions = ledger.random_transactions(random);
        const Document document = document_of(random() % 3'000, static_cast<u8>(random()));
        REQUIRE_OK(ledger.chain->store_documents(std::span(&document, 1)));
        const DocumentRef ref = document_ref(document, DocumentClass::parties);
        transactions.push_back(ledger.author(Attach{ref}));
        REQUIRE_OK(ledger.commit(transactions));
        kept.headers.push_back(ledger.chain->head()->header);
        kept.documents.push_back(ref.hash);
        for (const Transaction& transaction : transactions)
            kept.ids.push_back(txid(ledger.chain->id(), transaction.body));
    }
}

// Every key of the state, read one by one, hashed anew.
Hash root_of_entries(const StateTree& state) {
    StateTree::Changes entries;
    state.for_each([&](ByteView key, ByteView value) { entries[to_bytes(key)] = to_bytes(value); });
    return StateTree().updated(entries).root();
}

// Nothing, or what is missing although the start succeeded.
std::optional<std::string> silent_loss(const Chain& chain, const Kept& kept) {
    const SnapshotPtr head = chain.head();
    if (head->header != kept.headers.back()) return "another head";
    if (root_of_entries(head->state) != kept.headers.back().state_root) return "another state";
    for (std::size_t i = 0; i < kept.headers.size(); ++i) {
        const auto block = chain.blocks().block(i + 1);
        if (!block || block->header != kept.headers[i]) return "a block is missing";
    }
    for (const TxId& id : kept.ids)
        if (!chain.is_used(id) || !chain.blocks().locate(id)) return "a transaction is missing";
    for (const DocumentHash& hash : kept.documents)
        if (!chain.documents().find(hash)) return "a document is missing";
    return std::nullopt;
}

std::vector<fs::path> files_below(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) files.push_back(fs::relative(entry.path(), folder));
    std::ranges::sort(files);
    return files;
}

enum class Damage { flip, truncate, zero_page, zero_tail, swap_pages, append, remove, count };

// False if the file stays as it was.
bool damage(const fs::path& file, Damage kind, std::mt19937_64& random) {
    const Bytes before = read_plainly(file);
    if (kind == Damage::remove) return fs::remove(file);
    if (before.empty() && kind != Damage::append) return false;
    Bytes after = before;
    const std::size_t place = before.empty() ? 0 : random() % before.size();
    const auto from = after.begin() + static_cast<std::ptrdiff_t>(place);
    switch (kind) {
        case Damage::flip:
            after[place] ^= static_cast<u8>(1 << random() % 8);
            break;
        case Damage::truncate:
            after.resize(place);
            break;
        case Damage::zero_page:
            std::fill_n(from, std::min(page_bytes, after.size() - place), u8{0});
            break;
        case Damage::zero_tail:
            std::fill(from, after.end(), u8{0});
            break;
        case Damage::swap_pages: {
            const std::size_t length = std::min<std::size_t>(512, after.size() / 2);
            std::swap_ranges(after.begin(), after.begin() + static_cast<std::ptrdiff_t>(length),
                             after.end() - static_cast<std::ptrdiff_t>(length));
            break;
        }
        default:
            for (u64 more = 1 + random() % 200; more > 0; --more)
                after.push_back(static_cast<u8>(random()));
    }
    if (after == before) return false;
    write_plainly(file, after);
    return true;
}

struct Tally {
    int refused = 0;
    int opened = 0;
};

// One start on a damaged copy. A start that succeeds must also be able to go on.
void judge(const fs::path& folder, const Kept& kept, const std::string& what, Tally& tally) {
    TestLedger ledger;
    const Status opened = ledger.open(folder);
    if (!opened) {
        ++tally.refused;
        const ErrorCode code = opened.error().code;
        const bool right = code == ErrorCode::corrupted || code == ErrorCode::io;
        CHECK_MESSAGE(right, what << ": " << opened.error().detail);
        CHECK_MESSAGE(opened.error().detail.find(folder.string()) != std::string::npos, what);
        return;
    }
    ++tally.opened;
    const auto loss = silent_loss(*ledger.chain, kept);
    CHECK_MESSAGE(!loss, what << ": " << loss.value_or(""));
    ledger.author.now_ms = ledger.chain->head()->header.time_ms;
    std::mt19937_64 random(1);
    Kept more = kept;
    for (u64 skip = 0; skip < 1'000; ++skip) ledger.author(Later{});  // other salts than before
    add_blocks(ledger, more, random, 5);
    const Status again = ledger.open(folder);
    CHECK_MESSAGE(again.has_value(), what << ": " << (again ? "" : again.error().detail));
    if (again) CHECK_MESSAGE(!silent_loss(*ledger.chain, more), what << ", after going on");
}

Tally damage_every_file(const fs::path& folder, const Kept& kept, int trials_each, u64 seed) {
    std::mt19937_64 random(seed);
    Tally tally;
    const fs::path copy = folder.string() + "-copy";
    for (const fs::path& file : files_below(folder)) {
        for (int kind = 0; kind < static_cast<int>(Damage::count); ++kind) {
            const int trials = kind == static_cast<int>(Damage::remove) ? 1 : trials_each;
            for (int trial = 0; trial < trials; ++trial) {
                fs::remove_all(copy);
                fs::copy(folder, copy, fs::copy_options::recursive);
                if (!damage(copy / file, static_cast<Damage>(kind), random)) continue;
                judge(copy, kept, file.string() + ", damage " + std::to_string(kind), tally);
            }
        }
    }
    fs::remove_all(copy);
    return tally;
}

}  // namespace

TEST_CASE("recovery: no damage to a ledger that was never closed passes in silence") {
    TestFolder folder;
    Kept kept;
    {
        TestLedger ledger;
        std::mt19937_64 random(3);
        REQUIRE_OK(ledger.open(folder.path / "ledger"));
        add_blocks(ledger, kept, random, 25);
    }
    const Tally tally = damage_every_file(folder.path / "ledger", kept, 4, 4);
    MESSAGE("refused " << tally.refused << ", opened whole " << tally.opened);
    // The block log has no second copy; the LevelDBs are put together again where that helps.
    CHECK(tally.refused > 20);
    CHECK(tally.opened > 100);
}

TEST_CASE("recovery: no damage to a ledger that was often reopened passes in silence") {
    TestFolder folder;
    Kept kept;
    TestLedger ledger;
    std::mt19937_64 random(5);
    for (int life = 0; life < 6; ++life) {
        REQUIRE_OK(ledger.open(folder.path / "ledger"));
        add_blocks(ledger, kept, random, 6);
    }
    ledger.chain.reset();
    const Tally tally = damage_every_file(folder.path / "ledger", kept, 2, 6);
    MESSAGE("refused " << tally.refused << ", opened whole " << tally.opened);
    // The block log has no second copy; the LevelDBs are put together again where that helps.
    CHECK(tally.refused > 20);
    CHECK(tally.opened > 100);
}

TEST_CASE("recovery: each lost folder is named, and the state alone comes back by itself") {
    TestFolder folder;
    Kept kept;
    TestLedger ledger;
    std::mt19937_64 random(8);
    REQUIRE_OK(ledger.open(folder.path));
    add_blocks(ledger, kept, random, 10);
    ledger.chain.reset();
    const fs::path aside = folder.path.string() + "-aside";
    const auto without = [&](const char* name) {
        fs::rename(folder.path / name, aside);
        const Status opened = ledger.open(folder.path);
        if (opened) CHECK_FALSE(silent_loss(*ledger.chain, kept));
        ledger.chain.reset();
        fs::remove_all(folder.path / name);
        fs::rename(aside, folder.path / name);
        return opened;
    };
    CHECK_OK(without("state"));
    CHECK(without("documents").error().detail.find("document store: document") !=
          std::string::npos);
    // A log that begins anew, with an old tip and without.
    CHECK(without("blocks/segments").error().detail.find("its end is lost") != std::string::npos);
    CHECK(without("blocks").error().detail.find("ahead of the block log") != std::string::npos);
    CHECK(without("blocks/head").error().detail.find("head is missing") != std::string::npos);
    REQUIRE_OK(ledger.open(folder.path));
    CHECK_FALSE(silent_loss(*ledger.chain, kept));
}

TEST_CASE("recovery: stores that are sound but not of one ledger are refused") {
    // Two ledgers with one genesis and different blocks.
    TestFolder a;
    TestFolder b;
    Kept kept_a;
    Kept kept_b;
    for (const auto& [folder, kept, seed] :
         {std::tuple(&a, &kept_a, 1), std::tuple(&b, &kept_b, 2)}) {
        TestLedger ledger;
        std::mt19937_64 random(static_cast<u64>(seed));
        REQUIRE_OK(ledger.open(folder->path));
        add_blocks(ledger, *kept, random, 12);
    }
    for (const char* part : {"state", "documents", "blocks/segments", "blocks/head"}) {
        CAPTURE(part);
        TestFolder mixed;
        fs::copy(a.path, mixed.path, fs::copy_options::recursive);
        fs::remove_all(mixed.path / part);
        fs::copy(b.path / part, mixed.path / part, fs::copy_options::recursive);
        TestLedger ledger;
        const Status opened = ledger.open(mixed.path);
        REQUIRE_FALSE(opened.has_value());
        CHECK(opened.error().code == ErrorCode::corrupted);
    }
}

TEST_CASE("recovery: a rewritten block is found by its hash, whatever the checksums say") {
    MemoryDisk sound;
    TestLedger ledger;
    std::mt19937_64 random(9);
    Kept kept;
    REQUIRE_OK(ledger.open(sound, 5));
    add_blocks(ledger, kept, random, 12);
    const auto refused = [&](auto change) {
        MemoryDisk disk = sound;
        change(disk);
        const Status opened = ledger.open(disk);
        REQUIRE_FALSE(opened.has_value());
        CHECK_MESSAGE(opened.error().code == ErrorCode::corrupted, opened.error().detail);
        return opened.error().detail;
    };
    const auto names = [](const std::string& detail, const std::string& part) {
        CHECK_MESSAGE(detail.find(part) != std::string::npos, detail);
    };
    // Heights before and after the marker of the state store (10).
    for (const u64 height : {1u, 7u, 10u, 11u, 12u}) {
        CAPTURE(height);
        const std::string at = "height " + std::to_string(height);
        const auto change_header = [&](auto change) {
            return refused([&](MemoryDisk& disk) { change(disk.outcomes.at(height).header); });
        };
        names(change_header([](Header& h) { h.tx_root[0] ^= 1; }), at);
        names(change_header([](Header& h) { h.receipt_root[0] ^= 1; }), at);
        names(change_header([](Header& h) { h.history_root[0] ^= 1; }), at);
        names(change_header([](Header& h) { h.validators_hash[0] ^= 1; }), at);
        names(change_header([](Header& h) { h.time_ms += 1; }), at);
        names(change_header([](Header& h) { h.height += 1; }), at);
        names(change_header([](Header& h) { h.parent.bytes[0] ^= 1; }), at);
        names(change_header([](Header& h) { h.chain_id.bytes[0] ^= 1; }), at);
        // Not recomputable from the block alone: the next link, the signature or the execution
        // tells.
        names(change_header([](Header& h) { h.state_root[0] ^= 1; }), "height");
        names(change_header([](Header& h) { h.market_time_ms += 1; }), "height");
        names(refused([&](MemoryDisk& disk) { disk.inputs.at(height).back() ^= 1; }), at);
        names(refused(
                  [&](MemoryDisk& disk) { disk.outcomes.at(height).receipts.back().back() ^= 1; }),
              at);
        names(refused([&](MemoryDisk& disk) { disk.inputs.erase(height); }), "");
    }
    for (const u64 height : {1u, 11u})
        names(refused([&](MemoryDisk& disk) { disk.outcomes.erase(height); }), "is missing");
    names(refused([&](MemoryDisk& disk) { disk.outcomes.at(12).finality.signature[0] ^= 1; }),
          "not signed");
    names(refused([&](MemoryDisk& disk) { disk.tip->header_hash.bytes[0] ^= 1; }), "file head");
    names(refused([&](MemoryDisk& disk) { disk.tip->height = 13; }), "its end is lost");
    names(refused([&](MemoryDisk& disk) { disk.tip->height = 10; }), "file head");
    const auto change_ids = [&](auto change) {
        return refused([&](MemoryDisk& disk) {
            for (auto& [height, outcome] : disk.outcomes)
                if (!outcome.ids.empty()) return change(outcome.ids);
        });
    };
    names(change_ids([](std::vector<TxId>& ids) { ids.back().bytes[5] ^= 1; }), "index");
    names(change_ids([](std::vector<TxId>& ids) { ids.pop_back(); }), "index");
    names(refused([&](MemoryDisk& disk) { disk.documents.erase(disk.documents.begin()); }),
          "document store");
    names(refused([&](MemoryDisk& disk) { disk.entries.begin()->second.back() ^= 1; }),
          "state store");
    names(refused([&](MemoryDisk& disk) { disk.entries.erase(disk.entries.begin()); }),
          "state store");
    names(refused([&](MemoryDisk& disk) { disk.marker->header_hash.bytes[3] ^= 1; }),
          "state store");
    names(refused([&](MemoryDisk& disk) { disk.marker->height = 9; }), "state store");
    names(refused([&](MemoryDisk& disk) { disk.marker->height = 0; }), "state store");
    names(refused([&](MemoryDisk& disk) { disk.marker->height = 13; }), "ahead of the block log");
    MemoryDisk untouched = sound;
    REQUIRE_OK(ledger.open(untouched));
    CHECK_FALSE(silent_loss(*ledger.chain, kept));
}

TEST_CASE("recovery: an outcome that was lost is made again and is the same") {
    MemoryDisk disk;
    TestLedger ledger;
    std::mt19937_64 random(10);
    Kept kept;
    REQUIRE_OK(ledger.open(disk, 100));
    add_blocks(ledger, kept, random, 7);
    const BlockRecord before = disk.outcomes.at(7);
    disk.outcomes.erase(7);
    for (int lives = 0; lives < 2; ++lives) {
        REQUIRE_OK(ledger.open(disk, 100));
        CHECK_FALSE(silent_loss(*ledger.chain, kept));
        CHECK(disk.outcomes.at(7).finality == before.finality);
    }
    // Another tip at that height means that another block was signed.
    MemoryDisk other = disk;
    other.outcomes.erase(7);
    other.marker.reset();
    other.entries.clear();
    other.tip->header_hash.bytes[0] ^= 1;
    CHECK(ledger.open(other).error().code == ErrorCode::corrupted);
}

TEST_CASE("recovery: a chain of several epochs comes back, at any cut, with the same roots") {
    for (const u64 flush : {1u, 3u, 16u}) {
        MemoryDisk disk;
        TestLedger ledger;
        REQUIRE_OK(ledger.open(disk, flush));
        std::vector<HeaderHash> hashes;
        for (u32 epoch = 0; epoch < 5; ++epoch) {
            CHECK(ledger.chain->head()->header.epoch == (epoch == 0 ? 0 : epoch - 1));
            if (epoch > 0) {
                const SnapshotPtr head = ledger.chain->head();
                BlockInput input = next_input(
                    *head, {ledger.author(put_map::Open{{head->hash, head->header.height, 1}},
                                          "operate")});
                input.epoch = epoch;
                REQUIRE_OK(ledger.chain->append(input));
                hashes.push_back(ledger.chain->execute()->hash);  // and the process ends
                REQUIRE_OK(ledger.open(disk, flush));
                ledger.author.now_ms = ledger.chain->head()->header.time_ms;
                CHECK(ledger.chain->head()->hash == hashes.back());
                CHECK(ledger.chain->head()->header.epoch == epoch);
            }
            for (u64 i = 0; i <= epoch; ++i)
                REQUIRE_OK(ledger.commit({ledger.author(put_map::Add{"sum", 1 + i})}));
            hashes.push_back(ledger.chain->head()->hash);
            REQUIRE_OK(ledger.open(disk, flush));
            CHECK(ledger.chain->head()->hash == hashes.back());
        }
        // And all of it once more from the blocks alone.
        disk.entries.clear();
        disk.marker.reset();
        REQUIRE_OK(ledger.open(disk, flush));
        CHECK(ledger.chain->head()->hash == hashes.back());
    }
}

TEST_CASE("recovery: without a signature nothing is finished") {
    MemoryDisk disk;
    TestLedger ledger;
    REQUIRE_OK(ledger.open(disk));
    REQUIRE_OK(
        ledger.chain->append(next_input(*ledger.chain->head(), {ledger.author(Put{"a", {}})})));
    PutMap application;
    const Chain::Signer refuses = [](const Header&, const HeaderHash&) -> Result<SoloFinality> {
        return fail(ErrorCode::not_allowed, "another header was signed at this height");
    };
    const auto refused = Chain::open(disk.stores(), ledger.genesis, application, refuses, {});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::not_allowed);
    const Chain::Signer lies = [](const Header&, const HeaderHash&) -> Result<SoloFinality> {
        return SoloFinality{};
    };
    CHECK(Chain::open(disk.stores(), ledger.genesis, application, lies, {}).error().code ==
          ErrorCode::verification_failed);
    CHECK(disk.outcomes.empty());
    REQUIRE_OK(ledger.open(disk));
    CHECK(ledger.chain->head()->header.height == 1);
}

// --- kill -9
// ---------------------------------------------------------------------------------------

namespace {

constexpr const char* folder_variable = "JANGBU_TEST_LEDGER";
constexpr int report_fd = 198;  // where the child writes each acknowledged height and hash

struct Report {
    u64 height = 0;
    ByteArray<32> hash{};
};

// Starts this binary again on the one test below.
pid_t spawn_child(const fs::path& folder, int write_end) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, write_end, report_fd);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    std::string program = "/proc/self/exe";
    std::string filter = "--test-case=child that commits until it is killed";
    std::string no_skip = "--no-skip";
    char* arguments[] = {program.data(), filter.data(), no_skip.data(), nullptr};
    std::vector<char*> variables;
    std::string variable = std::string(folder_variable) + "=" + folder.string();
    for (char** one = environ; *one; ++one) variables.push_back(*one);
    variables.push_back(variable.data());
    variables.push_back(nullptr);
    pid_t child = 0;
    const int failed =
        posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, variables.data());
    posix_spawn_file_actions_destroy(&actions);
    REQUIRE(failed == 0);
    return child;
}

void wait_for_report(int read_end) {
    pollfd one{read_end, POLLIN, 0};
    REQUIRE(::poll(&one, 1, 60'000) == 1);
    REQUIRE((one.revents & POLLIN) != 0);
}

// What the child reported before it ended; a report cut short does not count.
std::vector<Report> read_reports(int read_end) {
    Bytes bytes;
    u8 buffer[4'096];
    for (ssize_t count = 1; count != 0;) {
        count = ::read(read_end, buffer, sizeof buffer);
        if (count < 0 && errno == EINTR) continue;
        REQUIRE(count >= 0);
        bytes.insert(bytes.end(), buffer, buffer + count);
    }
    std::vector<Report> reports(bytes.size() / sizeof(Report));
    if (!reports.empty())
        std::memcpy(reports.data(), bytes.data(), reports.size() * sizeof(Report));
    return reports;
}

}  // namespace

TEST_CASE("child that commits until it is killed" * doctest::skip()) {
    const char* folder = std::getenv(folder_variable);
    if (!folder) return;  // run by hand
    TestLedger ledger;
    REQUIRE_OK(ledger.open(folder, 3));
    std::mt19937_64 random(std::random_device{}());
    ledger.author.now_ms = ledger.chain->head()->header.time_ms;
    // No salt of an earlier life.
    for (u64 skip = ledger.chain->head()->header.height * 10; skip > 0; --skip)
        ledger.author.body(Later{});
    while (true) {
        const Document document = document_of(random() % 500, static_cast<u8>(random()));
        REQUIRE_OK(ledger.chain->store_documents(std::span(&document, 1)));
        std::vector<Transaction> transactions = ledger.random_transactions(random, 4);
        transactions.push_back(
            ledger.author(Attach{document_ref(document, DocumentClass::parties)}));
        REQUIRE_OK(ledger.commit(transactions));
        const SnapshotPtr head = ledger.chain->head();
        const Report report{head->header.height, head->hash.bytes};
        if (::write(report_fd, &report, sizeof report) != sizeof report) std::_Exit(1);
    }
}

TEST_CASE("recovery: kill -9 at random moments loses no acknowledged block") {
    TestFolder folder;
    std::mt19937_64 random(12);
    std::vector<Report> acknowledged;
    u64 height_before = 0;
    int kills_after_a_block = 0;
    for (int kill_number = 0; kill_number < 40; ++kill_number) {
        CAPTURE(kill_number);
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        const pid_t child = spawn_child(folder.path, ends[1]);
        ::close(ends[1]);
        // Some while it starts, most while it commits.
        if (kill_number % 3 != 0) wait_for_report(ends[0]);
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 40'000));
        REQUIRE(::kill(child, SIGKILL) == 0);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        REQUIRE(WIFSIGNALED(status));  // it never ends by itself
        const std::vector<Report> reports = read_reports(ends[0]);
        ::close(ends[0]);
        kills_after_a_block += reports.empty() ? 0 : 1;
        acknowledged.insert(acknowledged.end(), reports.begin(), reports.end());

        TestLedger ledger;
        REQUIRE_OK(ledger.open(folder.path));
        const u64 height = ledger.chain->head()->header.height;
        REQUIRE(height >= height_before);
        for (const Report& report : acknowledged) {
            REQUIRE(report.height <= height);
            const BlockRecord block = ledger.chain->blocks().block(report.height).value();
            REQUIRE(header_hash(block.header).bytes == report.hash);
        }
        REQUIRE(root_of_entries(ledger.chain->head()->state) ==
                ledger.chain->head()->header.state_root);
        height_before = height;
    }
    MESSAGE("kills after a block: " << kills_after_a_block
                                    << ", acknowledged blocks: " << acknowledged.size());
    CHECK(kills_after_a_block > 20);
}

// Found by cutting a recovery: outcomes 1 and 2 were there, and no tip had ever been written.
TEST_CASE("recovery: a crash before the first tip was kept, and one at the next, lose nothing") {
    TestFolder folder;
    TestLedger ledger;
    const fs::path head = folder.path / "ledger" / "blocks" / "head";
    REQUIRE_OK(ledger.open(folder.path / "ledger"));
    REQUIRE_OK(ledger.commit({}));
    ledger.chain.reset();
    fs::remove(head);  // as if the process had ended just before it
    REQUIRE_OK(ledger.open(folder.path / "ledger"));
    fs::create_directory(head);  // the next one cannot be written either
    CHECK_FALSE(ledger.commit({}).has_value());
    ledger.chain.reset();
    fs::remove(head);
    REQUIRE_OK(ledger.open(folder.path / "ledger"));
    CHECK(ledger.chain->head()->header.height == 2);
}
