#include "tests/faults/life.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <future>

#include "base/file.h"
#include "base/log.h"
#include "node/doctor.h"
#include "node/node.h"

namespace jangbu::test::faults {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

constexpr unsigned life_seconds_max = 120;
constexpr auto answer_max = std::chrono::seconds(30);
constexpr int asks_max = 30;

// Messages through the pipe: a letter, the length of the rest, the rest.
void tell(int pipe, char kind, ByteView rest) {
    Bytes message{static_cast<u8>(kind)};
    const auto length = le32(static_cast<u32>(rest.size()));
    message.insert(message.end(), length.begin(), length.end());
    message.insert(message.end(), rest.begin(), rest.end());
    for (ByteView left = message; !left.empty();) {
        const ssize_t count = ::write(pipe, left.data(), left.size());
        if (count <= 0) ::_exit(3);
        left = left.subspan(static_cast<std::size_t>(count));
    }
}

// The clients of one life.
class Clients {
public:
    Clients(const Script& script, Acknowledged acknowledged, const LifePlan& plan, int pipe)
        : script_(script), acknowledged_(std::move(acknowledged)), plan_(plan), pipe_(pipe) {}
    void live();
    void examine();

private:
    Status open();
    std::string missing() const;
    std::string missing_of(const Step& step, const Told& told) const;
    std::string missing_of(const Upload& upload) const;
    void go_on();
    bool run_round(u32 round);
    std::string missing_of(const Shown& shown) const;
    bool took(const Status& status);
    bool upload(const Step& step);
    bool submit(const Step& step);
    std::optional<node::Committed> ask(const TxId& id);
    bool wait(u32 number);
    void acknowledge(u32 number, u64 height);
    void find(const std::string& what) { tell(pipe_, 'F', as_bytes(what)); }
    // The disk was made to fail, so the node may.
    bool may_fail() const { return FaultyDisk::failures() > 0; }

