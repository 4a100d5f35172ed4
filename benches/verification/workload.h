// What is verified: signed messages, the same bytes in every run and every program.
//
// Claim i is by key i modulo `keys`. Keys and messages come from fixed seeds; libsodium signs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "crypto/signature.h"

namespace jangbu::bench {

inline constexpr std::size_t workload_claims = 4096;

struct Workload {
    std::vector<Bytes> messages;
    std::vector<crypto::Claim> claims;  // views into messages
};

std::vector<std::string_view> workload_names();

// Made at its first use. REQUIRES: one of workload_names().
const Workload& workload(std::string_view name);

// FOLDER/NAME.batch for the peers: count and message size (32-bit little-endian), then for each
// signature its key, the signature and the message. False if it cannot be written.
bool write_batch_file(std::string_view name, const std::string& folder);

}  // namespace jangbu::bench
