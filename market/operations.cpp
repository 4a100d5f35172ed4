#include "market/operations.h"

namespace jangbu::market {

const char* operation_name(const Operation& operation) {
    static constexpr const char* names[] = {
        "AddKey",        "RevokeKey",     "MintCredits",     "CreateProgramme", "FundProgramme",
        "OpenProgramme", "IssueVoucher",  "RegisterDataset", "PublishListing",  "PlaceOrder",
        "AcceptOrder",   "RejectOrder",   "DeclineOrder",    "LockOrder",       "PostKey",
        "ConfirmOrder",  "ProveBadChunk", "AttestDataset",   "OpenEpoch"};
    static_assert(std::size(names) == std::variant_size_v<Operation>);
    return names[operation.index()];
}

Bytes encode(const Operation& operation) {
    return bcs::encode(operation);
}

Result<Operation> decode_operation(ByteView bytes) {
    return bcs::decode<Operation>(bytes);
}

}  // namespace jangbu::market