    const Script& script_;
    Acknowledged acknowledged_;
    const LifePlan& plan_;
    const int pipe_;
    const Steady::time_point born_ = Steady::now();
    u64 head_ms_ = 0;
    std::mutex mutex_;                        // guards seen_
    std::map<u64, ledger::HeaderHash> seen_;  // blocks of this life
    std::unique_ptr<node::ContentStore> store_;
    std::unique_ptr<node::Node> node_;
};

Status Clients::open() {
    const node::Config config = script_.config(plan_.home);
    // Far behind the last block a node waits; so a life goes on where the one before was.
    const auto clock = [this] {
        const auto age = Steady::now() - born_;
        return MarketWorld::genesis_ms + head_ms_ +
               static_cast<u64>(std::chrono::duration_cast<std::chrono::milliseconds>(age).count());
    };
    store_ = TRY(node::open_directory_store(config.store_folder, config.store_quota_bytes));
    node_ = TRY(node::Node::open(config, clock));
    const u64 head_ms = node_->head()->header.time_ms;
    head_ms_ = head_ms > MarketWorld::genesis_ms ? head_ms - MarketWorld::genesis_ms : 0;
    return {};
}

void Clients::live() {
    const Status opened = open();
    if (!opened) {
        tell(pipe_, 'R', as_bytes(opened.error().detail));
    } else {
        const std::string lost = missing();
        if (!lost.empty() && !may_fail()) find(lost);
        if (lost.empty()) {
            tell(pipe_, 'O', {});
            go_on();
        }
    }
    node_.reset();
    store_.reset();
    FaultyDisk::stop();
    if (!plan_.recording_file.empty()) {
        const Status written = base::write_file_atomically(
            plan_.recording_file, encode(FaultyDisk::take_recording()), base::FileMode::owner_only);
        if (!written) find(written.error().detail);
    }
    const unsigned calls = plan_.fault.at > 0 ? plan_.fault.calls : unsigned{calls_change};
    tell(pipe_, 'E', concat({le64(FaultyDisk::count(calls)), le64(FaultyDisk::failures())}));
}

std::map<std::string, Bytes> content_of(const fs::path& folder) {
    std::map<std::string, Bytes> all;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        all[entry.path().string()] = entry.is_regular_file()
                                         ? base::read_file(entry.path(), 1 << 30).value_or(Bytes{1})
                                         : Bytes();
    return all;
}

void Clients::examine() {
    const auto before = content_of(plan_.home);
    const Result<node::Diagnosis> found = node::examine(script_.config(plan_.home));
    if (!found) return find("the doctor gives up: " + found.error().detail);
    std::string told;
    for (const node::Damage& one : found->damages)
        if (one.makes_start_refuse) told += one.part + ": " + one.what + "\n";
    tell(pipe_, 'D', as_bytes(told));
    if (content_of(plan_.home) != before) find("the doctor changed the home");
}

// What was acknowledged and is not there any more.
std::string Clients::missing() const {
    const ledger::SnapshotPtr head = node_->head();
    StateTree::Changes entries;
    head->state.for_each(
        [&](ByteView key, ByteView value) { entries[to_bytes(key)] = to_bytes(value); });
    if (StateTree().updated(entries).root() != head->header.state_root)
        return "the state is not the one of the head at height " +
               std::to_string(head->header.height);
    for (const auto& [number, told] : acknowledged_) {
        std::string lost = missing_of(script_.steps()[number], told);
        if (!lost.empty()) return "step " + std::to_string(number) + ": " + lost;
    }
    return {};
}

std::string Clients::missing_of(const Step& step, const Told& told) const {
    const auto found = node_->find(step.id);
    if (!found) return "acknowledged and gone: " + found.error().detail;
    if (found->height != told.height) return "acknowledged at another height";
    if (found->receipt.code != ledger::accepted) return "accepted, and now with another receipt";
    const auto block = node_->chain().blocks().block(told.height);
    if (!block) return "its block is gone: " + block.error().detail;
    const bool is_known = told.block != ledger::HeaderHash{};
    if (is_known && ledger::header_hash(block->header) != told.block)
        return "its block is another one";
    for (const ledger::Document& document : step.bundle.documents) {
        const auto kept =
            node_->chain().documents().find(ledger::document_hash(bcs::encode(document)));
        if (kept != document) return "its document is gone";
    }
    if (step.shown) return missing_of(*step.shown);
    return step.upload ? missing_of(*step.upload) : std::string();
}

std::string Clients::missing_of(const Shown& shown) const {
    Result<Sample> sample = store_->sample(shown.content);
    const std::string told = sample ? std::string() : sample.error().detail;
    if (plan_.repairs_uploads &&
        (told.contains("publish it again") || told.contains("no sample of this dataset"))) {
        tell(pipe_, 'T', as_bytes(told));
        const Status again = store_->put_sample(shown.content, shown.sample);
        if (!again) return "a sample cannot be published again: " + again.error().detail;
        sample = store_->sample(shown.content);
    }
    if (!sample) return "its sample is gone: " + sample.error().detail;
    return sample->record == shown.sample.record ? std::string() : "its sample is another one";
}

std::string Clients::missing_of(const Upload& upload) const {
    Result<Bytes> bytes = store_->leaves(upload.content);
    if (bytes && *bytes != concat({upload.data_leaves, upload.ct_leaves}))
        return "its leaf lists are others";
    if (bytes) bytes = store_->read(upload.content, 0, upload.ciphertext.size());
    if (bytes && *bytes != upload.ciphertext) return "its ciphertext is another one";
    if (bytes) return {};
    const std::string told = bytes.error().detail;
    const bool may_repair = plan_.repairs_uploads && (told.contains("upload it again") ||
                                                      told.contains("no leaf lists are stored"));
    if (!may_repair) return "its upload is gone: " + told;
    tell(pipe_, 'T', as_bytes(told));
    Status again = store_->put_leaves(upload.content, upload.data_leaves, upload.ct_leaves);
    if (again) again = store_->put_chunks(upload.content, 0, upload.ciphertext);
    if (!again) return "it cannot be uploaded again: " + again.error().detail;
    if (store_->read(upload.content, 0, upload.ciphertext.size()) != upload.ciphertext)
        return "uploaded again, it is not there";
    return {};
}

void Clients::go_on() {
    node_->on_commit([this](const node::CommittedBlock& block) {
        const std::scoped_lock lock(mutex_);
        seen_[block.input.height] = block.snapshot->hash;
    });
    const Status started = node_->start();
    if (!started) {
        if (!may_fail()) find("does not start: " + started.error().detail);
        return;
    }
    u32 rounds = 0;
    for (u32 round = 0; round < script_.rounds() && rounds < plan_.rounds_max; ++round) {
        bool is_done = true;
        for (u32 i = 0; i < script_.steps().size(); ++i)
            if (script_.steps()[i].round == round && !acknowledged_.contains(i)) is_done = false;
        if (is_done) continue;
        ++rounds;
        if (!run_round(round)) break;
    }
    if (const auto stopped = node_->stopped()) {
        tell(pipe_, 'S', as_bytes(*stopped));
        if (!may_fail()) find("the node stopped: " + *stopped);
    }
}

bool Clients::run_round(u32 round) {
    std::vector<u32> waiting;
    for (u32 i = 0; i < script_.steps().size(); ++i) {
        const Step& step = script_.steps()[i];
        if (step.round != round || acknowledged_.contains(i)) continue;
        if (!upload(step)) return false;
        if (!submit(step)) return false;
        waiting.push_back(i);
    }
    for (const u32 i : waiting)
        if (!wait(i)) return false;
    return true;
}

bool Clients::took(const Status& status) {
    if (!status && !may_fail()) find("an upload is refused: " + status.error().detail);
    return status.has_value();
}

bool Clients::upload(const Step& step) {
    if (step.shown && !took(store_->put_sample(step.shown->content, step.shown->sample)))
        return false;
    if (!step.upload) return true;
    const Upload& upload = *step.upload;
    return took(store_->put_leaves(upload.content, upload.data_leaves, upload.ct_leaves)) &&
           took(store_->put_chunks(upload.content, 0, upload.ciphertext));
}

bool Clients::submit(const Step& step) {
    const node::Admitted answer = node_->submit(step.bundle).at(0);
    if (answer.status != node::Admitted::Status::refused) return true;
    if (!may_fail())
        find("a transaction is refused: " + std::to_string(answer.rejection) + " " +
             (answer.error ? answer.error->detail : ""));
    return false;
}

// As a client does: asks again while there is no answer and the node is up.
std::optional<node::Committed> Clients::ask(const TxId& id) {
    auto promise = std::make_shared<std::promise<std::optional<node::Committed>>>();
    auto future = promise->get_future();
    node_->wait(id, node_->now_ms() + 1'000, [promise](std::optional<node::Committed> committed) {
        promise->set_value(std::move(committed));
    });
    if (future.wait_for(answer_max) == std::future_status::ready) return future.get();
    find("a wait does not end");
    return std::nullopt;
}

