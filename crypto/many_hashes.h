// Many messages hashed at once with SHA-512 or SHA-256, one message in each lane of the CPU's
// vectors. The digests are those of crypto::sha512 and crypto::sha256, on every tier
// (crypto/cpu.h).
//
// Lengths may differ within a call. A few hundred messages are as good as thousands; below about
// eight most lanes stay empty. Allocates nothing; uses up to 24 KiB of stack.
// Threads: all functions are pure. Source: FIPS 180-4; RFC 6234.
#pragma once

#include "crypto/hash.h"

namespace jangbu::crypto {

// A message in three parts, hashed as their concatenation; any may be empty.
struct MessageParts {
    ByteView first, second, third;
};

// digests[i] = hash of messages[i]. REQUIRES: as many digests as messages.
void sha512_many(std::span<const MessageParts> messages, std::span<Hash512> digests);
void sha256_many(std::span<const MessageParts> messages, std::span<Hash> digests);
// tag(messages[i]).
void sha256_many(const Tag& tag, std::span<const MessageParts> messages, std::span<Hash> digests);

}  // namespace jangbu::crypto
