// Backup, restore and doctor over real folders, without HTTP.
#include "node/backup.h"

#include <fstream>

#include "base/folder.h"
#include "node/doctor.h"
#include "node/last_signed.h"
#include "node/next_epoch.h"
#include "node/restore.h"
#include "tests/node/follow_world.h"

using namespace jangbu;
using namespace jangbu::test;
namespace fs = std::filesystem;

namespace {

// A node with some blocks, and a place for its backup.
struct BackupWorld {
    Folder folder{Folder::On::memory};
    NodeWorld in{folder.path / "node"};
    NodeSource source{in};
    node::Config follower;

    BackupWorld() {
        follower.home = folder.path / "backup";
        follower.genesis_file = follower.home / "genesis.bin";
        follower.chain_folder = follower.home / "chain";
        follower.verification_threads = 1;
        in.start();
    }
    void mint(u64 times) {
        for (u64 i = 1; i <= times; ++i) in.mint(in.world.buyer, i);
    }
    ledger::SignedHeader shown() const {
        const ledger::SnapshotPtr head = in.node->head();
        return {head->header, head->finality};
    }
    Result<node::BackupTaken> take() { return take(shown()); }
    Result<node::BackupTaken> take(const ledger::SignedHeader& head) {
        fs::create_directories(follower.home);
        fs::copy_file(in.config.genesis_file, follower.genesis_file,
                      fs::copy_options::overwrite_existing);
        return node::take_backup(follower, source, head, [this] { return in.now_ms.load(); });
    }
    node::RestorePlan plan() {
        const fs::path keystore = folder.path / "keystore";
        REQUIRE(write_file_atomically(keystore, Bytes{1, 2, 3}, FileMode::owner_only));
        node::RestorePlan made;
        made.from = follower.home;
        made.home = folder.path / "restored";
        made.keystore = keystore;
        made.validator_secret = in.world.node.secret;
        made.settings = "# none\n";
        return made;
    }
    // The node goes on in the restored home.
    void move_in() {
        in.stop();
        fs::remove_all(in.home);
        fs::rename(folder.path / "restored", in.home);
    }
};

std::map<std::string, Bytes> content_of(const fs::path& folder) {
    std::map<std::string, Bytes> all;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        all[entry.path().string()] =
            entry.is_regular_file() ? read_file(entry.path(), 1 << 30).value() : Bytes();
    return all;
}

void flip_in_place(const fs::path& file, std::size_t at) {
    Bytes bytes = read_file(file, 1 << 30).value();
    REQUIRE(at < bytes.size());
    bytes[at] ^= 1;
    std::ofstream(file, std::ios::binary | std::ios::trunc)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
}

std::string told(const node::Diagnosis& found) {
    std::string out;
    for (const node::Damage& one : found.damages) out += one.part + ": " + one.what + "\n";
    return out;
}

}  // namespace

TEST_CASE("backup: of a running node, again for what is new, restored in a new epoch") {
    BackupWorld w;
    w.mint(5);
    const auto first = w.take();
    REQUIRE_MESSAGE(first.has_value(), first.error().detail);
    CHECK(first->height == w.in.node->head()->header.height);
    CHECK(first->head == w.in.node->head()->hash);
    CHECK(first->blocks == first->height);
    CHECK(first->bytes > 0);
    CHECK(w.take()->blocks == 0);
    w.mint(3);
    const auto again = w.take().value();
    CHECK(again.blocks == 3);
    const ledger::SnapshotPtr head = w.in.node->head();

    node::RestorePlan plan = w.plan();
    plan.verify = head->header;
    plan.reason = ledger::EpochReason::promotion;
    const auto before = content_of(w.follower.home);
    const auto judged = node::verify_backup(plan).value();
    CHECK(judged.height == head->header.height);
    CHECK(judged.state_root == head->header.state_root);
    CHECK(content_of(w.follower.home) == before);
    CHECK_FALSE(fs::exists(plan.home));
    {
        const auto follower =
            node::Node::follow(w.follower, node::wall_clock(), w.source, std::nullopt).value();
        CHECK(node::restore(plan).error().detail.find("is held") != std::string::npos);
    }
    // One that was killed left a part behind.
    fs::create_directories(plan.home.string() + ".restoring/chain/blocks");
    const auto restored = node::restore(plan);
    CHECK_FALSE(fs::exists(plan.home.string() + ".restoring"));
    REQUIRE_MESSAGE(restored.has_value(), restored.error().detail);
    CHECK(restored->head == head->hash);
    CHECK(restored->next_epoch == 1);
    CHECK(read_file(plan.home / "validator.keystore", 100) == Bytes{1, 2, 3});
    CHECK(node::restore(plan).error().code == ErrorCode::conflict);  // it is there now

    w.move_in();
    w.in.start();
    w.in.reach(head->header.height + 1, w.in.now_ms + 1);
    CHECK(w.in.node->head()->header.epoch == 1);
    CHECK(w.in.node->head()->header.state_root == head->header.state_root);
    w.mint(1);
    CHECK(w.take()->height == head->header.height + 2);  // the old backup goes on with it
    // And from that backup once more.
    w.in.stop();
    plan.verify.reset();
    CHECK(node::restore(plan)->next_epoch == 2);
}

