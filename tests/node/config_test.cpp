#include <doctest/doctest.h>

#include <thread>

#include "node/config.h"

using namespace jangbu;
using namespace jangbu::node;

namespace {

using Environment = std::map<std::string, std::string>;

ConfigSources sources(std::map<std::string, std::string> flags = {}, Environment environment = {}) {
    environment.emplace("HOME", "/home/somebody");
    return {std::move(flags),
            [environment](const std::string& name) -> std::optional<std::string> {
                const auto at = environment.find(name);
                if (at == environment.end()) return std::nullopt;
                return at->second;
            },
            std::nullopt};
}

Config load(std::string_view toml, const ConfigSources& from = sources()) {
    Result<Config> config = load_config(from, toml, "config.toml");
    REQUIRE_MESSAGE(config.has_value(), config.error().detail);
    return *config;
}

std::string config_refusal(std::string_view toml, const ConfigSources& from = sources()) {
    const Result<Config> config = load_config(from, toml, "config.toml");
    REQUIRE(!config.has_value());
    CHECK(config.error().code == ErrorCode::usage);
    return config.error().detail;
}

std::string origin(const Config& config, std::string_view name) {
    for (const Setting& setting : config.settings)
        if (setting.name == name) return setting.value + " from " + setting.origin;
    return "no such setting";
}

}  // namespace

TEST_CASE("config: an empty file gives the defaults, with paths under the home folder") {
    const Config config = load("");
    CHECK(config.home == "/home/somebody/.jangbud");
    CHECK(config.genesis_file == "/home/somebody/.jangbud/genesis.bin");
    CHECK(config.password_file.empty());
    CHECK(config.listen_address == "127.0.0.1");
    CHECK_FALSE(config.accept_clock);
    CHECK(origin(config, "http.port") == "8640 from default");
    CHECK(config.settings.size() == setting_names().size());
}

TEST_CASE("config: a flag beats the environment, which beats the file, which beats the default") {
    const std::string file = "[http]\nport = 1001\nthreads = 2\n\n[block]\nlinger_ms = 7\n";
    const Environment environment = {{"JANGBU_HTTP_PORT", "1002"}, {"JANGBU_HTTP_THREADS", "3"}};
    const Config config = load(file, sources({{"http.port", "1003"}}, environment));
    CHECK(origin(config, "http.port") == "1003 from flag --http.port");
    CHECK(origin(config, "http.threads") == "3 from environment JANGBU_HTTP_THREADS");
    CHECK(origin(config, "block.linger_ms") == "7 from file config.toml:6");
    CHECK(origin(config, "block.interval_ms") == "20 from default");
    CHECK(config.listen_port == 1003);
    CHECK(config.http_threads == 3);
    CHECK(config.block_linger_ms == 7);
}

TEST_CASE("config: the home folder comes from the flag, then the environment") {
    CHECK(load("", sources({{"home", "/a"}}, {{"JANGBU_HOME", "/b"}})).home == "/a");
    const Config config = load("[store]\nfolder = \"/elsewhere\"\n[node]\nchain_folder = \"c\"\n",
                               sources({}, {{"JANGBU_HOME", "/b"}}));
    CHECK(config.home == "/b");
    CHECK(config.store_folder == "/elsewhere");
    CHECK(config.chain_folder == "/b/c");
}

TEST_CASE("config: an unknown key is an error with its line") {
    CHECK(config_refusal("[http]\nport = 1\nporrt = 2\n") ==
          "file config.toml:3: unknown key http.porrt");
    CHECK(config_refusal("[hhtp]\n") == "file config.toml:1: unknown section hhtp");
    CHECK(config_refusal("\nport = 5\n") == "file config.toml:2: unknown key port");
    CHECK(
        config_refusal("home = \"/x\"\n").starts_with("file config.toml:1: home is set by --home"));
    CHECK(config_refusal("", sources({{"http.porrt", "1"}})) ==
          "flag --http.porrt: unknown setting");
}

TEST_CASE("config: text that is no TOML is an error with its line") {
    CHECK(config_refusal("[http]\nport = = 1\n").starts_with("file config.toml:2: "));
    CHECK(config_refusal("[http]\nport = 1\nport = 2\n").starts_with("file config.toml:3: "));
}

