// PdfPage: one A4 page over libharu: text in Korean and English, lines, a QR code, an attached
// file.
//
// Sizes in points from the lower left corner, colours as 0xRRGGBB. Fonts are Nanum (Debian
// fonts-nanum, OFL-1.1), embedded as subsets; from JANGBU_FONTS, else from where Debian puts them.
// The same calls give the same bytes: nothing depends on the clock. A fault of the library is
// remembered and told by finish(). Threads: one. Errors: io (a font is missing), unavailable (the
// library).
#pragma once

#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace jangbu::client {

enum class PdfFont { text, bold, serif };
enum class Align { left, centre, right };

class PdfPage {
public:
    static constexpr float width = 595.276f;
    static constexpr float height = 841.89f;

    static Result<PdfPage> make(const std::string& title);
    PdfPage(PdfPage&&) noexcept;
    PdfPage& operator=(PdfPage&&) noexcept;
    ~PdfPage();

    struct Style {
        PdfFont font = PdfFont::text;
        float size = 10;
        u32 colour = 0x1b2430;
        Align align = Align::left;
        float spacing = 0;  // between characters
    };
    void text(float x, float y, const std::string& words, const Style& style);
    float text_width(const std::string& words, const Style& style);
    // Every character has a shape in the font.
    bool can_show(const std::string& words, PdfFont font);

    void line(float x1, float y1, float x2, float y2, float thickness, u32 colour);
    void box(float x, float y, float w, float h, float thickness, u32 colour);
    void fill(float x, float y, float w, float h, u32 colour);
    void disc(float x, float y, float radius, u32 colour);
    void ring(float x, float y, float radius, float thickness, u32 colour);
    // A square of `side` with its quiet zone.
    Status qr(float x, float y, float side, const std::string& content);
    // Listed by readers as an attachment, and as a file associated with the document (ISO 32000-2
    // section 14.13).
    void attach(const std::string& name, const std::string& media_type, ByteView content,
                const std::string& description);

    Result<Bytes> finish();

private:
    struct State;
    explicit PdfPage(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// The file that attach() put into these bytes. Errors: verification_failed (none, or more than one,
// or written by another program).
Result<Bytes> attached_file(ByteView pdf);

}  // namespace jangbu::client