bool Clients::wait(u32 number) {
    std::optional<node::Committed> committed;
    // A disk that fails for good may never answer.
    for (int i = 0; i < (may_fail() ? 1 : asks_max) && !committed && !node_->stopped(); ++i)
        committed = ask(script_.steps()[number].id);
    if (!committed) {
        if (!may_fail()) find("a transaction does not come");
        return false;
    }
    if (committed->receipt.code != ledger::accepted)
        find("step " + std::to_string(number) + " is rejected with " +
             std::to_string(committed->receipt.code) + ": what it needs is lost");
    acknowledge(number, committed->height);
    return true;
}

void Clients::acknowledge(u32 number, u64 height) {
    Told told{number, height, {}};
    {
        const std::scoped_lock lock(mutex_);
        if (const auto seen = seen_.find(height); seen != seen_.end()) told.block = seen->second;
    }
    if (told.block == ledger::HeaderHash{})  // of an earlier life
        if (const auto block = node_->chain().blocks().block(height))
            told.block = ledger::header_hash(block->header);
    acknowledged_.emplace(number, told);
    const Bytes encoded = bcs::encode(told);
    FaultyDisk::note(encoded);
    tell(pipe_, 'A', encoded);
}

[[noreturn]] void be_child(const Script& script, const Acknowledged& acknowledged,
                           const LifePlan& plan, int pipe) {
    ::alarm(life_seconds_max);
    log::set_sink([](log::Level, std::string_view) {});
    FaultyDisk::watch(plan.home);
    if (!plan.recording_file.empty()) FaultyDisk::record();
    FaultyDisk::set_fault(plan.fault);
    Clients clients(script, acknowledged, plan, pipe);
    if (plan.is_examined) clients.examine();
    clients.live();
    ::_exit(0);
}

