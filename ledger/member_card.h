// MemberCard: the public keys with which an organisation enters a genesis, as one line of text.
//
// "jangbu-card/1 " and base64url of the canonical bytes. It holds no secret; each ed25519 key comes
// with its possession proof, and decoding checks them all. The first transact key makes the
// organisation's id. Threads: pure. Errors: malformed, verification_failed.
#pragma once

#include "ledger/members.h"

namespace jangbu::ledger {

struct MemberCard {
    struct Entry {
        KeyKind kind = KeyKind::ed25519;
        Purpose purpose = Purpose::transact;
        ByteArray<32> bytes{};
        std::optional<Signature> possession;  // exactly for ed25519
        template <class Codec, class Self>
        static void fields(Codec& c, Self& self) {
            c(self.kind);
            c(self.purpose);
            c(self.bytes);
            c(self.possession);
        }
    };
    OrgId org;
    std::vector<Entry> keys;  // 1 to 64
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.org);
        c.list(self.keys, 1, 64);
    }
};

std::string to_text(const MemberCard& card);
Result<MemberCard> read_member_card(std::string_view text);
// One transact, deliver, operate and certify key, and `prekeys` encrypt keys, all derived.
MemberCard make_member_card(const crypto::OrganisationSecret& secret, u32 prekeys);

}  // namespace jangbu::ledger
