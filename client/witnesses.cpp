#include "client/witnesses.h"

#include <algorithm>
#include <charconv>
#include <thread>

namespace jangbu::client {
namespace {

constexpr std::size_t witnesses_max = 32;
constexpr std::chrono::milliseconds pause{250};

std::unexpected<Error> bad_rule() {
    return fail(ErrorCode::usage,
                "--witness takes a key of 64 hex digits, or KofN:KEY,KEY,... with N keys");
}

// A decimal number up to the end of the text.
std::optional<std::size_t> number_of(std::string_view text) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

bool is_new_enough(const std::string& file, Session& session) {
    const auto proof = ledger::jbproof::verify(file, session.trusted());
    return !proof || proof->header.height >= session.head().header.height;
}

}  // namespace

Result<WitnessRule> read_witness_rule(std::string_view text) {
    WitnessRule rule;
    std::size_t count = 1;
    if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
        const std::string_view numbers = text.substr(0, colon);
        const std::size_t of = numbers.find("of");
        if (of == std::string_view::npos) return bad_rule();
        const auto needed = number_of(numbers.substr(0, of));
        const auto all = number_of(numbers.substr(of + 2));
        if (!needed || !all || *needed == 0 || *needed > *all || *all > witnesses_max)
            return bad_rule();
        rule.needed = *needed;
        count = *all;
        text = text.substr(colon + 1);
    }
    while (true) {
        const std::size_t comma = text.find(',');
        const auto key = ledger::PublicKey::from_hex(std::string(text.substr(0, comma)));
        if (!key || std::ranges::find(rule.keys, *key) != rule.keys.end()) return bad_rule();
        rule.keys.push_back(*key);
        if (comma == std::string_view::npos) break;
        text = text.substr(comma + 1);
    }
    if (rule.keys.size() != count) return bad_rule();
    return rule;
}

Result<std::string> state_proof(Session& session, const ledger::StateKey& key, std::size_t count) {
    if (count == 0) return session.node().state_proof(key);
    const u64 start_ms = now_ms();
    while (true) {
        Result<std::string> file = session.node().state_proof(key, count);
        if (!file && file.error().code != ErrorCode::conflict) return file;
        // What does not verify is returned too: the caller says so.
        if (file && is_new_enough(*file, session)) return file;
        if (now_ms() - start_ms > witnesses_timeout_ms)
            return fail(ErrorCode::unavailable,
                        "no head from height " + std::to_string(session.head().header.height) +
                            " on was cosigned by " + std::to_string(count) +
                            " witnesses in time; GET /v1/cosignatures/HEIGHT shows who did");
        std::this_thread::sleep_for(pause);
    }
}

}  // namespace jangbu::client
