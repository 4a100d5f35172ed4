// Integers of OpenSSL, modulo 2^255 - 19: the slow reference of the field.
#pragma once

#include <openssl/bn.h>

#include <memory>

#include "base/bytes.h"

namespace jangbu::tests {

struct FreeBig {
    void operator()(BIGNUM* n) const { BN_free(n); }
    void operator()(BN_CTX* context) const { BN_CTX_free(context); }
};
using Big = std::unique_ptr<BIGNUM, FreeBig>;

inline BN_CTX* big_context() {
    static const std::unique_ptr<BN_CTX, FreeBig> only(BN_CTX_new());
    return only.get();
}

inline Big number(u64 value) {
    Big out(BN_new());
    BN_set_word(out.get(), value);
    return out;
}
inline Big power_of_two(int exponent) {
    Big out(BN_new());
    BN_set_bit(out.get(), exponent);
    return out;
}
inline const BIGNUM* prime() {
    static const Big p = [] {
        Big out = power_of_two(255);
        BN_sub_word(out.get(), 19);
        return out;
    }();
    return p.get();
}

// 32 little-endian bytes.
inline ByteArray<32> bytes(const Big& n) {
    ByteArray<32> out;
    BN_bn2lebinpad(n.get(), out.data(), 32);
    return out;
}

// BN_mod_add and its like, modulo the prime.
template <class Operation, class... Operands>
Big modular(Operation operation, const Operands&... operands) {
    Big out(BN_new());
    operation(out.get(), operands.get()..., prime(), big_context());
    return out;
}

}  // namespace jangbu::tests
