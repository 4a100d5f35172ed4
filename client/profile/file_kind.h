// What a file is by its first bytes: tables, and the drawings, models, documents and archives that
// a plant should not publish by mistake.
//
// Source: the signatures that each format's own description names; an unknown beginning gives
// nothing.
#pragma once

#include <optional>
#include <string_view>

namespace jangbu::client {

enum class FileClass { drawing, document, image, archive, program, table };

struct FileKind {
    std::string_view name;
    FileClass kind;
    bool is_table;  // text that may still be read as a table
    std::string_view advice;
};

std::optional<FileKind> kind_of_file(std::string_view beginning);

}  // namespace jangbu::client
