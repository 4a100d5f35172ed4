// Damage to one file of a ledger at rest: a flipped bit, a page of zeros, a cut, an older version
// of the file, another file of its folder in its place, or no file at all; over every file in turn.
// Then the node starts: with everything, or it says what is damaged and what to do.
#include <algorithm>
#include <fstream>

#include "base/file.h"
#include "tests/faults/campaign.h"

namespace jangbu::test::faults {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t damaged_groups = 5;
constexpr std::size_t page_bytes = 4'096;
constexpr std::size_t file_bytes_max = 1 << 30;
const char* const damage_kinds[] = {"flip", "zero page", "cut", "stale", "misplaced", "missing"};

// What a message must have, so that an operator can act: a way out.
const char* const actions[] = {"restore", "delete", "remove", "rebuil", "again"};

class Damages {
public:
    explicit Damages(const Options& options) : options_(options), random_(options.seed) {}
    Tally run();

private:
    void build();
    bool damage(const fs::path& file, const std::string& kind, std::string& name);
    void judge(const std::string& name, const LifeReport& report, const fs::path& file);
    void follow_advice(const std::string& name, const std::string& message);
    Bytes content(const fs::path& file) const {
        return base::read_file(file, file_bytes_max).value();
    }

    const Options options_;
    std::mt19937_64 random_;
    const Script script_{damaged_groups};
    const Ground ground_;
    std::vector<fs::path> files_;  // below the home
    std::vector<fs::path> older_;  // the home as it was earlier
    Acknowledged acknowledged_;
    Tally tally_;
};

// Several lives, so that LevelDB has tables, and files have older versions; the last one long
// enough for a log with several batches.
void Damages::build() {
    const fs::path kept = ground_ / "kept";
    script_.make_home(kept);
    for (u32 rounds = 1; acknowledged_.size() < script_.steps().size(); ++rounds) {
        const LifeReport report = live(script_, acknowledged_, LifePlan(kept, rounds % 4 + 1));
        if (!report.ended || !report.finding.empty()) {
            tally_.found("the run before", report.refused + report.finding);
            return;
        }
        older_.push_back(ground_ / ("older " + std::to_string(rounds)));
        copy_folder(kept, older_.back());
    }
    older_.pop_back();  // the last is not older
    LifePlan whole(kept, 0);
    whole.is_examined = true;
    const LifeReport report = live(script_, acknowledged_, whole);
    if (!report.opened || !report.finding.empty() || !report.damages.empty())
        tally_.found("a home without damage", report.finding + report.damages);
    for (const auto& entry : fs::recursive_directory_iterator(kept)) {
        const auto name = entry.path().filename();
        const bool says_nothing = name == "LOG" || name == "LOG.old" || name == "LOCK";
        if (entry.is_regular_file() && !says_nothing)
            files_.push_back(fs::relative(entry.path(), kept));
    }
    std::ranges::sort(files_);
}

// False if there is no such damage to this file.
bool Damages::damage(const fs::path& file, const std::string& kind, std::string& name) {
    const fs::path victim = ground_ / "home" / file;
    Bytes bytes = content(victim);
    const Bytes before = bytes;
    if (kind == "missing") {
        fs::remove(victim);
        return true;
    }
    if (kind == "stale" || kind == "misplaced") {
        std::vector<fs::path> sources;
        if (kind == "stale") {
            for (const fs::path& home : older_)
                if (fs::exists(home / file)) sources.push_back(home / file);
        } else {
            for (const auto& entry : fs::directory_iterator(victim.parent_path()))
                if (entry.is_regular_file() && entry.path() != victim)
                    sources.push_back(entry.path());
        }
        if (sources.empty()) return false;
        const fs::path source = sources[random_() % sources.size()];
        bytes = content(source);
        name += ", by " + fs::relative(source, ground_.folder()).string();
    } else {
        if (bytes.empty()) return false;
        const std::size_t at = random_() % bytes.size();
        name += " at " + std::to_string(at);
        if (kind == "flip") bytes[at] ^= static_cast<u8>(1u << random_() % 8);
        if (kind == "cut") bytes.resize(at);
        if (kind == "zero page") {
            const std::size_t from = at / page_bytes * page_bytes;
            const std::size_t to = std::min(bytes.size(), from + page_bytes);
            std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                      bytes.begin() + static_cast<std::ptrdiff_t>(to), u8{0});
        }
    }
    if (bytes == before) return false;
    std::ofstream(victim, std::ios::binary | std::ios::trunc)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    return true;
}

void Damages::judge(const std::string& name, const LifeReport& report, const fs::path& file) {
    ++tally_.trials;
    tally_.acknowledged += acknowledged_.size();
    if (!report.finding.empty()) return tally_.found(name, report.finding);
    if (report.refused.empty()) {
        ++tally_.same;
        tally_.told += !report.told.empty();
        return;
    }
    ++tally_.refused;
    const std::string& message = report.refused;
    if (report.damages.empty()) tally_.found(name, "the doctor did not find: " + message);
    const bool doctor_advises = std::ranges::any_of(
        actions, [&](const char* action) { return report.damages.contains(action); });
    if (!doctor_advises)
        tally_.found(name, "the doctor does not say what to do: " + report.damages);
    // The file, or the folder of its store.
    const bool names = message.contains(file.filename().string()) ||
                       message.contains((ground_ / "home" / file.parent_path()).string()) ||
                       message.contains("block log") || message.contains("document");
    const bool advises =
        std::ranges::any_of(actions, [&](const char* action) { return message.contains(action); });
    if (!names) tally_.found(name, "does not say where: " + message);
    if (!advises) tally_.found(name, "does not say what to do: " + message);
    follow_advice(name, message);
}

// What the message tells to delete can be deleted: the start after it has everything.
void Damages::follow_advice(const std::string& name, const std::string& message) {
    fs::path victim;
    if (message.contains("delete this folder") ||
        message.contains("delete the folder of the state store"))
        victim = ground_ / "home" / "chain" / "state";
    if (message.contains("remove this folder")) {
        const std::string contents = (ground_ / "home" / "store" / "contents").string();
        const std::size_t from = message.find(contents);
        if (from != std::string::npos) victim = message.substr(from, contents.size() + 65);
    }
    if (victim.empty()) return;
    fs::remove_all(victim);
    Acknowledged acknowledged = acknowledged_;
    LifePlan plan(ground_ / "home", 1);
    plan.repairs_uploads = true;
    const LifeReport report = live(script_, acknowledged, plan);
    if (!report.opened || !report.finding.empty())
        tally_.found(
            name, "its advice does not help: " + message + ": " + report.refused + report.finding);
}

Tally Damages::run() {
    build();
    for (u64 trial = 0; tally_.trials < options_.trials && !tally_.is_over(options_); ++trial) {
        const fs::path& file = files_[trial % files_.size()];
        const std::string kind = damage_kinds[random_() % std::size(damage_kinds)];
        std::string name =
            "damage " + std::to_string(tally_.trials) + ", " + kind + " of " + file.string();
        copy_folder(ground_ / "kept", ground_ / "home");
        if (!damage(file, kind, name)) continue;
        Acknowledged acknowledged = acknowledged_;
        LifePlan plan(ground_ / "home", 1);
        plan.repairs_uploads = true;
        plan.is_examined = true;
        judge(name, live(script_, acknowledged, plan), file);
    }
    return tally_;
}

}  // namespace

Tally damage_campaign(const Options& options) {
    return Damages(options).run();
}

}  // namespace jangbu::test::faults
