// Any text as config.toml: refused with a place, or taken; then every setting has a value and an
// origin.
#include "base/assert.h"
#include "node/config.h"

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
    JANGBU_ASSERT(config->listen_address.starts_with("127.") || config->listen_address == "::1");
    return 0;
}
