// The rules, one pair per operation. Each stands in a file of its name.
//
// apply(): guards in the order of the law, then the effect; a Rejection leaves nothing that the
// caller keeps. keys(): every state key that apply() may read or write beyond members and
// parameters (tables 1, 2, 4 and 14); pure.
#pragma once

#include "market/context.h"
#include "market/money.h"

namespace jangbu::market {

// Any operation: its apply(), as the ledger wants to hear it.
ledger::Outcome apply_operation(const Operation& operation, Context context);
// What there is to know of any operation without a state.
bool is_active_since_start(u16 protocol_version);
u8 signers_of_operation(const Operation& operation);
std::vector<DocumentRef> documents_of(const Operation& operation);
std::optional<ledger::EpochOpening> epoch_opening_of(const Operation& operation);

std::optional<Rejection> apply(const AddKey& operation, Context& context);
std::optional<Rejection> apply(const RevokeKey& operation, Context& context);
std::optional<Rejection> apply(const MintCredits& operation, Context& context);
std::optional<Rejection> apply(const CreateProgramme& operation, Context& context);
std::optional<Rejection> apply(const FundProgramme& operation, Context& context);
std::optional<Rejection> apply(const OpenProgramme& operation, Context& context);
std::optional<Rejection> apply(const IssueVoucher& operation, Context& context);
std::optional<Rejection> apply(const RegisterDataset& operation, Context& context);
std::optional<Rejection> apply(const PublishListing& operation, Context& context);
std::optional<Rejection> apply(const PlaceOrder& operation, Context& context);
std::optional<Rejection> apply(const AcceptOrder& operation, Context& context);
std::optional<Rejection> apply(const RejectOrder& operation, Context& context);
std::optional<Rejection> apply(const DeclineOrder& operation, Context& context);
std::optional<Rejection> apply(const LockOrder& operation, Context& context);
std::optional<Rejection> apply(const PostKey& operation, Context& context);
std::optional<Rejection> apply(const ConfirmOrder& operation, Context& context);
std::optional<Rejection> apply(const ProveBadChunk& operation, Context& context);
std::optional<Rejection> apply(const AttestDataset& operation, Context& context);
std::optional<Rejection> apply(const OpenEpoch& operation, Context& context);

std::vector<StateKey> keys(const AddKey& operation, const KeysContext& context);
std::vector<StateKey> keys(const RevokeKey& operation, const KeysContext& context);
std::vector<StateKey> keys(const MintCredits& operation, const KeysContext& context);
std::vector<StateKey> keys(const CreateProgramme& operation, const KeysContext& context);
std::vector<StateKey> keys(const FundProgramme& operation, const KeysContext& context);
std::vector<StateKey> keys(const OpenProgramme& operation, const KeysContext& context);
std::vector<StateKey> keys(const IssueVoucher& operation, const KeysContext& context);
std::vector<StateKey> keys(const RegisterDataset& operation, const KeysContext& context);
std::vector<StateKey> keys(const PublishListing& operation, const KeysContext& context);
std::vector<StateKey> keys(const PlaceOrder& operation, const KeysContext& context);
std::vector<StateKey> keys(const AcceptOrder& operation, const KeysContext& context);
std::vector<StateKey> keys(const RejectOrder& operation, const KeysContext& context);
std::vector<StateKey> keys(const DeclineOrder& operation, const KeysContext& context);
std::vector<StateKey> keys(const LockOrder& operation, const KeysContext& context);
std::vector<StateKey> keys(const PostKey& operation, const KeysContext& context);
std::vector<StateKey> keys(const ConfirmOrder& operation, const KeysContext& context);
std::vector<StateKey> keys(const ProveBadChunk& operation, const KeysContext& context);
std::vector<StateKey> keys(const AttestDataset& operation, const KeysContext& context);
std::vector<StateKey> keys(const OpenEpoch& operation, const KeysContext& context);

}  // namespace jangbu::market
