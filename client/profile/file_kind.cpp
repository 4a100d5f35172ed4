#include "client/profile/file_kind.h"

namespace jangbu::client {
namespace {

using namespace std::string_view_literals;

struct Signature {
    std::string_view bytes;
    std::size_t at;
    FileKind kind;
};

constexpr std::string_view save_as_csv = "save its sheet as CSV first";

constexpr Signature signatures[] = {
    {"AC10"sv, 0, {"a DWG drawing"sv, FileClass::drawing, false, {}}},
    {"AutoCAD Binary DXF"sv, 0, {"a DXF drawing"sv, FileClass::drawing, false, {}}},
    {"ISO-10303-21;"sv, 0, {"a STEP model"sv, FileClass::drawing, false, {}}},
    {"V5_CFV2"sv, 0, {"a CATIA model"sv, FileClass::drawing, false, {}}},
    {"**ABCDEFGHIJKLMNOPQRSTUVWXYZ"sv, 0, {"a Parasolid model"sv, FileClass::drawing, false, {}}},
    {"solid "sv, 0, {"an STL model"sv, FileClass::drawing, false, {}}},
    {"%FSLA"sv, 0, {"a Gerber circuit layout"sv, FileClass::drawing, false, {}}},
    {"%PDF-"sv, 0, {"a PDF document"sv, FileClass::document, false, {}}},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv,
     0,
     {"an OLE file (xls, doc, hwp, SolidWorks)"sv, FileClass::document, false, save_as_csv}},
    {"HWP Document File"sv, 0, {"an HWP document"sv, FileClass::document, false, {}}},
    {"\x89PNG\r\n\x1a\n"sv, 0, {"a PNG image"sv, FileClass::image, false, {}}},
    {"\xff\xd8\xff"sv, 0, {"a JPEG image"sv, FileClass::image, false, {}}},
    {"II*\0"sv, 0, {"a TIFF image"sv, FileClass::image, false, {}}},
    {"MM\0*"sv, 0, {"a TIFF image"sv, FileClass::image, false, {}}},
    {"GIF8"sv, 0, {"a GIF image"sv, FileClass::image, false, {}}},
    {"PK\3\4"sv, 0, {"a ZIP archive (xlsx, docx, 3mf)"sv, FileClass::archive, false, save_as_csv}},
    {"\x1f\x8b"sv, 0, {"a gzip archive"sv, FileClass::archive, false, "unpack it first"sv}},
    {"7z\xbc\xaf\x27\x1c"sv, 0, {"a 7z archive"sv, FileClass::archive, false, "unpack it first"sv}},
    {"\x28\xb5\x2f\xfd"sv, 0, {"a zstd archive"sv, FileClass::archive, false, "unpack it first"sv}},
    {"\x7f"
     "ELF"sv,
     0,
     {"a program"sv, FileClass::program, false, {}}},
    {"PAR1"sv, 0, {"a Parquet file"sv, FileClass::table, false, "export it as CSV first"sv}},
    {"SQLite format 3"sv,
     0,
     {"an SQLite database"sv, FileClass::table, false, "export a table as CSV first"sv}},
};

// The text form begins with a group code 0 (or a comment, 999) in lines of their own.
bool is_text_dxf(std::string_view text) {
    const std::string_view head = text.substr(0, 200);
    const std::size_t digit = head.find_first_not_of(" ");
    if (digit == std::string_view::npos || head[digit] != '0') return false;
    const std::size_t section = head.find("SECTION");
    return section != std::string_view::npos && section < digit + 8;
}

// Column 73 of the first card of an IGES file is S, and columns 74 to 80 its number.
bool is_iges(std::string_view text) {
    return text.size() > 80 && text[72] == 'S' && text.substr(73, 7) == "      1"sv;
}

}  // namespace

std::optional<FileKind> kind_of_file(std::string_view beginning) {
    for (const Signature& one : signatures)
        if (beginning.substr(std::min(one.at, beginning.size())).starts_with(one.bytes)) {
            // A header "solid ..." of a table has its delimiter in the same line; STL has a name.
            if (one.bytes == "solid "sv && beginning.find("facet") == std::string_view::npos)
                continue;
            return one.kind;
        }
    if (is_text_dxf(beginning)) return FileKind{"a DXF drawing", FileClass::drawing, false, {}};
    if (is_iges(beginning)) return FileKind{"an IGES model", FileClass::drawing, false, {}};
    return std::nullopt;
}

}  // namespace jangbu::client
