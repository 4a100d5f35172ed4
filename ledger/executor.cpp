#include "ledger/executor.h"

#include <algorithm>
#include <cstring>

#include "crypto/merkle.h"
#include "ledger/keys_ahead.h"

namespace jangbu::ledger {
namespace {

// Nobody who chose a key of this block's state knew the hash of its parent.
u64 table_seed(const HeaderHash& parent) {
    u64 seed = 0;
    std::memcpy(&seed, parent.bytes.data(), sizeof seed);
    return seed;
}

}  // namespace

BlockContext Snapshot::next_block(u64 time_ms) const {
    const u64 height = header.height + 1;
    const u64 halt_gap = number(state, parameters::halt_gap_ms, height);
    return {header.chain_id, header.protocol_version, height, time_ms,
            market_time_after(header, time_ms, halt_gap)};
}

u64 market_time_after(const Header& previous, u64 time_ms, u64 halt_gap_ms) {
    JANGBU_ASSERT(time_ms >= previous.time_ms);
    return previous.market_time_ms + std::min(time_ms - previous.time_ms, halt_gap_ms);
}

Hash tx_root(std::span<const TxId> ids, std::span<const Transaction> transactions) {
    return crypto::merkle::root(transaction_leaves(ids, transactions));
}

Hash receipt_root(std::span<const Bytes> encoded_receipts) {
    std::vector<crypto::merkle::Entry> entries;
    entries.reserve(encoded_receipts.size());
    for (const Bytes& receipt : encoded_receipts) entries.push_back({receipt, {}});
    std::vector<Hash> leaves(entries.size());
    crypto::merkle::leaves(entries, leaves);
    return crypto::merkle::root(leaves);
}

std::vector<Bytes> encoded(std::span<const Receipt> receipts) {
    std::vector<Bytes> out;
    out.reserve(receipts.size());
    for (const Receipt& receipt : receipts) out.push_back(bcs::encode(receipt));
    return out;
}

Result<Execution> Executor::execute(const Snapshot& parent, BlockInput input, const UsedIds& used,
                                    SignatureChecker* signatures) const {
    CheckedBlock checked = TRY(check(parent, std::move(input), used, signatures));
    return execute(parent, std::move(checked));
}

Execution Executor::execute(const Snapshot& parent, CheckedBlock checked) const {
    Execution done;
    const BlockContext block = parent.next_block(checked.input.time_ms);
    if (!checked.is_ahead) checked.prepared->judge_ahead(parent.state);

    Overlay state(parent.state, table_seed(parent.hash));
    done.receipts = application_.expire(block, state);
    for (const Receipt& receipt : done.receipts)
        JANGBU_ASSERT(std::holds_alternative<SystemSubject>(receipt.subject));
    done.receipts.reserve(done.receipts.size() + checked.ids.size());
    for (std::size_t i = 0; i < checked.ids.size(); ++i) {
        if (i % fetched_together == 0) fetch_ahead(checked, i, block, state);
        done.receipts.push_back(run(checked, i, block, state));
    }
    done.ids = std::move(checked.ids);
    done.input = std::move(checked.input);
    finish(parent, state, done);

    Header& header = done.header;
    header.chain_id = block.chain_id;
    header.protocol_version = block.protocol_version;
    header.epoch = done.input.epoch;
    header.height = block.height;
    header.time_ms = block.time_ms;
    header.market_time_ms = block.market_time_ms;
    header.parent = parent.hash;
    header.tx_count = static_cast<u32>(done.ids.size());
    header.receipt_count = static_cast<u32>(done.receipts.size());
    header.state_root = done.state.root();
    header.history_root = parent.history->root(block.height);
    header.validators_hash = parent.header.next_validators_hash;
    header.next_validators_hash = parent.header.next_validators_hash;
    done.hash = header_hash(header);
    return done;
}

// The state and the two lists, which do not wait for each other.
void Executor::finish(const Snapshot& parent, Overlay& state, Execution& done) const {
    const auto half = [&](std::size_t which) {
        if (which == 0) {
            done.changes = state.take_changes();
            done.state = parent.state.updated(done.changes);
        } else {
            done.header.tx_root = tx_root(done.ids, done.input.transactions);
            done.encoded_receipts = encoded(done.receipts);
            done.header.receipt_root = receipt_root(done.encoded_receipts);
        }
    };
    if (pool_) {
        pool_->run(2, half);
    } else {
        half(0);
        half(1);
    }
}

std::optional<Rejection> Executor::guard(const CheckedBlock& checked, std::size_t index,
                                         const BlockContext& block, const StateReader& state,
                                         Key& author) const {
    const Body& body = checked.input.transactions[index].body;
    const u64 window_max = number(state, parameters::window_max_ms, block.height);
    if (!window_is_valid(body.valid_from_ms, body.valid_for_ms, block.time_ms, window_max))
        return Rejection::outside_window;
    const std::optional<Key> key = find_key_by_bytes(state, body.author.bytes);
    if (!key) return Rejection::unknown_key;
    if (!key->live_at(block.height, block.time_ms)) return Rejection::key_not_valid;
    // A registered key has a purpose from 1 to 6.
    const u8 allowed = checked.prepared->purposes(index);
    if ((allowed >> (key->purpose - 1) & 1) == 0) return Rejection::wrong_purpose;
    author = *key;
    return std::nullopt;
}

// Against an earlier moment: what has changed since only costs a look-up, or a judgement, later.
void Executor::look_ahead(const Snapshot& earlier, CheckedBlock& checked) const {
    checked.prepared->judge_ahead(earlier.state);
    const Header& header = earlier.header;
    const BlockContext block{header.chain_id, header.protocol_version, header.height + 1,
                             checked.input.time_ms, header.market_time_ms};
    Overlay view(earlier.state, table_seed(earlier.hash));
    for (std::size_t first = 0; first < checked.ids.size(); first += fetched_together)
        checked.keys_ahead.push_back(hashed(keys_ahead(checked, first, block, view)));
    checked.is_ahead = true;
}

// Every record of a large state is far away in memory. Asked for one after another, as rules do, a
// transaction would wait for each.
void Executor::fetch_ahead(const CheckedBlock& checked, std::size_t first,
                           const BlockContext& block, Overlay& state) const {
    if (checked.is_ahead)
        state.fetch(checked.keys_ahead[first / fetched_together]);
    else
        state.fetch(keys_ahead(checked, first, block, state));
}

Receipt Executor::run(const CheckedBlock& checked, std::size_t index, const BlockContext& block,
                      Overlay& state) const {
    const TxId& id = checked.ids[index];
    Receipt receipt{id, accepted, {}};
    Key author;
    if (const auto rejection = guard(checked, index, block, state, author)) {
        receipt.code = code(*rejection);
        return receipt;
    }
    Overlay attempt(state);
    Outcome outcome = checked.prepared->apply(index, id, block, author, documents_, attempt);
    receipt.code = outcome.code;
    if (outcome.code == accepted) {
        std::move(attempt).apply_to(state);
        receipt.events = std::move(outcome.events);
    }
    return receipt;
}

}  // namespace jangbu::ledger
