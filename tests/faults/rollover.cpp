// Power cuts around the moment at which LevelDB begins a new log: what is written to it and synced
// is worth nothing if its name is not durable. The document store alone, since it takes 16 MiB to
// get there.
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "ledger/stores.h"
#include "tests/faults/campaign.h"
#include "tests/faults/crash_image.h"

namespace jangbu::test::faults {
namespace {

constexpr u32 documents_max = 400;
constexpr std::size_t events_before = 4;
constexpr std::size_t events_after = 12;

ledger::Document document(u32 number) {
    ledger::Document made{{}, "application/octet-stream", Bytes(60'000)};
    u64 value = number;
    for (u8& byte : made.bytes) {
        value = value * 6'364'136'223'846'793'005 + 1'442'695'040'888'963'407;
        byte = static_cast<u8>(value >> 56);
    }
    return made;
}

// In a process of its own: LevelDB has a thread. Returns what `run` returns.
template <class Run>
int in_child(Run run) {
    const pid_t child = ::fork();
    if (child == 0) {
        log::set_sink([](log::Level, std::string_view) {});
        ::_exit(run());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
}

int put_documents(const std::filesystem::path& home, const std::filesystem::path& file) {
    FaultyDisk::watch(home);
    FaultyDisk::record();
    {
        const auto store = ledger::open_document_store(home / "documents");
        if (!store) return 1;
        for (u32 i = 0; i < documents_max; ++i) {
            const ledger::Document made = document(i);
            if (!(*store)->put({&made, 1})) return 2;
            FaultyDisk::note(bcs::encode(Told{i, 0, {}}));
        }
    }
    FaultyDisk::stop();
    return base::write_file_atomically(file, encode(FaultyDisk::take_recording()),
                                       base::FileMode::owner_only)
               ? 0
               : 3;
}

int find_documents(const std::filesystem::path& home, const Acknowledged& known) {
    const auto store = ledger::open_document_store(home / "documents");
    if (!store) return 1;
    for (const auto& [number, told] : known) {
        const ledger::Document made = document(number);
        if ((*store)->find(ledger::document_hash(bcs::encode(made))) != made) return 2;
    }
    return 0;
}

}  // namespace

void cut_at_rollover(const Options& options, Tally& tally) {
    std::mt19937_64 random(options.seed);
    const Ground ground;
    std::filesystem::create_directories(ground / "home");
    const int put = in_child([&] { return put_documents(ground / "home", ground / "recording"); });
    if (put != 0) return tally.found("rollover", "recording ended with " + std::to_string(put));
    const Recording recording = read_recording(ground / "recording");
    std::size_t logs = 0;
    for (std::size_t made = 0; made < recording.size(); ++made) {
        const Event& event = recording[made];
        if (event.act != Act::make_file || !event.name.ends_with(".log") || ++logs == 1) continue;
        for (std::size_t at = made - events_before; at < made + events_after; ++at) {
            const Acknowledged known = told_until(recording, at, {});
            for (const Loss loss : {Loss::everything_unsynced, Loss::chance}) {
                write_crash_image(recording, at, loss, random, ground / "image");
                const int found = in_child([&] { return find_documents(ground / "image", known); });
                ++tally.trials;
                tally.acknowledged += known.size();
                tally.same += found == 0;
                if (found != 0)
                    tally.found("rollover, event " + std::to_string(at),
                                found == 1 ? "refused" : "an acknowledged document is gone");
            }
        }
    }
    if (logs < 2) tally.found("rollover", "LevelDB began no new log");
}

}  // namespace jangbu::test::faults
