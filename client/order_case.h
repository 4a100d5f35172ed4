// OrderCase: one order as both sides need it, proven by the ledger, with the files that this home
// keeps for it.
//
// Threads: one. Errors: not_found, not_allowed (the order of others), conflict (its state does not
// allow the act), verification_failed (records that contradict each other, a false proof).
#pragma once

#include "client/dataset.h"

namespace jangbu::client {

struct OrderCase {
    market::OrderPublic order;  // proven
    market::Dataset dataset;    // proven; its root and shape are the order's
    ledger::Header header;      // of the head behind the order's proof
    std::string level;          // E0, E1

    DatasetShape shape() const { return shape_of(dataset); }
    // ctx of the chunk keys. REQUIRES: order.y.
    Hash context(const ChainId& chain) const;
};
Result<OrderCase> read_case(Session& session, const OrderId& id);

Status need_buyer(const Session& session, const OrderCase& that);
Status need_seller(const Session& session, const OrderCase& that);
std::unexpected<Error> wrong_state(const OrderCase& that, std::string_view act);
// Market time that is left until the deadline, the time since the head was made taken off.
u64 left_ms(const OrderCase& that);
// The deadline as a date, if the ledger does not halt meanwhile. Nothing for terminal states.
std::optional<u64> deadline_estimate_ms(const OrderCase& that);

// orders/<id>/...
struct OrderFiles {
    std::filesystem::path folder;
    std::filesystem::path journal() const { return folder / "journal.json"; }
    std::filesystem::path ciphertext() const { return folder / "ciphertext.bin"; }
    std::filesystem::path ciphertext_part() const { return folder / "ciphertext.part"; }
    std::filesystem::path leaves() const { return folder / "leaves.bin"; }
    std::filesystem::path ct_leaves() const { return folder / "ciphertext_leaves.bin"; }
    std::filesystem::path data_part() const { return folder / "data.part"; }
    std::filesystem::path data() const { return folder / "data.bin"; }
    std::filesystem::path salts() const { return folder / "salts.bin"; }
    std::filesystem::path promise() const { return folder / "promise.json"; }
};
Result<OrderFiles> order_files(Session& session, const OrderId& id);

// What a seller must not forget between runs: durable before it takes effect.
struct SellerJournal {
    u32 attempt =
        0;  // K is made of it; another one for each new encryption that may have left the machine
    bool encrypted = false;  // ciphertext and its leaves are whole and on disk
    Hash ct_root{};
    std::string data_file;
};
Result<std::optional<SellerJournal>> load_journal(const OrderFiles& files);
Status save_journal(const OrderFiles& files, const SellerJournal& journal);

}  // namespace jangbu::client
