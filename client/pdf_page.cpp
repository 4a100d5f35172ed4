#include "client/pdf_page.h"

#include <hpdf.h>
#include <qrencode.h>

#include <cstdlib>
#include <filesystem>

namespace jangbu::client {
namespace {

constexpr const char* font_folder = "/usr/share/fonts/truetype/nanum";
constexpr const char* font_files[] = {"NanumGothic.ttf", "NanumGothicBold.ttf",
                                      "NanumMyeongjoBold.ttf"};

float part(u32 colour, int shift) {
    return static_cast<float>(colour >> shift & 0xff) / 255.0f;
}

struct FreeCode {
    void operator()(QRcode* code) const { QRcode_free(code); }
};

}  // namespace

struct PdfPage::State {
    struct FreeDocument {
        void operator()(HPDF_Doc one) const { HPDF_Free(one); }
    };

    std::unique_ptr<std::remove_pointer_t<HPDF_Doc>, FreeDocument> document;
    HPDF_Page page = nullptr;
    HPDF_Font fonts[3] = {};

    void stroke(float thickness, u32 colour) {
        HPDF_Page_SetLineWidth(page, thickness);
        HPDF_Page_SetRGBStroke(page, part(colour, 16), part(colour, 8), part(colour, 0));
    }
    void paint(u32 colour) {
        HPDF_Page_SetRGBFill(page, part(colour, 16), part(colour, 8), part(colour, 0));
    }
    void use(const Style& style) {
        HPDF_Page_SetFontAndSize(page, fonts[static_cast<int>(style.font)], style.size);
        HPDF_Page_SetCharSpace(page, style.spacing);
    }
};

PdfPage::PdfPage(std::unique_ptr<State> state) : state_(std::move(state)) {}
PdfPage::PdfPage(PdfPage&&) noexcept = default;
PdfPage& PdfPage::operator=(PdfPage&&) noexcept = default;
PdfPage::~PdfPage() = default;

Result<PdfPage> PdfPage::make(const std::string& title) {
    auto state = std::make_unique<State>();
    state->document.reset(HPDF_New(nullptr, nullptr));  // no handler: faults are remembered
    if (!state->document) return fail(ErrorCode::unavailable, "the PDF library does not start");
    HPDF_Doc document = state->document.get();
    HPDF_UseUTFEncodings(document);
    HPDF_SetCompressionMode(document, HPDF_COMP_ALL);
    HPDF_SetInfoAttr(document, HPDF_INFO_TITLE, title.c_str());
    HPDF_SetInfoAttr(document, HPDF_INFO_CREATOR, "Jangbu");
    const char* said = std::getenv("JANGBU_FONTS");
    const std::filesystem::path folder = said ? said : font_folder;
    for (int i = 0; i < 3; ++i) {
        const std::filesystem::path file = folder / font_files[i];
        const char* name = HPDF_LoadTTFontFromFile(document, file.c_str(), HPDF_TRUE);
        if (!name)
            return fail(ErrorCode::io,
                        "cannot read the font " + file.string() +
                            "; install fonts-nanum, or name its folder in JANGBU_FONTS");
        state->fonts[i] = HPDF_GetFont(document, name, "UTF-8");
    }
    state->page = HPDF_AddPage(document);
    HPDF_Page_SetSize(state->page, HPDF_PAGE_SIZE_A4, HPDF_PAGE_PORTRAIT);
    return PdfPage(std::move(state));
}

float PdfPage::text_width(const std::string& words, const Style& style) {
    state_->use(style);
    return HPDF_Page_TextWidth(state_->page, words.c_str());
}

void PdfPage::text(float x, float y, const std::string& words, const Style& style) {
    const float wide = style.align == Align::left ? 0 : text_width(words, style);
    if (style.align == Align::centre) x -= wide / 2;
    if (style.align == Align::right) x -= wide;
    state_->use(style);
    state_->paint(style.colour);
    HPDF_Page_BeginText(state_->page);
    HPDF_Page_TextOut(state_->page, x, y, words.c_str());
    HPDF_Page_EndText(state_->page);
}

bool PdfPage::can_show(const std::string& words, PdfFont font) {
    HPDF_Font in = state_->fonts[static_cast<int>(font)];
    for (std::size_t i = 0; i < words.size();) {
        const u8 first = static_cast<u8>(words[i]);
        const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        if (length == 4) return false;  // libharu's encoding ends at U+FFFF
        u32 point = length == 1 ? first : first & (0xffu >> (length + 1));
        for (std::size_t k = 1; k < length; ++k)
            point = point << 6 | (static_cast<u8>(words[i + k]) & 0x3f);
        i += length;
        if (HPDF_Font_GetUnicodeWidth(in, static_cast<HPDF_UNICODE>(point)) == 0) return false;
    }
    return true;
}

void PdfPage::line(float x1, float y1, float x2, float y2, float thickness, u32 colour) {
    state_->stroke(thickness, colour);
    HPDF_Page_MoveTo(state_->page, x1, y1);
    HPDF_Page_LineTo(state_->page, x2, y2);
    HPDF_Page_Stroke(state_->page);
}

void PdfPage::box(float x, float y, float w, float h, float thickness, u32 colour) {
    state_->stroke(thickness, colour);
    HPDF_Page_Rectangle(state_->page, x, y, w, h);
    HPDF_Page_Stroke(state_->page);
}

void PdfPage::fill(float x, float y, float w, float h, u32 colour) {
    state_->paint(colour);
    HPDF_Page_Rectangle(state_->page, x, y, w, h);
    HPDF_Page_Fill(state_->page);
}

void PdfPage::disc(float x, float y, float radius, u32 colour) {
    state_->paint(colour);
    HPDF_Page_Circle(state_->page, x, y, radius);
    HPDF_Page_Fill(state_->page);
}

void PdfPage::ring(float x, float y, float radius, float thickness, u32 colour) {
    state_->stroke(thickness, colour);
    HPDF_Page_Circle(state_->page, x, y, radius);
    HPDF_Page_Stroke(state_->page);
}

Status PdfPage::qr(float x, float y, float side, const std::string& content) {
    const std::unique_ptr<QRcode, FreeCode> code(
        QRcode_encodeString(content.c_str(), 0, QR_ECLEVEL_M, QR_MODE_8, 1));
    if (!code) return fail(ErrorCode::unavailable, "the QR library refuses this content");
    constexpr int quiet = 4;  // modules, ISO/IEC 18004
    const float module = side / static_cast<float>(code->width + 2 * quiet);
    fill(x, y, side, side, 0xffffff);
    state_->paint(0x000000);
    for (int row = 0; row < code->width; ++row)
        for (int column = 0; column < code->width; ++column)
            if (code->data[row * code->width + column] & 1)
                HPDF_Page_Rectangle(state_->page, x + static_cast<float>(column + quiet) * module,
                                    y + side - static_cast<float>(row + quiet + 1) * module, module,
                                    module);
    HPDF_Page_Fill(state_->page);
    return {};
}

// libharu's own HPDF_AttachFile keeps the path of a file as its name and knows no relationship.
void PdfPage::attach(const std::string& name, const std::string& media_type, ByteView content,
                     const std::string& description) {
    HPDF_Doc document = state_->document.get();
    const auto word = [&](const std::string& text) {
        return HPDF_String_New(document->mmgr, text.c_str(), nullptr);
    };
    // Not compressed, so that the file can be taken out with any editor.
    HPDF_Dict stream = HPDF_DictStream_New(document->mmgr, document->xref);
    HPDF_Dict_AddName(stream, "Type", "EmbeddedFile");
    HPDF_Dict_AddName(stream, "Subtype", media_type.c_str());
    HPDF_Dict params = HPDF_Dict_New(document->mmgr);
    HPDF_Dict_AddNumber(params, "Size", static_cast<HPDF_INT32>(content.size()));
    HPDF_Dict_Add(stream, "Params", params);
    HPDF_Stream_Write(stream->stream, content.data(), static_cast<HPDF_UINT>(content.size()));

    HPDF_Dict file = HPDF_Dict_New(document->mmgr);
    HPDF_Xref_Add(document->xref, file);
    HPDF_Dict_AddName(file, "Type", "Filespec");
    HPDF_Dict_Add(file, "F", word(name));
    HPDF_Dict_Add(file, "UF", word(name));
    HPDF_Dict_Add(file, "Desc", word(description));
    HPDF_Dict_AddName(file, "AFRelationship", "Data");
    HPDF_Dict embedded = HPDF_Dict_New(document->mmgr);
    HPDF_Dict_Add(embedded, "F", stream);
    HPDF_Dict_Add(file, "EF", embedded);

    HPDF_Array names = HPDF_Array_New(document->mmgr);
    HPDF_Array_Add(names, word(name));
    HPDF_Array_Add(names, file);
    HPDF_Dict tree = HPDF_Dict_New(document->mmgr);
    HPDF_Dict_Add(tree, "Names", names);
    HPDF_Dict all = HPDF_Dict_New(document->mmgr);
    HPDF_Dict_Add(all, "EmbeddedFiles", tree);
    HPDF_Dict_Add(document->catalog, "Names", all);
    HPDF_Array associated = HPDF_Array_New(document->mmgr);
    HPDF_Array_Add(associated, file);
    HPDF_Dict_Add(document->catalog, "AF", associated);
}

Result<Bytes> PdfPage::finish() {
    HPDF_Doc document = state_->document.get();
    HPDF_SaveToStream(document);
    if (const HPDF_STATUS status = HPDF_GetError(document); status != HPDF_OK)
        return fail(ErrorCode::unavailable,
                    "the PDF library failed with number " + std::to_string(status));
    Bytes out(HPDF_GetStreamSize(document));
    HPDF_ResetStream(document);
    HPDF_UINT32 size = static_cast<HPDF_UINT32>(out.size());
    HPDF_ReadFromStream(document, out.data(), &size);
    if (size != out.size()) return fail(ErrorCode::unavailable, "the PDF library lost bytes");
    return out;
}

Result<Bytes> attached_file(ByteView pdf) {
    const std::string_view text = as_text(pdf);
    const auto refused = [](const char* why) {
        return fail(ErrorCode::verification_failed,
                    std::string("this PDF holds no certificate that jangbu attached: ") + why);
    };
    constexpr std::string_view type = "/Type /EmbeddedFile";
    const std::size_t at = text.find(type);
    if (at == std::string_view::npos) return refused("no file is attached as jangbu does it");
    if (text.find(type, at + 1) != std::string_view::npos)
        return refused("more than one file is attached");
    const std::size_t begin = text.find("stream", at);
    if (begin == std::string_view::npos) return refused("the attachment is cut");
    constexpr std::string_view size_name = "/Size ";
    const std::string_view dictionary = text.substr(at, begin - at);
    const std::size_t size_at = dictionary.find(size_name);
    if (size_at == std::string_view::npos || dictionary.contains("/Filter"))
        return refused("the attachment was written by another program");
    u64 size = 0;
    for (std::size_t i = size_at + size_name.size(); i < dictionary.size(); ++i) {
        const char c = dictionary[i];
        if (c < '0' || c > '9') break;
        size = size * 10 + static_cast<u64>(c - '0');
        if (size > text.size()) return refused("the attachment is cut");
    }
    std::size_t start = begin + std::string_view("stream").size();
    if (text.substr(start, 1) == "\r") ++start;
    if (text.substr(start, 1) == "\n") ++start;
    if (start > text.size() || text.size() - start < size) return refused("the attachment is cut");
    const std::size_t end = start + size;
    if (!text.substr(end).starts_with("\nendstream") &&
        !text.substr(end).starts_with("\r\nendstream"))
        return refused("the attachment has another length than it says");
    return to_bytes(pdf.subspan(start, size));
}

}  // namespace jangbu::client
