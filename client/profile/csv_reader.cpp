#include "client/profile/csv_reader.h"

#include <csv.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "base/assert.h"

namespace jangbu::client {
namespace {

// libcsv asks for a block more than the field; refusing makes it stop with CSV_ENOMEM.
void* bounded_realloc(void* old, std::size_t bytes) {
    return bytes > CsvReader::field_bytes_max ? nullptr : std::realloc(old, bytes);
}

u64 newlines_in(const char* text, std::size_t size) {
    u64 lines = 0;
    const char* const end = text + size;
    for (const char* at = text; at < end; ++lines) {
        at = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
        if (!at) break;
        ++at;
    }
    return lines;
}

}  // namespace

struct CsvReader::State {
    csv_parser parser{};
    CsvSink sink;
    u64 line = 1;  // of the row being read
    u64 lines_in_row = 0;
    u64 blank = 0;
    u32 fields = 0;
    bool quotes = false;  // a quote in this block or the last: fields may hold newlines
    bool quotes_before = false;
    bool after_return = false;

    static void on_field(void* text, std::size_t size, void* self) {
        State& state = *static_cast<State*>(self);
        state.after_return = false;
        ++state.fields;
        if (state.quotes && size > 0)
            state.lines_in_row += newlines_in(static_cast<const char*>(text), size);
        state.sink.field(state.sink.self, {static_cast<const char*>(text), size}, state.line);
    }
    static void on_row(int end, void* self) {
        State& state = *static_cast<State*>(self);
        if (state.fields == 0) {
            // Either the second byte of CRLF, or a line with nothing in it.
            const bool second = end == CSV_LF && state.after_return;
            state.after_return = end == CSV_CR;
            if (second) return;
            ++state.line;
            ++state.blank;
            return;
        }
        state.sink.row(state.sink.self, CsvRow{state.line, state.fields});
        state.line += state.lines_in_row + 1;
        state.lines_in_row = 0;
        state.fields = 0;
        state.after_return = end == CSV_CR;
    }
};

CsvReader::CsvReader(char delimiter, CsvSink sink) : state_(std::make_unique<State>()) {
    state_->sink = sink;
    JANGBU_ASSERT(csv_init(&state_->parser, CSV_REPALL_NL) == 0);
    csv_set_delim(&state_->parser, static_cast<unsigned char>(delimiter));
    csv_set_realloc_func(&state_->parser, bounded_realloc);
    csv_set_blk_size(&state_->parser, 4096);
}
CsvReader::CsvReader(CsvReader&&) noexcept = default;
CsvReader& CsvReader::operator=(CsvReader&&) noexcept = default;
CsvReader::~CsvReader() {
    if (state_) csv_free(&state_->parser);
}

Status CsvReader::feed(std::string_view block) {
    const bool quotes = std::memchr(block.data(), '"', block.size()) != nullptr;
    // A quoted field may have begun in the block before.
    state_->quotes = quotes || state_->quotes_before || state_->parser.quoted != 0;
    state_->quotes_before = quotes;
    const std::size_t used = csv_parse(&state_->parser, block.data(), block.size(), State::on_field,
                                       State::on_row, state_.get());
    if (used == block.size()) return {};
    const bool quoted = state_->parser.quoted != 0;
    return fail(ErrorCode::malformed,
                "line " + std::to_string(state_->line) + ", column " +
                    std::to_string(state_->fields + 1) + ": a field is longer than " +
                    std::to_string(field_bytes_max >> 20) + " MiB" +
                    (quoted ? "; the quote that opens it is perhaps never closed"
                            : "; this is perhaps not a table"));
}

Status CsvReader::finish() {
    // Only a strict parser minds an open quote at the end, but one would mind stray quotes before.
    csv_set_opts(&state_->parser, CSV_REPALL_NL | CSV_STRICT | CSV_STRICT_FINI);
    if (csv_fini(&state_->parser, State::on_field, State::on_row, state_.get()) == 0) return {};
    return fail(ErrorCode::malformed, "line " + std::to_string(state_->line) + ", column " +
                                          std::to_string(state_->fields + 1) +
                                          ": a quote opens here and is never closed");
}

u64 CsvReader::line() const {
    return state_->line;
}
u64 CsvReader::blank_lines() const {
    return state_->blank;
}

}  // namespace jangbu::client
