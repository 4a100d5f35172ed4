#include "node/followed_finality.h"

#include "base/file.h"

namespace jangbu::node {
namespace {

constexpr std::size_t finality_bytes_max = 1 << 20;

struct Remembered {
    std::vector<ledger::SignedHeader> headers;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c.list(self.headers, 0, stream_blocks_max);
    }
};

}  // namespace

Result<FollowedFinality> FollowedFinality::open(std::filesystem::path file) {
    FollowedFinality finality(std::move(file));
    const Result<Bytes> bytes = read_file(finality.file_, finality_bytes_max);
    if (!bytes && bytes.error().code == ErrorCode::not_found) return finality;
    if (!bytes) return std::unexpected(bytes.error());
    Result<Remembered> remembered = bcs::decode<Remembered>(*bytes);
    if (!remembered)
        return fail(ErrorCode::corrupted, finality.file_.string() + " is damaged (" +
                                              remembered.error().detail +
                                              "): delete it, and the chain folder if the start "
                                              "then asks for a signature");
    finality.headers_ = std::move(remembered->headers);
    return finality;
}

Status FollowedFinality::remember(std::vector<ledger::SignedHeader> headers) {
    Remembered remembered{std::move(headers)};
    TRY(write_file_atomically(file_, bcs::encode(remembered), FileMode::world_readable));
    headers_ = std::move(remembered.headers);
    return {};
}

ledger::Chain::Signer FollowedFinality::signer() const {
    return [this](const ledger::Header& header,
                  const ledger::HeaderHash& hash) -> Result<ledger::SoloFinality> {
        const auto known = find(header.height);
        if (known && ledger::header_hash(known->header) == hash) return known->finality;
        return fail(ErrorCode::corrupted,
                    "block " + std::to_string(header.height) +
                        " has no signature yet: let its node or follower start once, and stop it");
    };
}

std::optional<ledger::SignedHeader> FollowedFinality::find(u64 height) const {
    for (const ledger::SignedHeader& header : headers_)
        if (header.header.height == height) return header;
    return std::nullopt;
}

}  // namespace jangbu::node
