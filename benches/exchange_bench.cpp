// The steps of the exchange for one chunk, by chunk size; bytes are those of the data.
#include <benchmark/benchmark.h>

#include "crypto/fair_exchange.h"

using namespace jangbu;
namespace fx1 = crypto::fx1;

namespace {

crypto::Scalar some_key() {
    return crypto::hash_to_scalar({as_bytes("bench")});
}

void data_leaf(benchmark::State& state) {
    const Bytes record(static_cast<std::size_t>(state.range(0)) + fx1::salt_bytes, 7);
    for (auto _ : state) benchmark::DoNotOptimize(fx1::data_leaf({}, 1, record));
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(data_leaf)->Name("data leaf")->Arg(4096)->Arg(16384)->Arg(65536);

void encrypt(benchmark::State& state) {
    Bytes record(static_cast<std::size_t>(state.range(0)) + fx1::salt_bytes, 7);
    const crypto::Scalar key = some_key();
    u64 i = 0;
    for (auto _ : state) {
        const Bytes input = fx1::chunk_input({}, i++);
        fx1::crypt(fx1::chunk_key(input, fx1::chunk_point(key, input).bytes()), record);
        benchmark::DoNotOptimize(fx1::ciphertext_leaf(i, record));
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(encrypt)->Name("encrypt and ciphertext leaf")->Arg(4096)->Arg(16384)->Arg(65536);

void key_equation(benchmark::State& state) {
    const crypto::Scalar k = some_key();
    const crypto::Scalar t = crypto::hash_to_scalar({as_bytes("mask")});
    const crypto::PointBytes y = crypto::mul_base(k)->bytes();
    const crypto::PointBytes mask = crypto::mul_base(t)->bytes();
    const crypto::ScalarBytes m = crypto::add(k, t).bytes();
    for (auto _ : state)
        if (fx1::check_key(m, y, mask) != fx1::KeyVerdict::ok)
            return state.SkipWithError("a good key was refused");
}
BENCHMARK(key_equation)->Name("key equation");

}  // namespace

BENCHMARK_MAIN();