TEST_CASE("config: a value of the wrong type or outside its bounds names its place") {
    CHECK(config_refusal("[http]\nport = \"8640\"\n") ==
          "file config.toml:2: http.port must be a whole number");
    CHECK(config_refusal("[http]\nport = 65536\n") ==
          "file config.toml:2: http.port must be a port from 0 to 65535");
    CHECK(config_refusal("[http]\nport = -1\n") ==
          "file config.toml:2: http.port must be a port from 0 to 65535");
    CHECK(config_refusal("[node]\naccept_clock = 1\n") ==
          "file config.toml:2: node.accept_clock must be true or false");
    CHECK(config_refusal("[log]\nlevel = \"loud\"\n") ==
          "file config.toml:2: log.level must be debug, info, warn or error");
    CHECK(config_refusal("", sources({}, {{"JANGBU_MEMPOOL_BYTES_MAX", "12 MiB"}}))
              .starts_with("environment JANGBU_MEMPOOL_BYTES_MAX: mempool.bytes_max must be"));
    CHECK(config_refusal("[node]\nchain_folder = 3\n") ==
          "file config.toml:2: node.chain_folder must be a string in quotes");
}

TEST_CASE("config: beyond loopback only with TLS, and the refusal says how to get it") {
    for (const std::string address : {"0.0.0.0", "192.168.0.1", "::", "128.0.0.1"}) {
        CAPTURE(address);
        const Config plain = load("", sources({{"http.listen_address", address}}));
        const Status refused = check_listening(plain);
        REQUIRE(!refused.has_value());
        CHECK(refused.error().code == ErrorCode::usage);
        CHECK(refused.error().detail.starts_with("flag --http.listen_address: "));
        CHECK(refused.error().detail.find("jangbud tls init") != std::string::npos);
        const Config safe =
            load("[http]\ntls = true\n", sources({{"http.listen_address", address}}));
        CHECK(safe.listen_address == address);
        CHECK(check_listening(safe).has_value());
    }
    for (const std::string address : {"localhost", "", "127.0.0.1:80", "node.example"})
        CHECK(config_refusal("[http]\ntls = true\n", sources({{"http.listen_address", address}})) ==
              "flag --http.listen_address: http.listen_address must be an IP address");
    for (const std::string address : {"127.0.0.1", "127.8.8.8", "::1"})
        CHECK(check_listening(load("", sources({{"http.listen_address", address}}))).has_value());
    CHECK_FALSE(load("").tls);
    CHECK(load("").tls_file == "/home/somebody/.jangbud/tls.pem");
}

TEST_CASE("config: how signatures are verified, with every bound") {
    const Config plain = load("");
    CHECK_FALSE(plain.verification_tier.has_value());
    CHECK(origin(plain, "verification.tier") == "auto from default");
    CHECK(plain.verification_threads == std::max(1u, std::thread::hardware_concurrency()));
    CHECK(plain.verification_batch_max == 4'096);

    const Config config = load(
        "[verification]\ntier = \"avx2\"\nthreads = 7\nbatch_max = 1\nqueue_max = 5000\n"
        "verdicts_max = 10\nkeys_max = 20\n");
    CHECK(config.verification_tier == crypto::Tier::avx2);
    CHECK(config.verification_threads == 7);
    CHECK(config.verification_batch_max == 1);
    CHECK(config.verification_queue_max == 5'000);
    CHECK(config.verification_verdicts_max == 10);
    CHECK(config.verification_keys_max == 20);
    CHECK(show(config, true).find("verification.threads = 7    # file config.toml:3\n") !=
          std::string::npos);
    CHECK(load("[verification]\ntier = \"portable\"\n").verification_tier ==
          crypto::Tier::portable);
    CHECK(load("[verification]\ntier = \"avx512ifma\"\n").verification_tier ==
          crypto::Tier::avx512ifma);

    CHECK(config_refusal("[verification]\ntier = \"sse9\"\n") ==
          "file config.toml:2: verification.tier must be auto, portable, avx2 or avx512ifma");
    CHECK(config_refusal("[verification]\nthreads = 0\n") ==
          "file config.toml:2: verification.threads must be a whole number from 1 to 256");
    // One bundle must fit.
    CHECK(config_refusal("[verification]\nqueue_max = 4095\n") ==
          "file config.toml:2: verification.queue_max must be a whole number from 4096 to 1000000");
    CHECK(config_refusal("[verification]\nverdicts_max = 0\n").find("from 1 to") !=
          std::string::npos);
}

TEST_CASE("config: show prints every setting, with its origin if asked for") {
    const Config config = load("[log]\nlevel = \"warn\"\n");
    CHECK(show(config, false).find("log.level = warn\n") != std::string::npos);
    CHECK(show(config, true).find("log.level = warn    # file config.toml:2\n") !=
          std::string::npos);
    CHECK(config.log_level == log::Level::warn);
}

TEST_CASE(
    "config: without a password the keystore is not opened, and the message says what to do") {
    Config config = load("");
    const Status status = read_validator_secret(config, sources());
    REQUIRE(!status.has_value());
    CHECK(status.error().code == ErrorCode::usage);
    CHECK(status.error().detail.find("JANGBU_PASSWORD") != std::string::npos);
}
