#include "api/idempotency_keys.h"

namespace jangbu::api {
namespace {

constexpr std::size_t key_chars_max = 128;

crypto::Hash digest_of(const ledger::PublicKey& author, std::string_view key) {
    std::string text(as_text(author.view()));
    text += key;
    return crypto::sha256(as_bytes(text));
}

}  // namespace

Result<std::string> read_idempotency_key(std::string_view field) {
    const auto malformed = [] {
        return fail(ErrorCode::malformed,
                    "Idempotency-Key is one string of 1 to 128 characters in double quotes");
    };
    if (field.size() < 2 || field.front() != '"' || field.back() != '"') return malformed();
    field = field.substr(1, field.size() - 2);
    std::string key;
    for (std::size_t i = 0; i < field.size(); ++i) {
        char c = field[i];
        if (c == '"' || c < 0x20 || c > 0x7E) return malformed();
        if (c == '\\') {
            if (++i == field.size() || (field[i] != '"' && field[i] != '\\')) return malformed();
            c = field[i];
        }
        key.push_back(c);
    }
    if (key.empty() || key.size() > key_chars_max) return malformed();
    return key;
}

IdempotencyKeys::Claim IdempotencyKeys::claim(const ledger::PublicKey& author, std::string_view key,
                                              ByteView body, u64 now_ms) {
    const crypto::Hash name = digest_of(author, key);
    const crypto::Hash digest = crypto::sha256(body);
    const std::lock_guard lock(mutex_);
    const auto known = entries_.find(name);
    if (known != entries_.end() && now_ms < known->second.claimed_ms + life_ms)
        return known->second.body == digest ? Claim::same_body : Claim::other_body;
    forget_old(now_ms);
    entries_.emplace(name, Entry{digest, now_ms, ++claims_});
    in_order_.emplace(claims_, name);
    return Claim::fresh;
}

void IdempotencyKeys::release(const ledger::PublicKey& author, std::string_view key) {
    const std::lock_guard lock(mutex_);
    const auto entry = entries_.find(digest_of(author, key));
    if (entry == entries_.end()) return;
    in_order_.erase(entry->second.number);
    entries_.erase(entry);
}

// Those past their life, and the oldest where one more would be too many.
void IdempotencyKeys::forget_old(u64 now_ms) {
    while (!in_order_.empty()) {
        const auto oldest = entries_.find(in_order_.begin()->second);
        if (in_order_.size() < most_ && now_ms < oldest->second.claimed_ms + life_ms) return;
        entries_.erase(oldest);
        in_order_.erase(in_order_.begin());
    }
}

}  // namespace jangbu::api
