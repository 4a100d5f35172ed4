#include "crypto/secrets.h"

#include <doctest/doctest.h>

#include "crypto/unicode.h"
#include "tests/support/vectors.h"

namespace jangbu::crypto {
namespace {

using test::array_of;
using test::json;
using test::number_of;

std::string joined(const std::vector<std::string>& words, std::string_view space = " ") {
    std::string text;
    for (const std::string& word : words) {
        if (!text.empty()) text += space;
        text += word;
    }
    return text;
}

TEST_CASE("secrets: every key of an organisation follows from its secret") {
    const json& file = test::vectors("hashes.json")["secrets"];
    const OrganisationSecret secret(array_of<32>(file["organisation_secret"]));
    CHECK(secret.dataset_seed(array_of<16>(file["seed_nonce"])) ==
          array_of<32>(file["dataset_seed"]));
    CHECK(secret.delivery_secret() == array_of<32>(file["delivery_secret"]));
    REQUIRE(file["signing_keys"].size() == 6);
    for (const json& entry : file["signing_keys"]) {
        const SigningKey key = secret.signing_key(static_cast<Purpose>(number_of(entry["purpose"])),
                                                  static_cast<u32>(number_of(entry["n"])));
        CHECK(key.public_key() == PublicKey(array_of<32>(entry["public"])));
        CHECK(key.public_key() == SigningKey(array_of<32>(entry["seed"])).public_key());
    }
    REQUIRE(file["prekeys"].size() == 4);
    for (const json& entry : file["prekeys"]) {
        const ExchangeSecret prekey = secret.prekey(static_cast<u32>(number_of(entry["n"])));
        CHECK(prekey == array_of<32>(entry["secret"]));
        CHECK(exchange_public(prekey) == ExchangeKey(array_of<32>(entry["public"])));
    }
}

TEST_CASE("secrets: two random secrets differ") {
    CHECK(OrganisationSecret::random().bytes() != OrganisationSecret::random().bytes());
}

// The English texts are vectors of BIP-39 and, like the Korean ones, the output of another
// implementation (python-mnemonic 0.21).
struct Words {
    const char* secret;
    const char* english;
    const char* korean;
};
constexpr Words known[] = {
    {"0000000000000000000000000000000000000000000000000000000000000000",
     "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon "
     "abandon "
     "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon art",
     "가격 가격 가격 가격 가격 가격 가격 가격 가격 가격 가격 가격 가격 가격 가격 가격 가격 가격 "
     "가격 가격 "
     "가격 가격 가격 계단"},
    {"7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f",
     "legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth "
     "useful legal winner thank year wave sausage worth title",
     "실장 활동 큰절 흔적 형제 제대로 훈련 한글 실장 활동 큰절 흔적 형제 제대로 훈련 한글 실장 "
     "활동 큰절 "
     "흔적 형제 제대로 훈련 통로"},
    {"8080808080808080808080808080808080808080808080808080808080808080",
     "letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount "
     "doctor "
     "acoustic avoid letter advice cage absurd amount doctor acoustic bless",
     "실현 감소 기법 가상 걱정 무슨 가족 공간 실현 감소 기법 가상 걱정 무슨 가족 공간 실현 감소 "
     "기법 가상 "
     "걱정 무슨 가족 구속"},
    {"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo "
     "vote",
     "힘껏 힘껏 힘껏 힘껏 힘껏 힘껏 힘껏 힘껏 힘껏 힘껏 힘껏 힘껏 힘껏 힘껏 힘껏 힘껏 힘껏 힘껏 "
     "힘껏 힘껏 "
     "힘껏 힘껏 힘껏 허용"},
    {"68a79eaca2324873eacc50cb9c6eca8cc68ea5d936f98787c60c7ebc74e6ce7c",
     "hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy "
     "gospel tennis maple dilemma loan word shrug inflict delay length",
     "설렁탕 모범 일곱 민간 낙엽 매스컴 일곱 언어 지진 통장 잠시 국제 설문 복도 생방송 큰딸 약수 "
     "목소리 아직 "
     "횡단보도 중독 수필 매스컴 실컷"},
    {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
     "abandon amount liar amount expire adjust cage candy arch gather drum bullet absurd math era "
     "live "
     "bid rhythm alien crouch range attend journey unaware",
     "가격 걱정 심부름 걱정 별도 갈색 기법 기운 경력 산길 미술 금고 가상 어른 배달 아울러 교육 "
     "전공 같이 "
     "독립 작품 고민 시댁 하드웨어"},
};

TEST_CASE("words: known secrets have the known words in both lists and come back") {
    for (const Words& entry : known) {
        const ByteArray<32> secret = array_of<32>(entry.secret);
        CHECK(joined(to_words(secret, WordList::english)) == entry.english);
        CHECK(joined(to_words(secret, WordList::korean)) == entry.korean);
        CHECK(from_words(entry.english).value() == secret);
        CHECK(from_words(entry.korean).value() == secret);
    }
}

TEST_CASE("words: the lists are those of BIP-39, byte for byte") {
    for (const auto& [list, published] :
         {std::pair{WordList::english,
                    "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"},
          std::pair{WordList::korean,
                    "9e95f86c167de88f450f0aaf89e87f6624a57f973c67b516e338e8e8b8897f60"}}) {
        std::string file;
        for (unsigned place = 0; place < 2048; ++place) {
            // The first 11 bits of the secret are the place of the first word.
            ByteArray<32> secret{};
            secret[0] = static_cast<u8>(place >> 3);
            secret[1] = static_cast<u8>(place << 5);
            file += decomposed(to_words(secret, list)[0]).value() + "\n";
        }
        CHECK(to_hex(sha256(as_bytes(file))) == published);
    }
}

TEST_CASE("words: Korean is read composed, decomposed and mixed") {
    for (const Words& entry : known) {
        const std::string korean = entry.korean;
        const std::string parts = decomposed(korean).value();
        CHECK(parts != korean);
        CHECK(from_words(parts).value() == array_of<32>(entry.secret));
        const std::size_t half = korean.find(' ', korean.size() / 2);
        const std::string mixed = korean.substr(0, half) + decomposed(korean.substr(half)).value();
        CHECK(from_words(mixed).value() == array_of<32>(entry.secret));
    }
}

TEST_CASE("words: any spaces and capitals are taken") {
    const ByteArray<32> secret = array_of<32>(known[4].secret);
    for (std::string_view space : {"  ", "\n", "\t", "\r\n", "\xE3\x80\x80", "\xC2\xA0"}) {
        const std::string text = joined(to_words(secret, WordList::english), space);
        CHECK(from_words(text).value() == secret);
        CHECK(from_words(" \n" + text + "\n ").value() == secret);
    }
    std::string capitals = known[4].english;
    for (char& c : capitals)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    CHECK(from_words(capitals).value() == secret);
}

TEST_CASE("words: what is wrong is named and never repeats a word") {
    const auto fails = [](std::string_view text, const char* detail) {
        const Result<ByteArray<32>> result = from_words(text);
        REQUIRE_FALSE(result.has_value());
        CHECK(result.error().code == ErrorCode::malformed);
        CHECK(result.error().detail == detail);
    };
    std::vector<std::string> words = to_words(array_of<32>(known[4].secret), WordList::english);
    words[6] = "privat";
    fails(joined(words), "word 7 is not in the English word list");
    words[6] = "private";
    std::swap(words[0], words[1]);
    fails(joined(words), "the checksum of the words does not match");
    std::swap(words[0], words[1]);
    words.push_back("zoo");
    fails(joined(words), "24 words are needed, there are 25");
    words.resize(23);
    fails(joined(words), "24 words are needed, there are 23");
    fails("", "24 words are needed, there are 0");
    fails(" \t\n", "24 words are needed, there are 0");
    fails("\xFF", "the words are not valid UTF-8");
    fails(std::string(5000, 'a'), "the text is too long for 24 words");

    std::vector<std::string> mixed = to_words(array_of<32>(known[4].secret), WordList::english);
    mixed[23] = to_words(array_of<32>(known[4].secret), WordList::korean)[23];
    fails(joined(mixed), "word 24 is not in the English word list");
    mixed = to_words(array_of<32>(known[4].secret), WordList::korean);
    mixed[1] = "zoo";
    fails(joined(mixed), "word 2 is not in the Korean word list");
}

TEST_CASE("words: of all last words exactly those with the right checksum are taken") {
    // 3 bits of secret and 8 of checksum make the last word, so 8 of 2,048 fit.
    std::vector<std::string> words = to_words(array_of<32>(known[5].secret), WordList::english);
    unsigned taken = 0;
    for (unsigned place = 0; place < 2048; ++place) {
        ByteArray<32> finder{};
        finder[0] = static_cast<u8>(place >> 3);
        finder[1] = static_cast<u8>(place << 5);
        words[23] = to_words(finder, WordList::english)[0];
        const Result<ByteArray<32>> secret = from_words(joined(words));
        if (!secret) continue;
        ++taken;
        CHECK(joined(to_words(*secret, WordList::english)) == joined(words));
    }
    CHECK(taken == 8);
}

}  // namespace
}  // namespace jangbu::crypto
