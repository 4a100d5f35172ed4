#include "crypto/keystore.h"

#include <sodium.h>

#include <algorithm>

#include "base/assert.h"
#include "base/bcs.h"
#include "base/file.h"
#include "crypto/unicode.h"

namespace jangbu::crypto {
namespace {

constexpr u8 kdf_argon2id = 1;  // version 1.3, one lane
constexpr u64 kib_bytes = 1024;

// docs/formats.md, keystore. The header is the associated data of `sealed`.
struct KeystoreHeader {
    u8 kdf = kdf_argon2id;
    u32 memory_kib = 0;
    u32 passes = 0;
    ByteArray<crypto_pwhash_SALTBYTES> salt{};
    ByteArray<crypto_aead_xchacha20poly1305_ietf_NPUBBYTES> nonce{};
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.kdf);
        c(self.memory_kib);
        c(self.passes);
        c(self.salt);
        c(self.nonce);
    }
};
struct KeystoreFile {
    KeystoreHeader header;
    ByteArray<32 + crypto_aead_xchacha20poly1305_ietf_ABYTES> sealed{};
    ByteArray<8> checksum{};  // tells damage from a wrong password; proves nothing
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.header);
        c(self.sealed);
        c(self.checksum);
    }
};
constexpr std::size_t header_bytes = 1 + 1 + 4 + 4 + 16 + 24;
constexpr std::size_t file_bytes = header_bytes + 48 + 8;

bool cost_is_allowed(u32 memory_kib, u32 passes) {
    return memory_kib >= keystore_memory_kib_min && memory_kib <= keystore_memory_kib_max &&
           passes >= 1 && passes <= keystore_passes_max;
}

ByteArray<8> checksum_of(const KeystoreFile& file) {
    static const Tag tag("jangbu/keystore/v1");
    const Hash hash = tag({bcs::encode(file.header), file.sealed});
    ByteArray<8> out{};
    std::copy_n(hash.begin(), out.size(), out.begin());
    return out;
}

// Wiped at the end of the scope.
struct FileKey {
    ByteArray<32> bytes{};
    ~FileKey() { wipe(bytes); }
};

Status derive(FileKey& key, const KeystoreHeader& header, std::string_view password) {
    std::string text = composed(password).value_or(std::string(password));
    const int status = crypto_pwhash(key.bytes.data(), key.bytes.size(), text.data(), text.size(),
                                     header.salt.data(), header.passes,
                                     header.memory_kib * kib_bytes, crypto_pwhash_ALG_ARGON2ID13);
    wipe({reinterpret_cast<u8*>(text.data()), text.size()});
    if (status != 0)
        return fail(ErrorCode::limit_exceeded,
                    "not enough memory for the password: the keystore asks for " +
                        std::to_string(header.memory_kib) + " KiB");
    return {};
}

Result<KeystoreFile> decode_file(ByteView bytes) {
    if (bytes.size() != file_bytes) return fail(ErrorCode::malformed, "not a keystore file");
    const KeystoreFile file = TRY(bcs::decode<KeystoreFile>(bytes));
    if (file.checksum != checksum_of(file))
        return fail(ErrorCode::malformed, "the keystore file is damaged");
    if (file.header.kdf != kdf_argon2id)
        return fail(ErrorCode::malformed, "the keystore names an unknown key derivation");
    if (!cost_is_allowed(file.header.memory_kib, file.header.passes))
        return fail(ErrorCode::malformed, "the keystore asks for more than 1 GiB or 10 passes");
    return file;
}

}  // namespace

Result<Bytes> seal_keystore(const ByteArray<32>& secret, std::string_view password,
                            KeystoreCost cost) {
    if (!cost_is_allowed(cost.memory_kib, cost.passes))
        return fail(ErrorCode::usage, "a keystore takes 8 KiB to 1 GiB and 1 to 10 passes");
    KeystoreFile file;
    file.header.memory_kib = cost.memory_kib;
    file.header.passes = cost.passes;
    random_bytes(file.header.salt);
    random_bytes(file.header.nonce);

    FileKey key;
    TRY(derive(key, file.header, password));
    const Bytes associated = bcs::encode(file.header);
    JANGBU_ASSERT(associated.size() == header_bytes);
    crypto_aead_xchacha20poly1305_ietf_encrypt(file.sealed.data(), nullptr, secret.data(),
                                               secret.size(), associated.data(), associated.size(),
                                               nullptr, file.header.nonce.data(), key.bytes.data());
    file.checksum = checksum_of(file);
    Bytes bytes = bcs::encode(file);
    JANGBU_ASSERT(bytes.size() == file_bytes);
    return bytes;
}

Result<ByteArray<32>> open_keystore(ByteView bytes, std::string_view password) {
    const KeystoreFile file = TRY(decode_file(bytes));
    FileKey key;
    TRY(derive(key, file.header, password));
    const Bytes associated = bcs::encode(file.header);
    ByteArray<32> secret{};
    const int status = crypto_aead_xchacha20poly1305_ietf_decrypt(
        secret.data(), nullptr, nullptr, file.sealed.data(), file.sealed.size(), associated.data(),
        associated.size(), file.header.nonce.data(), key.bytes.data());
    if (status != 0)
        return fail(ErrorCode::wrong_password, "the password does not open the keystore");
    return secret;
}

Status write_keystore(const std::filesystem::path& file, const ByteArray<32>& secret,
                      std::string_view password, KeystoreCost cost) {
    const Bytes bytes = TRY(seal_keystore(secret, password, cost));
    return write_file_atomically(file, bytes, FileMode::owner_only, IfExists::refuse);
}

Result<ByteArray<32>> read_keystore(const std::filesystem::path& file, std::string_view password) {
    const Result<Bytes> bytes = read_file(file, file_bytes);
    if (!bytes && bytes.error().code == ErrorCode::limit_exceeded)
        return fail(ErrorCode::malformed, file.string() + " is not a keystore file");
    return open_keystore(TRY(bytes), password);
}

}  // namespace jangbu::crypto