// Takes whole messages off the front.
void hear(Bytes& heard, Acknowledged& acknowledged, LifeReport& report) {
    constexpr std::size_t head = 5;
    ByteView left = heard;
    const auto le = [](ByteView bytes) {
        u64 value = 0;
        for (std::size_t i = bytes.size(); i > 0; --i) value = value << 8 | bytes[i - 1];
        return value;
    };
    while (left.size() >= head) {
        const std::size_t length = le(left.subspan(1, 4));
        if (left.size() < head + length) break;
        const ByteView rest = left.subspan(head, length);
        const std::string text(rest.begin(), rest.end());
        switch (left[0]) {
            case 'O':
                report.opened = true;
                break;
            case 'R':
                report.refused = text;
                break;
            case 'D':
                report.damages = text;
                break;
            case 'T':
                report.told = text;
                break;
            case 'S':
                report.stopped = text;
                break;
            case 'F':
                report.finding = text;
                break;
            case 'A': {
                const Told told = bcs::decode<Told>(rest).value();
                acknowledged.emplace(told.step, told);
                break;
            }
            default:
                report.ended = true;
                report.calls = le(rest.first(8));
                report.failures = le(rest.subspan(8, 8));
        }
        left = left.subspan(head + length);
    }
    heard.erase(heard.begin(), heard.end() - static_cast<std::ptrdiff_t>(left.size()));
}

}  // namespace

LifeReport live(const Script& script, Acknowledged& acknowledged, const LifePlan& plan) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) std::abort();
    const pid_t child = ::fork();
    if (child < 0) std::abort();
    if (child == 0) {
        ::close(ends[0]);
        be_child(script, acknowledged, plan, ends[1]);
    }
    ::close(ends[1]);
    const auto until = Steady::now() + std::chrono::microseconds(plan.kill_after_us);
    LifeReport report;
    Bytes heard;
    bool is_killed = plan.kill_after_us == 0;
    while (true) {
        if (!is_killed && Steady::now() >= until) {
            ::kill(child, SIGKILL);
            is_killed = true;
        }
        pollfd waiting{ends[0], POLLIN, 0};
        timespec pause{0, 0};
        const auto left =
            std::chrono::duration_cast<std::chrono::nanoseconds>(until - Steady::now());
        pause.tv_nsec = std::max<long>(0, left.count());
        ::ppoll(&waiting, 1, is_killed ? nullptr : &pause, nullptr);
        if (waiting.revents == 0) continue;
        u8 buffer[4'096];
        const ssize_t count = ::read(ends[0], buffer, sizeof buffer);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        heard.insert(heard.end(), buffer, buffer + count);
    }
    ::close(ends[0]);
    hear(heard, acknowledged, report);
    int status = 0;
    ::waitpid(child, &status, 0);
    const bool was_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    if (!report.ended && !was_killed && report.finding.empty())
        report.finding = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM
                             ? "hangs"
                             : "the process died, status " + std::to_string(status);
    return report;
}

}  // namespace jangbu::test::faults
