#include "client/order_fetch.h"

#include <algorithm>
#include <fstream>

#include "client/saved_json.h"
#include "crypto/merkle.h"

namespace jangbu::client {
namespace {

namespace fx1 = crypto::fx1;
namespace merkle = crypto::merkle;

constexpr u64 range_bytes_max = 4 << 20;
constexpr int repairs_max = 64;

Status write_range(const std::filesystem::path& file, u64 from, ByteView bytes) {
    std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
    out.seekp(static_cast<std::streamoff>(from));
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
    out.flush();
    if (!out) return fail(ErrorCode::io, "cannot write " + file.string());
    return {};
}

Status cut(const std::filesystem::path& file, u64 bytes) {
    if (!std::filesystem::exists(file)) {
        const std::ofstream made(file, std::ios::binary);
        if (!made) return fail(ErrorCode::io, "cannot write " + file.string());
    }
    std::error_code error;
    std::filesystem::resize_file(file, bytes, error);
    if (error) return fail(ErrorCode::io, "cannot write " + file.string() + ": " + error.message());
    return {};
}

struct Download {
    Session& session;
    const OrderCase& that;
    const OrderFiles& files;
    std::string ticket;
    Progress& progress;

    Status leaf_lists(Delivery& delivery) const;
    Status ciphertext() const;
    Status repair(const Delivery& delivery) const;
};

Status Download::leaf_lists(Delivery& delivery) const {
    const u64 n = that.order.n;
    const auto kept = load_hashes(files.leaves(), n);
    const auto kept_ct = load_hashes(files.ct_leaves(), n);
    if (kept && kept_ct) {
        delivery.leaves = *kept;
        delivery.ct_leaves = *kept_ct;
    } else {
        const Bytes lists = TRY(session.node().leaves(that.order.id, ticket, 64 * n));
        if (lists.size() != 64 * n)
            return fail(ErrorCode::verification_failed,
                        "the store's leaf lists do not have n leaves each");
        delivery.leaves.resize(n);
        delivery.ct_leaves.resize(n);
        for (u64 i = 0; i < 2 * n; ++i) {
            Hash& leaf = i < n ? delivery.leaves[i] : delivery.ct_leaves[i - n];
            std::copy_n(lists.begin() + static_cast<std::ptrdiff_t>(32 * i), 32, leaf.begin());
        }
    }
    if (merkle::root(delivery.leaves) != that.order.data_root ||
        merkle::root(delivery.ct_leaves) != *that.order.ct_root) {
        std::error_code ignored;
        std::filesystem::remove(files.leaves(), ignored);
        std::filesystem::remove(files.ct_leaves(), ignored);
        return fail(ErrorCode::verification_failed,
                    "the leaf lists do not have the roots that the order names");
    }
    TRY(save_hashes(files.leaves(), delivery.leaves));
    return save_hashes(files.ct_leaves(), delivery.ct_leaves);
}

Status Download::ciphertext() const {
    const u64 total = that.shape().ciphertext_bytes();
    std::error_code error;
    u64 at = std::filesystem::file_size(files.ciphertext_part(), error);
    // The tail of a run that was killed may not have reached the disk whole; it is checked below
    // like the rest.
    if (error || at > total) at = 0;
    TRY(cut(files.ciphertext_part(), at));
    progress.begin("downloading", total);
    progress.add(at);
    while (at < total) {
        const u64 length = std::min(range_bytes_max, total - at);
        const Bytes bytes = TRY(session.node().ciphertext(that.order.id, ticket, at, length));
        TRY(write_range(files.ciphertext_part(), at, bytes));
        at += length;
        progress.add(length);
    }
    progress.end();
    return {};
}

Status Download::repair(const Delivery& delivery) const {
    const DatasetShape shape = that.shape();
    for (int i = 0; i < repairs_max; ++i) {
        const std::optional<u64> bad =
            TRY(check_ciphertext(files.ciphertext_part(), shape, delivery.ct_leaves, progress));
        if (!bad) return {};
        const u64 from = shape.ciphertext_at(*bad);
        const u64 length = shape.data_bytes(*bad) + fx1::salt_bytes;
        const Bytes again = TRY(session.node().ciphertext(that.order.id, ticket, from, length));
        if (fx1::ciphertext_leaf(*bad, again) != delivery.ct_leaves[*bad])
            return fail(ErrorCode::verification_failed, "the store's chunk " +
                                                            std::to_string(*bad) +
                                                            " is not the one that the order names");
        TRY(write_range(files.ciphertext_part(), from, again));
    }
    // A copy with so many bad places is not worth mending.
    TRY(cut(files.ciphertext_part(), 0));
    return fail(ErrorCode::unavailable, "the copy is damaged; run the command again");
}

}  // namespace

Result<Delivery> fetch_ciphertext(Session& session, const OrderCase& that, const OrderFiles& files,
                                  Progress& progress) {
    if (!that.order.y || !that.order.ct_root || !that.order.store_org)
        return wrong_state(that, "fetched");
    const std::string ticket = TRY(session.ticket(market::TicketAction::read, that.order.id.bytes,
                                                  *that.order.store_org, *that.order.ct_root));
    const Download download{session, that, files, ticket, progress};
    Delivery delivery;
    delivery.bytes = that.shape().ciphertext_bytes();
    TRY(download.leaf_lists(delivery));
    if (std::filesystem::exists(files.ciphertext())) {
        const auto bad =
            check_ciphertext(files.ciphertext(), that.shape(), delivery.ct_leaves, progress);
        if (bad && !*bad) return delivery;
        std::error_code error;
        std::filesystem::rename(files.ciphertext(), files.ciphertext_part(), error);
    }
    TRY(download.ciphertext());
    TRY(download.repair(delivery));
    TRY(finish_file(files.ciphertext_part(), files.ciphertext()));
    return delivery;
}

Result<LockResult> lock_order(Session& session, const OrderId& order, Progress& progress) {
    const OrderCase that = TRY(read_case(session, order));
    TRY(need_buyer(session, that));
    const bool accepted = that.order.state == market::OrderState::accepted;
    const bool done = that.order.state == market::OrderState::locked;
    if (!accepted && !done) return wrong_state(that, "locked");
    if (!crypto::Point::decode(*that.order.y))
        return fail(ErrorCode::verification_failed, "the order's Y is not a point");

    const OrderFiles files = TRY(order_files(session, order));
    LockResult result;
    result.bytes = TRY(fetch_ciphertext(session, that, files, progress)).bytes;
    result.already = done;
    result.origin = that.dataset.origin;
    if (done) {
        result.posted = TRY(done_before(session, "lock-" + order.hex())).value_or(Posted());
        result.posted.repeated = true;
        return result;
    }
    const auto draft = [&]() -> Result<Draft> {
        return Draft{market::LockOrder{order, *that.order.y, *that.order.ct_root}, {}};
    };
    result.posted = TRY(post(session, "lock-" + order.hex(), draft));
    return result;
}

}  // namespace jangbu::client
