// Any bytes as a query, as a cursor and as a facet value: refused, or read the same when written
// again.
#include "api/facets.h"
#include "api/header_gate.h"
#include "api/page.h"

namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) out += "%" + jangbu::to_hex(jangbu::as_bytes({&c, 1}));
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    using namespace jangbu;
    const std::string text(reinterpret_cast<const char*>(bytes), size);
    if (const auto query = api::read_query(text)) {
        std::string again;
        for (const auto& [name, value] : *query)
            again += (again.empty() ? "" : "&") + escaped(name) + "=" + escaped(value);
        const auto read = api::read_query(again);
        if (!read || *read != *query) __builtin_trap();
    }
    const auto position = api::read_cursor(text, "question");
    if (position && *position && api::write_cursor(**position, "question") != text)
        __builtin_trap();
    const auto value = api::facet_value(text);
    if (value && api::facet_value(*value) != value) __builtin_trap();
    return 0;
}
