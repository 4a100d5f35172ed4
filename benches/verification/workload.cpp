#include "benches/verification/workload.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>

#include "base/assert.h"

namespace jangbu::bench {
namespace {

struct Shape {
    std::string_view name;
    std::size_t keys;
    std::size_t message_bytes;
};

constexpr std::array shapes = {
    Shape{"keys64-message46", 64, 46},
    Shape{"keys1024-message46", 1024, 46},
    Shape{"keys4096-message46", 4096, 46},
    Shape{"keys64-message256", 64, 256},
};

struct Signer {
    crypto::PublicKey public_key;
    ByteArray<64> secret{};
};

Signer signer(std::size_t number) {
    const crypto::Hash seed = crypto::sha256(le64(number));
    Signer made;
    crypto_sign_seed_keypair(made.public_key.bytes.data(), made.secret.data(), seed.data());
    return made;
}

// A transaction's 46 bytes, or as many that mean nothing.
Bytes message(std::size_t number, std::size_t bytes) {
    const crypto::Hash hash = crypto::sha256({as_bytes("message"), le64(number)});
    const ByteArray<46> transaction = crypto::signed_message(crypto::domain::transaction, hash);
    if (bytes == transaction.size()) return {transaction.begin(), transaction.end()};
    Bytes made(bytes);
    randombytes_buf_deterministic(made.data(), made.size(), hash.data());
    return made;
}

Workload make(const Shape& shape) {
    std::vector<Signer> signers;
    for (std::size_t i = 0; i < shape.keys; ++i) signers.push_back(signer(i));
    Workload made;
    for (std::size_t i = 0; i < workload_claims; ++i)
        made.messages.push_back(message(i, shape.message_bytes));
    for (std::size_t i = 0; i < workload_claims; ++i) {
        const Signer& author = signers[i % shape.keys];
        crypto::Claim claim{author.public_key, {}, made.messages[i]};
        crypto_sign_detached(claim.signature.data(), nullptr, claim.message.data(),
                             claim.message.size(), author.secret.data());
        made.claims.push_back(claim);
    }
    return made;
}

void write(std::ofstream& file, ByteView bytes) {
    file << as_text(bytes);
}

}  // namespace

std::vector<std::string_view> workload_names() {
    std::vector<std::string_view> names;
    for (const Shape& shape : shapes) names.push_back(shape.name);
    return names;
}

const Workload& workload(std::string_view name) {
    static std::map<std::string_view, Workload> made;
    const auto* const shape = std::ranges::find(shapes, name, &Shape::name);
    JANGBU_ASSERT(shape != shapes.end());
    const auto found = made.find(shape->name);
    return found != made.end() ? found->second
                               : made.emplace(shape->name, make(*shape)).first->second;
}

bool write_batch_file(std::string_view name, const std::string& folder) {
    const Workload& all = workload(name);
    std::ofstream file(folder + "/" + std::string(name) + ".batch", std::ios::binary);
    write(file, le32(static_cast<u32>(all.claims.size())));
    write(file, le32(static_cast<u32>(all.messages.front().size())));
    for (const crypto::Claim& claim : all.claims) {
        write(file, claim.key.view());
        write(file, claim.signature);
        write(file, claim.message);
    }
    file.close();
    return !file.fail();
}

}  // namespace jangbu::bench
