// Any text as config.toml: refused with a place, or taken; then every setting has a value and an
// origin, and only what speaks TLS may listen where others reach it.
#include <arpa/inet.h>

#include "base/assert.h"
#include "node/config.h"

namespace {

bool is_loopback(const std::string& address) {
    in_addr four{};
    if (::inet_pton(AF_INET, address.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
    in6_addr six{};
    return ::inet_pton(AF_INET6, address.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const jangbu::u8* input, std::size_t size) {
    using namespace jangbu;
    const node::ConfigSources sources{
        {{"home", "/nowhere"}}, [](const std::string&) { return std::nullopt; }, std::nullopt};
    const auto config = node::load_config(sources, as_text({input, size}), "config.toml");
    if (!config) {
        JANGBU_ASSERT(config.error().code == ErrorCode::usage && !config.error().detail.empty());
        return 0;
    }
    JANGBU_ASSERT(config->settings.size() == node::setting_names().size());
    const bool may_listen = config->tls || is_loopback(config->listen_address);
    JANGBU_ASSERT(node::check_listening(*config).has_value() == may_listen);
    return 0;
}
