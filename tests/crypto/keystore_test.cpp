#include "crypto/keystore.h"

#include <doctest/doctest.h>
#include <sodium.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>

#include "base/file.h"

namespace jangbu::crypto {
namespace {

namespace fs = std::filesystem;

constexpr KeystoreCost small_cost{.memory_kib = 8, .passes = 1};
constexpr std::size_t file_bytes = 106;
constexpr std::size_t checksum_at = 98;

const ByteArray<32> kept_secret = [] {
    ByteArray<32> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<u8>(7 * i + 1);
    return bytes;
}();

ErrorCode code_of(const Result<ByteArray<32>>& result) {
    REQUIRE_FALSE(result.has_value());
    return result.error().code;
}

// Makes the checksum right again, as someone would who changes a file on purpose.
void refresh_checksum(Bytes& file) {
    static const Tag tag("jangbu/keystore/v1");
    const Hash hash = tag(ByteView(file).first(checksum_at));
    std::copy_n(hash.begin(), 8, file.begin() + checksum_at);
}

u32 memory_kib_of(const Bytes& file) {
    u32 value = 0;
    for (std::size_t i = 0; i < 4; ++i) value |= static_cast<u32>(file[2 + i]) << (8 * i);
    return value;
}

struct Folder {
    fs::path path;
    Folder() {
        std::string name = (fs::temp_directory_path() / "jangbu-keys-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { fs::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
};

TEST_CASE("keystore: opens with its password and with no other") {
    for (std::string_view password : {"", "correct horse", "비밀번호"}) {
        const Bytes file = seal_keystore(kept_secret, password, small_cost).value();
        CHECK(file.size() == file_bytes);
        CHECK(open_keystore(file, password).value() == kept_secret);
        CHECK(code_of(open_keystore(file, std::string(password) + "x")) ==
              ErrorCode::wrong_password);
        CHECK(code_of(open_keystore(file, "CORRECT HORSE")) == ErrorCode::wrong_password);
    }
}

TEST_CASE("keystore: a password composed or decomposed is one password") {
    const std::string composed = "\xEA\xB0\x80";                // U+AC00
    const std::string decomposed = "\xE1\x84\x80\xE1\x85\xA1";  // U+1100 U+1161
    const Bytes file = seal_keystore(kept_secret, decomposed, small_cost).value();
    CHECK(open_keystore(file, composed).value() == kept_secret);
    CHECK(open_keystore(file, decomposed).value() == kept_secret);
}

TEST_CASE("keystore: any bytes are a password, also those that are not UTF-8") {
    const std::string password("\xFF\x00\xC0", 3);
    const Bytes file = seal_keystore(kept_secret, password, small_cost).value();
    CHECK(open_keystore(file, password).value() == kept_secret);
}

TEST_CASE("keystore: the bytes are those of the format description") {
    const Bytes file = seal_keystore(kept_secret, "password", small_cost).value();
    CHECK(to_hex(ByteView(file).first(10)) == "01010800000001000000");
    const ByteView salt = ByteView(file).subspan(10, 16);
    const ByteView nonce = ByteView(file).subspan(26, 24);
    const ByteView sealed = ByteView(file).subspan(50, 48);
    ByteArray<32> key{};
    REQUIRE(crypto_pwhash_argon2id(key.data(), key.size(), "password", 8, salt.data(), 1, 8192,
                                   crypto_pwhash_argon2id_ALG_ARGON2ID13) == 0);
    ByteArray<32> opened{};
    REQUIRE(crypto_aead_xchacha20poly1305_ietf_decrypt(opened.data(), nullptr, nullptr,
                                                       sealed.data(), sealed.size(), file.data(),
                                                       50, nonce.data(), key.data()) == 0);
    CHECK(opened == kept_secret);
    Bytes again = file;
    refresh_checksum(again);
    CHECK(again == file);
}

TEST_CASE("keystore: two files of one secret share neither salt nor nonce nor seal") {
    const Bytes a = seal_keystore(kept_secret, "p", small_cost).value();
    const Bytes b = seal_keystore(kept_secret, "p", small_cost).value();
    for (std::ptrdiff_t start : {10, 26, 50})
        CHECK_FALSE(std::equal(a.begin() + start, a.begin() + start + 16, b.begin() + start));
}

TEST_CASE("keystore: every flipped bit, every cut and every added byte is refused as damage") {
    const Bytes file = seal_keystore(kept_secret, "password", small_cost).value();
    for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
        Bytes changed = file;
        changed[bit / 8] = static_cast<u8>(changed[bit / 8] ^ (1U << bit % 8));
        INFO("bit " << bit);
        CHECK(code_of(open_keystore(changed, "password")) == ErrorCode::malformed);
    }
    for (std::size_t size = 0; size < file.size(); ++size)
        CHECK(code_of(open_keystore(ByteView(file).first(size), "password")) ==
              ErrorCode::malformed);
    Bytes longer = file;
    longer.push_back(0);
    CHECK(code_of(open_keystore(longer, "password")) == ErrorCode::malformed);
}

TEST_CASE("keystore: every flipped bit is refused also with a refreshed checksum") {
    const Bytes file = seal_keystore(kept_secret, "password", small_cost).value();
    for (std::size_t bit = 0; bit < 8 * checksum_at; ++bit) {
        Bytes changed = file;
        changed[bit / 8] = static_cast<u8>(changed[bit / 8] ^ (1U << bit % 8));
        refresh_checksum(changed);
        // Of the allowed costs only those that this test can pay.
        const u32 memory_kib = memory_kib_of(changed);
        if (memory_kib > 64 * 1024 && memory_kib <= keystore_memory_kib_max) continue;
        INFO("bit " << bit);
        const ErrorCode code = code_of(open_keystore(changed, "password"));
        const bool refused = code == ErrorCode::wrong_password || code == ErrorCode::malformed;
        CHECK(refused);
    }
}

TEST_CASE("keystore: a hostile file cannot ask for more than the caps") {
    const Bytes file = seal_keystore(kept_secret, "password", small_cost).value();
    const auto with = [&](u32 memory_kib, u32 passes) {
        Bytes changed = file;
        const ByteArray<4> memory = le32(memory_kib);
        const ByteArray<4> pass = le32(passes);
        std::copy(memory.begin(), memory.end(), changed.begin() + 2);
        std::copy(pass.begin(), pass.end(), changed.begin() + 6);
        refresh_checksum(changed);
        return code_of(open_keystore(changed, "password"));
    };
    CHECK(with(keystore_memory_kib_max + 1, 1) == ErrorCode::malformed);
    CHECK(with(0xFFFFFFFF, 1) == ErrorCode::malformed);
    CHECK(with(8, keystore_passes_max + 1) == ErrorCode::malformed);
    CHECK(with(8, 0xFFFFFFFF) == ErrorCode::malformed);
    CHECK(with(7, 1) == ErrorCode::malformed);
    CHECK(with(0, 1) == ErrorCode::malformed);
    CHECK(with(8, 0) == ErrorCode::malformed);
    CHECK(with(8, keystore_passes_max) == ErrorCode::wrong_password);
}

TEST_CASE("keystore: a cost out of bounds is not written") {
    for (KeystoreCost cost :
         {KeystoreCost{.memory_kib = 7, .passes = 1},
          KeystoreCost{.memory_kib = keystore_memory_kib_max + 1, .passes = 1},
          KeystoreCost{.memory_kib = 8, .passes = 0}, KeystoreCost{.memory_kib = 8, .passes = 11}})
        CHECK(seal_keystore(kept_secret, "p", cost).error().code == ErrorCode::usage);
}

TEST_CASE("keystore: a file is for its owner only, is never replaced and is read again") {
    const Folder folder;
    const fs::path file = folder.path / "organisation.keystore";
    REQUIRE(write_keystore(file, kept_secret, "password", small_cost));
    struct stat status{};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0600);

