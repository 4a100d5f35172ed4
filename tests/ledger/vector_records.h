// Records of the ledger made from the values that the vectors print, field by field.
#pragma once

#include "ledger/block.h"
#include "ledger/genesis.h"
#include "ledger/members.h"
#include "tests/support/vectors.h"

namespace jangbu::test {

using namespace ledger;

// The chain that the vectors tell of, from its genesis on.
inline const json& scene() {
    return vectors("transactions.json");
}

template <class Id>
Id id_of(const json& hex) {
    return Id(array_of<32>(hex));
}

inline std::optional<u64> optional_number_of(const json& value) {
    if (value.is_null()) return std::nullopt;
    return number_of(value);
}

inline Key key_of(const json& value) {
    return {static_cast<u8>(number_of(value.at("kind"))),
            static_cast<u8>(number_of(value.at("purpose"))),
            array_of<32>(value.at("bytes")),
            id_of<OrgId>(value.at("org")),
            number_of(value.at("valid_from_height")),
            optional_number_of(value.at("valid_until_ms")),
            optional_number_of(value.at("revoked_at_height"))};
}

inline Document document_of(const json& value) {
    return {array_of<32>(value.at("salt")), value.at("media_type"), bytes_of(value.at("bytes"))};
}

inline DocumentRef document_ref_of(const json& value) {
    return {id_of<DocumentHash>(value.at("hash")), static_cast<u32>(number_of(value.at("length"))),
            static_cast<u8>(number_of(value.at("class")))};
}

inline ValidatorSet validators_of(const json& value) {
    ValidatorSet set;
    for (const json& one : value.at("validators"))
        set.validators.push_back({id_of<PublicKey>(one.at("key")), number_of(one.at("power"))});
    return set;
}

inline Genesis genesis_of(const json& value) {
    return {value.at("name"), number_of(value.at("time_ms")),
            static_cast<u16>(number_of(value.at("protocol_version"))),
            validators_of(value.at("validators")), array_of<32>(value.at("state_root"))};
}

inline Receipt receipt_of(const json& value) {
    Receipt receipt;
    const json& subject = value.at("subject");
    if (subject.contains("Tx"))
        receipt.subject = id_of<TxId>(subject.at("Tx"));
    else
        receipt.subject = SystemSubject{static_cast<u8>(number_of(subject.at("System").at("kind"))),
                                        array_of<32>(subject.at("System").at("id"))};
    receipt.code = static_cast<u16>(number_of(value.at("code")));
    for (const json& event : value.at("events")) receipt.events.push_back(bytes_of(event));
    return receipt;
}

inline Header header_of(const json& value) {
    Header header;
    header.chain_id = id_of<ChainId>(value.at("chain_id"));
    header.protocol_version = static_cast<u16>(number_of(value.at("protocol_version")));
    header.epoch = static_cast<u32>(number_of(value.at("epoch")));
    header.height = number_of(value.at("height"));
    header.time_ms = number_of(value.at("time_ms"));
    header.market_time_ms = number_of(value.at("market_time_ms"));
    header.parent = id_of<HeaderHash>(value.at("parent"));
    header.tx_count = static_cast<u32>(number_of(value.at("tx_count")));
    header.receipt_count = static_cast<u32>(number_of(value.at("receipt_count")));
    header.tx_root = array_of<32>(value.at("tx_root"));
    header.receipt_root = array_of<32>(value.at("receipt_root"));
    header.state_root = array_of<32>(value.at("state_root"));
    header.history_root = array_of<32>(value.at("history_root"));
    header.validators_hash = array_of<32>(value.at("validators_hash"));
    header.next_validators_hash = array_of<32>(value.at("next_validators_hash"));
    return header;
}

// The operation's bytes do not follow from the value here: they are the market's.
inline Body body_of(const json& value, Bytes operation) {
    return {
        array_of<4>(value.at("chain")),       id_of<PublicKey>(value.at("author")),
        number_of(value.at("valid_from_ms")), static_cast<u32>(number_of(value.at("valid_for_ms"))),
        array_of<8>(value.at("salt")),        std::move(operation)};
}

}  // namespace jangbu::test
