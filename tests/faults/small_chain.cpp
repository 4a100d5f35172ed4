#include "tests/faults/small_chain.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/file.h"
#include "base/log.h"
#include "tests/faults/faulty_disk.h"

namespace jangbu::test::faults {
namespace {

constexpr std::size_t value_bytes = 15'000;
constexpr unsigned seconds_max = 120;

}  // namespace

Result<SoloFinality> sign_any(const Header&, const HeaderHash& hash) {
    const crypto::SigningKey key = key_named("operate");
    return SoloFinality{key.public_key(), key.sign(crypto::domain::header, hash.bytes)};
}

Status add_block(Chain& chain, u64 salt) {
    const SnapshotPtr head = chain.head();
    const u64 height = head->header.height + 1;
    Body body;
    std::copy_n(chain.id().bytes.begin(), body.chain.size(), body.chain.begin());
    body.author = key_named("member").public_key();
    body.valid_from_ms = head->header.time_ms;
    body.valid_for_ms = 3'600'000;
    body.salt = le64(height + salt);
    const put_map::Put put{"name " + std::to_string(height % 7),
                           Bytes(value_bytes, static_cast<u8>(height + salt))};
    body.operation = bcs::encode(put_map::Operation(put));
    BlockInput input{head->header.epoch, height, head->header.time_ms + 1'000, head->hash, {}};
    input.transactions = {sign(body, chain.id(), key_named("member"))};
    TRY(chain.append(input));
    Execution done = TRY(chain.execute());
    const SoloFinality finality = TRY(sign_any(done.header, done.hash));
    return chain.commit(std::move(done), finality);
}

Status check_head(const Chain& chain) {
    const SnapshotPtr head = chain.head();
    StateTree::Changes entries;
    head->state.for_each(
        [&](ByteView key, ByteView value) { entries[to_bytes(key)] = to_bytes(value); });
    if (StateTree().updated(entries).root() != head->header.state_root)
        return fail(ErrorCode::corrupted, "another state");
    if (chain.used_count() != head->header.height)
        return fail(ErrorCode::corrupted, "an id is not used any more");
    return {};
}

std::string in_process(const std::filesystem::path& said, const std::function<Status()>& work) {
    std::filesystem::remove(said);
    const pid_t process = ::fork();
    if (process < 0) std::abort();
    if (process == 0) {
        ::alarm(seconds_max);
        log::set_sink([](log::Level, std::string_view) {});
        const Status done = work();
        FaultyDisk::stop();
        if (!done)
            (void)base::write_file_atomically(said, as_bytes(done.error().detail),
                                              base::FileMode::owner_only);
        ::_exit(done ? 0 : 1);
    }
    int status = 0;
    ::waitpid(process, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return "killed";
    const auto text = base::read_file(said, 4'096);
    return text ? std::string(as_text(*text)) : "died with status " + std::to_string(status);
}

}  // namespace jangbu::test::faults
