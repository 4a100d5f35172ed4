#include "client/order_accept.h"

#include "client/plain_text.h"
#include "client/saved_json.h"
#include "crypto/merkle.h"

namespace jangbu::client {
namespace {

namespace fx1 = crypto::fx1;
namespace merkle = crypto::merkle;

constexpr u32 attempts_searched = 65'536;
constexpr u64 upload_bytes_max = 4 << 20;
// A home restored from words does not know how often it tried before: it starts somewhere it hardly
// was.
constexpr u32 restored_attempts = 255;

struct Prepared {
    std::filesystem::path data;
    std::vector<Hash> leaves;
    std::vector<Hash> ct_leaves;
    SellerJournal journal;
    OrderKey key;
};

bool ciphertext_is_whole(const OrderFiles& files, const OrderCase& that) {
    std::error_code error;
    const u64 bytes = std::filesystem::file_size(files.ciphertext(), error);
    return !error && bytes == that.shape().ciphertext_bytes();
}

OrderCipher cipher_of(const Session& session, const OrderCase& that, const OrderKey& key) {
    market::OrderPublic order = that.order;
    order.y = key.y;
    const OrderCase keyed{order, that.dataset, that.header, that.level};
    return {keyed.context(session.chain_id()), key.k};
}

Status encrypt(Session& session, const OrderCase& that, const OrderFiles& files, Prepared& work,
               Progress& progress) {
    const Hash seed = session.secret().dataset_seed(that.dataset.seed_nonce);
    work.ct_leaves =
        TRY(encrypt_dataset(work.data, files.ciphertext(), that.shape(), seed,
                            cipher_of(session, that, work.key), work.leaves, progress));
    TRY(finish_file(files.ciphertext(), files.ciphertext()));
    TRY(save_hashes(files.ct_leaves(), work.ct_leaves));
    work.journal.encrypted = true;
    work.journal.ct_root = merkle::root(work.ct_leaves);
    return save_journal(files, work.journal);
}

// The ciphertext of an earlier run, if it is whole.
Result<bool> resume(const OrderCase& that, const OrderFiles& files, Prepared& work) {
    if (!work.journal.encrypted || !ciphertext_is_whole(files, that)) return false;
    const auto kept = load_hashes(files.ct_leaves(), that.order.n);
    if (!kept || merkle::root(*kept) != work.journal.ct_root) return false;
    work.ct_leaves = *kept;
    return true;
}

Result<Prepared> prepare(Session& session, const OrderCase& that, const OrderFiles& files,
                         const std::optional<std::filesystem::path>& given, Progress& progress) {
    const std::optional<SellerJournal> earlier = TRY(load_journal(files));
    std::optional<std::filesystem::path> named = given;
    if (!named && earlier) named = earlier->data_file;
    const std::filesystem::path data = TRY(locate_data(session, that.dataset, named));
    std::vector<Hash> leaves = TRY(registered_leaves(session, that.dataset, data, progress));
    const SellerJournal journal = earlier ? *earlier : TRY(begin_attempt(session, files, data));
    const OrderKey key = TRY(derive_order_key(session, that.order, journal.attempt));
    Prepared work{data, std::move(leaves), {}, journal, key};
    const bool resumed = TRY(resume(that, files, work));
    if (!resumed) TRY(encrypt(session, that, files, work, progress));
    return work;
}

// "Decrypt the whole ciphertext as kept on its own disk, with the key derived anew, and compare
// every leaf."
Status check_own_copy(Session& session, const OrderCase& that, const OrderFiles& files,
                      const Prepared& work, Progress& progress) {
    const OrderKey anew = TRY(derive_order_key(session, that.order, work.journal.attempt));
    const std::optional<u64> bad_ct =
        TRY(check_ciphertext(files.ciphertext(), that.shape(), work.ct_leaves, progress));
    const std::optional<u64> bad =
        TRY(open_ciphertext(files.ciphertext(), {}, that.shape(), cipher_of(session, that, anew),
                            work.leaves, nullptr, progress));
    if (!bad_ct && !bad) return {};
    SellerJournal next = work.journal;
    next.attempt += 1;
    next.encrypted = false;
    TRY(save_journal(files, next));
    return fail(ErrorCode::verification_failed,
                "chunk " + std::to_string(bad_ct.value_or(bad.value_or(0))) +
                    " of the own ciphertext does not open to what was registered; nothing was "
                    "accepted, run the command again to encrypt anew");
}

// Before hours of encrypting, not after them.
Status need_bond(Session& session, const OrderId& order) {
    const u64 bond = TRY(session.node().order(order)).money.bond;
    const u64 available = TRY(session.node().account(session.org())).available;
    if (available >= bond) return {};
    return fail(ErrorCode::conflict, "the bond is " + won_text(bond) + ", but only " +
                                         won_text(available) + " are available");
}

Result<AcceptResult> reject_mask(Session& session, const OrderId& order) {
    const auto draft = [&]() -> Result<Draft> {
        return Draft{market::RejectOrder{order, reason_bad_mask}, {}};
    };
    AcceptResult result;
    result.what = AcceptResult::What::rejected_mask;
    result.posted = TRY(post(session, "reject-" + order.hex(), draft));
    return result;
}

}  // namespace

Result<OrderKey> derive_order_key(const Session& session, const market::OrderPublic& order,
                                  u32 attempt) {
    const crypto::Scalar k =
        fx1::order_key(session.secret().delivery_secret(), order.id.bytes, order.e_b, 0, attempt);
    const std::optional<crypto::Point> y = crypto::mul_base(k);
    if (!y) return fail(ErrorCode::unavailable, "an unlucky key; run the command again");
    return OrderKey{k, y->bytes()};
}

Result<std::optional<crypto::Scalar>> seller_mask(Session& session,
                                                  const market::OrderPublic& order) {
    const u32 n = TRY(session.prekey_number(order.prekey_id));
    const crypto::ExchangeSecret secret = session.secret().prekey(n);
    const Result<crypto::Scalar> t =
        fx1::mask(secret, order.e_b, order.e_b, crypto::exchange_public(secret), order.id.bytes, 0);
    if (!t) return std::optional<crypto::Scalar>();
    const std::optional<crypto::Point> point = crypto::mul_base(*t);
    if (!point || order.t.size() != 1 || point->bytes() != order.t[0])
        return std::optional<crypto::Scalar>();
    return std::optional(*t);
}

Result<u32> find_attempt(Session& session, const market::OrderPublic& order) {
    if (!order.y) return fail(ErrorCode::conflict, "the order has no key yet");
    for (u32 attempt = 0; attempt < attempts_searched; ++attempt) {
        const Result<OrderKey> key = derive_order_key(session, order, attempt);
        if (key && key->y == *order.y) return attempt;
    }
    return fail(ErrorCode::not_found, "the key of this order does not come from these words");
}

Result<SellerJournal> begin_attempt(Session& session, const OrderFiles& files,
                                    const std::filesystem::path& data_file) {
    SellerJournal journal;
    if (session.home().config().restored)
        journal.attempt = 1 + crypto::random_array<1>()[0] % restored_attempts;
    journal.data_file = std::filesystem::absolute(data_file).string();
    TRY(save_journal(files, journal));
    return journal;
}

namespace {

// The leaf lists, unless the store has them from an earlier run: what it misses is then known.
Status send_lists(Session& session, const OrderId& order, const std::string& ticket,
                  const Upload& upload) {
    const auto known = session.node().missing(order, ticket);
    if (known) return {};
    const ErrorCode code = known.error().code;  // nothing there, or of another attempt
    if (code != ErrorCode::not_found && code != ErrorCode::conflict)
        return std::unexpected(known.error());
    Bytes lists;
    lists.reserve(32 * (upload.leaves.size() + upload.ct_leaves.size()));
    for (const std::span<const Hash> list : {upload.leaves, upload.ct_leaves})
        for (const Hash& leaf : list) lists.insert(lists.end(), leaf.begin(), leaf.end());
    return session.node().put_leaves(order, ticket, lists);
}

}  // namespace

Status upload_ciphertext(Session& session, const OrderCase& that, const Upload& upload,
                         Progress& progress) {
    const DatasetShape shape = that.shape();
    const std::string ticket =
        TRY(session.ticket(market::TicketAction::write, that.order.id.bytes, upload.store_org,
                           merkle::root(upload.ct_leaves)));
    TRY(send_lists(session, that.order.id, ticket, upload));

    const u64 run_max = std::max<u64>(1, upload_bytes_max / (shape.chunk_size + fx1::salt_bytes));
    progress.begin("uploading", shape.ciphertext_bytes());
    while (true) {
        const NodeClient::Missing missing = TRY(session.node().missing(that.order.id, ticket));
        if (missing.complete) break;
        if (missing.indices.empty())
            return fail(ErrorCode::unavailable, "the store misses chunks but names none");
        for (std::size_t i = 0; i < missing.indices.size();) {
            const u64 first = missing.indices[i];
            u64 count = 1;
            while (i + count < missing.indices.size() && count < run_max &&
                   missing.indices[i + count] == first + count)
                ++count;
            if (first + count > shape.n())
                return fail(ErrorCode::malformed, "the store misses a chunk that is not there");
            const u64 from = shape.ciphertext_at(first);
            const u64 to = first + count == shape.n() ? shape.ciphertext_bytes()
                                                      : shape.ciphertext_at(first + count);
            const Bytes chunks = TRY(read_range(upload.ciphertext, from, to - from));
            TRY(session.node().put_chunks(that.order.id, ticket, first, chunks));
            progress.add(chunks.size());
            i += count;
        }
    }
    progress.end();
    return {};
}

Result<Posted> post_accept(Session& session, const OrderId& order, const OrderKey& key,
                           const Hash& ct_root, const OrgId& store_org) {
    const auto draft = [&]() -> Result<Draft> {
        return Draft{market::AcceptOrder{order, key.y, ct_root, store_org}, {}};
    };
    return post(session, "accept-" + order.hex(), draft);
}

Result<AcceptResult> accept_order(Session& session, const OrderId& order,
                                  const std::optional<std::filesystem::path>& data_file,
                                  Progress& progress) {
    const OrderCase that = TRY(read_case(session, order));
    TRY(need_seller(session, that));
    const bool placed = that.order.state == market::OrderState::placed;
    const bool done = that.order.state == market::OrderState::accepted;
    if (!placed && !done) return wrong_state(that, "accepted");
    AcceptResult result;
    result.ciphertext_bytes = that.shape().ciphertext_bytes();
    result.origin = that.dataset.origin;
    if (done) {
        result.posted = TRY(done_before(session, "accept-" + order.hex())).value_or(Posted());
        result.posted.repeated = true;
        return result;
    }
    const std::optional<crypto::Scalar> mask = TRY(seller_mask(session, that.order));
    if (!mask) return reject_mask(session, order);
    TRY(need_bond(session, order));

    const OrderFiles files = TRY(order_files(session, order));
    const Prepared work = TRY(prepare(session, that, files, data_file, progress));
    const NodeStatus store = TRY(session.node().status());
    TRY(upload_ciphertext(session, that,
                          {files.ciphertext(), work.leaves, work.ct_leaves, store.operator_org},
                          progress));
    TRY(check_own_copy(session, that, files, work, progress));
    result.posted =
        TRY(post_accept(session, order, work.key, work.journal.ct_root, store.operator_org));
    return result;
}

}  // namespace jangbu::client
