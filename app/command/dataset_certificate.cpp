#include "app/command/commands.h"
#include "app/command/record_json.h"
#include "client/certificate_page.h"
#include "client/did_key.h"
#include "client/witnesses.h"

namespace jangbu::app {
namespace {

struct DatasetCertificate {
    std::string dataset;
    std::string out = "-";
    std::string format = "json";
    Said name;
    Said title;
    u32 witnesses = 0;  // that cosigned the head of the proofs
};

// Whoever asks may have the bare proof; a credential is the registrant's.
Result<Bytes> bare_proof(client::Session& session, const client::DatasetId& id, u32 witnesses) {
    const std::string file = TRY(client::state_proof(session, market::dataset_key(id), witnesses));
    if (!ledger::jbproof::verify(file, session.trusted()))
        return fail(ErrorCode::verification_failed, "the node's proof does not hold");
    return to_bytes(as_bytes(file));
}

Result<Answer> dataset_certificate(const Globals& globals, const DatasetCertificate& options) {
    const auto id = TRY(read_id<client::DatasetId>(options.dataset, "DATASET"));
    const bool bare = options.format == "json";
    if (bare && (options.name || options.title))
        return fail(ErrorCode::usage, "--name and --title stand in a credential or a page only");
    client::IssuerWords words;
    if (options.name) words.name = TRY(client::issuer_words(*options.name, "--name"));
    if (options.title) words.title = TRY(client::issuer_words(*options.title, "--title"));
    client::Session session = TRY(bare ? globals.connect() : globals.connect_party());
    const market::Dataset record = TRY(client::proven_dataset(session, id));
    Json json{{"schema", "jangbu-certificate/1"},
              {"dataset", options.dataset},
              {"file", options.out},
              {"format", options.format},
              {"simulated", record.origin == market::Origin::simulated}};
    Bytes bytes;
    if (bare) {
        bytes = TRY(bare_proof(session, id, options.witnesses));
    } else {
        const client::Credential credential =
            TRY(client::make_credential(session, record, words, options.witnesses));
        bytes = options.format == "vc" ? to_bytes(as_bytes(credential.text))
                                       : TRY(client::certificate_page(credential));
        json["issuer"] = client::did_of(credential.issuer);
        json["number"] = client::certificate_number(credential.claim);
    }
    TRY(write_named_file(options.out, bytes));
    if (options.out == "-") return Answer{};
    return Answer{json, simulated_note(record.origin) + "The certificate of " + options.dataset +
                            " is in " + options.out +
                            ".\nCheck it anywhere, offline: jangbu verify " + options.out + "\n"};
}

}  // namespace

void declare_certificate(Line& line, CLI::App* dataset) {
    const auto options = std::make_shared<DatasetCertificate>();
    CLI::App* certificate = line.command(
        dataset, "certificate", "certificate of originality, a file that verifies offline",
        [=](const Globals& globals) { return dataset_certificate(globals, *options); },
        "jangbu dataset certificate DATASET --format pdf --name '대한정밀(주)' --out 증명서.pdf");
    certificate->add_option("DATASET", options->dataset)->required();
    certificate
        ->add_option("--format", options->format,
                     "json (the bare proof), vc (W3C credential), pdf (a page to print; both "
                     "are signed by the registrant's certify key)")
        ->check(CLI::IsMember({"json", "vc", "pdf"}))
        ->capture_default_str();
    certificate->add_option("--name", options->name, "the registrant's name, in its own words");
    certificate->add_option("--title", options->title, "of the data, in the registrant's words");
    certificate->add_option("--out", options->out, "file to write, - for stdout")->required();
    add_witnesses(certificate, options->witnesses);
}

}  // namespace jangbu::app
