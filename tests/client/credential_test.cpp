#include "client/certificate_page.h"

#include "base/file.h"
#include "client/pdf_page.h"
#include "tests/client/folder.h"

namespace jangbu::client {
namespace {

// A credential that a run of the programs made; frozen here.
constexpr const char* corpus = JANGBU_SOURCE "/tests/fuzz/corpus/credential/";
ledger::jbproof::Trusted corpus_ledger() {
    return {*ledger::ChainId::from_hex(
                "3b9e1da404e9ecee3da40cd6095683d8cf6856199957220d3018ce8168745fb3"),
            {}};
}
std::string corpus_file(const std::string& name) {
    return std::string(as_text(read_file(corpus + name, 1 << 20).value()));
}

TEST_CASE("credential: the frozen one holds, in any layout, and says what it said") {
    const auto credential = read_credential(corpus_file("sound"), corpus_ledger());
    REQUIRE_MESSAGE(credential.has_value(), credential.error().detail);
    CHECK(credential->words.name == "대한정밀 주식회사");
    CHECK(credential->words.title == "5축 가공기 주축 진동·온도 2026");
    CHECK(credential->claim.simulated);
    CHECK(credential->text == corpus_file("sound"));
    const auto pretty = read_credential(corpus_file("pretty"), corpus_ledger());
    REQUIRE(pretty.has_value());
    CHECK(pretty->text == credential->text);
    const ledger::jbproof::Trusted other{ledger::ChainId(), {}};
    CHECK(!read_credential(corpus_file("sound"), other).has_value());
}

TEST_CASE("credential: one flipped bit anywhere is refused, or changes nothing that is said") {
    const std::string sound = corpus_file("sound");
    for (std::size_t at = 0; at < sound.size(); at += 3) {
        std::string bad = sound;
        bad[at] = static_cast<char>(static_cast<u8>(bad[at]) ^ 1u << at % 7);
        const auto read = read_credential(bad, corpus_ledger());
        if (read) CHECK(read->text == sound);
        if (!read) CHECK(read.error().code == ErrorCode::verification_failed);
    }
}

TEST_CASE("certificate page: the same for every reader, whomever he trusts") {
    auto credential = read_credential(corpus_file("sound"), corpus_ledger());
    REQUIRE(credential.has_value());
    const auto page = certificate_page(*credential);
    REQUIRE_MESSAGE(page.has_value(), page.error().detail);
    credential->claim.proof.level = "E1";
    credential->claim.proof.witnesses_pinned = 1;
    CHECK(certificate_page(*credential) == *page);
    CHECK(attached_file(*page) == to_bytes(as_bytes(credential->text)));
    credential->claim.proof.witnesses.push_back(credential->issuer);  // who signed is on it
    CHECK(certificate_page(*credential) != *page);
}

TEST_CASE("credential: names are one line of composed Unicode text") {
    CHECK(issuer_words("대한정밀(주)", "name") == "대한정밀(주)");
    CHECK(issuer_words("\u1112\u1161\u11ab", "name") ==
          "한");  // decomposed, as some systems write it
    for (const char* bad : {"two\nlines", "bell\a", "right to left \u202e", "\xff"})
        CHECK(issuer_words(bad, "name").error().code == ErrorCode::usage);
    CHECK(!issuer_words(std::string(121, 'a'), "name").has_value());
}

TEST_CASE("attachment: what is no page of ours is refused with the reason") {
    const auto refused = [](std::string_view pdf) {
        const auto file = attached_file(as_bytes(pdf));
        return file ? std::string() : file.error().detail;
    };
    CHECK(refused("").find("no file is attached") != std::string::npos);
    CHECK(refused("%PDF /Type /EmbeddedFile /Size 5").find("cut") != std::string::npos);
    CHECK(refused("/Type /EmbeddedFile /Size 99 >>stream\nabc\nendstream").find("cut") !=
          std::string::npos);
    CHECK(refused("/Type /EmbeddedFile /Size 2 >>stream\nabc\nendstream").find("length") !=
          std::string::npos);
    CHECK(refused("/Type /EmbeddedFile /Filter /X /Size 3 >>stream\nabc\nendstream")
              .find("another program") != std::string::npos);
    CHECK(refused("/Type /EmbeddedFile /Size 3 >>stream\nabc\nendstream /Type /EmbeddedFile")
              .find("more than one") != std::string::npos);
    CHECK(attached_file(as_bytes("/Type /EmbeddedFile /Size 3 >>stream\r\nabc\nendstream")) ==
          to_bytes(as_bytes("abc")));
}

}  // namespace
}  // namespace jangbu::client
