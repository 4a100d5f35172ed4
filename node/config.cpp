#include "node/config.h"

#include <arpa/inet.h>
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <sstream>
#include <thread>

#include "base/file.h"
#include "crypto/keystore.h"
#include "ledger/limits.h"

namespace jangbu::node {
namespace {

constexpr std::size_t config_bytes_max = 1 << 20;
constexpr std::size_t password_bytes_max = 4'096;

// What a value must look like in a file; flags and environment are text.
enum class Kind { text, number, boolean };

struct Rule {
    std::string name;
    Kind kind = Kind::text;
    std::string fallback;
    // Puts the text into its place; what is wrong with it, if anything.
    std::function<std::optional<std::string>(Config&, const std::string&)> put;
};

std::optional<u64> read_number(const std::string& text) {
    u64 value = 0;
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || at != end) return std::nullopt;
    return value;
}

Rule number(std::string name, u64 Config::* member, u64 least, u64 most) {
    auto put = [=](Config& config, const std::string& text) -> std::optional<std::string> {
        const std::optional<u64> value = read_number(text);
        if (!value || *value < least || *value > most)
            return "must be a whole number from " + std::to_string(least) + " to " +
                   std::to_string(most);
        config.*member = *value;
        return std::nullopt;
    };
    return {std::move(name), Kind::number, std::to_string(Config().*member), put};
}

Rule boolean(std::string name, bool Config::* member) {
    auto put = [=](Config& config, const std::string& text) -> std::optional<std::string> {
        if (text != "true" && text != "false") return "must be true or false";
        config.*member = text == "true";
        return std::nullopt;
    };
    return {std::move(name), Kind::boolean, Config().*member ? "true" : "false", put};
}

Rule path(std::string name, std::filesystem::path Config::* member, std::string fallback) {
    auto put = [=](Config& config, const std::string& text) -> std::optional<std::string> {
        config.*member = text.empty() ? std::filesystem::path() : config.home / text;
        return std::nullopt;
    };
    return {std::move(name), Kind::text, std::move(fallback), put};
}

std::optional<std::string> put_port(Config& config, const std::string& text) {
    const std::optional<u64> value = read_number(text);
    if (!value || *value > 65'535) return "must be a port from 0 to 65535";
    config.listen_port = static_cast<u16>(*value);
    return std::nullopt;
}

std::optional<std::string> put_listen_address(Config& config, const std::string& text) {
    in_addr four{};
    in6_addr six{};
    if (::inet_pton(AF_INET, text.c_str(), &four) != 1 &&
        ::inet_pton(AF_INET6, text.c_str(), &six) != 1)
        return "must be an IP address";
    config.listen_address = text;
    return std::nullopt;
}

bool is_loopback(const std::string& address) {
    in_addr four{};
    if (::inet_pton(AF_INET, address.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
    in6_addr six{};
    return ::inet_pton(AF_INET6, address.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

std::optional<std::string> put_log_level(Config& config, const std::string& text) {
    static const std::map<std::string, log::Level> levels = {{"debug", log::Level::debug},
                                                             {"info", log::Level::info},
                                                             {"warn", log::Level::warn},
                                                             {"error", log::Level::error}};
    const auto at = levels.find(text);
    if (at == levels.end()) return "must be debug, info, warn or error";
    config.log_level = at->second;
    return std::nullopt;
}

std::optional<std::string> put_tier(Config& config, const std::string& text) {
    config.verification_tier = crypto::tier_named(text);
    if (text != "auto" && !config.verification_tier)
        return "must be auto, portable, avx2 or avx512ifma";
    return std::nullopt;
}

const std::vector<Rule>& rules() {
    constexpr u64 mebi = 1 << 20;
    static const std::vector<Rule> all = {
        path("node.genesis_file", &Config::genesis_file, "genesis.bin"),
        path("node.keystore_file", &Config::keystore_file, "validator.keystore"),
        path("node.password_file", &Config::password_file, ""),
        path("node.chain_folder", &Config::chain_folder, "chain"),
        boolean("node.accept_clock", &Config::accept_clock),
        {"log.level", Kind::text, "info", put_log_level},
        {"http.listen_address", Kind::text, Config().listen_address, put_listen_address},
        {"http.port", Kind::number, std::to_string(Config().listen_port), put_port},
        boolean("http.tls", &Config::tls),
        path("http.tls_file", &Config::tls_file, "tls.pem"),
        number("http.connections_max", &Config::http_connections_max, 1, 20'000),
        number("http.threads", &Config::http_threads, 1, 64),
        number("snapshots.every_blocks", &Config::snapshots_every_blocks, 0, 1ull << 40),
        number("snapshots.keep", &Config::snapshots_keep, 1, 1'000),
        number("prune.keep_blocks", &Config::prune_keep_blocks, 0, 1ull << 40),
        number("prune.first_segment_kib", &Config::prune_first_segment_kib, 4, 65'536),
        path("store.folder", &Config::store_folder, "store"),
        number("store.quota_bytes", &Config::store_quota_bytes, mebi, 1ull << 50),
        boolean("prune.documents", &Config::prune_documents),
        number("prune.evidence_days", &Config::prune_evidence_days, 1'827, 36'500),
        number("prune.parties_days", &Config::prune_parties_days, 30, 36'500),
        number("prune.personal_days", &Config::prune_personal_days, 0, 36'500),
        number("prune.attestation_days", &Config::prune_attestation_days, 1, 36'500),
        number("prune.unnamed_days", &Config::prune_unnamed_days, 1, 36'500),
        path("index.folder", &Config::index_folder, "index"),
        number("mempool.transactions_max", &Config::mempool_transactions_max, 1, 1'000'000),
        number("mempool.bytes_max", &Config::mempool_bytes_max, mebi, 1ull << 36),
        number("mempool.transactions_per_organisation_max",
               &Config::mempool_transactions_per_organisation_max, 1, 1'000'000),
        number("memory.limit_mib", &Config::memory_limit_mib, 0, 1ull << 30),
        number("memory.state_mib", &Config::memory_state_mib, 0, 1ull << 30),
        number("block.interval_ms", &Config::block_interval_ms, 0, 60'000),
        number("block.linger_ms", &Config::block_linger_ms, 0, 10'000),
        number("block.transactions_max", &Config::block_transactions_max, 1, 65'536),
        number("block.bytes_max", &Config::block_bytes_max, mebi, 64 * mebi),
        {"verification.tier", Kind::text, "auto", put_tier},
        number("verification.threads", &Config::verification_threads, 1, 256),
        number("verification.batch_max", &Config::verification_batch_max, 1, 65'536),
        // A bundle alone always fits.
        number("verification.queue_max", &Config::verification_queue_max,
               ledger::limits::bundle_transactions_max, 1'000'000),
        number("verification.verdicts_max", &Config::verification_verdicts_max, 1, 16 * mebi),
        number("verification.keys_max", &Config::verification_keys_max, 1, 16 * mebi),
    };
    return all;
}

std::string environment_name(const std::string& setting) {
    std::string name = "JANGBU_";
    for (const char c : setting) {
        if (c == '.')
            name += '_';
        else
            name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return name;
}

struct Given {
    std::string value;
    std::string origin;
};

std::string place_in(std::string_view file_name, const toml::source_region& at) {
    return "file " + std::string(file_name) + ":" + std::to_string(at.begin.line);
}

Result<Given> value_of(const Rule& rule, const toml::node& value, const std::string& place) {
    if (rule.kind == Kind::text && value.is_string())
        return Given{std::string(*value.value<std::string>()), place};
    if (rule.kind == Kind::boolean && value.is_boolean())
        return Given{*value.value<bool>() ? "true" : "false", place};
    if (rule.kind == Kind::number && value.is_integer())
        return Given{std::to_string(*value.value<i64>()), place};
    const char* wanted = rule.kind == Kind::text      ? "a string in quotes"
                         : rule.kind == Kind::boolean ? "true or false"
                                                      : "a whole number";
    return fail(ErrorCode::usage, place + ": " + rule.name + " must be " + wanted);
}

const Rule* find_rule(const std::string& name) {
    for (const Rule& rule : rules())
        if (rule.name == name) return &rule;
    return nullptr;
}

Result<std::map<std::string, Given>> read_toml(std::string_view text, std::string_view file_name) {
    toml::table table;
    try {
        table = toml::parse(text, file_name);
    } catch (const toml::parse_error& error) {
        return fail(ErrorCode::usage,
                    place_in(file_name, error.source()) + ": " + std::string(error.description()));
    }
    std::map<std::string, Given> given;
    for (const auto& [section, content] : table) {
        const std::string section_name(section.str());
        const std::string place = place_in(file_name, content.source());
        const toml::table* keys = content.as_table();
        if (section_name == "home")
            return fail(
                ErrorCode::usage,
                place + ": home is set by --home or JANGBU_HOME, since this file is found in it");
        if (!keys) return fail(ErrorCode::usage, place + ": unknown key " + section_name);
        for (const auto& [key, value] : *keys) {
            const std::string name = section_name + "." + std::string(key.str());
            const std::string here = place_in(file_name, value.source());
            const Rule* rule = find_rule(name);
            if (!rule) return fail(ErrorCode::usage, here + ": unknown key " + name);
            given[name] = TRY(value_of(*rule, value, here));
        }
        const bool is_section = std::ranges::any_of(
            rules(), [&](const Rule& rule) { return rule.name.starts_with(section_name + "."); });
        if (!is_section) return fail(ErrorCode::usage, place + ": unknown section " + section_name);
    }
    return given;
}

Result<Given> find_home(const ConfigSources& sources) {
    if (const auto at = sources.flags.find("home"); at != sources.flags.end())
        return Given{at->second, "flag --home"};
    if (const auto value = sources.environment("JANGBU_HOME"); value && !value->empty())
        return Given{*value, "environment JANGBU_HOME"};
    const auto user_home = sources.environment("HOME");
    if (!user_home || user_home->empty())
        return fail(ErrorCode::usage, "no home folder: give --home or JANGBU_HOME");
    return Given{*user_home + "/.jangbud", "default"};
}

Result<Config> assemble(const ConfigSources& sources, const Given& home,
                        const std::map<std::string, Given>& from_file) {
    for (const auto& [name, value] : sources.flags)
        if (name != "home" && !find_rule(name))
            return fail(ErrorCode::usage, "flag --" + name + ": unknown setting");
    Config config;
    config.home = home.value;
    config.settings.push_back({"home", home.value, home.origin});
    for (const Rule& rule : rules()) {
        Given given{rule.fallback, "default"};
        const std::string variable = environment_name(rule.name);
        const auto flag = sources.flags.find(rule.name);
        if (flag != sources.flags.end()) {
            given = {flag->second, "flag --" + rule.name};
        } else if (const auto value = sources.environment(variable)) {
            given = {*value, "environment " + variable};
        } else if (const auto at = from_file.find(rule.name); at != from_file.end()) {
            given = at->second;
        }
        if (const auto wrong = rule.put(config, given.value))
            return fail(ErrorCode::usage, given.origin + ": " + rule.name + " " + *wrong);
        config.settings.push_back({rule.name, given.value, given.origin});
    }
    return config;
}

}  // namespace

u64 Config::cores() {
    return std::max(1u, std::thread::hardware_concurrency());
}

std::optional<std::string> process_environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());  // NOLINT: read before threads start
    if (!value) return std::nullopt;
    return std::string(value);
}

Result<Config> load_config(const ConfigSources& sources) {
    const Given home = TRY(find_home(sources));
    const std::filesystem::path file =
        sources.file.value_or(std::filesystem::path(home.value) / "config.toml");
    const Result<Bytes> text = read_file(file, config_bytes_max);
    if (text) return load_config(sources, as_text(*text), file.string());
    if (text.error().code == ErrorCode::not_found && !sources.file)
        return assemble(sources, home, {});
    return std::unexpected(text.error());
}

Result<Config> load_config(const ConfigSources& sources, std::string_view toml,
                           std::string_view file_name) {
    const Given home = TRY(find_home(sources));
    const std::map<std::string, Given> from_file = TRY(read_toml(toml, file_name));
    return assemble(sources, home, from_file);
}

Status check_listening(const Config& config) {
    if (config.tls || is_loopback(config.listen_address)) return {};
    for (const Setting& setting : config.settings)
        if (setting.name == "http.listen_address")
            return fail(ErrorCode::usage,
                        setting.origin +
                            ": http.listen_address must be a loopback address (127.0.0.1 or ::1) "
                            "without TLS; `jangbud tls init` makes a key, http.tls = true uses it");
    return fail(ErrorCode::usage, "http.listen_address must be a loopback address without TLS");
}

Status check_pruning(const Config& config) {
    if (config.prune_keep_blocks == 0 || config.snapshots_every_blocks > 0) return {};
    for (const Setting& setting : config.settings)
        if (setting.name == "prune.keep_blocks")
            return fail(ErrorCode::usage, setting.origin +
                                              ": prune.keep_blocks needs snapshots.every_blocks: "
                                              "nothing is pruned but below a snapshot");
    return fail(ErrorCode::usage, "prune.keep_blocks needs snapshots.every_blocks");
}

std::vector<std::string> setting_names() {
    std::vector<std::string> names = {"home"};
    for (const Rule& rule : rules()) names.push_back(rule.name);
    return names;
}

std::string show(const Config& config, bool with_origin) {
    std::ostringstream out;
    for (const Setting& setting : config.settings) {
        out << setting.name << " = " << setting.value;
        if (with_origin) out << "    # " << setting.origin;
        out << '\n';
    }
    return out.str();
}

Status read_validator_secret(Config& config, const ConfigSources& sources) {
    std::string password;
    if (const auto value = sources.environment("JANGBU_PASSWORD")) {
        password = *value;
    } else if (!config.password_file.empty()) {
        const Bytes content = TRY(read_file(config.password_file, password_bytes_max));
        const std::string_view text = as_text(content);
        password = text.substr(0, text.find_first_of("\r\n"));
    } else {
        return fail(ErrorCode::usage, "no password for " + config.keystore_file.string() +
                                          ": set JANGBU_PASSWORD or node.password_file");
    }
    ByteArray<32> secret = TRY(crypto::read_keystore(config.keystore_file, password));
    config.validator_secret.emplace(secret);
    crypto::wipe(secret);
    crypto::wipe({reinterpret_cast<u8*>(password.data()), password.size()});
    return {};
}

}  // namespace jangbu::node
