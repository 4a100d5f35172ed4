// Any claim and any ciphertext against an order whose seller was honest: never proven.
#include "base/assert.h"
#include "base/bcs.h"
#include "crypto/fair_exchange.h"
#include "crypto/merkle.h"

namespace {

using namespace jangbu;
using namespace jangbu::crypto;

struct Attempt {
    fx1::BadChunk claim;
    Bytes ciphertext;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.claim.index);
        c(self.claim.p);
        c(self.claim.proof.c);
        c(self.claim.proof.s);
        c(self.claim.leaf);
        c.list(self.claim.path_ct, 0, 32);
        c.list(self.claim.path_data, 0, 32);
        c.bytes(self.ciphertext, 96 * 1024);
    }
};

// Three chunks of one byte. The seeds of the corpus were made for it.
fx1::Deal honest_deal() {
    fx1::Deal deal;
    deal.n = 3;
    const Scalar key = hash_to_scalar({as_bytes("fuzz")});
    deal.y = mul_base(key)->bytes();
    std::vector<Bytes> records;
    std::vector<Hash> leaves;
    for (u64 i = 0; i < deal.n; ++i) {
        records.push_back(concat({fx1::salt({}, i), as_bytes("x")}));
        leaves.push_back(fx1::data_leaf(deal.registrant, i, records[i]));
    }
    deal.data_root = merkle::root(leaves);
    std::vector<Hash> ct_leaves;
    const Hash ctx =
        fx1::context(deal.chain_id, deal.order_id, deal.dataset_id, deal.data_root, deal.y);
    for (u64 i = 0; i < deal.n; ++i) {
        const Bytes input = fx1::chunk_input(ctx, i);
        fx1::crypt(fx1::chunk_key(input, fx1::chunk_point(key, input).bytes()), records[i]);
        ct_leaves.push_back(fx1::ciphertext_leaf(i, records[i]));
    }
    deal.ct_root = merkle::root(ct_leaves);
    return deal;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* input, std::size_t size) {
    static const fx1::Deal deal = honest_deal();
    const auto attempt = bcs::decode<Attempt>({input, size});
    if (!attempt) return 0;
    const auto verdict = fx1::check_bad_chunk(deal, attempt->claim, attempt->ciphertext);
    JANGBU_ASSERT(verdict != fx1::ChunkVerdict::proven);
    return 0;
}
