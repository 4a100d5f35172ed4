// Any text as a table: the dialect is found or refused with a place, and the profile does not
// depend on how the text is cut into blocks. The first byte says how.
#include <nlohmann/json.hpp>

#include "base/assert.h"
#include "client/profile/profile_view.h"
#include "client/profile/table_watch.h"

namespace {

using namespace jangbu;

// As profile_file does it, without a file. Nothing where the text is no table.
std::string profile_of(std::string_view text, const client::Dialect& dialect, std::size_t piece) {
    client::TableWatch table(dialect);
    client::CsvReader reader(dialect.delimiter, table.sink());
    for (std::size_t at = 0; at < text.size(); at += piece)
        if (!reader.feed(text.substr(at, piece))) return {};
    if (const Status end = reader.finish(); !end) {
        JANGBU_ASSERT(end.error().detail.starts_with("line "));
        return {};
    }
    if (table.rows() == 0) return {};
    client::Profile profile;
    profile.has_header = dialect.has_header;
    profile.header_line = dialect.header_line;
    profile.preamble_lines = dialect.preamble_rows;
    profile.blank_lines = reader.blank_lines();
    table.finish(profile);
    JANGBU_ASSERT(profile.columns.size() == dialect.names.size());
    for (const client::ColumnProfile& column : profile.columns) {
        JANGBU_ASSERT(column.missing <= profile.rows);
        JANGBU_ASSERT(column.distinct <= profile.rows - column.missing);
        if (column.numbers && column.numbers->count > 0)
            JANGBU_ASSERT(column.numbers->least <= column.numbers->greatest);
    }
    const std::string page = client::profile_html(profile, client::Language::korean);
    JANGBU_ASSERT(page.find("<script") == std::string::npos);
    return client::profile_json(profile).dump() +
           client::profile_text(profile, client::Language::english);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const jangbu::u8* input, std::size_t size) {
    if (size < 2) return 0;
    const std::size_t piece = 1 + input[0] % 64;
    const std::string_view text = as_text({input + 1, size - 1});
    // What is no text never reaches the reader (text_source.h).
    if (!is_utf8(as_bytes(text)) || text.find('\0') != std::string_view::npos) return 0;
    const auto dialect = client::find_dialect(text, true, 64);
    if (!dialect) {
        JANGBU_ASSERT(!dialect.error().detail.empty());
        return 0;
    }
    JANGBU_ASSERT(dialect->names.size() == dialect->units.size());
    JANGBU_ASSERT(profile_of(text, *dialect, text.size()) == profile_of(text, *dialect, piece));
    return 0;
}