TEST_CASE("backup: what was cut short goes on, a source that gives nothing is told") {
    BackupWorld w;
    w.mint(4);
    const ledger::SignedHeader top = w.shown();
    const u64 part = 2;
    const auto early = w.in.node->chain().header(part).value();
    REQUIRE(w.take(early).has_value());
    CHECK(w.take(top)->blocks <= top.header.height - part);
    CHECK(node::check_backup_folder(w.follower.home).has_value());
    CHECK(node::check_backup_folder(w.in.home).error().code == ErrorCode::conflict);
    CHECK(node::check_backup_folder(w.folder.path).error().code == ErrorCode::conflict);
    CHECK(node::check_backup_folder(w.folder.path / "new").has_value());
}

TEST_CASE("backup: two histories of one ledger do not mix") {
    BackupWorld w;
    w.mint(3);
    REQUIRE(w.take().has_value());
    ledger::SignedHeader other = w.shown();
    other.header.state_root[0] ^= 1;
    const auto mixed = w.take(other);
    REQUIRE_FALSE(mixed.has_value());
    CHECK(mixed.error().code == ErrorCode::verification_failed);
    const auto lower = w.take(w.in.node->chain().header(1).value());
    REQUIRE_FALSE(lower.has_value());
    CHECK(lower.error().detail.find("blocks were lost there") != std::string::npos);
}

TEST_CASE("restore: compares with a signed header, lower, equal, another and higher") {
    BackupWorld w;
    w.mint(3);
    REQUIRE(w.take().has_value());
    const u64 height = w.in.node->head()->header.height;
    node::RestorePlan plan = w.plan();
    const auto code = [&] {
        const auto judged = node::verify_backup(plan);
        return judged ? std::optional<ErrorCode>() : std::optional(judged.error().code);
    };
    for (u64 at = 0; at <= height; ++at) {
        plan.verify = w.in.node->chain().header(at)->header;
        CHECK(code() == std::nullopt);
        plan.verify->time_ms += 1;
        CHECK(code() == ErrorCode::verification_failed);
    }
    w.mint(2);
    plan.verify = w.shown().header;
    CHECK(code() == ErrorCode::conflict);
    CHECK(node::restore(plan).error().detail.find("2 blocks are missing") != std::string::npos);
    CHECK_FALSE(fs::exists(plan.home));
    CHECK_FALSE(fs::exists(plan.home.string() + ".restoring"));
    plan.loses_blocks = true;
    plan.verify->epoch = 6;
    const auto made = node::restore(plan).value();
    CHECK(made.blocks_missing == 2);
    CHECK(made.next_epoch == 7);
    const auto mark = node::LastSigned::open(plan.home / "last-signed")->mark();
    CHECK(mark == node::LastSigned::Mark{7, height, made.head});
    CHECK(node::read_next_epoch(plan.home / "next-epoch").value() ==
          node::NextEpoch{7, height, made.head, 1});

    plan.validator_secret = w.in.world.seller.secret;
    plan.home = w.folder.path / "other";
    CHECK(node::restore(plan).error().code == ErrorCode::usage);
    plan.from = w.folder.path / "nothing";
    CHECK(node::verify_backup(plan).error().code == ErrorCode::not_found);
}

