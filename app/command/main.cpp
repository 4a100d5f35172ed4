// jangbu: the command line of a member. Reads what was typed; what each command does stands in its
// file beside this one.
#include <CLI/CLI.hpp>
#include <iostream>

#include "app/command/commands.h"

namespace {

using namespace jangbu;
using app::Answer;
using app::Globals;
using app::Said;

using Body = std::function<Result<Answer>()>;

constexpr const char* exit_codes =
    "Exit codes: 0 ok, 1 rejected by the ledger (or its state does not allow it), 2 usage,\n"
    "3 not found, 4 not allowed, 5 unavailable (run it again), 6 verification failed,\n"
    "7 local failure (file, wrong password).\n"
    "Every command that signs can be run again after a crash: it continues and never acts twice.";

// The tree of commands. Option storage lives as long as the program.
class Line {
public:
    Line() : program_("jangbu: provable, traceable and paid-for manufacturing data") {
        program_.require_subcommand(1);
        program_.fallthrough();
        program_.footer(exit_codes);
        program_.set_version_flag("--version", "jangbu 0.1, protocol 1");
        program_.add_option("--home", globals_.home,
                            "folder of keys and state (JANGBU_HOME, ~/.jangbu)");
        program_.add_option("--node", globals_.node,
                            "URL of a node, remembered in the home (JANGBU_NODE)");
        program_.add_option("--chain-id", globals_.chain_id,
                            "the ledger that this home trusts, 64 hex digits; pinned");
        program_.add_option("--password-file", globals_.password_file,
                            "first line is the password (else JANGBU_PASSWORD, else asked for)");
        program_.add_option("--output", output_, "text or json")
            ->check(CLI::IsMember({"text", "json"}));
        program_.add_flag("--yes,-y", globals_.yes, "sign without asking");
        keys();
        members();
        datasets();
        samples();
        dataset_content();
        listings();
        orders();
        order_ends();
        programmes();
        tags();
        proofs();
        queries();
        simulations();
        processing();
    }

    int run(int argc, char** argv) {
        try {
            program_.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            return program_.exit(error) == 0 ? 0 : 2;
        }
        globals_.json = output_ == "json";
        const Result<Answer> answer = body_();
        return answer ? app::print_answer(*answer, globals_.json)
                      : app::print_error(answer.error(), globals_.json);
    }

private:
    CLI::App* group(const char* name, const char* what) {
        CLI::App* made = program_.add_subcommand(name, what);
        made->require_subcommand(1);
        return made;
    }
    CLI::App* command(CLI::App* parent, const char* name, const char* what, Body body,
                      const char* example = "") {
        CLI::App* made = parent->add_subcommand(name, what);
        if (*example != 0) made->footer(std::string("Example:\n  ") + example);
        made->callback([this, body = std::move(body)] { body_ = body; });
        return made;
    }

    void add_witnesses(CLI::App* to, u32& witnesses) {
        to->add_option("--witnesses", witnesses,
                       "wait for a head that so many witnesses cosigned (up to 90 s)")
            ->check(CLI::Range(0, 32));
    }
    void keys();
    void members();
    void datasets();
    void samples();
    void dataset_content();
    void listings();
    void orders();
    void order_ends();
    void programmes();
    void tags();
    void proofs();
    void queries();
    void simulations();
    void processing();

    CLI::App program_;
    Globals globals_;
    std::string output_ = "text";
    Body body_;

