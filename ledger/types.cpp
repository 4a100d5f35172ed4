#include "ledger/types.h"

namespace jangbu::ledger {

OrgId org_id(const PublicKey& first_transact_key) {
    static const crypto::Tag tag("jangbu/org/v1");
    return OrgId(tag(first_transact_key.bytes));
}

Hash created_id(std::string_view kind, const ChainId& chain, const OrgId& org,
                const ByteArray<16>& random16) {
    const crypto::Tag tag("jangbu/" + std::string(kind) + "/v1");
    return tag({chain.bytes, org.bytes, random16});
}

}  // namespace jangbu::ledger
