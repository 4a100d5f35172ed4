#include "app/command/commands.h"
#include "base/file.h"
#include "client/certificate_file.h"
#include "client/did_key.h"
#include "client/plain_text.h"
#include "client/saved_json.h"
#include "client/witnesses.h"
#include "ledger/evidence.h"
#include "market/market_rules.h"

namespace jangbu::app {
namespace {

struct Verify {
    std::string file;
    Said genesis;
    std::vector<std::string> witnesses;
    Said certificate;  // of the dataset of a receipt
    Said data;
    bool seed_from_home = false;
    Said seed;
    Said salts;
};

// The genesis that this home once took from a node, for files that carry none.
constexpr std::size_t genesis_bytes_max = 64 << 20;

Result<ledger::jbproof::Trusted> trusted_by(const Globals& globals, const Verify& options) {
    ledger::jbproof::Trusted trusted = TRY(trusted_ledger(globals, options.genesis));
    for (const std::string& text : options.witnesses) {
        const client::WitnessRule rule = TRY(client::read_witness_rule(text));
        trusted.witnesses.insert(rule.keys.begin(), rule.keys.end());
        trusted.witnesses_needed = std::max(trusted.witnesses_needed, rule.needed);
    }
    return trusted;
}

Result<market::Nonce> seed_nonce(const client::Home& home, const client::Claim& claim) {
    if (claim.dataset) return claim.dataset->seed_nonce;
    const auto folder = TRY(home.dataset(claim.order->dataset));
    const auto json = TRY(client::load_json(folder / "dataset.json"));
    if (!json)
        return fail(ErrorCode::usage,
                    "this home did not register the dataset; use its certificate");
    client::JsonFields fields(*json, "dataset.json");
    const Bytes bytes = fields.bytes("seed_nonce");
    market::Nonce nonce{};
    if (bytes.size() != nonce.size()) fields.set_fault("seed_nonce", "is not 16 bytes");
    TRY(fields.status());
    std::copy(bytes.begin(), bytes.end(), nonce.begin());
    return nonce;
}

Status check_file(const Globals& globals, const Verify& options, const client::Claim& claim) {
    const int ways =
        (options.seed ? 1 : 0) + (options.salts ? 1 : 0) + (options.seed_from_home ? 1 : 0);
    if (ways != 1)
        return fail(ErrorCode::usage,
                    "--file goes with one of --seed HEX, --seed-from-home or --salts FILE");
    const u64 n = TRY(client::claimed_chunks(claim));
    client::Progress progress(progress_bar());
    if (options.salts) {
        const auto salts = client::load_hashes(*options.salts, n);
        if (!salts && salts.error().code == ErrorCode::not_found)
            return fail(ErrorCode::io, salts.error().detail);
        if (!salts) return fail(ErrorCode::verification_failed, salts.error().detail);
        return client::check_data(claim, *options.data, std::span<const client::Hash>(*salts),
                                  progress);
    }
    if (options.seed) {
        const client::Hash seed = TRY(read_hash(*options.seed, "--seed"));
        return client::check_data(claim, *options.data, seed, progress);
    }
    const client::Home home = TRY(globals.open_home());
    const std::string password = TRY(globals.password(false));
    const auto secret = TRY(client::open_secret(home, password));
    const market::Nonce nonce = TRY(seed_nonce(home, claim));
    return client::check_data(claim, *options.data, secret.dataset_seed(nonce), progress);
}

Answer claim_answer(const client::Claim& claim, bool with_file) {
    const ledger::jbproof::Verified& proof = claim.proof;
    const std::string level = client::level_sentence(proof.level, proof.witnesses_pinned);
    Json subject = Json::object();
    std::string text = "VERIFIED " + proof.level + ": " + claim.title + "\n";
    if (claim.simulated) text += "SIMULATED data: made by a program, not measured.\n";
    for (const auto& [name, value] : claim.subject) {
        subject[name] = value;
        text += "  " + name + ": " + value + "\n";
    }
    text += "Ledger \"" + proof.genesis.name + "\", height " + std::to_string(proof.header.height) +
            ", " + client::iso_time(proof.header.time_ms) + ", signed by validator " +
            proof.validator.hex() + ".\nEvidence " + level + ".\nProves: " + claim.proves + "\n";
    if (with_file) text += "The file is exactly what was registered.\n";
    text += "Does not prove: " + claim.not_proven + "\n";
    Json witnesses = Json::array();
    for (const ledger::PublicKey& key : proof.witnesses) witnesses.push_back(key.hex());
    return {{{"schema", "jangbu-verified/1"},
             {"level", proof.level},
             {"title", claim.title},
             {"simulated", claim.simulated},
             {"subject", subject},
             {"height", std::to_string(proof.header.height)},
             {"header_hash", proof.header_hash.hex()},
             {"validator", proof.validator.hex()},
             {"witnesses", witnesses},
             {"proves", claim.proves},
             {"does_not_prove", claim.not_proven},
             {"file_checked", with_file}},
            text};
}

// Who asks for K of N must not be told less in passing.
Status check_witnessed(const ledger::jbproof::Verified& proof,
                       const ledger::jbproof::Trusted& trusted) {
    if (trusted.witnesses_needed < 2 || proof.level != "E0") return {};
    return fail(ErrorCode::verification_failed,
                "E0: the proof holds by one operator's word, but " +
                    std::to_string(proof.witnesses_pinned) + " of " +
                    std::to_string(trusted.witnesses.size()) + " pinned witnesses cosigned, and " +
                    std::to_string(trusted.witnesses_needed) + " were asked for");
}

bool is_divergence_file(ByteView bytes) {
    return as_text(bytes).starts_with(ledger::divergence_magic);
}

Result<Answer> verify_divergence(ByteView bytes, const ledger::jbproof::Trusted& trusted) {
    const Result<ledger::Divergence> divergence = ledger::decode_divergence(bytes);
    if (!divergence) return fail(ErrorCode::verification_failed, divergence.error().detail);
    market::MarketRules rules;
    const std::string wrong = TRY(ledger::check_divergence(*divergence, trusted.chain_id, rules));
    const std::string validator = divergence->header.finality.key.hex();
    const std::string height = std::to_string(divergence->header.header.height);
    return Answer{{{"schema", "jangbu-divergence-verified/1"},
                   {"validator", validator},
                   {"height", height},
                   {"wrong", wrong}},
                  "VERIFIED FRAUD: validator " + validator + " signed block " + height +
                      ", which is wrong: " + wrong +
                      ".\nAll blocks from genesis on were executed again to say so.\n"};
}

// What a credential adds to the proof inside it.
void add_credential(const client::CertificateFile& file, Answer& answer) {
    if (!file.credential) return;
    const client::Credential& credential = *file.credential;
    const std::string issuer = client::did_of(credential.issuer);
    answer.text += "Credential signed by " + issuer + ", a certify key of the registrant.\n";
    const auto say = [&](const char* what, const std::string& words) {
        if (!words.empty())
            answer.text += std::string(what) + ", in the issuer's words: " + words + "\n";
    };
    say("Name", credential.words.name);
    say("Title", credential.words.title);
    answer.json["credential"] = {{"issuer", issuer},
                                 {"issued_at", client::iso_time(credential.issued_ms)},
                                 {"registrant_name", credential.words.name},
                                 {"title", credential.words.title}};
    answer.json["page_as_drawn"] = file.page_as_drawn ? Json(*file.page_as_drawn) : Json();
    if (!file.page_fault.empty())
        answer.text += "The page could not be compared: " + file.page_fault + ".\n";
    if (!file.page_as_drawn) return;
    answer.text +=
        *file.page_as_drawn
            ? "The page is the one that is drawn from this certificate.\n"
            : "THE PAGE IS NOT THE ONE that this program draws from this certificate: it "
              "was changed, or drawn by another version. Go by what stands here.\n";
}

bool is_fraud_file(std::string_view text) {
    const Result<client::Json> json = client::parse_json(as_bytes(text), "file");
    return json && client::JsonFields(*json, "file").member("schema") == "jangbu-fraud/1";
}

Result<Answer> verify_fraud(const Globals& globals, std::string_view text,
                            const ledger::jbproof::Trusted& trusted) {
    Result<client::Fraud> fraud = client::read_fraud(text);
    if (!fraud) return fail(ErrorCode::verification_failed, fraud.error().detail);
    if (!fraud->genesis) {
        const client::Home home = TRY(globals.open_home());
        const Bytes bytes = TRY(read_named_file(home.genesis().string(), genesis_bytes_max));
        fraud->genesis = TRY(ledger::decode_genesis_file(bytes)).genesis;
    }
    if (ledger::chain_id(*fraud->genesis) != trusted.chain_id)
        return fail(ErrorCode::verification_failed, "the genesis is of another ledger");
    TRY(client::check_fraud(*fraud, *fraud->genesis));
    const std::string validator = fraud->head.finality.key.hex();
    return Answer{{{"schema", "jangbu-fraud-verified/1"},
                   {"validator", validator},
                   {"height", std::to_string(fraud->pinned.header.height)}},
                  "VERIFIED FRAUD: validator " + validator +
                      " signed two heads that cannot both be true, at height " +
                      std::to_string(fraud->pinned.header.height) + ".\n"};
}

Result<Answer> verify(const Globals& globals, const Verify& options) {
    const ledger::jbproof::Trusted trusted = TRY(trusted_by(globals, options));
    const Result<Bytes> bytes = read_named_file(options.file, ledger::divergence_bytes_max);
    if (!bytes && bytes.error().code == ErrorCode::limit_exceeded)
        return fail(ErrorCode::verification_failed,
                    "a proof is at most 1 MiB, a certificate at most 8 MiB");
    if (!bytes) return std::unexpected(bytes.error());
    if (is_divergence_file(*bytes)) return verify_divergence(*bytes, trusted);
    if (bytes->size() > client::certificate_bytes_max)
        return fail(ErrorCode::verification_failed,
                    "a proof is at most 1 MiB, a certificate at most 8 MiB");
    if (is_fraud_file(as_text(*bytes))) return verify_fraud(globals, as_text(*bytes), trusted);
    client::CertificateFile file = TRY(client::read_certificate(*bytes, trusted));
    client::Claim& claim = file.claim;
    TRY(check_witnessed(claim.proof, trusted));
    if (options.certificate) {
        const Bytes certificate =
            TRY(read_named_file(*options.certificate, client::certificate_bytes_max));
        const auto joined = TRY(client::read_certificate(certificate, trusted));
        TRY(client::join_certificate(claim, joined.claim));
    }
    if (options.data) TRY(check_file(globals, options, claim));
    Answer answer = claim_answer(claim, options.data.has_value());
    add_credential(file, answer);
    return answer;
}

}  // namespace

Result<ledger::jbproof::Trusted> trusted_ledger(const Globals& globals, const Said& genesis) {
    ledger::jbproof::Trusted trusted;
    if (genesis) {
        trusted.chain_id = TRY(read_id<client::ChainId>(*genesis, "--genesis"));
        return trusted;
    }
    const client::Home home = TRY(globals.open_home());
    if (!home.config().chain_id)
        return fail(ErrorCode::usage,
                    "name the ledger you trust with --genesis HASH; this home pins none");
    trusted.chain_id = *home.config().chain_id;
    trusted.witnesses.insert(home.config().witnesses.begin(), home.config().witnesses.end());
    return trusted;
}

void declare_verify(Line& line) {
    const auto options = std::make_shared<Verify>();
    CLI::App* made = line.command(
        "verify", "check a certificate, receipt or other jbproof file, offline",
        [=](const Globals& globals) { return verify(globals, *options); },
        "jangbu verify certificate.json --genesis HASH --file spindle.csv --seed-from-home");
    made->add_option("FILE", options->file)->required();
    made->add_option("--genesis", options->genesis,
                     "chain id of the ledger you trust; default: the home's");
    made->add_option("--witness", options->witnesses,
                     "a witness key you trust, or 2of3:KEY,KEY,KEY")
        ->allow_extra_args(false);
    made->add_option("--certificate", options->certificate,
                     "certificate of the dataset that a receipt names: origin and registrant");
    made->add_option("--file", options->data, "also check that this data is what was registered");
    made->add_flag("--seed-from-home", options->seed_from_home, "registrant: the own seed");
    made->add_option("--seed", options->seed, "the seed, 64 hex digits");
    made->add_option("--salts", options->salts, "buyer: the salts that came with the data");
}

}  // namespace jangbu::app
