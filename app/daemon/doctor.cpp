// jangbud doctor: every damage of a home at rest, for a person or as JSON.
#include <iostream>
#include <nlohmann/json.hpp>

#include "api/read_index_check.h"
#include "app/daemon/commands.h"
#include "app/daemon/log_sink.h"
#include "base/folder.h"
#include "node/doctor.h"

namespace jangbu::app {
namespace {

namespace fs = std::filesystem;

// With the defaults where the settings file is damaged: the rest can be looked at all the same.
Result<node::Config> load(node::ConfigSources& sources, std::vector<node::Damage>& damages) {
    Result<node::Config> config = node::load_config(sources);
    if (config) return config;
    damages.push_back(
        {"settings", config.error().detail + "; correct it, or restore the file", true});
    sources.file.reset();
    return node::load_config(sources, "", "nothing");
}

// Errors: usage (no password for a keystore that is there).
Status open_keystore(node::Config& config, const node::ConfigSources& sources,
                     std::vector<node::Damage>& damages) {
    std::error_code error;
    if (!fs::exists(config.keystore_file, error)) return {};
    const Status opened = node::read_validator_secret(config, sources);
    if (!opened && opened.error().code == ErrorCode::usage) return opened;
    if (!opened)
        damages.push_back({"keystore",
                           opened.error().detail + "; `jangbu keys export-operate` makes it again",
                           true});
    return {};
}

Status judge_index(const node::Config& config, node::Diagnosis& found) {
    found.examined.push_back("read index");
    std::error_code error;
    if (!fs::exists(config.index_folder / "index.sqlite", error)) return {};
    const base::ScratchFolder scratch = TRY(base::ScratchFolder::make(config.home));
    TRY(base::copy_folder(config.index_folder, scratch.path() / "index"));
    if (const auto wrong = api::read_index_damage(scratch.path() / "index" / "index.sqlite"))
        found.damages.push_back({"read index",
                                 (config.index_folder / "index.sqlite").string() + ": " + *wrong +
                                     "; `jangbud reindex` makes it again",
                                 false});
    return {};
}

Result<node::Diagnosis> diagnose(node::ConfigSources sources) {
    std::vector<node::Damage> damages;
    node::Config config = TRY(load(sources, damages));
    std::error_code error;
    if (!fs::is_directory(config.home, error))
        return fail(ErrorCode::not_found, "there is no folder " + config.home.string());
    TRY(open_keystore(config, sources, damages));
    node::Diagnosis found = TRY(node::examine(config));
    found.examined.insert(found.examined.begin(), "settings");
    found.damages.insert(found.damages.begin(), damages.begin(), damages.end());
    TRY(judge_index(config, found));
    return found;
}

void print_json(const node::Diagnosis& found) {
    nlohmann::json damages = nlohmann::json::array();
    for (const node::Damage& one : found.damages)
        damages.push_back(
            {{"part", one.part}, {"what", one.what}, {"start_refuses", one.makes_start_refuse}});
    const nlohmann::json json{
        {"schema", "jangbud-doctor/1"},
        {"whole", found.damages.empty()},
        {"height", found.height ? nlohmann::json(std::to_string(*found.height)) : nullptr},
        {"examined", found.examined},
        {"damages", damages}};
    std::cout << json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

void print_text(const node::Diagnosis& found) {
    for (const std::string& part : found.examined) {
        bool is_whole = true;
        for (const node::Damage& one : found.damages) {
            if (one.part != part) continue;
            is_whole = false;
            std::cout << part << (one.makes_start_refuse ? ": DAMAGED: " : ": damaged: ")
                      << one.what << "\n";
        }
        if (is_whole) std::cout << part << ": whole\n";
    }
    if (found.height) std::cout << "the chain stands at height " << *found.height << "\n";
    const auto refusing =
        std::ranges::count(found.damages, true, &node::Damage::makes_start_refuse);
    std::cout << found.damages.size() << " damages";
    if (refusing > 0) std::cout << ", " << refusing << " of them make a start refuse";
    std::cout << "\n";
}

}  // namespace

int examine_home(const node::ConfigSources& sources, bool as_json) {
    install_log_sink(log::Level::error);
    const Result<node::Diagnosis> found = diagnose(sources);
    if (!found) return report(found.error());
    if (as_json)
        print_json(*found);
    else
        print_text(*found);
    return found->damages.empty() ? 0 : 7;
}

}  // namespace jangbu::app
