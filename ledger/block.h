// BlockInput, Receipt, Header (docs/formats.md section 5).
#pragma once

#include <variant>
#include <vector>

#include "base/bcs.h"
#include "ledger/rejection.h"
#include "ledger/transaction.h"

namespace jangbu::ledger {

// What the engine ordered. Durable before anything is signed.
struct BlockInput {
    u32 epoch = 0;
    u64 height = 0;
    u64 time_ms = 0;
    HeaderHash parent;
    std::vector<Transaction> transactions;

    bool operator==(const BlockInput&) const = default;
};
Bytes encode(const BlockInput& input);
Result<BlockInput> decode_block_input(ByteView bytes, const OperationCodec& codec);

// What opens a new epoch: the first transaction of its first block, in the application's encoding.
enum class EpochReason : u8 { restore = 1, promotion = 2, engine_change = 3 };
struct EpochOpening {
    HeaderHash head;  // of the block before
    u64 height = 0;   // its height
    u8 reason = 0;    // EpochReason
    bool operator==(const EpochOpening&) const = default;
};

// Kinds of system receipts: market-time expiries come first, then proposal expiries.
enum class SystemKind : u8 { order_expiry = 1, proposal_expiry = 2 };
struct SystemSubject {
    u8 kind = 0;
    Hash id{};
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.kind);
        c(self.id);
    }
    bool operator==(const SystemSubject&) const = default;
};

struct Receipt {
    std::variant<TxId, SystemSubject> subject;
    RejectionCode code = accepted;
    std::vector<Bytes> events;  // each the application's event, versioned

    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.subject);
        c(self.code);
        event_list(c, self.events);
    }
    bool operator==(const Receipt&) const = default;

private:
    static void event_list(bcs::Encoder& c, const std::vector<Bytes>& events);
    static void event_list(bcs::Decoder& c, std::vector<Bytes>& events);
};

struct Header {
    ChainId chain_id;
    u16 protocol_version = 0;
    u32 epoch = 0;
    u64 height = 0;
    u64 time_ms = 0;
    u64 market_time_ms = 0;
    HeaderHash parent;
    u32 tx_count = 0;
    u32 receipt_count = 0;
    Hash tx_root{};
    Hash receipt_root{};
    Hash state_root{};
    Hash history_root{};
    Hash validators_hash{};
    Hash next_validators_hash{};

    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.chain_id);
        c(self.protocol_version);
        c(self.epoch);
        c(self.height);
        c(self.time_ms);
        c(self.market_time_ms);
        c(self.parent);
        c(self.tx_count);
        c(self.receipt_count);
        c(self.tx_root);
        c(self.receipt_root);
        c(self.state_root);
        c(self.history_root);
        c(self.validators_hash);
        c(self.next_validators_hash);
    }
    bool operator==(const Header&) const = default;
};

// H("jangbu/header/v1", BCS(Header))
HeaderHash header_hash(const Header& header);

// Whose word stands behind a header. Solo: the one validator's signature over "jangbu/head/v1" ||
// header_hash.
struct SoloFinality {
    PublicKey key;
    Signature signature{};
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.key);
        c(self.signature);
    }
    bool operator==(const SoloFinality&) const = default;
};

// 391 bytes.
struct SignedHeader {
    Header header;
    SoloFinality finality;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.header);
        c(self.finality);
    }
    bool operator==(const SignedHeader&) const = default;
};

}  // namespace jangbu::ledger
