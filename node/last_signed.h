// LastSigned: the header that this validator signed last, on disk before the signature exists.
//
// It forbids two different headers at one height, also after a crash or on a copied machine folder
// (docs/formats.md section 5). A new epoch, opened by a restore, may start at a lower height: the
// restore writes a mark of the new epoch at the restored head, so that nothing of an earlier epoch
// is signed any more.
// Threads: the commit strand. Errors: conflict (would sign a second header), corrupted (the file),
// io.
#pragma once

#include <filesystem>
#include <optional>

#include "base/bcs.h"
#include "ledger/types.h"

namespace jangbu::node {

class LastSigned {
public:
    struct Mark {
        u32 epoch = 0;
        u64 height = 0;
        ledger::HeaderHash hash;
        template <class Codec, class Self>
        static void fields(Codec& c, Self& self) {
            c.version();
            c(self.epoch);
            c(self.height);
            c(self.hash);
        }
        bool operator==(const Mark&) const = default;
    };

    // A file that does not exist is an empty mark: nothing was signed yet.
    static Result<LastSigned> open(std::filesystem::path file);

    const std::optional<Mark>& mark() const { return mark_; }
    // Durable when it returns; only then may the header be signed. The same header again is fine.
    // With an empty mark only height 0 is: a validator begins with genesis, so a later start
    // without the file means that the file was lost.
    Status record(const Mark& next);
    // Compares with the head of the chain at start: a chain behind the mark, or beside it, must not
    // be signed on. A mark of a later epoch on this very head waits for that epoch to be opened.
    Status check_head(const Mark& head);
    // The epoch that is to be opened on this head, if so.
    std::optional<u32> awaits_epoch(const Mark& head) const;

private:
    explicit LastSigned(std::filesystem::path file) : file_(std::move(file)) {}
    Status write(const Mark& next);

    std::filesystem::path file_;
    std::optional<Mark> mark_;
};

}  // namespace jangbu::node
