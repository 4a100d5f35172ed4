// jangbud: the node. Command line only; what each command does stands in commands.cpp and
// start.cpp.
#include <CLI/CLI.hpp>
#include <iostream>

#include "app/daemon/commands.h"
#include "app/daemon/tls.h"
#include "app/daemon/version.h"
#include "app/manual.h"

namespace {

using namespace jangbu;

struct Settings {
    node::ConfigSources sources;
    std::string home;
    std::string file;
    std::map<std::string, std::string> values;
};

// Every setting is a flag of the same name.
void add_settings(CLI::App& command, Settings& settings) {
    command.add_option("--home", settings.home, "folder of the node (default ~/.jangbud)");
    command.add_option("--config", settings.file, "settings file (default HOME/config.toml)");
    for (const std::string& name : node::setting_names())
        if (name != "home")
            command.add_option("--" + name, settings.values[name])->group("Settings");
}

void gather(Settings& settings) {
    if (!settings.home.empty()) settings.sources.flags["home"] = settings.home;
    for (const auto& [name, value] : settings.values)
        if (!value.empty()) settings.sources.flags[name] = value;
    if (!settings.file.empty()) settings.sources.file = settings.file;
    settings.sources.environment = node::process_environment;
}

Result<node::Config> load(Settings& settings, bool with_secret) {
    gather(settings);
    node::Config config = TRY(node::load_config(settings.sources));
    if (with_secret) TRY(node::read_validator_secret(config, settings.sources));
    return config;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App program{
        "jangbud: a node of the Jangbu ledger and its content store\n"
        "Exit codes: 0 ok, 2 usage, 3 not found, 4 not allowed, 5 unavailable, 6 verification "
        "failed, 7 local failure"};
    program.require_subcommand(1);
    bool verbose = false;  // before --version, so that it is known when the version is printed
    program.add_flag("-v,--verbose", verbose, "with --version: what signatures are verified with");
    program.set_version_flag("--version", [&verbose] { return app::version_text(verbose); });
    int code = 0;
    Settings settings;
    const auto with_config = [&](bool with_secret, auto&& body) {
        return [&settings, &code, with_secret, body] {
            Result<node::Config> config = load(settings, with_secret);
            code = config ? body(std::move(*config)) : app::report(config.error());
        };
    };

    std::string plan;
    std::string out;
    CLI::App* genesis =
        program.add_subcommand("genesis", "make the genesis file of a new ledger from a plan");
    genesis
        ->add_option("--plan", plan,
                     "TOML file: organisations with their cards, families, attestations")
        ->required();
    genesis->add_option("--out", out, "genesis file to write")->required();
    genesis->callback([&] { code = app::make_genesis_file(plan, out); });

    std::string home;
    std::string genesis_file;
    std::string keystore;
    CLI::App* init = program.add_subcommand("init", "make the home folder of a node");
    init->add_option("--home", home, "folder to make")->required();
    init->add_option("--genesis", genesis_file, "genesis file of the ledger")->required();
    init->add_option("--keystore", keystore,
                     "operate key of the validator: `jangbu keys export-operate`")
        ->required();
    init->callback([&] { code = app::init_home(home, genesis_file, keystore); });

    std::string port_file;
    CLI::App* start = program.add_subcommand("start", "run the node until SIGTERM or SIGINT");
    add_settings(*start, settings);
    start->add_option("--port-file", port_file, "write the port here once the node answers");
    start->callback(with_config(
        true, [&](node::Config config) { return app::start_node(std::move(config), port_file); }));

    app::Follow followed;
    CLI::App* follow = program.add_subcommand(
        "follow", "execute the blocks of another node again, serve them, and cosign heads");
    add_settings(*follow, settings);
    follow
        ->add_option("URL", followed.url,
                     "node to follow: http://127.0.0.1:PORT, or https://HOST:PORT#PIN")
        ->required();
    follow->add_option("--genesis", followed.genesis, "chain id of the ledger")->required();
    follow->add_option("--key", followed.key,
                       "keystore of a validator's or auditor's key: `jangbu keys export-operate`");
    follow->add_option("--witness", followed.witness,
                       "cosign heads with this keystore's key: `jangbu keys export-witness`");
    follow->add_option("--org", followed.org, "organisation of the key, if genesis lacks the key");
    follow->add_flag("--snapshot", followed.from_snapshot,
                     "begin at the newest snapshot that the node offers, if nothing is here yet");
    follow->add_option("--port-file", port_file, "write the port here once the node answers");
    follow->callback(with_config(false, [&](node::Config config) {
        return app::follow_node(std::move(config), followed, port_file);
    }));

    app::Backup kept;
    CLI::App* backup = program.add_subcommand(
        "backup", "bring a backup of a running node up to its head, and check every block");
    add_settings(*backup, settings);
    backup->add_option("--out", kept.out, "folder of the backup; again = what is new")->required();
    backup->add_option("--url", kept.url,
                       "a node elsewhere: http://127.0.0.1:PORT, or "
                       "https://HOST:PORT#PIN");
    backup->add_option("--genesis", kept.genesis, "with --url: chain id of the ledger");
    backup->add_option("--key", kept.key,
                       "keystore of a validator's or auditor's key (default: the node's)");
    backup->add_option("--org", kept.org, "organisation of the key, if genesis lacks the key");
    backup->callback(with_config(
        false, [&](const node::Config& config) { return app::backup_node(config, kept); }));

    app::Restore restored;
    CLI::App* restore = program.add_subcommand(
        "restore", "make a node's home from a backup; its next start opens a new epoch");
    restore->add_option("--from", restored.from, "the backup, or a stopped follower's home")
        ->required();
    restore->add_option("--home", restored.home, "folder to make");
    restore->add_option("--keystore", restored.keystore,
                        "operate key of the validator: `jangbu keys export-operate`");
    restore->add_option("--verify", restored.verify,
                        "newest signed header that is known: the answer of /v1/head, or a jbproof");
    restore->add_option("--reason", restored.reason, "restore, or promotion of a follower")
        ->check(CLI::IsMember({"restore", "promotion"}))
        ->capture_default_str();
    restore->add_flag("--lose-blocks", restored.loses_blocks,
                      "go on though blocks below the header of --verify are missing");
    restore->add_flag("--check-only", restored.check_only, "judge the backup and make nothing");
    restore->callback([&] { code = app::restore_node(restored); });

    std::string taken_home;
    u64 taken_height = 0;
    CLI::App* take_back = program.add_subcommand(
        "take-back",
        "a stopped follower or backup goes back to a lower head, to follow a restored node");
    take_back->add_option("HOME", taken_home, "home of the follower, or the backup")->required();
    take_back->add_option("--to", taken_height, "height of the block that becomes its head")
        ->required();
    take_back->callback([&] { code = app::take_back_home(taken_home, taken_height); });

    bool as_json = false;
    CLI::App* doctor = program.add_subcommand(
        "doctor", "name every damage of a stopped node, follower or backup; changes nothing");
    add_settings(*doctor, settings);
    doctor->add_flag("--json", as_json, "for programs");
    doctor->callback([&] {
        gather(settings);
        code = app::examine_home(settings.sources, as_json);
    });

    CLI::App* reindex =
        program.add_subcommand("reindex", "rebuild the read index of a stopped node");
    add_settings(*reindex, settings);
    reindex->callback(with_config(false, [](node::Config config) { return app::reindex(config); }));

    CLI::App* snapshot = program.add_subcommand(
        "snapshot", "write a snapshot of a stopped node's head, and check it");
    add_settings(*snapshot, settings);
    snapshot->callback(
        with_config(false, [](node::Config config) { return app::make_snapshot(config); }));

    app::Prune pruned;
    CLI::App* prune = program.add_subcommand(
        "prune",
        "remove the bodies of old blocks of a stopped node, or documents whose time has passed");
    add_settings(*prune, settings);
    CLI::Option* keep_blocks =
        prune
            ->add_option("--keep-blocks", pruned.keep_blocks,
                         "bodies of blocks: how many stay at least, above the newest snapshot "
                         "that allows it; 0: a snapshot of the head is made first")
            ->check([](const std::string& text) -> std::string {  // "-1" would be 2^64 - 1
                const bool is_number = text.find_first_not_of("0123456789") == std::string::npos;
                return is_number ? "" : "takes a number of blocks, not " + text;
            });
    prune->add_flag("--documents", pruned.documents,
                    "documents whose time has passed, by their class; each leaves a tombstone");
    prune->add_flag("--dry-run", pruned.dry_run, "with --documents: only list what would go");
    prune->callback(with_config(false, [&](const node::Config& config) {
        pruned.bodies = keep_blocks->count() > 0;
        return app::prune(config, pruned);
    }));

    bool again = false;
    CLI::App* tls = program.add_subcommand("tls", "the key by which clients know this node");
    tls->require_subcommand(1);
    CLI::App* tls_init = tls->add_subcommand("init", "make the key and its certificate");
    add_settings(*tls_init, settings);
    tls_init->add_flag("--again", again, "replace the key; members then need the new URL");
    tls_init->callback(with_config(
        false, [&](const node::Config& config) { return app::tls_init(config, again); }));
    CLI::App* tls_show = tls->add_subcommand("show", "print the pin, and the URL for members");
    add_settings(*tls_show, settings);
    tls_show->callback(with_config(false, app::tls_show));

    bool origin = false;
    CLI::App* config = program.add_subcommand("config", "settings");
    config->require_subcommand(1);
    CLI::App* show = config->add_subcommand("show", "print every setting");
    add_settings(*show, settings);
    show->add_flag("--origin", origin, "and where each value came from");
    show->callback(with_config(false, [&](node::Config loaded) {
        std::cout << node::show(loaded, origin);
        return 0;
    }));

    CLI::App* printed = program.add_subcommand(
        "manual", "every command and option as Markdown; docs/cli_jangbud.md is this");
    printed->callback([&] { std::cout << app::manual(program, "jangbud"); });

    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return program.exit(error) == 0 ? 0 : 2;
    }
    return code;
}
