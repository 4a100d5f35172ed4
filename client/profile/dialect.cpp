#include "client/profile/dialect.h"

#include <algorithm>
#include <map>

#include "client/profile/cell.h"
#include "client/profile/csv_reader.h"

namespace jangbu::client {
namespace {

constexpr std::size_t sample_rows_max = 200;
constexpr std::size_t sample_cells_max = 200'000;
constexpr std::size_t preamble_rows_max = 50;
constexpr char delimiters[] = {'\t', ';', '|', ','};

struct SampleRow {
    u64 line = 0;
    std::vector<std::string> cells;
};

// The rows of a beginning, up to a bound.
struct Sample {
    std::vector<SampleRow> rows;
    std::vector<std::string> open;
    std::size_t cells = 0;

    bool full() const { return rows.size() >= sample_rows_max || cells >= sample_cells_max; }
    static void on_field(void* self, std::string_view text, u64) {
        Sample& sample = *static_cast<Sample*>(self);
        if (!sample.full()) sample.open.emplace_back(text);
    }
    static void on_row(void* self, const CsvRow& row) {
        Sample& sample = *static_cast<Sample*>(self);
        if (sample.full()) return;
        sample.cells += sample.open.size();
        sample.rows.push_back({row.line, std::move(sample.open)});
        sample.open.clear();
    }
};

Sample read_sample(std::string_view text, bool whole, char delimiter) {
    Sample sample;
    CsvReader reader(delimiter, {&sample, Sample::on_field, Sample::on_row});
    // Faults are told with the right delimiter, when the file is read.
    if (reader.feed(text) && whole) (void)reader.finish();
    return sample;
}

// The most frequent number of fields; of equals the greater.
std::pair<std::size_t, std::size_t> usual_width(const std::vector<SampleRow>& rows) {
    std::map<std::size_t, std::size_t> widths;
    for (const SampleRow& row : rows) ++widths[row.cells.size()];
    std::pair<std::size_t, std::size_t> best{0, 0};
    for (const auto& [width, count] : widths)
        if (count >= best.second) best = {width, count};
    return best;
}

CellKind cell_kind(const std::string& text) {
    return read_cell(text, {}).kind;
}
bool is_value(CellKind kind) {
    return kind == CellKind::integer || kind == CellKind::real || kind == CellKind::time;
}

// Names over values speak for a header, values over values against it.
bool is_header(const std::vector<SampleRow>& rows, std::size_t at, std::size_t width) {
    std::size_t for_it = 0;
    std::size_t against = 0;
    std::size_t texts = 0;
    std::vector<std::string> seen;
    bool repeated = false;
    for (std::size_t column = 0; column < width; ++column) {
        const std::string& cell = rows[at].cells[column];
        const CellKind kind = cell_kind(cell);
        if (kind == CellKind::text) ++texts;
        if (!cell.empty()) {
            repeated = repeated || std::find(seen.begin(), seen.end(), cell) != seen.end();
            if (seen.size() < 64) seen.push_back(cell);
        }
        std::size_t values = 0;
        std::size_t others = 0;
        for (std::size_t i = at + 1; i < rows.size() && i < at + 60; ++i) {
            if (column >= rows[i].cells.size()) continue;
            const CellKind below = cell_kind(rows[i].cells[column]);
            if (is_value(below)) ++values;
            if (below == CellKind::text) ++others;
        }
        if (values <= others) continue;
        if (kind == CellKind::text) ++for_it;
        if (is_value(kind)) ++against;
    }
    if (for_it != against) return for_it > against;
    return texts > 0 && !repeated && against == 0;
}

// "1,5" is a decimal comma, "1,234" groups thousands; where only the latter stand, the delimiter
// says which country wrote it.
char find_decimal(const std::vector<SampleRow>& rows, std::size_t from, char delimiter) {
    if (delimiter == ',') {
        // Quoted numbers may still hold a decimal comma: "12,5".
        std::size_t commas = 0;
        std::size_t points = 0;
        for (std::size_t i = from; i < rows.size(); ++i)
            for (const std::string& cell : rows[i].cells) {
                if (cell.find(',') == std::string::npos) {
                    if (cell.find('.') != std::string::npos && is_value(cell_kind(cell))) ++points;
                    continue;
                }
                const bool number = is_value(read_cell(cell, {',', false}).kind);
                if (number && !is_value(cell_kind(cell))) ++commas;
            }
        return commas > 0 && points == 0 ? ',' : '.';
    }
    std::size_t only_comma = 0;
    std::size_t only_point = 0;
    std::size_t either = 0;
    for (std::size_t i = from; i < rows.size(); ++i)
        for (const std::string& cell : rows[i].cells) {
            if (cell.find_first_of(",.") == std::string::npos) continue;
            const CellKind comma = read_cell(cell, {',', false}).kind;
            const CellKind point = read_cell(cell, {'.', false}).kind;
            const bool as_comma = comma == CellKind::real || comma == CellKind::integer;
            const bool as_point = point == CellKind::real || point == CellKind::integer;
            if (as_comma && !as_point) ++only_comma;
            if (as_point && !as_comma) ++only_point;
            if (as_comma && as_point && cell.find(',') != std::string::npos) ++either;
        }
    if (only_comma != only_point) return only_comma > only_point ? ',' : '.';
    return delimiter == ';' && either > 0 ? ',' : '.';
}

// Some hold a unit, and none anything else.
bool is_units_row(const std::vector<std::string>& cells) {
    std::size_t units = 0;
    for (const std::string& cell : cells) {
        if (cell_kind(cell) == CellKind::missing) continue;
        if (!unit_of_cell(cell)) return false;
        ++units;
    }
    return units > 0 && units * 3 >= cells.size();
}

char find_delimiter(std::string_view text, bool whole) {
    char best = ',';
    double best_score = 0;
    for (const char delimiter : delimiters) {
        const Sample sample = read_sample(text, whole, delimiter);
        const auto [width, count] = usual_width(sample.rows);
        if (width < 2) continue;
        const double score = static_cast<double>(count) / static_cast<double>(sample.rows.size());
        // The order of the list decides between delimiters that fit about as well.
        if (score > best_score + 0.1) {
            best = delimiter;
            best_score = score;
        }
    }
    return best;
}

}  // namespace

Result<Beginning> read_beginning(TextSource& source, std::size_t enough_bytes) {
    Beginning out;
    while (out.text.size() < dialect_bytes_max) {
        const std::string_view block = TRY(source.next());
        if (block.empty()) {
            out.whole = true;
            break;
        }
        out.text += block;
        const std::size_t first_end = out.text.find_first_of("\r\n");
        if (first_end != std::string::npos && out.text.size() >= enough_bytes &&
            out.text.find_first_of("\r\n", first_end + 2) != std::string::npos)
            break;
    }
    return out;
}

Result<Dialect> find_dialect(std::string_view beginning, bool whole, std::size_t columns_max) {
    Dialect out;
    std::string_view text = beginning;
    // A spreadsheet's own note of its delimiter.
    bool said = false;
    if (text.starts_with("sep=") && text.size() > 5 && (text[5] == '\n' || text[5] == '\r')) {
        out.delimiter = text[4];
        said = true;
    }
    if (!whole && text.find_first_of("\r\n") == std::string_view::npos)
        return fail(ErrorCode::malformed, "line 1, byte " + std::to_string(text.size()) +
                                              ": no line end so far; this is not a table");
    if (!said) out.delimiter = find_delimiter(text, whole);
    Sample sample = read_sample(text, whole, out.delimiter);
    if (sample.rows.empty() && !sample.open.empty()) sample.rows.push_back({1, sample.open});
    if (sample.rows.empty()) return fail(ErrorCode::malformed, "only blank lines: no table");
    const std::size_t width = usual_width(sample.rows).first;
    if (width > columns_max)
        return fail(ErrorCode::limit_exceeded,
                    "line " + std::to_string(sample.rows.front().line) + ", column " +
                        std::to_string(columns_max + 1) + ": " + std::to_string(width) +
                        " columns, but a profile takes at most " + std::to_string(columns_max) +
                        "; a table this wide is better turned to have its signals as rows");
    std::size_t first = said ? 1 : 0;
    while (first < sample.rows.size() && sample.rows[first].cells.size() != width) ++first;
    // Short rows at the beginning are a preamble only if they are few.
    if (first > preamble_rows_max || first == sample.rows.size()) first = 0;
    out.preamble_rows = first;
    out.header_line = sample.rows[first].line;
    std::vector<std::string> cells = sample.rows[first].cells;
    out.has_header = is_header(sample.rows, first, std::min(width, cells.size()));
    out.names.resize(cells.size());
    out.units.resize(cells.size());
    std::size_t data = first;
    if (out.has_header) {
        out.names = cells;
        for (std::size_t i = 0; i < cells.size(); ++i) out.units[i] = unit_of_header(cells[i]);
        data = first + 1;
        if (data < sample.rows.size() && is_units_row(sample.rows[data].cells)) {
            out.has_units_row = true;
            for (std::size_t i = 0; i < sample.rows[data].cells.size() && i < cells.size(); ++i)
                if (const auto unit = unit_of_cell(sample.rows[data].cells[i]))
                    out.units[i] = *unit;
            ++data;
        }
    }
    out.rows_before_data = data;
    out.decimal = find_decimal(sample.rows, data, out.delimiter);
    return out;
}

}  // namespace jangbu::client