    app::KeysInit init_;
    app::DatasetRegister register_;
    app::DatasetCertificate certificate_;
    app::DatasetSample sample_;
    app::DatasetAttest attest_;
    app::DatasetProfile profile_;
    app::ListingPublish publish_;
    app::ListingSearch search_;
    app::OrderPlace place_;
    app::ProgrammeCreate create_;
    app::ProgrammeIssue issue_;
    app::TagRequest tag_;
    app::Verify verify_;
    app::QueryProof proof_;
    app::Simulate simulate_;
    app::Process process_;
    // Of whichever one command runs.
    std::string id_;
    std::string text_;
    std::vector<std::string> files_;
    std::string amount_;
    std::string evidence_ = "E0";
    std::string role_ = "both";
    std::string out_ = "-";
    Said file_;
    Said more_;
    bool again_ = false;
    bool keep_unlocked_ = false;
    u16 reason_ = 0;
    u32 prekeys_ = 1;
    u32 witnesses_ = 0;
    u64 height_ = 0;
};

void Line::keys() {
    CLI::App* keys = group("keys", "keys of the own organisation, all from 24 words");
    CLI::App* init = command(
        keys, "init", "make an organisation secret; shows its 24 words once",
        [this] { return app::keys_init(globals_, init_); }, "jangbu keys init --korean");
    init->add_flag("--korean", init_.korean, "Korean words");
    CLI::App* restore = command(
        keys, "restore", "bring everything back from the words and the ledger",
        [this] { return app::keys_restore(globals_, init_); },
        "jangbu keys restore --node http://127.0.0.1:8640");
    restore->add_option("--words-file", init_.words_file, "read the words from a file");
    CLI::App* card = command(
        keys, "card", "public keys with their possession proofs, for a genesis",
        [this] { return app::keys_card(globals_, prekeys_, file_); },
        "jangbu keys card --out seller.card");
    card->add_option("--prekeys", prekeys_, "keys for orders")->check(CLI::Range(1, 32));
    card->add_option("--out", file_, "file to write");
    command(keys, "list", "own keys as the ledger knows them",
            [this] { return app::keys_list(globals_); });
    CLI::App* add = command(
        keys, "add", "register the next key of a purpose",
        [this] { return app::keys_add(globals_, text_, more_, again_); },
        "jangbu keys add encrypt");
    add->add_option("PURPOSE", text_, "transact, deliver, encrypt, operate, certify or witness")
        ->required();
    add->add_option("--valid-until", more_, "date, or +365d");
    add->add_flag("--again", again_, "one more than the last one added");
    CLI::App* revoke = command(keys, "revoke", "revoke a key for ever",
                               [this] { return app::keys_revoke(globals_, id_); });
    revoke->add_option("KEY_ID", id_)->required();
    CLI::App* operate = command(
        keys, "export-operate", "write the operate key as a keystore file for jangbud",
        [this] { return app::keys_export(globals_, crypto::Purpose::operate, text_, more_); },
        "jangbu keys export-operate --out validator.keystore");
    CLI::App* witness = command(
        keys, "export-witness", "write the witness key as a keystore file for jangbud follow",
        [this] { return app::keys_export(globals_, crypto::Purpose::witness, text_, more_); },
        "jangbu keys export-witness --out witness.keystore");
    for (CLI::App* one : {operate, witness}) {
        one->add_option("--out", text_, "file to write")->required();
        one->add_option("--out-password-file", more_, "its own password; else the home's");
    }
}

void Line::members() {
    CLI::App* member = group("member", "who takes part");
    CLI::App* show = command(member, "show", "an organisation and its keys",
                             [this] { return app::member_show(globals_, more_); });
    show->add_option("ORG", more_, "default: the own organisation");

    CLI::App* credits = group("credits", "credits, which mirror money at the settlement agent");
    command(credits, "show", "the own account", [this] { return app::credits_show(globals_); });
    CLI::App* mint = command(
        credits, "mint", "credit a deposit (settlement agent only)",
        [this] { return app::credits_mint(globals_, id_, amount_, text_); },
        "jangbu credits mint --to ORG --amount 5,000,000 --bank-ref 2026-0001");
    mint->add_option("--to", id_, "the depositor")->required();
    mint->add_option("--amount", amount_, "won")->required();
    mint->add_option("--bank-ref", text_, "the bank's reference; used once")->required();

    CLI::App* config = group("config", "what this home remembers");
    command(config, "show", "home, node, ledger, organisation",
            [this] { return app::config_show(globals_); });
    CLI::App* set = command(config, "set", "node URL, chain-id, or one more witness key",
                            [this] { return app::config_set(globals_, id_, text_); });
    set->add_option("NAME", id_, "node, chain-id or witness")->required();
    set->add_option("VALUE", text_)->required();
}

void Line::datasets() {
    CLI::App* dataset = group("dataset", "register data without giving it away");
    CLI::App* add = command(
        dataset, "register", "commit to the content of a file; nothing leaves this machine",
        [this] { return app::dataset_register(globals_, register_); },
        "jangbu dataset register spindle.csv --origin collected");
    add->add_option("FILE", register_.file)->required();
    add->add_option("--origin", register_.origin, "collected, simulated or derived")
        ->capture_default_str();
    add->add_option("--parent", register_.parents,
                    "what it was made from: DATASET of one's own, or DATASET=ORDER");
    add->add_option("--lineage", register_.lineage, "record of jangbu process; public");
    add->add_option("--chunk-size", register_.chunk_size, "4096, 16384 or 65536");
    add->add_option("--dictionary", register_.dictionary,
                    "data dictionary; its hash is registered, its text is public");
    add->add_flag("--profile", register_.profile, "publish a profile of the content with it");
    add->add_flag("--accept-findings", register_.accept_findings,
                  "register although a scan finds personal data, secrets or drawings");
    add->add_option("--previous", register_.previous, "dataset of which this is a new version");
    CLI::App* list = command(dataset, "list", "datasets of an organisation",
                             [this] { return app::dataset_list(globals_, more_); });
    list->add_option("--registrant", more_, "default: the own organisation");
    CLI::App* show = command(dataset, "show", "one dataset, proven",
                             [this] { return app::dataset_show(globals_, id_); });
    show->add_option("DATASET", id_)->required();
    CLI::App* certificate = command(
        dataset, "certificate", "certificate of originality, a file that verifies offline",
        [this] { return app::dataset_certificate(globals_, certificate_); },
        "jangbu dataset certificate DATASET --format pdf --name '대한정밀(주)' --out 증명서.pdf");
    certificate->add_option("DATASET", certificate_.dataset)->required();
    certificate
        ->add_option("--format", certificate_.format,
                     "json (the bare proof), vc (W3C credential), pdf (a page to print; both "
                     "are signed by the registrant's certify key)")
        ->check(CLI::IsMember({"json", "vc", "pdf"}))
        ->capture_default_str();
    certificate->add_option("--name", certificate_.name, "the registrant's name, in its own words");
    certificate->add_option("--title", certificate_.title,
                            "of the data, in the registrant's words");
    certificate->add_option("--out", certificate_.out, "file to write, - for stdout")->required();
    add_witnesses(certificate, certificate_.witnesses);
    CLI::App* attest = command(
        dataset, "attest", "say what was found of another member's dataset, for everybody to see",
        [this] { return app::dataset_attest(globals_, attest_); },
        "jangbu dataset attest DATASET --kind rerun --lineage mine.csv.lineage.json --order ORDER");
    attest->add_option("DATASET", attest_.dataset)->required();
    attest
        ->add_option("--kind", attest_.kind,
                     "rerun, or inspection, calibration, quality (attestors)")
        ->required();
    attest->add_option("--lineage", attest_.lineage, "rerun: record of one's own run of the plan");
    attest->add_option("--order", attest_.orders, "rerun: settled order for a parent");
    attest->add_option("--report", attest_.report, "public document of the other kinds");
    attest->add_option("--until", attest_.until, "date, or +365d, when the report ends");
    CLI::App* metadata = command(
        dataset, "metadata", "what other catalogues and tools read of a dataset",
        [this] { return app::dataset_metadata(globals_, id_, text_, out_); },
        "jangbu dataset metadata DATASET --format croissant --out croissant.json");
    metadata->add_option("DATASET", id_)->required();
    metadata->add_option("--format", text_, "dcat, croissant, csvw, prov or odrl")
        ->check(CLI::IsMember({"dcat", "croissant", "csvw", "prov", "odrl"}))
        ->required();
    metadata->add_option("--out", out_, "file to write, - for stdout")->capture_default_str();
}

void Line::samples() {
    CLI::App* dataset = program_.get_subcommand("dataset");
    CLI::App* sample = dataset->add_subcommand(
        "sample", "chunks of a fixed pool, which nobody chose, with their paths to the root");
    sample->require_subcommand(1);
    CLI::App* make = command(
        sample, "make", "write the own sample into a file that anyone checks offline",
        [this] { return app::sample_make(globals_, sample_); },
        "jangbu dataset sample make DATASET --out spindle.sample");
    make->add_option("--out", sample_.out, "file to write")->required();
    CLI::App* publish = command(sample, "publish", "make the own sample public at the node",
                                [this] { return app::sample_publish(globals_, sample_); });
    for (CLI::App* own : {make, publish}) {
        own->add_option("DATASET", sample_.subject)->required();
        own->add_option("--file", sample_.file, "the data, if it moved");
    }
    CLI::App* show = command(sample, "show", "the whole rows of a sample, checked",
                             [this] { return app::sample_show(globals_, sample_); });
    show->add_option("--rows", sample_.rows, "print at most so many")->capture_default_str();
    show->add_option("--out", sample_.out, "write all of them here");
    CLI::App* verify = command(
        sample, "verify", "check each chunk: in the pool, and under the registered root",
        [this] { return app::sample_verify(globals_, sample_); },
        "jangbu dataset sample verify spindle.sample");
    verify->add_option("--out", sample_.out, "write the content of its chunks here, in a row");
    verify->add_option("--save", sample_.save, "write the sample with its proofs here");
    for (CLI::App* read : {show, verify}) {
        read->add_option("SAMPLE", sample_.subject, "DATASET, or a file that sample make wrote")
            ->required();
        read->add_option("--genesis", sample_.genesis,
                         "of a file: chain id to trust; else the home's");
    }
}

void Line::dataset_content() {
    CLI::App* dataset = program_.get_subcommand("dataset");
    CLI::App* profile = command(
        dataset, "profile", "what a CSV or TSV file holds, and what stands out in it",
        [this] { return app::dataset_profile(globals_, profile_); },
        "jangbu dataset profile spindle.csv --format html --lang ko --out profile.html");
    profile->add_option("FILE", profile_.file)->required();
    profile->add_option("--format", profile_.format, "text, json or html")
        ->check(CLI::IsMember({"text", "json", "html"}));
    profile->add_option("--out", profile_.out, "file to write, - for stdout")
        ->capture_default_str();
    profile->add_option("--lang", profile_.language, "ko or en")->capture_default_str();
    CLI::App* scan = command(
        dataset, "scan", "look for personal data, secrets and drawings before publishing",
        [this] { return app::dataset_scan(globals_, files_, profile_.language); },
        "jangbu dataset scan *.csv");
    scan->add_option("FILE", files_)->required();
    scan->add_option("--lang", profile_.language, "ko or en")->capture_default_str();
    CLI::App* dictionary = dataset->add_subcommand("dictionary", "what each column means");
    dictionary->require_subcommand(1);
    CLI::App* draft = command(
        dictionary, "draft", "a dictionary to be filled in, from what the data shows",
        [this] { return app::dictionary_draft(globals_, text_, out_); },
        "jangbu dataset dictionary draft spindle.csv --out spindle.toml");
    draft->add_option("FILE", text_)->required();
    draft->add_option("--out", out_, "file to write, - for stdout; an existing one is kept")
        ->required();
    CLI::App* check = command(
        dictionary, "check", "faults with their lines, and how complete it is",
        [this] { return app::dictionary_check(globals_, text_, file_); },
        "jangbu dataset dictionary check spindle.toml --data spindle.csv");
    check->add_option("DICTIONARY", text_)->required();
    check->add_option("--data", file_, "also compare it with this file");
}

void Line::listings() {
    CLI::App* listing = group("listing", "offers");
    CLI::App* publish = command(
        listing, "publish", "offer an own dataset",
        [this] { return app::listing_publish(globals_, publish_); },
        "jangbu listing publish DATASET --price 1,000,000 --title '밀링 주축 데이터' "
        "--title 'en=Milling spindle log' --keyword 밀링 --sample");
    publish->add_option("DATASET", publish_.dataset)->required();
    publish->add_option("--price", publish_.price, "supply value in won; left out = free");
    publish->add_option("--tax", publish_.tax, "standard, exempt or zero")->capture_default_str();
    publish->add_option("--kind", publish_.kind, "dataset or algorithm")->capture_default_str();
    publish->add_option("--title", publish_.titles, "Korean, or en=TEXT; once per language")
        ->required()
        ->allow_extra_args(false);
    publish->add_option("--summary", publish_.summaries, "Korean, or en=TEXT")
        ->allow_extra_args(false);
    publish->add_option("--keyword", publish_.keywords, "Korean, or en=TEXT; may be repeated")
        ->allow_extra_args(false);
    publish->add_option("--process", publish_.process, "공정, e.g. 절삭; may be repeated")
        ->allow_extra_args(false);
    publish->add_option("--equipment", publish_.equipment, "설비, e.g. 'CNC 밀링'; may be repeated")
        ->allow_extra_args(false);
    publish->add_option("--industry", publish_.industry, "업종, e.g. 자동차부품; may be repeated")
        ->allow_extra_args(false);
    publish->add_option("--format", publish_.format, "of the file, e.g. csv");
    publish
        ->add_option("--licence", publish_.licence,
                     "use, derive, distribute, resell, commercial, train")
        ->delimiter(',')
        ->capture_default_str();
    publish->add_option("--licence-until", publish_.licence_until, "date, or +365d");
    publish->add_flag("--attribution", publish_.attribution, "the buyer names the source");
    publish->add_option("--category", publish_.category, "number of a category");
    publish->add_option("--lock-min", publish_.lock_min, "least window to lock, e.g. 48h");
    publish->add_option("--dispute-min", publish_.dispute_min, "least window to dispute");
    publish->add_flag("--sample", publish_.sample, "announces a public sample");
    CLI::App* show =
        command(listing, "show", "one offer", [this] { return app::listing_show(globals_, id_); });
    show->add_option("LISTING", id_)->required();
    CLI::App* search = command(
        listing, "search", "find offers by Korean or other words",
        [this] { return app::listing_search(globals_, search_); }, "jangbu listing search 밀링");
    search->add_option("TEXT", search_.text);
    search->add_option("--seller", search_.seller);
    for (const char* facet : {"process", "equipment", "industry", "format", "category", "size",
                              "price", "licence", "origin", "voucher", "updated"})
        search->add_option_function<std::string>(
            std::string("--") + facet,
            [this, facet](const std::string& values) { search_.facets[facet] = values; },
            "values parted by commas; --facets shows which there are");
    search->add_option("--sort", search_.sort,
                       "relevance, newest, price_low, price_high, size_small, size_large");
    search->add_flag("--facets", search_.count, "how many listings each value would leave");
    search->add_option("--limit", search_.limit)->check(CLI::Range(1, 100));
    search->add_option("--cursor", search_.cursor, "continue a list");
}

void Line::orders() {
    CLI::App* order = group(
        "order",
        "buy and sell: place (buyer), accept (seller), fetch (buyer), key (seller), open (buyer)");
    CLI::App* place = command(
        order, "place", "buyer: order a listing; shows what it costs before signing",
        [this] { return app::order_place(globals_, place_); },
        "jangbu order place LISTING --voucher VOUCHER");
    place->add_option("LISTING", place_.listing)->required();
    place->add_option("--voucher", place_.voucher, "voucher that pays a part");
    place->add_option("--voucher-amount", place_.voucher_amount,
                      "won; default: as much as the programme allows");
    place->add_flag("--again", place_.again,
                    "one more order of this listing (after a crash, run it without)");
    CLI::App* accept =
        command(order, "accept", "seller: encrypt for this order, upload, check the copy, accept",
                [this] { return app::order_accept(globals_, id_, file_); });
    accept->add_option("ORDER", id_)->required();
    accept->add_option("--file", file_, "the data, if it moved");
    CLI::App* fetch =
        command(order, "fetch", "buyer: download, check lengths and both trees, lock the money",
                [this] { return app::order_fetch(globals_, id_, keep_unlocked_); });
    fetch->add_option("ORDER", id_)->required();
    fetch->add_flag("--keep-unlocked", keep_unlocked_, "download and check only");
    CLI::App* key = command(order, "key", "seller: post the masked key (a one-way door)",
                            [this] { return app::order_key(globals_, id_, evidence_); });
    key->add_option("ORDER", id_)->required();
    key->add_option("--evidence", evidence_, "least evidence of the lock, E0 or E1")
        ->capture_default_str();
    CLI::App* open =
        command(order, "open", "buyer: decrypt, compare, then confirm, or prove the bad chunk",
                [this] { return app::order_open(globals_, id_, file_); });
    open->add_option("ORDER", id_)->required();
    open->add_option("--out", file_, "where the data goes; default: into the home");
    CLI::App* show = command(order, "show", "one order, proven, and who acts next",
                             [this] { return app::order_show(globals_, id_); });
    show->add_option("ORDER", id_)->required();
}

void Line::order_ends() {
    CLI::App* order = program_.get_subcommand("order");
    CLI::App* list =
        command(order, "list", "own orders", [this] { return app::order_list(globals_, role_); });
    list->add_option("--role", role_, "buyer, seller or both")->capture_default_str();
    CLI::App* decline = command(order, "decline", "buyer: withdraw before locking",
                                [this] { return app::order_decline(globals_, id_, reason_); });
    CLI::App* reject = command(order, "reject", "seller: refuse before accepting",
                               [this] { return app::order_reject(globals_, id_, reason_); });
    for (CLI::App* end : {decline, reject}) {
        end->add_option("ORDER", id_)->required();
        end->add_option("--reason", reason_, "a number for the other side");
    }
    CLI::App* receipt = command(
        order, "receipt", "trade receipt, a file that verifies offline",
        [this] { return app::order_receipt(globals_, id_, out_, more_, witnesses_); },
        "jangbu order receipt ORDER --out receipt.json --money money.json");
    receipt->add_option("ORDER", id_)->required();
    receipt->add_option("--out", out_, "file to write, - for stdout")->required();
    receipt->add_option("--money", more_, "also the amounts, in a file of their own");
    add_witnesses(receipt, witnesses_);
}

void Line::programmes() {
    CLI::App* programme = group("programme", "purchase support: budgets and vouchers");
    CLI::App* create = command(
        programme, "create", "draft a programme (programme owner)",
        [this] { return app::programme_create(globals_, create_); },
        "jangbu programme create --family sme-data-voucher --year 2026 --budget 100,000,000 "
        "--share 70,70,50,0 --valid-to 2026-12-31 --redeem-by 2027-03-31");
    create->add_option("--family", create_.family, "name of the programme family")->required();
    create->add_option("--year", create_.fiscal_year, "fiscal year")->required();
    create->add_option("--kind", create_.kind, "purchase, processing or both")
        ->capture_default_str();
    create->add_option("--officer", create_.officers, "transact key; default: the own")
        ->allow_extra_args(false);
    create->add_option("--funder", create_.funders, "organisation; default: the own")
        ->allow_extra_args(false);
    create->add_option("--budget", create_.budget_max, "most that can be funded, won")->required();
    create
        ->add_option("--share", create_.share_percent,
                     "percent of the supply value for micro, small, medium, other")
        ->delimiter(',')
        ->required();
    create->add_option("--cap-order", create_.cap_order, "won; default: the budget");
    create->add_option("--cap-company", create_.cap_company);
    create->add_option("--cap-group", create_.cap_group);
    create->add_option("--cap-pair", create_.cap_pair);
    create->add_option("--category", create_.categories, "CODE or CODE=CAP; none = every one")
        ->allow_extra_args(false);
    create->add_option("--valid-from", create_.valid_from, "date; default: always");
    create->add_option("--valid-to", create_.valid_to, "date, or +300d")->required();
    create->add_option("--redeem-by", create_.redeem_by, "date; default: valid-to");
    create->add_option("--rules", create_.rules, "text of the rules, a public document");
    CLI::App* fund = command(programme, "fund", "pay own credits in (funder)", [this] {
        return app::programme_fund(globals_, id_, amount_, again_);
    });
    fund->add_option("PROGRAMME", id_)->required();
    fund->add_option("--amount", amount_, "won")->required();
    fund->add_flag("--again", again_, "pay once more");
    CLI::App* open = command(programme, "open", "open a draft (officer)",
                             [this] { return app::programme_open(globals_, id_); });
    open->add_option("PROGRAMME", id_)->required();
    CLI::App* issue = command(programme, "issue", "issue a voucher (officer)",
                              [this] { return app::programme_issue(globals_, issue_); });
    issue->add_option("PROGRAMME", issue_.programme)->required();
    issue->add_option("--holder", issue_.holder, "organisation")->required();
    issue->add_option("--amount", issue_.amount, "won")->required();
    issue->add_option("--expiry", issue_.expiry, "date, or +180d")->required();
    issue->add_option("--purpose-tag", issue_.purpose_tag, "from: jangbu tag purpose")->required();
    CLI::App* show = command(programme, "show", "the books of a programme, proven",
                             [this] { return app::programme_show(globals_, id_); });
    show->add_option("PROGRAMME", id_)->required();
}

void Line::tags() {
    CLI::App* voucher = group("voucher", "vouchers");
    command(voucher, "list", "vouchers held", [this] { return app::voucher_list(globals_); });
    CLI::App* show = command(voucher, "show", "one voucher",
                             [this] { return app::voucher_show(globals_, id_); });
    show->add_option("VOUCHER", id_)->required();

    CLI::App* tag = group("tag", "tag authority: keyed hashes, equality without the number");
    CLI::App* of_group = command(tag, "group", "tag of a controlling group, for an attestation",
                                 [this] { return app::tag_group(globals_, tag_); });
    CLI::App* of_purpose = command(tag, "purpose", "tag of a business and purpose, for a voucher",
                                   [this] { return app::tag_purpose(globals_, tag_); });
    for (CLI::App* one : {of_group, of_purpose}) {
        one->add_option("--family", tag_.family, "name of the programme family")->required();
        one->add_option("--tag-key", tag_.tag_key, "number of the family's key")
            ->capture_default_str();
        one->add_option("--number", tag_.number, "group or business number")->required();
    }
    of_purpose->add_option("--code", tag_.purpose_code, "purpose code")->required();
    of_purpose->add_option("--year", tag_.fiscal_year, "fiscal year")->required();
}

void Line::proofs() {
    CLI::App* verify = command(
        &program_, "verify", "check a certificate, receipt or other jbproof file, offline",
        [this] { return app::verify(globals_, verify_); },
        "jangbu verify certificate.json --genesis HASH --file spindle.csv --seed-from-home");
    verify->add_option("FILE", verify_.file)->required();
    verify->add_option("--genesis", verify_.genesis,
                       "chain id of the ledger you trust; default: the home's");
    verify
        ->add_option("--witness", verify_.witnesses, "a witness key you trust, or 2of3:KEY,KEY,KEY")
        ->allow_extra_args(false);
    verify->add_option("--certificate", verify_.certificate,
                       "certificate of the dataset that a receipt names: origin and registrant");
    verify->add_option("--file", verify_.data, "also check that this data is what was registered");
    verify->add_flag("--seed-from-home", verify_.seed_from_home, "registrant: the own seed");
    verify->add_option("--seed", verify_.seed, "the seed, 64 hex digits");
    verify->add_option("--salts", verify_.salts, "buyer: the salts that came with the data");
}

void Line::queries() {
    CLI::App* query = group("query", "read the ledger");
    command(query, "status", "node and head", [this] { return app::query_status(globals_); });
    command(query, "parameters", "parameters in force",
            [this] { return app::query_parameters(globals_); });
    CLI::App* block = command(query, "block", "a block (validators)",
                              [this] { return app::query_block(globals_, height_); });
    block->add_option("HEIGHT", height_)->required();
    CLI::App* tx = command(query, "tx", "what became of a transaction",
                           [this] { return app::query_transaction(globals_, id_); });
    tx->add_option("TXID", id_)->required();
    CLI::App* proof = command(
        query, "proof", "a jbproof file, checked before it is written",
        [this] { return app::query_proof(globals_, proof_); },
        "jangbu query proof receipt TXID --out receipt.json");
    proof->add_option("KIND", proof_.kind, "state, transaction, receipt or history")->required();
    proof->add_option("SUBJECT", proof_.subject, "state key in hex, txid, or height")->required();
    proof->add_option("--out", proof_.out, "file to write")->capture_default_str();
}

void Line::simulations() {
    CLI::App* simulate =
        group("simulate", "data made by a program, and labelled so; faults of real life included");
    for (const client::Simulation& simulation : client::simulations()) {
        const std::string name(simulation.name);
        const std::string what(simulation.what);
        const std::string example =
            "jangbu simulate " + name + " --seed 7 --rows 500000 --out " + name + ".csv";
        CLI::App* made = command(
            simulate, name.c_str(), what.c_str(),
            [this, &simulation] { return app::simulate(globals_, simulation, simulate_); },
            example.c_str());
        made->add_option("--seed", simulate_.seed)->capture_default_str();
        made->add_option("--rows", simulate_.rows)->capture_default_str();
        made->add_option("--out", simulate_.out, "file to write, - for stdout")->required();
        made->add_option("--faults", simulate_.faults, "write what was planted, as JSON");
    }
}

void Line::processing() {
    CLI::App* made = command(
        &program_, "process", "run a plan over a table: the same files and lineage every time",
        [this] { return app::process(globals_, process_); },
        "jangbu process plan.toml --in raw.csv --out product.csv");
    made->add_option("PLAN", process_.plan, "TOML, docs/process.md; alone it is checked")
        ->required();
    made->add_option("--in", process_.input, "the table");
    made->add_option("--out", process_.out, "file to write; of a split, out.NAME.csv each");
    made->add_option("--key-file", process_.key_file, "of pseudonyms: 64 hex digits");
    made->add_option("--lineage", process_.lineage, "default: beside --out, .lineage.json");
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return Line().run(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "jangbu: " << error.what() << std::endl;
        return 7;
    }
}
