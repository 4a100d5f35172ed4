#include "client/certificate_page.h"

#include <array>

#include "client/did_key.h"
#include "client/pdf_page.h"
#include "client/plain_text.h"
#include "client/profile/number_text.h"

namespace jangbu::client {
namespace {

constexpr u32 ink = 0x1b2430;
constexpr u32 navy = 0x16324f;
constexpr u32 gold = 0xa8853f;
constexpr u32 grey = 0x66707c;
constexpr u32 red = 0xb3261e;
constexpr u32 paper = 0xfdfbf6;
constexpr float page_middle = PdfPage::width / 2;
constexpr float left_edge = 74;
constexpr float right_edge = PdfPage::width - 74;
constexpr u64 seoul_ms = 9 * 3'600'000ull;  // Korea keeps no summer time

using Style = PdfPage::Style;

Style centred(PdfFont font, float size, u32 colour, float spacing = 0) {
    return {font, size, colour, Align::centre, spacing};
}

// 2026년 1월 2일 12:04:05
std::string seoul_time(u64 ms) {
    const std::string iso = iso_time(ms + seoul_ms);
    const auto number = [&](std::size_t at) {
        return std::to_string(std::stoi(iso.substr(at, 2)));
    };
    if (iso.size() != 20) return iso;
    return iso.substr(0, 4) + "년 " + number(5) + "월 " + number(8) + "일 " + iso.substr(11, 8) +
           " (한국 시각)";
}

std::string utc_time(u64 ms) {
    const std::string iso = iso_time(ms);
    return iso.size() == 20 ? iso.substr(0, 10) + " " + iso.substr(11, 8) + " UTC" : iso;
}

// A corner of the inner frame: a square fret, as on old book covers.
void corner(PdfPage& page, float x, float y, float dx, float dy) {
    const auto line = [&](float x1, float y1, float x2, float y2) {
        page.line(x + dx * x1, y + dy * y1, x + dx * x2, y + dy * y2, 0.9f, gold);
    };
    line(0, 26, 0, 0);
    line(0, 0, 26, 0);
    line(26, 0, 26, 16);
    line(26, 16, 8, 16);
    line(8, 16, 8, 8);
    line(8, 8, 18, 8);
    line(0, 26, 16, 26);
    line(16, 26, 16, 20);
}

void frame(PdfPage& page) {
    page.fill(0, 0, PdfPage::width, PdfPage::height, paper);
    const float w = PdfPage::width;
    const float h = PdfPage::height;
    page.box(26, 26, w - 52, h - 52, 2.4f, navy);
    page.box(32, 32, w - 64, h - 64, 0.6f, gold);
    corner(page, 38, 38, 1, 1);
    corner(page, w - 38, 38, -1, 1);
    corner(page, 38, h - 38, 1, -1);
    corner(page, w - 38, h - 38, -1, -1);
}

void heading(PdfPage& page, const Credential& credential) {
    page.disc(page_middle, 762, 27, navy);
    page.ring(page_middle, 762, 23.5f, 0.7f, 0xe2cf9f);
    page.text(page_middle, 754.5f, "장부", centred(PdfFont::serif, 19, 0xffffff));
    page.text(page_middle + 4, 678, "원본 증명서", centred(PdfFont::serif, 42, navy, 8));
    page.text(page_middle + 1, 655, "CERTIFICATE OF ORIGINALITY",
              centred(PdfFont::text, 11.5f, gold, 3));
    page.text(page_middle, 633, "제 " + certificate_number(credential.claim) + " 호",
              centred(PdfFont::text, 10, grey, 0.6f));
    page.line(page_middle - 60, 624, page_middle + 60, 624, 0.6f, gold);
}

// Text that may be long: smaller until it fits, never below what can be read.
void fitted(PdfPage& page, float x, float y, const std::string& text, Style style, float width) {
    constexpr float size_min = 6.5f;
    while (style.size > size_min && page.text_width(text, style) > width) style.size -= 0.5f;
    page.text(x, y, text, style);
}

void holder(PdfPage& page, const Credential& credential) {
    const market::Dataset& dataset = *credential.claim.dataset;
    const bool named = !credential.words.name.empty();
    const float width = right_edge - left_edge;
    fitted(page, page_middle, 564,
           named ? credential.words.name : "등록 기업 " + dataset.registrant.hex().substr(0, 16),
           centred(PdfFont::serif, 25, ink), width);
    if (!credential.words.title.empty())
        fitted(page, page_middle, 540, "「" + credential.words.title + "」",
               centred(PdfFont::serif, 14, navy), width);
    page.text(page_middle, 515,
              "위 기업은 아래 데이터의 내용을 아래 시각까지 장부에 등록하여 확정하였습니다.",
              centred(PdfFont::text, 11.5f, ink));
    page.text(page_middle, 498,
              "그 원본 파일과 씨앗값을 제시하면 이를 가지고 있음을 누구에게나 보일 수 있습니다.",
              centred(PdfFont::text, 11.5f, ink));
    page.text(page_middle, 480,
              "The registrant X committed to this content not later than T. X shows possession by "
              "producing the file and its seed.",
              centred(PdfFont::text, 8, grey));
}

void simulated_notice(PdfPage& page) {
    page.box(page_middle - 150, 596, 300, 19, 1.2f, red);
    page.text(page_middle, 601.5f, "시뮬레이션 데이터 · SIMULATED DATA, NOT MEASURED",
              centred(PdfFont::bold, 9.5f, red));
}

struct FactRow {
    const char* korean;
    const char* english;
    std::string value;
    std::string under;  // a second line
};

void fact_table(PdfPage& page, const Credential& credential) {
    const Claim& claim = credential.claim;
    const market::Dataset& dataset = *claim.dataset;
    const char* origin = dataset.origin == market::Origin::simulated ? "시뮬레이션 · simulated"
                         : dataset.origin == market::Origin::derived ? "가공 · derived"
                                                                     : "수집 · collected";
    // Whom a reader trusts is not on the page, else each reader would draw another one.
    const std::string cosigned = std::to_string(claim.proof.witnesses.size());
    const std::string level = claim.proof.witnesses.empty()
                                  ? "E0 · 운영자 한 곳의 서명 · one operator's word"
                                  : "운영자와 증인 " + cosigned + "곳의 서명 · operator and " +
                                        cosigned + " witnesses (E1 for who trusts them)";
    const std::array<FactRow, 8> rows{{
        {"등록 시각 (T)", "Registered", seoul_time(dataset.registered_ms),
         utc_time(dataset.registered_ms) + " · 블록 높이 · height " +
             std::to_string(dataset.registered_height)},
        {"등록 기업 (X)", "Registrant", dataset.registrant.hex(), {}},
        {"데이터 번호", "Dataset", dataset.id.hex(), {}},
        {"내용 지문", "Data root", to_hex(dataset.data_root), {}},
        {"크기", "Length", grouped(dataset.byte_len) + " bytes",
         std::to_string(dataset.chunk_size) + " 바이트 조각 · chunks of " +
             std::to_string(dataset.chunk_size) + " bytes"},
        {"출처", "Origin", origin, "등록 기업이 밝힌 대로 · as the registrant states"},
        {"장부", "Ledger", claim.proof.genesis.name, claim.proof.header.chain_id.hex()},
        {"증거 수준", "Evidence", level, {}},
    }};
    float y = 459;
    page.line(left_edge, y + 6, right_edge, y + 6, 1.1f, navy);
    for (const FactRow& row : rows) {
        const bool two = !row.under.empty();
        const float step = two ? 30 : 27;
        page.text(left_edge + 4, y - 9, row.korean, {PdfFont::bold, 9.5f, navy, Align::left, 0});
        page.text(left_edge + 4, y - 19, row.english, {PdfFont::text, 6.8f, grey, Align::left, 0});
        const float x = left_edge + 96;
        fitted(page, x, two ? y - 9 : y - 14, row.value, {PdfFont::text, 10, ink, Align::left, 0},
               right_edge - x);
        if (two)
            fitted(page, x, y - 20, row.under, {PdfFont::text, 7.5f, grey, Align::left, 0},
                   right_edge - x);
        y -= step;
        page.line(left_edge, y + 6 - 2, right_edge, y + 6 - 2, 0.4f, 0xd9d2c0);
    }
    page.line(left_edge, y + 4, right_edge, y + 4, 1.1f, navy);
}

void limits(PdfPage& page) {
    page.text(page_middle, 214,
              "이 증명서는 데이터가 참이라는 것, 소유권, 그리고 처음 측정한 이가 누구인지를 "
              "증명하지 않습니다.",
              centred(PdfFont::text, 9.5f, ink));
    page.text(page_middle, 201,
              "It proves neither truth, nor ownership, nor that X was the first to measure it.",
              centred(PdfFont::text, 7.5f, grey));
}

// The maker's mark, a drawing: what binds is the signature inside the attachment.
void seal(PdfPage& page, float x, float y) {
    page.box(x, y, 54, 54, 2.2f, red);
    page.box(x + 4, y + 4, 46, 46, 0.7f, red);
    const Style style = centred(PdfFont::serif, 19, red);
    page.text(x + 16.5f, y + 30, "원", style);
    page.text(x + 37.5f, y + 30, "본", style);
    page.text(x + 16.5f, y + 9.5f, "증", style);
    page.text(x + 37.5f, y + 9.5f, "명", style);
}

Status foot(PdfPage& page, const Credential& credential) {
    const std::string date = seoul_time(credential.issued_ms);
    page.text(page_middle, 178, date.substr(0, date.find("일 ") + 3),
              centred(PdfFont::serif, 14, ink, 1));
    page.text(page_middle, 164, "발급 기준 · as of " + utc_time(credential.issued_ms),
              centred(PdfFont::text, 7.5f, grey));
    TRY(page.qr(left_edge, 72, 88, certificate_reference(credential.claim)));
    const float x = left_edge + 100;
    const Style small{PdfFont::text, 7.6f, ink, Align::left, 0};
    const Style faint{PdfFont::text, 6.6f, grey, Align::left, 0};
    page.text(x, 148, "확인 방법 · How to check", {PdfFont::bold, 8.6f, navy, Align::left, 0});
    page.text(x, 135,
              "이 PDF 안에 증명 파일이 들어 있습니다. 인터넷 없이 누구나 확인할 수 있습니다.",
              small);
    page.text(x, 124,
              "The proof is attached to this PDF (" + std::string(certificate_attachment) +
                  "); anyone checks it offline:",
              small);
    page.text(x, 111,
              "jangbu verify 파일.pdf --genesis " +
                  credential.claim.proof.header.chain_id.hex().substr(0, 12) + "…",
              {PdfFont::bold, 8, navy, Align::left, 0});
    page.text(x, 97,
              "종이와 그림은 증거가 아닙니다. 첨부된 파일만이 증거입니다. · Not the page, only the "
              "attachment is evidence.",
              faint);
    page.text(x, 86,
              "이름과 제목은 발급자가 적은 것입니다. · Name and title are the issuer's own words.",
              faint);
    fitted(page, x, 75, "발급 키 · signed by " + did_of(credential.issuer), faint,
           right_edge - 62 - x);
    seal(page, right_edge - 56, 146);
    return {};
}

}  // namespace

std::string certificate_reference(const Claim& claim) {
    return "JANGBU:" + claim.proof.header.chain_id.hex().substr(0, 8) + ":" +
           claim.dataset->id.hex();
}

std::string certificate_number(const Claim& claim) {
    const std::string hex = claim.dataset->id.hex();
    return hex.substr(0, 4) + "-" + hex.substr(4, 4) + "-" + hex.substr(8, 4) + "-" +
           hex.substr(12, 4);
}

Result<Bytes> certificate_page(const Credential& credential) {
    PdfPage page =
        TRY(PdfPage::make("Certificate of Originality " + certificate_number(credential.claim)));
    for (const std::string* words : {&credential.words.name, &credential.words.title})
        if (!page.can_show(*words, PdfFont::serif))
            return fail(ErrorCode::usage,
                        "the fonts have no shape for a character of \"" + *words + "\"");
    frame(page);
    heading(page, credential);
    if (credential.claim.simulated) simulated_notice(page);
    holder(page, credential);
    fact_table(page, credential);
    limits(page);
    TRY(foot(page, credential));
    page.attach(certificate_attachment, "application/vc", as_bytes(credential.text),
                "W3C Verifiable Credential with the proofs of this certificate");
    return page.finish();
}

}  // namespace jangbu::client
