#include "client/sample_rows.h"

#include "client/profile/dialect.h"

namespace jangbu::client {
namespace {

constexpr std::size_t columns_max = 10'000;

std::string_view content(const market::Sample& chunk) {
    return as_text(ByteView(chunk.record).subspan(crypto::fx1::salt_bytes));
}

// Chunks that follow each other in the file.
struct ChunkRun {
    u64 first = 0;
    u64 end = 0;  // behind the last
    std::string text;
};

std::vector<ChunkRun> runs_of(const CheckedSample& sample) {
    std::vector<ChunkRun> runs;
    for (const market::Sample& chunk : sample.chunks) {
        if (runs.empty() || runs.back().end != chunk.index)
            runs.push_back({chunk.index, chunk.index, {}});
        runs.back().text += content(chunk);
        runs.back().end = chunk.index + 1;
    }
    return runs;
}

struct TextRow {
    std::size_t end = 0;  // behind its newline, or behind the text
    std::size_t fields = 1;
    bool whole = false;  // a newline outside quotes, or the end of the file
};

TextRow row_at(std::string_view text, std::size_t at, char delimiter, bool ends_file) {
    TextRow row;
    bool quoted = false;
    for (; at < text.size(); ++at) {
        if (text[at] == '"') quoted = !quoted;
        if (quoted) continue;
        if (text[at] == delimiter) ++row.fields;
        if (text[at] != '\n') continue;
        row.whole = true;
        ++at;
        break;
    }
    row.end = at;
    row.whole |= ends_file && !quoted;
    return row;
}

// A row of the wrong width may begin inside a quote: only its first line is passed over.
void take_rows(const ChunkRun& run, const Dialect& dialect, bool ends_file, SampleRows& out) {
    const std::string_view text = run.text;
    const auto line_end = [&](std::size_t at) {
        const std::size_t newline = text.find('\n', at);
        return newline == std::string_view::npos ? text.size() : newline + 1;
    };
    std::size_t at = 0;
    if (run.first > 0) {
        at = line_end(0);
        ++out.left_out;
    }
    while (at < text.size()) {
        const TextRow row = row_at(text, at, dialect.delimiter, ends_file);
        if (!row.whole || row.fields != dialect.names.size()) {
            const std::size_t next = line_end(at);
            if (text.find_first_not_of(" \r\n", at) < next) ++out.left_out;
            at = next;
            continue;
        }
        out.text += text.substr(at, row.end - at);
        if (!out.text.ends_with('\n')) out.text += '\n';
        ++out.rows;
        at = row.end;
    }
}

}  // namespace

std::optional<SampleRows> sample_rows(const CheckedSample& sample) {
    const std::vector<ChunkRun> runs = runs_of(sample);
    if (runs.empty() || runs.front().first != 0) return std::nullopt;
    const u64 n = shape_of(sample.dataset).n();
    const std::string_view beginning = runs.front().text;
    if (beginning.contains('\0')) return std::nullopt;
    const auto dialect = find_dialect(beginning, runs.front().end == n, columns_max);
    if (!dialect) return std::nullopt;
    SampleRows out;
    for (const ChunkRun& run : runs) take_rows(run, *dialect, run.end == n, out);
    if (dialect->has_header && out.rows > 0) --out.rows;
    return out;
}

}  // namespace jangbu::client
