#include "client/attest.h"

#include "app/command/commands.h"
#include "app/command/record_json.h"
#include "client/dataset.h"
#include "client/plain_text.h"

namespace jangbu::app {
namespace {

struct DatasetAttest {
    std::string dataset;
    std::string kind;
    Said lineage;                     // rerun: record of the own run
    std::vector<std::string> orders;  // rerun: by which the parents were bought
    Said report;                      // the other kinds: a file
    Said until;
};

using market::AttestationKind;

constexpr std::size_t report_bytes_max = 90 << 10;

constexpr std::pair<AttestationKind, std::string_view> attestation_kinds[] = {
    {AttestationKind::inspection, "inspection"},
    {AttestationKind::calibration, "calibration"},
    {AttestationKind::quality, "quality"},
    {AttestationKind::rerun, "rerun"}};

std::string kind_text(AttestationKind kind) {
    for (const auto& [value, name] : attestation_kinds)
        if (value == kind) return std::string(name);
    return std::to_string(static_cast<unsigned>(kind));
}

Result<AttestationKind> read_kind(const std::string& text) {
    for (const auto& [value, name] : attestation_kinds)
        if (name == text) return value;
    return fail(ErrorCode::usage, "a kind is inspection, calibration, quality or rerun");
}

std::string media_type_of(ByteView content) {
    if (as_text(content).starts_with("%PDF-")) return "application/pdf";
    return is_utf8(content) ? "text/plain; charset=utf-8" : "application/octet-stream";
}

Result<client::Posted> attest(client::Session& session, const client::DatasetId& dataset,
                              AttestationKind kind, const DatasetAttest& options) {
    const bool rerun = kind == AttestationKind::rerun;
    if (rerun != options.lineage.has_value() || rerun == options.report.has_value())
        return fail(ErrorCode::usage, "a rerun comes with --lineage, a report with --report");
    if (rerun && options.until) return fail(ErrorCode::usage, "a rerun has no --until");
    if (!rerun && !options.orders.empty())
        return fail(ErrorCode::usage, "--order goes with a rerun");
    if (!rerun) {
        client::Report report;
        report.kind = kind;
        report.content = TRY(read_named_file(*options.report, report_bytes_max));
        report.media_type = media_type_of(report.content);
        if (options.until)
            report.valid_until_ms = TRY(client::read_time(*options.until, client::now_ms()));
        return client::attest_report(session, dataset, report);
    }
    const Bytes text = TRY(read_named_file(*options.lineage, client::lineage_bytes_max));
    const client::Lineage lineage = TRY(client::read_lineage(as_text(text)));
    std::vector<market::OrderId> orders;
    for (const std::string& order : options.orders)
        orders.push_back(TRY(read_id<market::OrderId>(order, "--order")));
    return client::attest_rerun(session, dataset, lineage, orders);
}

Result<Answer> dataset_attest(const Globals& globals, const DatasetAttest& options) {
    const auto id = TRY(read_id<client::DatasetId>(options.dataset, "DATASET"));
    const AttestationKind kind = TRY(read_kind(options.kind));
    client::Session session = TRY(globals.connect_signer());
    const client::Posted posted = TRY(attest(session, id, kind, options));
    if (posted.to_sign) return generated(globals, *posted.to_sign, {});
    Json json = to_json(posted);
    json["schema"] = "jangbu-dataset-attested/1";
    json["dataset"] = id.hex();
    json["kind"] = kind_text(kind);
    return Answer{json,
                  std::string(posted.repeated ? "Attested by an earlier run: " : "Attested: ") +
                      kind_text(kind) + " of " + id.hex() + ".\n"};
}

}  // namespace

Result<std::string> describe_attestations(client::Session& session, const market::Dataset& record,
                                          Json& json) {
    const auto attestations = TRY(client::proven_attestations(session, record.id));
    std::optional<client::Hash> digest;
    if (record.origin == market::Origin::derived)
        if (const auto lineage = client::published_lineage(session, record))
            digest = client::rerun_digest(*lineage);
    std::string text;
    unsigned reruns = 0;
    Json list = Json::array();
    for (const market::DatasetAttestation& one : attestations) {
        const bool over = one.valid_until_ms && *one.valid_until_ms < client::now_ms();
        const bool same = one.kind == AttestationKind::rerun && one.result == digest;
        reruns += same ? 1 : 0;
        list.push_back({{"attestor", one.attestor.hex()},
                        {"kind", kind_text(one.kind)},
                        {"result", to_hex(one.result)},
                        {"agrees", one.kind == AttestationKind::rerun ? Json(same) : Json()},
                        {"valid_until_ms",
                         one.valid_until_ms ? Json(std::to_string(*one.valid_until_ms)) : Json()},
                        {"document", one.document ? Json(one.document->hash.hex()) : Json()},
                        {"attested_ms", std::to_string(one.attested_ms)}});
        text += "attested: " + kind_text(one.kind) + " by " + one.attestor.hex() + ", " +
                client::iso_time(one.attested_ms) + (over ? ", no longer valid" : "") +
                (one.kind == AttestationKind::rerun && !same ? ", of something else" : "") + "\n";
    }
    json["attestations"] = list;
    if (record.origin != market::Origin::derived) return text;
    json["lineage_level"] = reruns > 0 ? "L2" : "L1";
    return text +
           (reruns > 0
                ? "Lineage level L2: the ledger checked the rights, and " + std::to_string(reruns) +
                      " other member(s) ran the plan again and got the same bytes.\n"
                : "Lineage level L1: the ledger checked the rights; nobody ran the plan "
                  "again.\n");
}

void declare_attest(Line& line, CLI::App* dataset) {
    const auto options = std::make_shared<DatasetAttest>();
    CLI::App* made = line.command(
        dataset, "attest", "say what was found of another member's dataset, for everybody to see",
        [=](const Globals& globals) { return dataset_attest(globals, *options); },
        "jangbu dataset attest DATASET --kind rerun --lineage mine.csv.lineage.json --order ORDER");
    made->add_option("DATASET", options->dataset)->required();
    made->add_option("--kind", options->kind, "all but rerun: attestors only")
        ->check(CLI::IsMember({"rerun", "inspection", "calibration", "quality"}))
        ->required();
    made->add_option("--lineage", options->lineage, "rerun: record of one's own run of the plan");
    made->add_option("--order", options->orders, "rerun: settled order for a parent");
    made->add_option("--report", options->report, "public document of the other kinds");
    line.add_generate_only(made);
    made->add_option("--until", options->until, "date, or +365d, when the report ends");
}

}  // namespace jangbu::app
