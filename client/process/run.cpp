#include "client/process/run.h"

#include <fstream>

#include "client/durable_file.h"
#include "client/profile/csv_reader.h"
#include "client/profile/dialect.h"

namespace jangbu::client {
namespace {

constexpr std::size_t piece_bytes = 256 << 10;

// One output: written beside its name, hashed on the way, renamed when the whole run is done.
class OutputFile {
public:
    explicit OutputFile(std::filesystem::path file) : file_(std::move(file)) {
        partial_ = file_;
        partial_ += ".partial";
        out_.open(partial_, std::ios::binary | std::ios::trunc);
    }
    ~OutputFile() {
        std::error_code ignored;
        if (!kept_) std::filesystem::remove(partial_, ignored);
    }
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    Status write(const std::vector<std::string>& cells) {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (i > 0) text_.push_back(',');
            append(cells[i]);
        }
        text_.push_back('\n');
        ++lines_;
        return text_.size() < piece_bytes ? Status() : flush();
    }
    Status close() {
        TRY(flush());
        out_.close();
        if (!out_) return failed();
        return {};
    }
    Status keep() {
        TRY(finish_file(partial_, file_));
        kept_ = true;
        return {};
    }
    LineageFile record() { return {file_.filename().string(), bytes_, lines_ - 1, hash_.finish()}; }

private:
    // RFC 4180; a cell that begins or ends with a space keeps it only in quotes.
    void append(const std::string& cell) {
        const bool quoted = cell.find_first_of(",\"\r\n") != std::string::npos ||
                            cell.starts_with(' ') || cell.ends_with(' ');
        if (!quoted) {
            text_ += cell;
            return;
        }
        text_.push_back('"');
        for (const char c : cell) {
            if (c == '"') text_.push_back('"');
            text_.push_back(c);
        }
        text_.push_back('"');
    }
    Status flush() {
        hash_.update(as_bytes(text_));
        bytes_ += text_.size();
        out_.write(text_.data(), static_cast<std::streamsize>(text_.size()));
        text_.clear();
        return out_ ? Status() : failed();
    }
    Status failed() const { return fail(ErrorCode::io, "cannot write " + partial_.string()); }

    std::filesystem::path file_;
    std::filesystem::path partial_;
    std::ofstream out_;
    std::string text_;
    crypto::Sha256 hash_;
    u64 bytes_ = 0;
    u64 lines_ = 0;
    bool kept_ = false;
};

class Writer : public RowSink {
public:
    void add(std::filesystem::path file) {
        files_.push_back(std::make_unique<OutputFile>(std::move(file)));
    }
    Status begin(const std::vector<std::string>& header) {
        for (const auto& file : files_) TRY(file->write(header));
        return {};
    }
    Status take(TableRow row) override { return files_[row.part]->write(row.cells); }
    Status finish() override {
        for (const auto& file : files_) TRY(file->close());
        return {};
    }
    Status keep() {
        for (const auto& file : files_) TRY(file->keep());
        return {};
    }
    std::vector<LineageFile> records() {
        std::vector<LineageFile> out;
        for (const auto& file : files_) out.push_back(file->record());
        return out;
    }

private:
    std::vector<std::unique_ptr<OutputFile>> files_;
};

// out.csv and part train: out.train.csv
std::filesystem::path part_file(const std::filesystem::path& output, const std::string& part) {
    std::filesystem::path name = output.stem();
    name += "." + part;
    name += output.extension();
    return output.parent_path() / name;
}

// Fields of the reader into rows for the first step. The reader cannot be stopped, so the first
// error is remembered.
class RowCollector {
public:
    RowCollector(const Dialect& dialect, RowSink& first) : dialect_(dialect), first_(first) {}

    CsvSink sink() {
        return {this,
                [](void* self, std::string_view text, u64) {
                    static_cast<RowCollector*>(self)->row_.cells.emplace_back(text);
                },
                [](void* self, const CsvRow& row) { static_cast<RowCollector*>(self)->end(row); }};
    }
    const Status& status() const { return status_; }
    u64 rows() const { return rows_; }

private:
    void end(const CsvRow& read) {
        TableRow row = std::exchange(row_, {});
        row.line = read.line;
        if (!status_ || seen_++ < dialect_.rows_before_data) return;
        ++rows_;
        if (row.cells.size() != dialect_.names.size()) {
            status_ =
                fail(ErrorCode::malformed,
                     "line " + std::to_string(row.line) + ": " + std::to_string(row.cells.size()) +
                         " cells where the header has " + std::to_string(dialect_.names.size()));
            return;
        }
        if (dialect_.decimal == ',')
            for (std::string& cell : row.cells)
                if (const auto number = read_decimal(cell, ',')) cell = decimal_text(*number);
        status_ = first_.take(std::move(row));
    }

