// Claim: what a jbproof/1 file says, in words, and what it does not prove. Offline: no node, no
// keys.
//
// The sentences are those of docs/formats.md section 7 and docs/exchange.md section 13. Whoever
// holds the data can compare it with what was registered. Threads: pure but for reading the data.
// Errors: verification_failed (the proof does not hold; the data is not what was registered), usage
// (nothing in this proof that data could be compared with).
#pragma once

#include "client/chunk_pipeline.h"
#include "ledger/jbproof.h"
#include "market/records.h"

namespace jangbu::client {

struct Claim {
    ledger::jbproof::Verified proof;
    std::string title;                                         // "certificate of originality"
    std::vector<std::pair<std::string, std::string>> subject;  // name, value, in reading order
    std::string proves;
    std::string not_proven;
    bool simulated = false;  // the origin that the ledger states
    std::optional<market::Dataset> dataset;
    std::optional<market::OrderPublic> order;
    std::optional<market::OrderMoney> money;
};
Result<Claim> read_claim(std::string_view file, const ledger::jbproof::Trusted& trusted);

// "collected", "simulated" or "derived".
const char* origin_word(market::Origin origin);

// "E0: one operator's word" and so on.
std::string level_sentence(const std::string& level, std::size_t witnesses);

// Is the file what the certificate, or the receipt, says was registered?
Status check_data(const Claim& claim, const std::filesystem::path& data, const Salts& salts,
                  Progress& progress);
// Joins the certificate of the dataset that a receipt names: its origin and registrant then hold
// for the receipt too.
Status join_certificate(Claim& receipt, const Claim& certificate);
// How many chunks the claim's dataset has, for reading a list of salts.
Result<u64> claimed_chunks(const Claim& claim);

}  // namespace jangbu::client
