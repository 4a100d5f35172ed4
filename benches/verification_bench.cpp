// Signature verification, one at a time, 46-byte messages: ours (ZIP-215), libsodium and OpenSSL in
// the same run.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <sodium.h>

#include <memory>

#include "crypto/signature.h"

using namespace jangbu;

namespace {

constexpr std::size_t keys = 64;

struct Signed {
    std::vector<ByteArray<46>> messages;
    std::vector<crypto::PublicKey> authors;
    std::vector<crypto::Signature> signatures;
};

const Signed& batch() {
    static const Signed made = [] {
        Signed out;
        std::vector<crypto::SigningKey> signers;
        for (std::size_t i = 0; i < keys; ++i) signers.emplace_back(crypto::random_array<32>());
        for (std::size_t i = 0; i < 1024; ++i) {
            const crypto::Hash hash = crypto::random_array<32>();
            const crypto::SigningKey& signer = signers[i % keys];
            out.messages.push_back(crypto::signed_message(crypto::domain::transaction, hash));
            out.authors.push_back(signer.public_key());
            out.signatures.push_back(signer.sign(crypto::domain::transaction, hash));
        }
        return out;
    }();
    return made;
}

template <class Verify>
void run(benchmark::State& state, Verify verify) {
    const Signed& all = batch();
    std::size_t i = 0;
    for (auto _ : state) {
        if (!verify(all, i)) return state.SkipWithError("a good signature was refused");
        i = (i + 1) % all.messages.size();
    }
    state.SetItemsProcessed(state.iterations());
}

void ours(benchmark::State& state) {
    run(state, [](const Signed& all, std::size_t i) {
        return crypto::verify(all.authors[i], all.messages[i], all.signatures[i]);
    });
}
BENCHMARK(ours)->Name("verify/jangbu portable");

void libsodium(benchmark::State& state) {
    run(state, [](const Signed& all, std::size_t i) {
        return crypto_sign_verify_detached(all.signatures[i].data(), all.messages[i].data(),
                                           all.messages[i].size(),
                                           all.authors[i].bytes.data()) == 0;
    });
}
BENCHMARK(libsodium)->Name("verify/libsodium");

void openssl(benchmark::State& state) {
    std::vector<std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>> imported;
    for (std::size_t i = 0; i < keys; ++i)
        imported.emplace_back(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr,
                                                          batch().authors[i].bytes.data(), 32),
                              EVP_PKEY_free);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    run(state, [&](const Signed& all, std::size_t i) {
        EVP_MD_CTX_reset(context.get());
        return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr,
                                    imported[i % keys].get()) == 1 &&
               EVP_DigestVerify(context.get(), all.signatures[i].data(), all.signatures[i].size(),
                                all.messages[i].data(), all.messages[i].size()) == 1;
    });
}
BENCHMARK(openssl)->Name("verify/OpenSSL, key imported once");

}  // namespace

BENCHMARK_MAIN();
