#include "client/profile/profile.h"

#include "client/profile/csv_reader.h"
#include "client/profile/dialect.h"
#include "client/profile/table_watch.h"

namespace jangbu::client {
namespace {

constexpr std::size_t beginning_bytes_min = 64 << 10;

}  // namespace

const char* to_string(ColumnType type) {
    switch (type) {
        case ColumnType::empty:
            return "empty";
        case ColumnType::integer:
            return "integer";
        case ColumnType::real:
            return "real";
        case ColumnType::boolean:
            return "boolean";
        case ColumnType::time:
            return "time";
        case ColumnType::category:
            return "category";
        case ColumnType::text:
            return "text";
    }
    return "";
}

Result<Profile> profile_file(const std::filesystem::path& file, Progress& progress) {
    TextSource source = TRY(TextSource::open(file));
    progress.begin("profile", source.bytes());
    Beginning beginning = TRY(read_beginning(source, beginning_bytes_min));
    const Dialect dialect = TRY(find_dialect(beginning.text, beginning.whole, profile_columns_max));
    TableWatch table(dialect);
    CsvReader reader(dialect.delimiter, table.sink());
    TRY(reader.feed(beginning.text));
    u64 read = source.bytes_read();
    progress.add(read);
    beginning = {};
    for (;;) {
        const std::string_view block = TRY(source.next());
        if (block.empty()) break;
        TRY(reader.feed(block));
        progress.add(source.bytes_read() - read);
        read = source.bytes_read();
    }
    TRY(reader.finish());
    TRY(source.finish());
    progress.end();
    if (table.rows() == 0)
        return fail(ErrorCode::malformed,
                    "line " + std::to_string(dialect.header_line) + ": a header of " +
                        std::to_string(dialect.names.size()) + " columns and no row after it");
    Profile out;
    out.file = file.filename().string();
    out.bytes = source.bytes();
    out.encoding = source.encoding();
    out.delimiter = dialect.delimiter;
    out.decimal = dialect.decimal;
    out.has_header = dialect.has_header;
    out.header_line = dialect.header_line;
    out.preamble_lines = dialect.preamble_rows;
    out.has_units_row = dialect.has_units_row;
    out.blank_lines = reader.blank_lines();
    table.finish(out);
    return out;
}

}  // namespace jangbu::client
