#include "client/programme.h"

#include <algorithm>
#include <charconv>

#include "app/command/commands.h"
#include "app/command/record_json.h"
#include "client/plain_text.h"

namespace jangbu::app {
namespace {

struct ProgrammeCreate {
    std::string family;
    u16 fiscal_year = 0;
    std::string kind = "purchase";
    std::vector<std::string> officers;  // transact keys; none = the own first
    std::vector<std::string> funders;   // none = the own organisation
    std::string budget_max;
    std::vector<std::string> share_percent;  // micro, small, medium, other
    Said cap_order;
    Said cap_company;
    Said cap_group;
    Said cap_pair;
    std::vector<std::string> categories;  // CODE or CODE=CAP
    Said valid_from;
    std::string valid_to;
    Said redeem_by;
    Said rules;  // a file
};

struct ProgrammeIssue {
    std::string programme;
    std::string holder;
    std::string amount;
    std::string expiry;
    std::string purpose_tag;
};

using client::won_text;

constexpr std::size_t rules_bytes_max = 64 << 10;
constexpr u16 percent_bps = 100;

Result<u16> read_small(const std::string& text, const char* what) {
    u16 value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return fail(ErrorCode::usage, std::string(what) + " is a number, not \"" + text + "\"");
    return value;
}

Result<u64> read_cap(const Said& text, u64 otherwise) {
    if (!text) return otherwise;
    return client::read_amount(*text);
}

Status read_shares(const ProgrammeCreate& options, market::ProgrammeTerms& terms) {
    if (options.share_percent.size() != terms.share_bps.size())
        return fail(ErrorCode::usage,
                    "--share takes four percentages: micro, small, medium, other");
    for (std::size_t i = 0; i < terms.share_bps.size(); ++i) {
        const u16 percent = TRY(read_small(options.share_percent[i], "a share"));
        if (percent > 100) return fail(ErrorCode::usage, "a share is at most 100 percent");
        terms.share_bps[i] = static_cast<u16>(percent * percent_bps);
    }
    return {};
}

Status read_categories(const ProgrammeCreate& options, market::ProgrammeTerms& terms) {
    for (const std::string& text : options.categories) {
        const std::size_t equals = text.find('=');
        const u16 code = TRY(read_small(text.substr(0, equals), "a category"));
        const u64 cap = equals == std::string::npos
                            ? terms.budget_max
                            : TRY(client::read_amount(text.substr(equals + 1)));
        terms.categories.emplace_back(code, cap);
    }
    std::ranges::sort(terms.categories);
    return {};
}

Status read_terms(const ProgrammeCreate& options, market::ProgrammeTerms& terms) {
    const u64 now = client::now_ms();
    terms.family = market::family_id(options.family);
    terms.fiscal_year = options.fiscal_year;
    if (options.kind == "purchase")
        terms.kind = 1;
    else if (options.kind == "processing")
        terms.kind = 2;
    else if (options.kind == "both")
        terms.kind = 3;
    else
        return fail(ErrorCode::usage, "a kind is purchase, processing or both");
    terms.threshold = 1;
    terms.budget_max = TRY(client::read_amount(options.budget_max));
    TRY(read_shares(options, terms));
    terms.cap_order = TRY(read_cap(options.cap_order, terms.budget_max));
    terms.cap_company = TRY(read_cap(options.cap_company, terms.budget_max));
    terms.cap_group = TRY(read_cap(options.cap_group, terms.budget_max));
    terms.cap_pair = TRY(read_cap(options.cap_pair, terms.budget_max));
    TRY(read_categories(options, terms));
    if (options.valid_from) terms.valid_from_ms = TRY(client::read_time(*options.valid_from, now));
    terms.valid_to_ms = TRY(client::read_time(options.valid_to, now));
    terms.redeem_by_ms =
        options.redeem_by ? TRY(client::read_time(*options.redeem_by, now)) : terms.valid_to_ms;
    return {};
}

// Everything that was typed, so that "+30d" names the same act in a second run.
std::string act_text(const ProgrammeCreate& options) {
    std::string text = options.family + "|" + std::to_string(options.fiscal_year) + "|" +
                       options.kind + "|" + options.budget_max + "|" + options.valid_to;
    for (const Said* said : {&options.cap_order, &options.cap_company, &options.cap_group,
                             &options.cap_pair, &options.valid_from, &options.redeem_by})
        text += "|" + said->value_or("");
    for (const auto* list :
         {&options.officers, &options.funders, &options.share_percent, &options.categories})
        for (const std::string& one : *list) text += "|" + one;
    return text;
}

Status read_people(client::Session& session, const ProgrammeCreate& options,
                   client::ProgrammeRequest& request) {
    for (const std::string& officer : options.officers)
        request.terms.officers.push_back(
            TRY(read_id<ledger::PublicKey>(officer, "an officer's transact key")));
    if (request.terms.officers.empty()) {
        const ledger::PublicKey own = TRY(session.author());
        request.terms.officers.push_back(own);
    }
    for (const std::string& funder : options.funders)
        request.funders.push_back(TRY(read_id<client::OrgId>(funder, "--funder")));
    if (request.funders.empty()) request.funders.push_back(session.org());
    return {};
}

Result<client::ProgrammeId> read_programme(const std::string& text) {
    return read_id<client::ProgrammeId>(text, "PROGRAMME");
}

Result<Answer> programme_create(const Globals& globals, const ProgrammeCreate& options) {
    client::ProgrammeRequest request;
    TRY(read_terms(options, request.terms));
    request.act = act_text(options);
    if (options.rules) request.rules = TRY(read_named_file(*options.rules, rules_bytes_max));
    client::Session session = TRY(globals.connect_signer());
    TRY(read_people(session, options, request));
    const client::CreatedProgramme created = TRY(client::create_programme(session, request));
    if (created.posted.to_sign)
        return generated(globals, *created.posted.to_sign, created.id.hex());
    Json json = to_json(created.posted);
    json["schema"] = "jangbu-programme-created/1";
    json["id"] = created.id.hex();
    return Answer{json, "Programme " + created.id.hex() +
                            (created.posted.repeated ? " was created by an earlier run.\n"
                                                     : " is created, as a draft.\n")};
}

Result<Answer> programme_fund(const Globals& globals, const std::string& programme,
                              const std::string& amount, bool again) {
    const auto id = TRY(read_programme(programme));
    const u64 won = TRY(client::read_amount(amount));
    client::Session session = TRY(globals.connect_signer());
    TRY(globals.confirm("Pay " + won_text(won) + " of your credits into programme " + programme +
                        "."));
    const client::Posted posted = TRY(client::fund_programme(session, id, won, again));
    if (posted.to_sign) return generated(globals, *posted.to_sign, programme);
    const u64 paid = std::get<market::FundProgramme>(posted.operation).amount;
    Json json = to_json(posted);
    json["schema"] = "jangbu-programme-funded/1";
    json["id"] = programme;
    json["amount"] = std::to_string(paid);
    return Answer{
        json, won_text(paid) + " paid into programme " + programme +
                  (posted.repeated ? ", by an earlier run (--again pays once more).\n" : ".\n")};
}

Result<Answer> programme_open(const Globals& globals, const std::string& programme) {
    const auto id = TRY(read_programme(programme));
    client::Session session = TRY(globals.connect_signer());
    const client::Posted posted = TRY(client::open_programme(session, id));
    if (posted.to_sign) return generated(globals, *posted.to_sign, programme);
    Json json = to_json(posted);
    json["schema"] = "jangbu-programme-opened/1";
    json["id"] = programme;
    return Answer{json, "Programme " + programme + " is open.\n"};
}

Result<Answer> programme_issue(const Globals& globals, const ProgrammeIssue& options) {
    client::IssueRequest request;
    request.programme = TRY(read_programme(options.programme));
    request.holder = TRY(read_id<client::OrgId>(options.holder, "--holder"));
    request.amount = TRY(client::read_amount(options.amount));
    request.expiry_ms = TRY(client::read_time(options.expiry, client::now_ms()));
    request.purpose_tag = TRY(read_hash(options.purpose_tag, "--purpose-tag"));
    client::Session session = TRY(globals.connect_signer());
    const client::Issued issued = TRY(client::issue_voucher(session, request));
    if (issued.posted.to_sign) return generated(globals, *issued.posted.to_sign, issued.id.hex());
    Json json = to_json(issued.posted);
    json["schema"] = "jangbu-voucher-issued/1";
    json["id"] = issued.id.hex();
    json["holder"] = options.holder;
    json["amount"] = std::to_string(request.amount);
    return Answer{
        json, "Voucher " + issued.id.hex() + " over " + won_text(request.amount) +
                  (issued.posted.repeated ? " was issued by an earlier run.\n" : " is issued.\n")};
}

Result<Answer> programme_show(const Globals& globals, const std::string& programme) {
    const auto id = TRY(read_programme(programme));
    client::Session session = TRY(globals.connect());
    const auto record =
        TRY(session.proven_record<market::Programme>(market::programme_key(id), "programme"));
    Json json = to_json(record);
    json["schema"] = "jangbu-programme/1";
    return Answer{json, text_of(record)};
}

}  // namespace

void declare_programmes(Line& line) {
    const auto options = std::make_shared<ProgrammeCreate>();
    const auto voucher = std::make_shared<ProgrammeIssue>();
    const auto id = std::make_shared<std::string>();
    const auto amount = std::make_shared<std::string>();
    const auto again = std::make_shared<bool>(false);
    CLI::App* programme = line.group("programme", "purchase support: budgets and vouchers");
    CLI::App* create = line.command(
        programme, "create", "draft a programme (programme owner)",
        [=](const Globals& globals) { return programme_create(globals, *options); },
        "jangbu programme create --family sme-data-voucher --year 2026 --budget 100,000,000 "
        "--share 70,70,50,0 --valid-to 2026-12-31 --redeem-by 2027-03-31");
    create->add_option("--family", options->family, "name of the programme family")->required();
    create->add_option("--year", options->fiscal_year, "fiscal year")->required();
    create->add_option("--kind", options->kind, "what it pays for")
        ->check(CLI::IsMember({"purchase", "processing", "both"}))
        ->capture_default_str();
    create->add_option("--officer", options->officers, "transact key; default: the own")
        ->allow_extra_args(false);
    create->add_option("--funder", options->funders, "organisation; default: the own")
        ->allow_extra_args(false);
    create->add_option("--budget", options->budget_max, "most that can be funded, won")->required();
    create
        ->add_option("--share", options->share_percent,
                     "percent of the supply value for micro, small, medium, other")
        ->delimiter(',')
        ->required();
    create->add_option("--cap-order", options->cap_order, "won; default: the budget");
    create->add_option("--cap-company", options->cap_company);
    create->add_option("--cap-group", options->cap_group);
    create->add_option("--cap-pair", options->cap_pair);
    create->add_option("--category", options->categories, "CODE or CODE=CAP; none = every one")
        ->allow_extra_args(false);
    create->add_option("--valid-from", options->valid_from, "date; default: always");
    create->add_option("--valid-to", options->valid_to, "date, or +300d")->required();
    create->add_option("--redeem-by", options->redeem_by, "date; default: valid-to");
    create->add_option("--rules", options->rules, "text of the rules, a public document");
    CLI::App* fund = line.command(
        programme, "fund", "pay own credits in (funder)",
        [=](const Globals& globals) { return programme_fund(globals, *id, *amount, *again); });
    fund->add_option("PROGRAMME", *id)->required();
    fund->add_option("--amount", *amount, "won")->required();
    fund->add_flag("--again", *again, "pay once more");
    CLI::App* open =
        line.command(programme, "open", "open a draft (officer)",
                     [=](const Globals& globals) { return programme_open(globals, *id); });
    open->add_option("PROGRAMME", *id)->required();
    CLI::App* issue =
        line.command(programme, "issue", "issue a voucher (officer)",
                     [=](const Globals& globals) { return programme_issue(globals, *voucher); });
    issue->add_option("PROGRAMME", voucher->programme)->required();
    issue->add_option("--holder", voucher->holder, "organisation")->required();
    issue->add_option("--amount", voucher->amount, "won")->required();
    issue->add_option("--expiry", voucher->expiry, "date, or +180d")->required();
    issue->add_option("--purpose-tag", voucher->purpose_tag, "from: jangbu tag purpose")
        ->required();
    for (CLI::App* act : {create, fund, open, issue}) line.add_generate_only(act);
    CLI::App* show =
        line.command(programme, "show", "the books of a programme, proven",
                     [=](const Globals& globals) { return programme_show(globals, *id); });
    show->add_option("PROGRAMME", *id)->required();
}

}  // namespace jangbu::app
