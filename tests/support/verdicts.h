// The verdict file of ZIP-215 (tests/vectors), made by an independent implementation.
#pragma once

#include <doctest/doctest.h>

#include <sstream>

#include "crypto/signature.h"
#include "tests/support/vectors.h"

namespace jangbu::test {

struct Verdict {
    std::string set;
    bool accepted = false;
    crypto::PublicKey key;
    crypto::Signature signature{};
    Bytes message;
};

inline std::vector<Verdict> read_verdicts() {
    std::vector<Verdict> out;
    std::ifstream in = open_vectors("ed25519_zip215_verdicts.txt");
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with('#')) continue;
        std::istringstream fields(line);
        std::string set, accepted, key, signature, message;
        REQUIRE((fields >> set >> accepted >> key >> signature >> message));
        out.push_back({set, accepted == "1", crypto::PublicKey(array_of<32>(key)),
                       array_of<64>(signature), message == "-" ? Bytes{} : bytes_of(message)});
    }
    return out;
}

}  // namespace jangbu::test
