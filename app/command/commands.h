// The commands of jangbu as plain functions: what was typed in, an answer out. main.cpp only reads
// the command line.
#pragma once

#include "app/command/globals.h"
#include "client/simulate/simulation.h"

namespace jangbu::app {

using Said = std::optional<std::string>;  // an option that may be left out

// keys
struct KeysInit {
    bool korean = false;
    Said words_file;  // restore: read from here, else asked for
};
Result<Answer> keys_init(const Globals& globals, const KeysInit& options);
Result<Answer> keys_restore(const Globals& globals, const KeysInit& options);
Result<Answer> keys_card(const Globals& globals, u32 prekeys, const Said& out);
Result<Answer> keys_list(const Globals& globals);
Result<Answer> keys_add(const Globals& globals, const std::string& purpose, const Said& valid_until,
                        bool again);
Result<Answer> keys_revoke(const Globals& globals, const std::string& key_id);
// The first key of a purpose, as the one seed that a program needs.
Result<Answer> keys_export(const Globals& globals, crypto::Purpose purpose, const std::string& out,
                           const Said& out_password_file);

// member, credits, config
Result<Answer> member_show(const Globals& globals, const Said& org);
Result<Answer> credits_show(const Globals& globals);
Result<Answer> credits_mint(const Globals& globals, const std::string& depositor,
                            const std::string& amount, const std::string& bank_reference);
Result<Answer> config_show(const Globals& globals);
Result<Answer> config_set(const Globals& globals, const std::string& name,
                          const std::string& value);

// dataset
struct DatasetRegister {
    std::string file;
    std::string origin = "collected";
    Said chunk_size;
    Said dictionary;
    bool profile = false;
    bool accept_findings = false;
    Said previous;
    Said lineage;
    std::vector<std::string> parents;  // DATASET, or DATASET=ORDER
};
Result<Answer> dataset_register(const Globals& globals, const DatasetRegister& options);
struct DatasetAttest {
    std::string dataset;
    std::string kind;
    Said lineage;                     // rerun: record of the own run
    std::vector<std::string> orders;  // rerun: by which the parents were bought
    Said report;                      // the other kinds: a file
    Said until;
};
Result<Answer> dataset_attest(const Globals& globals, const DatasetAttest& options);
// What others attested, into the answer about a dataset; of derived data also its level.
Result<std::string> describe_attestations(client::Session& session, const market::Dataset& record,
                                          Json& json);
Result<Answer> dataset_list(const Globals& globals, const Said& registrant);
Result<Answer> dataset_show(const Globals& globals, const std::string& dataset);
struct DatasetCertificate {
    std::string dataset;
    std::string out = "-";
    std::string format = "json";
    Said name;
    Said title;
    u32 witnesses = 0;  // that cosigned the head of the proofs
};
Result<Answer> dataset_certificate(const Globals& globals, const DatasetCertificate& options);

// dataset metadata: what other catalogues and tools read
Result<Answer> dataset_metadata(const Globals& globals, const std::string& dataset,
                                const std::string& format, const std::string& out);

// dataset sample: of a dataset at the node, or in a file
struct DatasetSample {
    std::string subject;  // DATASET, or FILE
    Said file;            // the data, if it moved
    Said out;
    Said save;
    Said genesis;
    u32 rows = 20;
};
Result<Answer> sample_make(const Globals& globals, const DatasetSample& options);
Result<Answer> sample_publish(const Globals& globals, const DatasetSample& options);
Result<Answer> sample_show(const Globals& globals, const DatasetSample& options);
Result<Answer> sample_verify(const Globals& globals, const DatasetSample& options);

// dataset profile
struct DatasetProfile {
    std::string file;
    std::string format = "text";
    std::string out = "-";
    std::string language = "en";
};
Result<Answer> dataset_profile(const Globals& globals, const DatasetProfile& options);
Result<Answer> dataset_scan(const Globals& globals, const std::vector<std::string>& files,
                            const std::string& language);
// Warns of what a scan of the file finds, and asks; `accepted` answers. Errors: usage (nobody to
// ask), not_allowed (no).
Status confirm_content(const std::string& file, bool accepted);
Result<Answer> dictionary_draft(const Globals& globals, const std::string& file,
                                const std::string& out);
Result<Answer> dictionary_check(const Globals& globals, const std::string& file, const Said& data);

// listing
struct ListingPublish {
    std::string dataset;
    Said price;  // nothing = free
    std::string tax = "standard";
    std::string kind = "dataset";
    std::vector<std::string> titles;  // "ko=..." or plain = ko
    std::vector<std::string> summaries;
    std::vector<std::string> keywords;
    std::vector<std::string> process;
    std::vector<std::string> equipment;
    std::vector<std::string> industry;
    std::string format;
    std::vector<std::string> licence = {"use"};
    Said licence_until;
    bool attribution = false;
    u16 category = 0;
    Said lock_min;
    Said dispute_min;
    bool sample = false;
};
Result<Answer> listing_publish(const Globals& globals, const ListingPublish& options);
Result<Answer> listing_show(const Globals& globals, const std::string& listing);
struct ListingSearch {
    std::string text;
    Said seller;
    std::map<std::string, std::string> facets;  // name -> values parted by commas
    std::string sort;
    bool count = false;  // what each value of each facet would leave
    u32 limit = 20;
    std::string cursor;
};
Result<Answer> listing_search(const Globals& globals, const ListingSearch& options);

// order
struct OrderPlace {
    std::string listing;
    Said voucher;
    Said voucher_amount;
    bool again = false;
};
Result<Answer> order_place(const Globals& globals, const OrderPlace& options);
Result<Answer> order_accept(const Globals& globals, const std::string& order, const Said& file);
Result<Answer> order_fetch(const Globals& globals, const std::string& order, bool keep_unlocked);
Result<Answer> order_key(const Globals& globals, const std::string& order,
                         const std::string& evidence);
Result<Answer> order_open(const Globals& globals, const std::string& order, const Said& out);
Result<Answer> order_show(const Globals& globals, const std::string& order);
Result<Answer> order_list(const Globals& globals, const std::string& role);
Result<Answer> order_decline(const Globals& globals, const std::string& order, u16 reason);
Result<Answer> order_reject(const Globals& globals, const std::string& order, u16 reason);
Result<Answer> order_receipt(const Globals& globals, const std::string& order,
                             const std::string& out, const Said& money_out, u32 witnesses);

// programme, voucher
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
Result<Answer> programme_create(const Globals& globals, const ProgrammeCreate& options);
Result<Answer> programme_fund(const Globals& globals, const std::string& programme,
                              const std::string& amount, bool again);
Result<Answer> programme_open(const Globals& globals, const std::string& programme);
struct ProgrammeIssue {
    std::string programme;
    std::string holder;
    std::string amount;
    std::string expiry;
    std::string purpose_tag;
};
Result<Answer> programme_issue(const Globals& globals, const ProgrammeIssue& options);
Result<Answer> programme_show(const Globals& globals, const std::string& programme);
struct TagRequest {
    std::string family;
    u16 tag_key = 1;
    std::string number;  // of a group, or of a business
    u16 purpose_code = 0;
    u16 fiscal_year = 0;
};
Result<Answer> tag_group(const Globals& globals, const TagRequest& options);
Result<Answer> tag_purpose(const Globals& globals, const TagRequest& options);
Result<Answer> voucher_list(const Globals& globals);
Result<Answer> voucher_show(const Globals& globals, const std::string& voucher);

// process
struct Process {
    std::string plan;
    Said input;
    Said out;
    Said key_file;
    Said lineage;
};
Result<Answer> process(const Globals& globals, const Process& options);

// verify, query, simulate
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
Result<Answer> verify(const Globals& globals, const Verify& options);
// The ledger that a check without a node goes by: the named one, else the home's with its
// witnesses.
Result<ledger::jbproof::Trusted> trusted_ledger(const Globals& globals, const Said& genesis);
Result<Answer> query_status(const Globals& globals);
Result<Answer> query_block(const Globals& globals, u64 height);
Result<Answer> query_transaction(const Globals& globals, const std::string& txid);
Result<Answer> query_parameters(const Globals& globals);
struct QueryProof {
    std::string kind;     // state, transaction, receipt, history
    std::string subject;  // state key in hex, txid, height
    std::string out = "-";
};
Result<Answer> query_proof(const Globals& globals, const QueryProof& options);
struct Simulate {
    u64 seed = 1;
    u64 rows = 1000;
    std::string out;
    Said faults;
};
Result<Answer> simulate(const Globals& globals, const client::Simulation& simulation,
                        const Simulate& options);

}  // namespace jangbu::app
