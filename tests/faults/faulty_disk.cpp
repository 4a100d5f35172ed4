#include "tests/faults/faulty_disk.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <optional>

namespace jangbu::test::faults {
namespace {

namespace fs = std::filesystem;

template <class Function>
Function* real(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}
#define REAL(name) static auto* const real_##name = real<decltype(::name)>(#name)

struct Place {
    u32 folder = 0;
    std::string name;
    std::optional<u32> node;
};
struct Open {
    u32 node = 0;
    std::string path;
};

struct State {
    std::mutex mutex;
    std::string root;
    std::vector<std::map<std::string, u32>> names;  // of each node that is a folder
    std::map<int, Open> open;
    std::array<u64, 4> counts{};
    Fault fault;
    u64 counted = 0;  // calls of the fault's kinds
    u64 failures = 0;
    bool recording = false;
    Recording events;
};

// Never destroyed: files are closed after main.
State& state() {
    static State* const made = new State;
    return *made;
}
std::atomic<bool> watching{false};

u32 new_node(State& s) {
    s.names.emplace_back();
    return static_cast<u32>(s.names.size() - 1);
}

void add(State& s, Event event) {
    if (s.recording) s.events.push_back(std::move(event));
}

// Nothing for a path outside, or the root itself.
std::optional<Place> place_of(State& s, std::string_view path) {
    if (!path.starts_with(s.root) || path.size() <= s.root.size() || path[s.root.size()] != '/')
        return std::nullopt;
    path.remove_prefix(s.root.size());
    Place place;
    place.node = 0;
    while (!path.empty()) {
        const std::size_t from = path.find_first_not_of('/');
        if (from == std::string_view::npos) break;
        path.remove_prefix(from);
        const std::string part(path.substr(0, path.find('/')));
        path.remove_prefix(part.size());
        if (part == ".") continue;
        if (!place.node) return std::nullopt;
        place.folder = *place.node;
        place.name = part;
        const auto& names = s.names[place.folder];
        const auto found = names.find(part);
        place.node = found == names.end() ? std::nullopt : std::optional(found->second);
    }
    return place.name.empty() ? std::nullopt : std::optional(place);
}

std::optional<u32> node_of_path(State& s, std::string_view path) {
    while (path.size() > s.root.size() && path.ends_with('/')) path.remove_suffix(1);
    if (path == s.root) return 0;
    const auto place = place_of(s, path);
    return place ? place->node : std::nullopt;
}

enum class Verdict { go, fail, half };

// Counts the call. With `fail`, errno is set.
Verdict judge(State& s, unsigned kind) {
    for (std::size_t bit = 0; bit < s.counts.size(); ++bit)
        if (kind >> bit & 1) ++s.counts[bit];
    if (s.fault.at == 0 || (s.fault.calls & kind) == 0) return Verdict::go;
    ++s.counted;
    const bool is_first = s.counted == s.fault.at;
    if (!is_first && !(s.fault.is_sticky && s.counted > s.fault.at)) return Verdict::go;
    if (s.fault.error == 0) {
        if (kind == calls_write) return Verdict::half;
        ::kill(::getpid(), SIGKILL);
    }
    ++s.failures;
    // A disk that becomes full takes the first part, and the next write fails.
    if (s.fault.error == ENOSPC && kind == calls_write && is_first && s.fault.is_sticky)
        return Verdict::half;
    errno = s.fault.error;
    return Verdict::fail;
}

void take_tree(State& s, const fs::path& folder, u32 node) {
    std::vector<fs::path> entries;
    for (const auto& entry : fs::directory_iterator(folder)) entries.push_back(entry.path());
    for (const fs::path& entry : entries) {
        const u32 made = new_node(s);
        const std::string name = entry.filename().string();
        s.names[node][name] = made;
        const bool is_folder = fs::is_directory(entry);
        add(s, {is_folder ? Act::make_folder : Act::make_file, made, node, name, 0, {}, 0, {}});
        if (is_folder) {
            take_tree(s, entry, made);
            continue;
        }
        if (!s.recording) continue;
        Bytes content(fs::file_size(entry));
        std::FILE* const file = std::fopen(entry.c_str(), "rb");
        content.resize(file ? std::fread(content.data(), 1, content.size(), file) : 0);
        if (file) std::fclose(file);
        add(s, {Act::write, made, 0, {}, 0, {}, 0, std::move(content)});
    }
}

// A descriptor that was opened under the root.
const Open* tracked(State& s, int descriptor) {
    const auto found = s.open.find(descriptor);
    return found == s.open.end() ? nullptr : &found->second;
}

void opened(State& s, int descriptor, const std::string& path, const std::optional<Place>& place,
            int flags) {
    u32 node = 0;
    if (place && !place->node) {
        node = new_node(s);
        s.names[place->folder][place->name] = node;
        add(s, {Act::make_file, node, place->folder, place->name, 0, {}, 0, {}});
    } else if (place) {
        node = *place->node;
        if (flags & O_TRUNC) add(s, {Act::cut, node, 0, {}, 0, {}, 0, {}});
    }
    s.open[descriptor] = {node, path};
}

template <class Call>
int open_with(const char* path, int flags, Call call) {
    if (!watching) return call();
    State& s = state();
    const std::scoped_lock lock(s.mutex);
    const auto place = place_of(s, path);
    if (!place && path != s.root) {
        const int descriptor = call();
        s.open.erase(descriptor);  // closedir and fclose close without telling
        return descriptor;
    }
    const bool makes = place && !place->node && (flags & O_CREAT);
    if (place && judge(s, makes ? calls_name : calls_read) != Verdict::go) return -1;
    const int descriptor = call();
    if (descriptor >= 0) opened(s, descriptor, path, place, flags);
    return descriptor;
}

std::string path_at(State& s, int folder, const char* path) {
    if (path[0] == '/' || folder == AT_FDCWD) return path;
    const Open* const at = tracked(s, folder);
    return at ? at->path + "/" + path : path;
}

// `call` writes so many bytes from the start of `data`.
template <class Call>
ssize_t write_with(int descriptor, const void* data, std::size_t size, std::optional<off_t> offset,
                   Call call) {
    if (!watching) return call(size);
    State& s = state();
    const std::scoped_lock lock(s.mutex);
    const Open* const file = tracked(s, descriptor);
    if (!file) return call(size);
    const Verdict verdict = judge(s, calls_write);
    if (verdict == Verdict::fail) return -1;
    const ssize_t count = call(verdict == Verdict::half ? (size + 1) / 2 : size);
    if (verdict == Verdict::half && s.fault.error == 0) ::kill(::getpid(), SIGKILL);
    if (count > 0) {
        const off_t from = offset ? *offset : ::lseek(descriptor, 0, SEEK_CUR) - count;
        const u8* const bytes = static_cast<const u8*>(data);
        add(s, {Act::write,
                file->node,
                0,
                {},
                0,
                {},
                static_cast<u64>(from),
                s.recording ? Bytes(bytes, bytes + count) : Bytes()});
    }
    return count;
}

template <class Call>
int cut_with(std::optional<u32> node, off_t size, Call call) {
    State& s = state();
    if (!node) return call();
    if (judge(s, calls_write) != Verdict::go) return -1;
    const int done = call();
    if (done == 0) add(s, {Act::cut, *node, 0, {}, 0, {}, static_cast<u64>(size), {}});
    return done;
}

template <class Call>
int sync_with(int descriptor, Call call) {
    if (!watching) return call();
    State& s = state();
    const std::scoped_lock lock(s.mutex);
    const Open* const file = tracked(s, descriptor);
    if (!file) return call();
    if (judge(s, calls_sync) != Verdict::go) {
        add(s, {Act::failed_sync, file->node, 0, {}, 0, {}, 0, {}});
        return -1;
    }
    const int done = call();
    if (done == 0) add(s, {Act::sync, file->node, 0, {}, 0, {}, 0, {}});
    return done;
}

template <class Call>
int remove_with(const std::string& path, Call call) {
    State& s = state();
    const auto place = place_of(s, path);
    if (!place) return call();
    if (judge(s, calls_name) != Verdict::go) return -1;
    const int done = call();
    if (done == 0 && place->node) {
        s.names[place->folder].erase(place->name);
        add(s, {Act::remove, *place->node, place->folder, place->name, 0, {}, 0, {}});
    }
    return done;
}

template <class Call>
int rename_with(const char* from, const char* to, bool exchanges, Call call) {
    if (!watching) return call();
    State& s = state();
    const std::scoped_lock lock(s.mutex);
    const auto source = place_of(s, from);
    const auto target = place_of(s, to);
    if (!source || !target) return call();
    if (judge(s, calls_name) != Verdict::go) return -1;
    const int done = call();
    if (done != 0 || !source->node) return done;
    s.names[target->folder][target->name] = *source->node;
    if (exchanges)
        s.names[source->folder][source->name] = *target->node;
    else
        s.names[source->folder].erase(source->name);
    add(s, {exchanges ? Act::exchange : Act::rename,
            *source->node,
            source->folder,
            source->name,
            target->folder,
            target->name,
            0,
            {}});
    return done;
}

}  // namespace

void FaultyDisk::watch(const fs::path& folder) {
    State& s = state();
    {
        const std::scoped_lock lock(s.mutex);
        s.root = folder.string();
        s.names.clear();
        s.open.clear();
        s.events.clear();
        s.counts = {};
        s.counted = s.failures = 0;
        s.fault = {};
        s.recording = false;
        take_tree(s, folder, new_node(s));
    }
    watching = true;
}

void FaultyDisk::record() {
    watching = false;
    State& s = state();
    {
        const std::scoped_lock lock(s.mutex);
        s.recording = true;
        s.names.clear();
        s.events.clear();
        take_tree(s, s.root, new_node(s));
        add(s, {Act::settled, 0, 0, {}, 0, {}, 0, {}});
    }
    watching = true;
}

void FaultyDisk::set_fault(const Fault& fault) {
    State& s = state();
    const std::scoped_lock lock(s.mutex);
    s.fault = fault;
    s.counted = 0;
}

void FaultyDisk::note(Bytes told) {
    State& s = state();
    const std::scoped_lock lock(s.mutex);
    add(s, {Act::note, 0, 0, {}, 0, {}, 0, std::move(told)});
}

void FaultyDisk::stop() {
    watching = false;
}

Recording FaultyDisk::take_recording() {
    State& s = state();
    const std::scoped_lock lock(s.mutex);
    s.recording = false;
    return std::move(s.events);
}

u64 FaultyDisk::count(unsigned calls) {
    State& s = state();
    const std::scoped_lock lock(s.mutex);
    u64 sum = 0;
    for (std::size_t bit = 0; bit < s.counts.size(); ++bit)
        if (calls >> bit & 1) sum += s.counts[bit];
    return sum;
}

u64 FaultyDisk::failures() {
    State& s = state();
    const std::scoped_lock lock(s.mutex);
    return s.failures;
}

}  // namespace jangbu::test::faults