TEST_CASE("doctor: a whole home has no damage, at any moment of its life") {
    BackupWorld w;
    w.in.stop();
    CHECK(told(node::examine(w.in.config).value()).empty());
    w.in.start();
    CHECK(node::examine(w.in.config).error().code == ErrorCode::conflict);  // it runs
    NodeTrade trade(w.in);
    trade.to(OrderState::settled);
    REQUIRE(w.take().has_value());
    const u64 height = w.in.node->head()->header.height;
    w.in.stop();
    const auto before = content_of(w.folder.path);
    const auto found = node::examine(w.in.config).value();
    CHECK(told(found).empty());
    CHECK(found.height == height);
    CHECK(told(node::examine(w.follower).value()).empty());
    CHECK(content_of(w.folder.path) == before);

    node::RestorePlan plan = w.plan();
    REQUIRE(node::restore(plan).has_value());
    w.move_in();
    w.in.config.validator_secret = w.in.world.node.secret;
    CHECK(told(node::examine(w.in.config).value()).empty());
    fs::remove(w.in.home / "next-epoch");
    CHECK(told(node::examine(w.in.config).value()).find("next-epoch") != std::string::npos);
}

TEST_CASE("doctor: names every damage, where a start names one") {
    BackupWorld w;
    NodeTrade trade(w.in);
    trade.to(OrderState::settled);
    w.in.stop();
    const fs::path chain = w.in.config.chain_folder;
    const fs::path kept = w.folder.path / "kept";
    REQUIRE(base::copy_folder(w.in.home, kept).has_value());
    const auto anew = [&] {
        fs::remove_all(w.in.home);
        REQUIRE(base::copy_folder(kept, w.in.home).has_value());
    };
    const auto examined = [&] {
        const auto before = content_of(w.folder.path);
        const std::string all = told(node::examine(w.in.config).value());
        CHECK(content_of(w.folder.path) == before);
        CHECK_FALSE(w.in.open().has_value());
        return all;
    };
    const auto names = [](const std::string& all, const std::string& what) {
        return all.find(what) != std::string::npos;
    };
    const fs::path segment = chain / "blocks" / "segments" / "segment-00000001";

    // Two records, the mark and the tip at once.
    Bytes log = read_file(segment, 1 << 30).value();
    flip_in_place(segment, 64 + 40);
    flip_in_place(segment, 64 + 2'000);
    flip_in_place(w.in.home / "last-signed", 0);
    std::string all = examined();
    CHECK(names(all, "offset 64: the input of height 1 is damaged"));
    CHECK(std::ranges::count(all, '\n') >= 3);
    CHECK(names(all, (w.in.home / "last-signed").string() + " is damaged"));

    anew();
    fs::remove_all(chain / "documents");
    flip_in_place(w.in.config.genesis_file, 40);
    all = examined();
    CHECK(names(all, "genesis file"));

    anew();
    fs::remove_all(chain / "documents");
    fs::resize_file(w.in.home / "last-signed", 3);
    fs::resize_file(chain / "blocks" / "head", 10);
    all = examined();
    CHECK(names(all, "last-signed is damaged"));
    CHECK(names(all, "head is damaged"));

    anew();
    fs::remove_all(chain / "documents");
    all = examined();
    CHECK(names(all, "chain: document store: document"));

    anew();
    fs::remove(segment);
    all = examined();
    CHECK(names(all, "its end is lost"));

    anew();
    for (const auto& entry : fs::directory_iterator(chain / "state"))
        if (entry.path().extension() == ".log" || entry.path().extension() == ".ldb")
            flip_in_place(entry.path(), fs::file_size(entry.path()) / 2);
    fs::resize_file(w.in.home / "last-signed", 3);
    all = examined();
    CHECK(names(all, "state: "));
    CHECK(names(all, "last-signed is damaged"));
    CHECK(names(all, "delete this folder"));
}
