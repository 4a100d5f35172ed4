#include <algorithm>

#include "app/command/commands.h"
#include "app/command/record_json.h"
#include "client/plain_text.h"
#include "client/sample_rows.h"

namespace jangbu::app {
namespace {

struct DatasetSample {
    std::string subject;  // DATASET, or FILE
    Said file;            // the data, if it moved
    Said out;
    Said save;
    Said genesis;
    u32 rows = 20;
};

struct Read {
    client::SampleFile file;
    client::CheckedSample sample;
};

Result<client::SampleFile> make(client::Session& session, const DatasetSample& options,
                                market::Dataset& record) {
    const auto id = TRY(read_id<client::DatasetId>(options.subject, "DATASET"));
    record = TRY(client::proven_dataset(session, id));
    std::optional<std::filesystem::path> given;
    if (options.file) given = *options.file;
    const auto data = TRY(client::locate_data(session, record, given));
    client::Progress progress(progress_bar());
    return client::make_sample(session, record, data, progress);
}

// A dataset of the node, or a file: then offline.
Result<Read> read(const Globals& globals, const DatasetSample& options) {
    if (const auto id = client::DatasetId::from_hex(options.subject)) {
        client::Session session = TRY(globals.connect());
        const market::Dataset record = TRY(client::proven_dataset(session, *id));
        client::SampleFile file = TRY(client::collect_sample(session, record));
        client::CheckedSample sample = TRY(client::check_sample_file(file, session.trusted()));
        return Read{std::move(file), std::move(sample)};
    }
    const ledger::jbproof::Trusted trusted = TRY(trusted_ledger(globals, options.genesis));
    const Bytes bytes = TRY(read_named_file(options.subject, client::SampleFile::bytes_max));
    auto file = bcs::decode<client::SampleFile>(bytes);
    if (!file)
        return fail(ErrorCode::verification_failed,
                    options.subject + " is no sample: " + file.error().detail);
    client::CheckedSample sample = TRY(client::check_sample_file(*file, trusted));
    return Read{std::move(*file), std::move(sample)};
}

Json indices(const std::vector<u64>& pool) {
    Json out = Json::array();
    for (const u64 index : pool) out.push_back(std::to_string(index));
    return out;
}

Json shown_indices(const client::CheckedSample& sample) {
    std::vector<u64> shown;
    for (const market::Sample& chunk : sample.chunks) shown.push_back(chunk.index);
    return indices(shown);
}

// What is there of the pool, and what is not.
std::string pool_text(const client::CheckedSample& sample) {
    const u64 n = client::shape_of(sample.dataset).n();
    std::string text = std::to_string(sample.chunks.size()) + " of the " +
                       std::to_string(sample.pool.size()) + " chunk" +
                       (sample.pool.size() == 1 ? "" : "s") + " in its pool (of " +
                       std::to_string(n) + " chunks)";
    std::vector<std::string> absent;
    for (const u64 index : sample.pool)
        if (std::ranges::find(sample.chunks, index, &market::Sample::index) == sample.chunks.end())
            absent.push_back(std::to_string(index));
    if (!absent.empty()) {
        text += "; NOT SHOWN: chunk";
        for (const std::string& index : absent) text += " " + index;
    }
    if (!sample.drawn)
        text += "; the pool is drawn by the header of height " +
                std::to_string(sample.dataset.registered_height + market::sample_draw_heights) +
                ", which is not there yet";
    return text + ".\n";
}

Json sample_json(const char* schema, const client::CheckedSample& sample) {
    u64 bytes = 0;
    for (const market::Sample& chunk : sample.chunks)
        bytes += chunk.record.size() - crypto::fx1::salt_bytes;
    return {{"schema", schema},
            {"dataset", sample.dataset.id.hex()},
            {"data_root", to_hex(sample.dataset.data_root)},
            {"pool", indices(sample.pool)},
            {"drawn", sample.drawn},
            {"chunks", shown_indices(sample)},
            {"bytes", std::to_string(bytes)},
            {"simulated", sample.dataset.origin == market::Origin::simulated}};
}

// The first rows, for a terminal.
std::string first_rows(const std::string& text, u32 rows) {
    std::size_t end = 0;
    for (u32 i = 0; i <= rows && end < text.size(); ++i) {
        const std::size_t newline = text.find('\n', end);
        end = newline == std::string::npos ? text.size() : newline + 1;
    }
    return text.substr(0, end);
}

Result<Answer> sample_make(const Globals& globals, const DatasetSample& options) {
    client::Session session = TRY(globals.connect_signer());
    market::Dataset record;
    const client::SampleFile file = TRY(make(session, options, record));
    const auto sample = TRY(client::check_sample_file(file, session.trusted()));
    TRY(write_named_file(*options.out, bcs::encode(file)));
    Json json = sample_json("jangbu-sample-made/1", sample);
    json["file"] = *options.out;
    return Answer{json, simulated_note(record.origin) + "The sample of " + record.id.hex() +
                            " is in " + *options.out + ": " + pool_text(sample) +
                            "Anyone checks it, offline: jangbu dataset sample verify " +
                            *options.out + "\n"};
}

Result<Answer> sample_publish(const Globals& globals, const DatasetSample& options) {
    client::Session session = TRY(globals.connect_signer());
    market::Dataset record;
    const client::SampleFile file = TRY(make(session, options, record));
    const auto sample = TRY(client::check_sample_file(file, session.trusted()));
    TRY(client::publish_sample(session, record, file));
    return Answer{sample_json("jangbu-sample-published/1", sample),
                  simulated_note(record.origin) + "The sample of " + record.id.hex() +
                      " is public now: " + pool_text(sample)};
}

Result<Answer> sample_show(const Globals& globals, const DatasetSample& options) {
    const Read one = TRY(read(globals, options));
    const std::optional<client::SampleRows> rows = client::sample_rows(one.sample);
    if (!rows)
        return fail(ErrorCode::usage,
                    "the sample is no table; its bytes: jangbu dataset sample verify --out FILE");
    if (options.out) TRY(write_named_file(*options.out, as_bytes(rows->text)));
    const std::string first = first_rows(rows->text, options.rows);
    Json json = sample_json("jangbu-sample-rows/1", one.sample);
    json["rows"] = std::to_string(rows->rows);
    json["left_out"] = std::to_string(rows->left_out);
    json["file"] = options.out ? Json(*options.out) : Json();
    const bool readable = is_utf8(as_bytes(first));
    json["text"] = readable ? Json(first) : Json();
    std::string text = simulated_note(one.sample.dataset.origin) + std::to_string(rows->rows) +
                       " whole rows, from " + pool_text(one.sample) +
                       std::to_string(rows->left_out) + " pieces of cut rows left out.\n";
    if (!readable)
        text += "They are not in UTF-8; --out FILE writes them as they are.\n";
    else
        text += first;
    return Answer{json, text};
}

Result<Answer> sample_verify(const Globals& globals, const DatasetSample& options) {
    const Read one = TRY(read(globals, options));
    Bytes content;
    for (const market::Sample& chunk : one.sample.chunks) {
        const ByteView data = ByteView(chunk.record).subspan(crypto::fx1::salt_bytes);
        content.insert(content.end(), data.begin(), data.end());
    }
    if (options.out) TRY(write_named_file(*options.out, content));
    if (options.save) TRY(write_named_file(*options.save, bcs::encode(one.file)));
    Json json = sample_json("jangbu-sample/1", one.sample);
    json["verified"] = true;
    json["level"] = one.sample.level;
    json["height"] = std::to_string(one.sample.height);
    json["file"] = options.out ? Json(*options.out) : Json();
    std::string text = "VERIFIED " + one.sample.level + ": sample of dataset " +
                       one.sample.dataset.id.hex() + "\n" +
                       simulated_note(one.sample.dataset.origin) + pool_text(one.sample) +
                       "Each shown chunk leads to the root that " +
                       one.sample.dataset.registrant.hex() + " registered.\n" +
                       "Does not prove: what the other chunks hold. Whoever makes the blocks can "
                       "bias which chunks are drawn.\n";
    if (options.out) text += "Its content is in " + *options.out + ".\n";
    return Answer{json, text};
}

}  // namespace

void declare_samples(Line& line, CLI::App* dataset) {
    const auto options = std::make_shared<DatasetSample>();
    CLI::App* sample =
        line.group(dataset, "sample",
                   "chunks of a fixed pool, which nobody chose, with their paths to the root");
    CLI::App* make = line.command(
        sample, "make", "write the own sample into a file that anyone checks offline",
        [=](const Globals& globals) { return sample_make(globals, *options); },
        "jangbu dataset sample make DATASET --out spindle.sample");
    make->add_option("--out", options->out, "file to write")->required();
    CLI::App* publish =
        line.command(sample, "publish", "make the own sample public at the node",
                     [=](const Globals& globals) { return sample_publish(globals, *options); });
    for (CLI::App* own : {make, publish}) {
        own->add_option("DATASET", options->subject)->required();
        own->add_option("--file", options->file, "the data, if it moved");
    }
    CLI::App* show =
        line.command(sample, "show", "the whole rows of a sample, checked",
                     [=](const Globals& globals) { return sample_show(globals, *options); });
    show->add_option("--rows", options->rows, "print at most so many")->capture_default_str();
    show->add_option("--out", options->out, "write all of them here");
    CLI::App* verify = line.command(
        sample, "verify", "check each chunk: in the pool, and under the registered root",
        [=](const Globals& globals) { return sample_verify(globals, *options); },
        "jangbu dataset sample verify spindle.sample");
    verify->add_option("--out", options->out, "write the content of its chunks here, in a row");
    verify->add_option("--save", options->save, "write the sample with its proofs here");
    for (CLI::App* read : {show, verify}) {
        read->add_option("SAMPLE", options->subject, "DATASET, or a file that sample make wrote")
            ->required();
        read->add_option("--genesis", options->genesis,
                         "of a file: chain id to trust; else the home's");
    }
}

}  // namespace jangbu::app
