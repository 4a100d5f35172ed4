#include "client/dataset.h"

#include <charconv>

#include "app/command/commands.h"
#include "app/command/description.h"
#include "app/command/record_json.h"
#include "client/plain_text.h"
#include "client/profile/profile_document.h"

namespace jangbu::app {
namespace {

struct DatasetRegister {
    std::string file;
    std::string origin = "collected";
    Said chunk_size;
    Said dictionary;
    bool profile = false;
    bool accept_findings = false;
    Said previous;
    DescriptionOptions description;
    Said lineage;
    std::vector<std::string> parents;  // DATASET, or DATASET=ORDER
};

Result<market::Origin> read_origin(const std::string& text) {
    if (text == "collected") return market::Origin::collected;
    if (text == "simulated") return market::Origin::simulated;
    if (text == "derived") return market::Origin::derived;
    return fail(ErrorCode::usage, "an origin is collected, simulated or derived");
}

Result<std::optional<u32>> read_chunk_size(const Said& text) {
    if (!text) return std::optional<u32>();
    for (const u32 size : crypto::fx1::chunk_sizes)
        if (std::to_string(size) == *text) return std::optional(size);
    return fail(ErrorCode::usage, "a chunk size is 4096, 16384 or 65536");
}

// Dictionary and profile, as they will travel.
Status describe(const DatasetRegister& options, client::RegisterRequest& request) {
    client::ProfileContent content;
    if (options.dictionary) {
        const Bytes text =
            TRY(read_named_file(*options.dictionary, client::dictionary_text_bytes_max));
        content.dictionary = TRY(client::sound_dictionary(as_text(text), *options.dictionary));
        request.schema_hash = client::schema_hash(*content.dictionary);
    }
    if (options.profile) {
        client::Progress progress(progress_bar());
        content.profile = TRY(client::profile_file(options.file, progress));
    }
    if (content.dictionary || content.profile)
        request.profile_document = TRY(client::profile_document_text(content));
    return {};
}

// Parents and lineage of a derived dataset.
Status describe_parents(const DatasetRegister& options, client::RegisterRequest& request) {
    const bool derived = request.origin == market::Origin::derived;
    if (derived != (options.lineage.has_value() && !options.parents.empty()) ||
        derived != (options.lineage.has_value() || !options.parents.empty()))
        return fail(ErrorCode::usage,
                    "--origin derived goes with --lineage and at least one --parent, and no other "
                    "origin has them");
    if (!derived) return {};
    client::DerivedFrom from;
    for (const std::string& text : options.parents) {
        const std::size_t sign = text.find('=');
        market::Parent parent;
        parent.dataset = TRY(read_id<client::DatasetId>(text.substr(0, sign), "--parent"));
        if (sign != std::string::npos)
            parent.right = TRY(read_id<market::OrderId>(text.substr(sign + 1), "--parent"));
        from.parents.push_back(parent);
    }
    from.lineage = as_text(TRY(read_named_file(*options.lineage, client::lineage_bytes_max)));
    request.derived = std::move(from);
    return {};
}

// What a derived dataset was made from; simulated parents are named as such.
Result<std::string> describe_origin(client::Session& session, const market::Dataset& record,
                                    Json& json) {
    if (record.origin != market::Origin::derived) return std::string();
    std::string text;
    Json parents = Json::array();
    const auto proven = TRY(client::proven_parents(session, record.id));
    for (const client::ProvenParent& one : proven) {
        const auto* order = std::get_if<market::OrderId>(&one.parent.right);
        parents.push_back({{"dataset", one.parent.dataset.hex()},
                           {"order", order ? Json(order->hex()) : Json()},
                           {"share_ppm", one.parent.share_ppm},
                           {"simulated", one.record.origin == market::Origin::simulated}});
        text += "made from " + one.parent.dataset.hex() + " (" + origin_text(one.record.origin) +
                (order ? ", bought with order " + order->hex() : std::string(", own data")) + ")\n";
    }
    json["parents"] = parents;
    return text;
}

// What the public document of a dataset says, checked against its record.
std::string describe_profile(client::Session& session, const market::Dataset& record, Json& json) {
    if (!record.profile) return {};
    const Result<ledger::Document> document = session.node().document(record.profile->hash);
    if (!document)
        return "Its profile document is not to be had: " + document.error().detail + "\n";
    const Result<client::ProfileDocument> profile =
        client::read_profile_document(*document, record.schema_hash);
    if (!profile) return "Its profile document does not hold: " + profile.error().detail + "\n";
    json["profile_document"] = Json::parse(profile->text, nullptr, false);
    std::string text;
    if (profile->dictionary)
        text += "Dictionary of " + std::to_string(profile->dictionary->columns.size()) +
                " columns, the one whose hash is registered; " +
                std::to_string(client::completeness(*profile->dictionary).percent) +
                " % complete.\n";
    if (profile->rows > 0)
        text += "Profile, by the seller's word: " + std::to_string(profile->rows) + " rows, " +
                std::to_string(profile->columns) + " columns, " +
                std::to_string(profile->findings) + " findings.\n";
    return text;
}

Result<Answer> dataset_register(const Globals& globals, const DatasetRegister& options) {
    client::RegisterRequest request;
    request.file = options.file;
    request.origin = TRY(read_origin(options.origin));
    request.chunk_size = TRY(read_chunk_size(options.chunk_size));
    if (options.previous)
        request.previous = TRY(read_id<client::DatasetId>(*options.previous, "--previous"));
    TRY(describe_parents(options, request));
    TRY(describe(options, request));
    request.description = TRY(read_description(options.description));
    TRY(confirm_content(options.file, options.accept_findings));
    client::Session session = TRY(globals.connect_signer());
    client::Progress progress(progress_bar());
    const client::Registered registered = TRY(client::register_dataset(session, request, progress));
    Json json = to_json(registered.record);
    json["schema"] = "jangbu-dataset-registered/1";
    json["txid"] = registered.txid.hex();
    json["height"] = std::to_string(registered.height);
    json["repeated"] = registered.repeated;
    return Answer{json, std::string(registered.repeated ? "Registered by an earlier run.\n"
                                                        : "Registered.\n") +
                            text_of(registered.record)};
}

Result<Answer> dataset_list(const Globals& globals, const Said& registrant) {
    client::Session session = TRY(globals.connect());
    const std::optional<client::OrgId>& own = session.home().config().org_id;
    if (!registrant && !own)
        return fail(ErrorCode::usage, "name an organisation with --registrant");
    const client::OrgId org =
        registrant ? TRY(read_id<client::OrgId>(*registrant, "--registrant")) : *own;
    Json items = Json::array();
    std::string text;
    std::string cursor;
    do {
        const auto page = TRY(session.node().datasets(org, cursor));
        for (const market::Dataset& dataset : page.items) {
            items.push_back(to_json(dataset));
            text += dataset.id.hex() + "  " + client::bytes_text(dataset.byte_len) + "  " +
                    client::iso_time(dataset.registered_ms) + "  " + origin_text(dataset.origin) +
                    "\n";
        }
        cursor = page.next;
    } while (!cursor.empty());
    if (text.empty()) text = "No datasets.\n";
    return Answer{{{"schema", "jangbu-datasets/1"}, {"items", items}}, text};
}

Result<Answer> dataset_show(const Globals& globals, const std::string& dataset) {
    const auto id = TRY(read_id<client::DatasetId>(dataset, "DATASET"));
    client::Session session = TRY(globals.connect());
    const market::Dataset record = TRY(client::proven_dataset(session, id));
    Json json = to_json(record);
    json["schema"] = "jangbu-dataset/1";
    const std::string parents = TRY(describe_origin(session, record, json));
    const std::string attestations = TRY(describe_attestations(session, record, json));
    const std::string profile = describe_profile(session, record, json);
    return Answer{json, text_of(record) + parents + attestations + profile};
}

}  // namespace

void declare_datasets(Line& line) {
    const auto options = std::make_shared<DatasetRegister>();
    const auto registrant = std::make_shared<Said>();
    const auto id = std::make_shared<std::string>();
    CLI::App* dataset = line.group("dataset", "register data without giving it away");
    CLI::App* add = line.command(
        dataset, "register", "commit to the content of a file; nothing leaves this machine",
        [=](const Globals& globals) { return dataset_register(globals, *options); },
        "jangbu dataset register spindle.csv --origin collected");
    add->add_option("FILE", options->file)->required();
    add->add_option("--origin", options->origin, "where it comes from")
        ->check(CLI::IsMember({"collected", "simulated", "derived"}))
        ->capture_default_str();
    add->add_option("--parent", options->parents,
                    "what it was made from: DATASET of one's own, or DATASET=ORDER");
    add->add_option("--lineage", options->lineage, "record of jangbu process; public");
    add->add_option("--chunk-size", options->chunk_size, "bytes")
        ->check(CLI::IsMember({"4096", "16384", "65536"}));
    add->add_option("--dictionary", options->dictionary,
                    "data dictionary; its hash is registered, its text is public");
    add->add_flag("--profile", options->profile, "publish a profile of the content with it");
    add->add_flag("--accept-findings", options->accept_findings,
                  "register although a scan finds personal data, secrets or drawings");
    add_description(add, options->description);
    add->add_option("--previous", options->previous, "dataset of which this is a new version");
    CLI::App* list =
        line.command(dataset, "list", "datasets of an organisation",
                     [=](const Globals& globals) { return dataset_list(globals, *registrant); });
    list->add_option("--registrant", *registrant, "default: the own organisation");
    CLI::App* show =
        line.command(dataset, "show", "one dataset, proven",
                     [=](const Globals& globals) { return dataset_show(globals, *id); });
    show->add_option("DATASET", *id)->required();
    declare_certificate(line, dataset);
    declare_attest(line, dataset);
    declare_metadata(line, dataset);
    declare_samples(line, dataset);
    declare_profile(line, dataset);
    declare_scan(line, dataset);
    declare_dictionary(line, dataset);
}

}  // namespace jangbu::app
