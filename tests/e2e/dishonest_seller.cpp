// A seller who cheats: flips one byte of the data before encrypting it for an order, and accepts
// without checking.
//
// Everything but that one step is the client library's. usage: dishonest_seller --home FOLDER
// --order ID --file DATA
// [--byte N], with the password in JANGBU_PASSWORD.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>

#include "base/file.h"
#include "client/order_accept.h"
#include "crypto/merkle.h"

namespace {

using namespace jangbu;
namespace fx1 = crypto::fx1;

constexpr std::size_t data_bytes_max = 1 << 30;

// The encryption step of an honest seller compares every chunk with its registered leaf first. This
// one does not.
Result<std::vector<crypto::Hash>> encrypt_dishonestly(const Bytes& data, const std::string& file,
                                                      const client::DatasetShape& shape,
                                                      const crypto::Hash& seed,
                                                      const client::OrderCipher& cipher) {
    std::vector<crypto::Hash> ct_leaves;
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    for (u64 i = 0; i < shape.n(); ++i) {
        const ByteView chunk = ByteView(data).subspan(i * shape.chunk_size, shape.data_bytes(i));
        Bytes record = concat({fx1::salt(seed, i), chunk});
        const Bytes input = fx1::chunk_input(cipher.context, i);
        const crypto::Point point = fx1::chunk_point(cipher.key, input);
        fx1::crypt(fx1::chunk_key(input, point.bytes()), record);
        ct_leaves.push_back(fx1::ciphertext_leaf(i, record));
        out.write(reinterpret_cast<const char*>(record.data()),
                  static_cast<std::streamsize>(record.size()));
    }
    out.flush();
    if (!out) return fail(ErrorCode::io, "cannot write " + file);
    return ct_leaves;
}

Status cheat(std::map<std::string, std::string>& options) {
    const auto order = client::OrderId::from_hex(options["--order"]);
    const char* password = std::getenv("JANGBU_PASSWORD");
    if (!order || !password) return fail(ErrorCode::usage, "--order is an id; set JANGBU_PASSWORD");
    client::Home home = TRY(client::Home::open(options["--home"]));
    TRY(home.lock());
    const auto talk = [](const std::string& sentence) { std::cerr << sentence << "\n"; };
    client::Session session = TRY(client::Session::connect(std::move(home), talk));
    TRY(session.unlock(password));

    const client::OrderCase that = TRY(client::read_case(session, *order));
    TRY(client::need_seller(session, that));
    const client::OrderFiles files = TRY(client::order_files(session, *order));
    Bytes data = TRY(read_file(options["--file"], data_bytes_max));
    client::Progress progress;
    const std::vector<crypto::Hash> leaves =
        TRY(client::registered_leaves(session, that.dataset, options["--file"], progress));

    const client::SellerJournal journal =
        TRY(client::begin_attempt(session, files, options["--file"]));
    const client::OrderKey key =
        TRY(client::derive_order_key(session, that.order, journal.attempt));
    client::OrderCase keyed = that;
    keyed.order.y = key.y;
    const std::size_t at =
        options.contains("--byte") ? std::stoull(options["--byte"]) : data.size() / 2;
    data.at(at) ^= 1;
    const crypto::Hash seed = session.secret().dataset_seed(that.dataset.seed_nonce);
    const std::vector<crypto::Hash> ct_leaves =
        TRY(encrypt_dishonestly(data, files.ciphertext().string(), that.shape(), seed,
                                {keyed.context(session.chain_id()), key.k}));

    const client::OrgId store = TRY(session.node().status()).operator_org;
    TRY(client::upload_ciphertext(session, that, {files.ciphertext(), leaves, ct_leaves, store},
                                  progress));
    TRY(client::post_accept(session, *order, key, crypto::merkle::root(ct_leaves), store));
    std::cout << "accepted with byte " << at << " flipped, in chunk "
              << at / that.shape().chunk_size << "\n";
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    std::map<std::string, std::string> options;
    for (int i = 1; i + 1 < argc; i += 2) options[argv[i]] = argv[i + 1];
    const Status status = cheat(options);
    if (status) return 0;
    std::cerr << "dishonest_seller: " << status.error().detail << "\n";
    return 1;
}
