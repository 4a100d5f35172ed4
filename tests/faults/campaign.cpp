#include "tests/faults/campaign.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "base/file.h"

namespace jangbu::test::faults {
namespace fs = std::filesystem;

void Tally::found(const std::string& name, const std::string& finding) {
    findings.push_back(name + ": " + finding);
    std::printf("FINDING %s\n", findings.back().c_str());
    std::fflush(stdout);
}

Ground::Ground() {
    const fs::path memory("/dev/shm");
    const fs::path parent = fs::is_directory(memory) ? memory : fs::temp_directory_path();
    std::string name = (parent / "jangbu-faults-XXXXXX").string();
    if (!::mkdtemp(name.data())) std::abort();
    folder_ = name;
}

Ground::~Ground() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

Acknowledged told_until(const Recording& recording, std::size_t count, Acknowledged before) {
    for (std::size_t i = 0; i < count; ++i) {
        if (recording[i].act != Act::note) continue;
        const Told told = bcs::decode<Told>(recording[i].data).value();
        before.emplace(told.step, told);
    }
    return before;
}

Recording read_recording(const fs::path& file) {
    Result<Recording> recording =
        decode_recording(base::read_file(file, std::size_t{1} << 30).value());
    fs::remove(file);
    return std::move(recording.value());
}

void copy_folder(const fs::path& from, const fs::path& to) {
    fs::remove_all(to);
    fs::copy(from, to, fs::copy_options::recursive);
}

}  // namespace jangbu::test::faults
