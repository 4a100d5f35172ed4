// The limit of memory: what is told before it, what is refused at it, and what goes on.
#include "node/memory_watch.h"

#include <sys/mman.h>

#include <cstring>
#include <fstream>

#include "tests/node/follow_world.h"

using namespace jangbu;
using namespace jangbu::test;
using node::MemoryWatch;

namespace {

constexpr u64 mib = 1 << 20;

bool comes(const std::function<bool()>& what) {
    for (int i = 0; i < 3'000; ++i) {
        if (what()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

// Pages that are really there.
class Ballast {
public:
    explicit Ballast(std::size_t bytes)
        : bytes_(bytes),
          at_(::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
        REQUIRE(at_ != MAP_FAILED);
        std::memset(at_, 1, bytes_);
    }
    ~Ballast() { ::munmap(at_, bytes_); }
    Ballast(const Ballast&) = delete;
    Ballast& operator=(const Ballast&) = delete;

private:
    std::size_t bytes_;
    void* at_;
};

}  // namespace

TEST_CASE("memory: it warns from 3/4 on, refuses at the limit, and takes again below 95 %") {
    log::set_level(log::Level::error);
    std::atomic<u64> held = 100;
    const MemoryWatch watch(1'000, [&] { return held.load(); }, std::chrono::milliseconds(1));
    const std::pair<u64, MemoryWatch::Level> rows[] = {
        {749, MemoryWatch::Level::fine},   {750, MemoryWatch::Level::near},
        {999, MemoryWatch::Level::near},   {1'000, MemoryWatch::Level::full},
        {5'000, MemoryWatch::Level::full}, {950, MemoryWatch::Level::full},
        {949, MemoryWatch::Level::near},   {999, MemoryWatch::Level::near},
        {0, MemoryWatch::Level::fine},
    };
    CHECK(watch.level() == MemoryWatch::Level::fine);
    for (const auto& [bytes, level] : rows) {
        CAPTURE(bytes);
        held = bytes;
        REQUIRE(comes([&] { return watch.used_bytes() == bytes; }));
        REQUIRE(comes([&] { return watch.level() == level; }));
        CHECK(watch.refusal().has_value() == (level == MemoryWatch::Level::full));
        CHECK(watch.warning().has_value() == (level != MemoryWatch::Level::fine));
    }
}

TEST_CASE("memory: what this process holds is measured") {
    const u64 before = node::resident_bytes();
    CHECK(before > mib / 8);
    const Ballast ballast(64 * mib);
    const u64 after = node::resident_bytes();
    CHECK(after > before + 56 * mib);
    CHECK(after < node::machine_bytes());
    const MemoryWatch watch(0);
    CHECK(watch.limit_bytes() == node::machine_bytes() / 4 * 3);
}

TEST_CASE("memory: the limit of a cgroup is the least on its way up") {
    Folder folder(Folder::On::memory);
    const std::filesystem::path group = folder.path / "a" / "b";
    std::filesystem::create_directories(group);
    CHECK_FALSE(node::cgroup_limit(folder.path, "a/b"));
    std::ofstream(group / "memory.max") << "max\n";
    CHECK_FALSE(node::cgroup_limit(folder.path, "a/b"));
    std::ofstream(folder.path / "a" / "memory.max") << "5000\n";
    CHECK(node::cgroup_limit(folder.path, "a/b") == 5'000);
    std::ofstream(group / "memory.max") << "7000\n";
    CHECK(node::cgroup_limit(folder.path, "a/b") == 5'000);
    CHECK(node::cgroup_limit(folder.path, "") == std::nullopt);
}

TEST_CASE(
    "memory: a node at its limit takes nothing new, commits what it took, and goes on after") {
    log::set_level(log::Level::error);
    Folder folder(Folder::On::memory);
    NodeWorld in(folder.path);
    in.config.memory_limit_mib = (node::resident_bytes() >> 20) + 200;
    in.config.block_interval_ms = 300;
    in.start();
    in.mint(in.world.buyer, 1);
    const ledger::Transaction known =
        in.signed_by(in.world.agent.transact, in.mint_operation(in.world.buyer, 2));
    const Admitted admitted = in.submit(known);
    CHECK(admitted.status == Admitted::Status::pending);
    {
        const Ballast ballast(300 * mib);
        REQUIRE(comes([&] { return in.node->memory().refusal().has_value(); }));
        const Admitted refused =
            in.submit(in.signed_by(in.world.agent.transact, in.mint_operation(in.world.buyer, 3)));
        CHECK(refused.status == Admitted::Status::refused);
        REQUIRE(refused.error.has_value());
        CHECK(refused.error->code == ErrorCode::unavailable);
        CHECK(refused.error->detail.find("memory limit") != std::string::npos);
        // What was admitted is committed, and known; heartbeats go on.
        REQUIRE(in.wait(admitted.id).has_value());
        CHECK(in.submit(known).status == Admitted::Status::committed);
        in.reach(in.node->head()->header.height + 1, in.now_ms + 120'000);
        CHECK_FALSE(in.node->stopped().has_value());
    }
    REQUIRE(comes([&] { return !in.node->memory().refusal().has_value(); }));
    in.mint(in.world.buyer, 4);
    CHECK(in.account(in.world.buyer).available == 7);
}

TEST_CASE("memory: a follower at its limit takes no block, says so, and goes on after") {
    log::set_level(log::Level::error);
    Folder folder(Folder::On::memory);
    NodeWorld in(folder.path);
    in.start();
    in.mint(in.world.buyer, 1);
    FollowWorld follower(in);
    follower.config.memory_limit_mib = (node::resident_bytes() >> 20) + 200;
    follower.start();
    follower.catch_up();
    {
        const Ballast ballast(300 * mib);
        REQUIRE(comes([&] { return follower.node->memory().refusal().has_value(); }));
        CHECK(follower.trouble().find("memory limit") != std::string::npos);
        in.mint(in.world.buyer, 2);
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        CHECK(follower.node->head()->header.height == 1);
        CHECK_FALSE(follower.node->stopped().has_value());
    }
    follower.catch_up();
    CHECK(follower.comes([&] { return !follower.node->paused().has_value(); }));
}
