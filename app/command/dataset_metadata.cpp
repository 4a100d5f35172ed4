#include "app/command/commands.h"
#include "app/command/record_json.h"
#include "client/dataset.h"

namespace jangbu::app {
namespace {

// The node writes it; the identifiers in it are compared with the proven record.
Result<Answer> dataset_metadata(const Globals& globals, const std::string& dataset,
                                const std::string& format, const std::string& out) {
    const auto id = TRY(read_id<client::DatasetId>(dataset, "DATASET"));
    client::Session session = TRY(globals.connect());
    const market::Dataset record = TRY(client::proven_dataset(session, id));
    const std::string text = TRY(session.node().metadata(id, format));
    if (!text.contains(record.id.hex()) || !text.contains(to_hex(record.data_root)))
        return fail(ErrorCode::verification_failed,
                    "the node's description is not of this dataset and its registered root");
    TRY(write_named_file(out, as_bytes(text)));
    if (out == "-") return Answer{};
    return Answer{{{"schema", "jangbu-metadata-written/1"},
                   {"dataset", dataset},
                   {"format", format},
                   {"file", out},
                   {"simulated", record.origin == market::Origin::simulated}},
                  simulated_note(record.origin) + "The description of " + dataset + " as " +
                      format + " is in " + out + ".\n"};
}

}  // namespace

void declare_metadata(Line& line, CLI::App* dataset) {
    const auto id = std::make_shared<std::string>();
    const auto format = std::make_shared<std::string>();
    const auto out = std::make_shared<std::string>("-");
    CLI::App* metadata = line.command(
        dataset, "metadata", "what other catalogues and tools read of a dataset",
        [=](const Globals& globals) { return dataset_metadata(globals, *id, *format, *out); },
        "jangbu dataset metadata DATASET --format croissant --out croissant.json");
    metadata->add_option("DATASET", *id)->required();
    metadata->add_option("--format", *format, "dcat, croissant, csvw, prov or odrl")
        ->check(CLI::IsMember({"dcat", "croissant", "csvw", "prov", "odrl"}))
        ->required();
    metadata->add_option("--out", *out, "file to write, - for stdout")->capture_default_str();
}

}  // namespace jangbu::app
