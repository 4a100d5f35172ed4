// HeadPin: what makes a rewritten ledger visible to its members (docs/formats.md section 6).
//
// The last head seen is kept. At each contact the node must prove that its head extends it; two
// signed heads that contradict each other are saved as a file that convicts the signer before
// anybody. Threads: pure but for the files. Errors: verification_failed.
#pragma once

#include "client/home.h"
#include "ledger/jbproof.h"

namespace jangbu::client {

// Signed by the one validator of a solo ledger of this genesis. The set never changes in stage 1.
Status check_signed_head(const SignedHead& head, const ledger::Genesis& genesis);

enum class Extension {
    same,         // the pinned head itself
    extends,      // proven
    contradicts,  // two heads that cannot both be true, both signed
};
// `head` is what the node shows now, already checked; `proof` its jbproof of consistency from the
// pinned height (needed only where the head is higher). Errors: verification_failed (the node went
// back, or the proof does not hold).
Result<Extension> judge_extension(const SignedHead& pinned, const SignedHead& head,
                                  std::string_view proof, const ledger::jbproof::Trusted& trusted);

// fraud-<height>.json: the pinned head, and the head or the proof that contradicts it. Never
// overwrites a file.
Result<std::filesystem::path> save_fraud(const Home& home, const ledger::Genesis& genesis,
                                         const SignedHead& pinned, const SignedHead& head,
                                         std::string_view proof);
struct Fraud {
    SignedHead pinned;
    SignedHead head;
    std::string proof;                            // "" where both have one height
    std::optional<ledger::Genesis> genesis = {};  // files of before have none
};
Result<Fraud> read_fraud(std::string_view file);
// True contradiction under the genesis that the trusted chain id names?
Status check_fraud(const Fraud& fraud, const ledger::Genesis& genesis);

Result<std::optional<SignedHead>> load_head(const Home& home);
Status save_head(const Home& home, const SignedHead& head);

}  // namespace jangbu::client