    const Dialect& dialect_;
    RowSink& first_;
    TableRow row_;
    u64 seen_ = 0;
    u64 rows_ = 0;
    Status status_;
};

Status check_table(const Dialect& dialect) {
    if (!dialect.has_header)
        return fail(ErrorCode::malformed, "the table has no header that names its columns");
    for (std::size_t i = 0; i < dialect.names.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (dialect.names[i] == dialect.names[j])
                return fail(ErrorCode::malformed, "line " + std::to_string(dialect.header_line) +
                                                      ": two columns are named " +
                                                      dialect.names[i]);
    return {};
}

// The steps in a row, before the writer.
struct Chain {
    std::vector<std::unique_ptr<Step>> steps;
    std::vector<std::string> header;
};
Result<Chain> make_chain(const PlanReading& reading, const Dialect& dialect, ByteView key,
                         RowSink& last) {
    Chain out;
    out.header = dialect.names;
    // Decimal commas are points by then.
    const StepContext context{'.', key};
    for (std::size_t i = 0; i < reading.plan.steps.size(); ++i) {
        auto step = make_step(reading.plan.steps[i], out.header, context);
        if (!step)
            return fail(step.error().code, "plan, line " + std::to_string(reading.lines[i]) + ": " +
                                               step.error().detail);
        out.steps.push_back(std::move(*step));
    }
    for (std::size_t i = 0; i < out.steps.size(); ++i)
        out.steps[i]->connect(i + 1 < out.steps.size() ? *out.steps[i + 1] : last);
    return out;
}

Status read_rows(TextSource& source, const Beginning& beginning, const Dialect& dialect,
                 RowCollector& rows, Progress& progress) {
    CsvReader reader(dialect.delimiter, rows.sink());
    TRY(reader.feed(beginning.text));
    TRY(rows.status());
    u64 read = source.bytes_read();
    progress.add(read);
    for (;;) {
        const std::string_view block = TRY(source.next());
        if (block.empty()) break;
        TRY(reader.feed(block));
        TRY(rows.status());
        progress.add(source.bytes_read() - read);
        read = source.bytes_read();
    }
    TRY(reader.finish());
    return rows.status();
}

}  // namespace

Result<Lineage> run_plan(const PlanReading& reading, const RunRequest& request,
                         Progress& progress) {
    JANGBU_ASSERT(reading.faults.empty() && !reading.plan.steps.empty());
    static const crypto::Tag key_tag("jangbu/pseudonym-key/v1");
    const FileStamp stamp = TRY(stamp_of(request.input));
    TextSource source = TRY(TextSource::open(request.input));
    progress.begin("process", source.bytes());
    const Beginning beginning = TRY(read_beginning(source, dialect_bytes_max));
    const Dialect dialect = TRY(find_dialect(beginning.text, beginning.whole, plan_columns_max));
    TRY(check_table(dialect));
    Writer writer;
    const PlanStep& last = reading.plan.steps.back();
    if (last.kind != StepKind::split) writer.add(request.output);
    for (const PlanPart& part : last.parts) writer.add(part_file(request.output, part.name));
    const Chain chain = TRY(make_chain(reading, dialect, request.key, writer));
    TRY(writer.begin(chain.header));
    RowCollector rows(dialect, *chain.steps.front());
    TRY(read_rows(source, beginning, dialect, rows, progress));
    TRY(chain.steps.front()->finish());
    TRY(source.finish());

    Lineage out;
    out.plan = bcs::encode(reading.plan);
    out.plan_digest = plan_digest(reading.plan);
    out.input = TRY(digest_of(request.input));
    out.input.rows = rows.rows();
    if (TRY(stamp_of(request.input)) != stamp)
        return fail(ErrorCode::conflict, request.input.string() + " changed while it was read");
    for (std::size_t i = 0; i < chain.steps.size(); ++i)
        out.steps.push_back({to_string(reading.plan.steps[i].kind), chain.steps[i]->counts()});
    if (!request.key.empty()) out.key_digest = key_tag(request.key);
    out.outputs = writer.records();
    TRY(writer.keep());
    progress.end();
    return out;
}

}  // namespace jangbu::client