    const Bytes before = read_file(file, 1000).value();
    const Status second = write_keystore(file, ByteArray<32>{9}, "other", small_cost);
    CHECK(second.error().code == ErrorCode::already_exists);
    CHECK(read_file(file, 1000).value() == before);
    CHECK(read_keystore(file, "password").value() == kept_secret);
    CHECK(code_of(read_keystore(file, "other")) == ErrorCode::wrong_password);
    CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()) == 1);
}

TEST_CASE("keystore: a missing file and a file of something else are told apart") {
    const Folder folder;
    CHECK(code_of(read_keystore(folder.path / "none", "p")) == ErrorCode::not_found);
    REQUIRE(write_file_atomically(folder.path / "long", Bytes(5000), FileMode::owner_only));
    CHECK(code_of(read_keystore(folder.path / "long", "p")) == ErrorCode::malformed);
    REQUIRE(write_file_atomically(folder.path / "empty", Bytes(), FileMode::owner_only));
    CHECK(code_of(read_keystore(folder.path / "empty", "p")) == ErrorCode::malformed);
}

TEST_CASE("keystore: the usual cost works") {
    const Bytes file = seal_keystore(kept_secret, "password").value();
    CHECK(to_hex(ByteView(file).first(10)) == "01010000040003000000");
    CHECK(open_keystore(file, "password").value() == kept_secret);
}

}  // namespace
}  // namespace jangbu::crypto