using namespace jangbu::test::faults;  // NOLINT: the C functions below

#pragma GCC diagnostic ignored "-Wmissing-declarations"

namespace {

mode_t mode_of(int flags, va_list arguments) {
    return (flags & (O_CREAT | O_TMPFILE)) ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
    REAL(open);
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_with(path, flags, [&] { return real_open(path, flags, mode); });
}
int open64(const char* path, int flags, ...) {
    REAL(open64);
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_with(path, flags, [&] { return real_open64(path, flags, mode); });
}
int openat(int folder, const char* path, int flags, ...) {
    REAL(openat);
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    const auto call = [&] { return real_openat(folder, path, flags, mode); };
    if (!watching) return call();
    std::string whole;
    {
        const std::scoped_lock lock(state().mutex);
        whole = path_at(state(), folder, path);
    }
    return open_with(whole.c_str(), flags, call);
}
int mkostemp(char* pattern, int flags) {
    REAL(mkostemp);
    if (!watching) return real_mkostemp(pattern, flags);
    State& s = state();
    const std::scoped_lock lock(s.mutex);
    if (!place_of(s, pattern)) return real_mkostemp(pattern, flags);
    if (judge(s, calls_name) != Verdict::go) return -1;
    const int descriptor = real_mkostemp(pattern, flags);
    if (descriptor >= 0) opened(s, descriptor, pattern, place_of(s, pattern), flags);
    return descriptor;
}
int close(int descriptor) {
    REAL(close);
    if (watching) {
        State& s = state();
        const std::scoped_lock lock(s.mutex);
        s.open.erase(descriptor);
        return real_close(descriptor);
    }
    return real_close(descriptor);
}

ssize_t read(int descriptor, void* into, size_t size) {
    REAL(read);
    if (watching) {
        State& s = state();
        const std::scoped_lock lock(s.mutex);
        if (tracked(s, descriptor) && judge(s, calls_read) != Verdict::go) return -1;
    }
    return real_read(descriptor, into, size);
}
ssize_t pread(int descriptor, void* into, size_t size, off_t offset) {
    REAL(pread);
    if (watching) {
        State& s = state();
        const std::scoped_lock lock(s.mutex);
        if (tracked(s, descriptor) && judge(s, calls_read) != Verdict::go) return -1;
    }
    return real_pread(descriptor, into, size, offset);
}
ssize_t write(int descriptor, const void* data, size_t size) {
    REAL(write);
    return write_with(descriptor, data, size, {},
                      [&](size_t count) { return real_write(descriptor, data, count); });
}
ssize_t pwrite(int descriptor, const void* data, size_t size, off_t offset) {
    REAL(pwrite);
    return write_with(descriptor, data, size, offset,
                      [&](size_t count) { return real_pwrite(descriptor, data, count, offset); });
}
ssize_t pwrite64(int descriptor, const void* data, size_t size, off64_t offset) {
    return pwrite(descriptor, data, size, offset);
}
// As one write a part: a short count is what callers must expect anyway.
ssize_t writev(int descriptor, const iovec* parts, int count) {
    REAL(writev);
    if (!watching) return real_writev(descriptor, parts, count);
    for (int i = 0; i < count; ++i)
        if (parts[i].iov_len > 0) return write(descriptor, parts[i].iov_base, parts[i].iov_len);
    return 0;
}
int ftruncate(int descriptor, off_t size) noexcept {
    REAL(ftruncate);
    if (!watching) return real_ftruncate(descriptor, size);
    State& s = state();
    const std::scoped_lock lock(s.mutex);
    const Open* const file = tracked(s, descriptor);
    return cut_with(file ? std::optional(file->node) : std::nullopt, size,
                    [&] { return real_ftruncate(descriptor, size); });
}
int ftruncate64(int descriptor, off64_t size) noexcept {
    return ftruncate(descriptor, size);
}
int truncate(const char* path, off_t size) noexcept {
    REAL(truncate);
    if (!watching) return real_truncate(path, size);
    State& s = state();
    const std::scoped_lock lock(s.mutex);
    return cut_with(node_of_path(s, path), size, [&] { return real_truncate(path, size); });
}
int fsync(int descriptor) {
    REAL(fsync);
    return sync_with(descriptor, [&] { return real_fsync(descriptor); });
}
int fdatasync(int descriptor) {
    REAL(fdatasync);
    return sync_with(descriptor, [&] { return real_fdatasync(descriptor); });
}

int rename(const char* from, const char* to) noexcept {
    REAL(rename);
    return rename_with(from, to, false, [&] { return real_rename(from, to); });
}
int renameat2(int from_folder, const char* from, int to_folder, const char* to,
              unsigned flags) noexcept {
    REAL(renameat2);
    return rename_with(from, to, flags & RENAME_EXCHANGE,
                       [&] { return real_renameat2(from_folder, from, to_folder, to, flags); });
}
int unlink(const char* path) noexcept {
    REAL(unlink);
    if (!watching) return real_unlink(path);
    const std::scoped_lock lock(state().mutex);
    return remove_with(path, [&] { return real_unlink(path); });
}
int unlinkat(int folder, const char* path, int flags) noexcept {
    REAL(unlinkat);
    if (!watching) return real_unlinkat(folder, path, flags);
    const std::scoped_lock lock(state().mutex);
    return remove_with(path_at(state(), folder, path),
                       [&] { return real_unlinkat(folder, path, flags); });
}
int rmdir(const char* path) noexcept {
    REAL(rmdir);
    if (!watching) return real_rmdir(path);
    const std::scoped_lock lock(state().mutex);
    return remove_with(path, [&] { return real_rmdir(path); });
}
int remove(const char* path) noexcept {
    REAL(remove);
    if (!watching) return real_remove(path);
    const std::scoped_lock lock(state().mutex);
    return remove_with(path, [&] { return real_remove(path); });
}
int mkdir(const char* path, mode_t mode) noexcept {
    REAL(mkdir);
    if (!watching) return real_mkdir(path, mode);
    State& s = state();
    const std::scoped_lock lock(s.mutex);
    const auto place = place_of(s, path);
    if (!place || place->node) return real_mkdir(path, mode);
    if (judge(s, calls_name) != Verdict::go) return -1;
    const int done = real_mkdir(path, mode);
    if (done == 0) {
        const auto node = new_node(s);
        s.names[place->folder][place->name] = node;
        add(s, {Act::make_folder, node, place->folder, place->name, 0, {}, 0, {}});
    }
    return done;
}
int link(const char* from, const char* to) noexcept {
    REAL(link);
    if (!watching) return real_link(from, to);
    State& s = state();
    const std::scoped_lock lock(s.mutex);
    const auto source = node_of_path(s, from);
    const auto target = place_of(s, to);
    if (!source || !target) return real_link(from, to);
    if (judge(s, calls_name) != Verdict::go) return -1;
    const int done = real_link(from, to);
    if (done == 0) {
        s.names[target->folder][target->name] = *source;
        add(s, {Act::link, *source, target->folder, target->name, 0, {}, 0, {}});
    }
    return done;
}

}  // extern "C"
