// The groups of commands of jangbu, in the order of its help, and what commands share.
#pragma once

#include "app/command/line.h"
#include "client/transaction_file.h"

namespace jangbu::app {

void declare_keys(Line& line);
void declare_members(Line& line);  // and credits, config
void declare_datasets(Line& line);
void declare_listings(Line& line);
void declare_orders(Line& line);
void declare_programmes(Line& line);
void declare_vouchers(Line& line);  // and tags
void declare_verify(Line& line);
void declare_queries(Line& line);
void declare_simulations(Line& line);
void declare_process(Line& line);
void declare_transactions(Line& line);  // sign, broadcast, tx
void declare_own(Line& line);           // manual and completion, of the tree itself

// Parts of a group that have a file of their own.
void declare_certificate(Line& line, CLI::App* dataset);
void declare_attest(Line& line, CLI::App* dataset);
void declare_metadata(Line& line, CLI::App* dataset);
void declare_samples(Line& line, CLI::App* dataset);
void declare_profile(Line& line, CLI::App* dataset);
void declare_scan(Line& line, CLI::App* dataset);
void declare_dictionary(Line& line, CLI::App* dataset);
void declare_offers(Line& line, CLI::App* listing);
void declare_order_ends(Line& line, CLI::App* order);

// The answer of a command that made its transaction for another home to sign: writes the file.
// `id` of what the transaction will make or change, if that has one.
Result<Answer> generated(const Globals& globals, const client::TransactionFile& file,
                         const std::string& id);

// --witnesses, of what is proven under a cosigned head.
void add_witnesses(CLI::App* to, u32& witnesses);

// What others attested, into the answer about a dataset; of derived data also its level.
Result<std::string> describe_attestations(client::Session& session, const market::Dataset& record,
                                          Json& json);
// Warns of what a scan of the file finds, and asks; `accepted` answers. Errors: usage (nobody to
// ask), not_allowed (no).
Status confirm_content(const std::string& file, bool accepted);
// The ledger that a check without a node goes by: the named one, else the home's with its
// witnesses.
Result<ledger::jbproof::Trusted> trusted_ledger(const Globals& globals, const Said& genesis);

}  // namespace jangbu::app
