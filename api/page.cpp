#include "api/page.h"

#include <algorithm>

#include "crypto/hash.h"

namespace jangbu::api {
namespace {

struct Cursor {
    ByteArray<8> question{};
    Position position;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.question);
        c(self.position);
    }
};

ByteArray<8> question_digest(std::string_view question) {
    const crypto::Hash hash = crypto::sha256(as_bytes(question));
    ByteArray<8> out;
    std::copy_n(hash.begin(), out.size(), out.begin());
    return out;
}

}  // namespace

std::string write_cursor(const Position& position, std::string_view question) {
    return to_base64url(bcs::encode(Cursor{question_digest(question), position}));
}

Result<std::optional<Position>> read_cursor(const std::string& text, std::string_view question) {
    if (text.empty()) return std::nullopt;
    const auto bytes = text.size() > cursor_chars_max ? std::nullopt : from_base64url(text);
    const auto cursor =
        bytes ? bcs::decode<Cursor>(*bytes) : Result<Cursor>(fail(ErrorCode::malformed, ""));
    if (!cursor) return fail(ErrorCode::malformed, "cursor is what an earlier page gave as next");
    if (cursor->question != question_digest(question))
        return fail(ErrorCode::malformed, "the cursor belongs to another question");
    return cursor->position;
}

}  // namespace jangbu::api
