#include "benches/verification/turns.h"

#include <openssl/crypto.h>
#include <sodium.h>

#include <algorithm>
#include <iostream>
#include <limits>
#include <map>
#include <sstream>

#include "benches/verification/methods.h"
#include "crypto/cpu.h"

namespace jangbu::bench {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr Clock::duration sample_min = 2ms;
constexpr std::size_t singles_a_call = 16;

#if defined(__clang__)
constexpr std::string_view compiler = "clang " __clang_version__;
#else
constexpr std::string_view compiler = "g++ " __VERSION__;
#endif

std::string_view name(Peers peers) {
    switch (peers) {
        case Peers::any:
            return "any";
        case Peers::from_bytes:
            return "from bytes";
        case Peers::one_by_one:
            return "one by one";
        case Peers::none:
            return "none";
    }
    return "unknown";
}

void say_what_there_is() {
    for (const Case& c : cases())
        std::cout << R"({"case":")" << c.name << R"(","workload":")" << c.workload
                  << R"(","batch":)" << c.batch << R"(,"ours":")" << c.method << R"(","beside":")"
                  << c.beside << R"(","peers":")" << name(c.peers) << "\"}\n";
    for (const Offer& o : library_offers())
        std::cout << R"({"method":")" << o.name << R"(","package":")" << o.package
                  << R"(","keys_prepared":)" << (o.keys_prepared ? "true" : "false")
                  << R"(,"is_batch":)" << (o.is_batch ? "true" : "false") << "}\n";
    std::cout << R"({"ready":true,"tier":")" << crypto::name(crypto::tier()) << R"(","compiler":")"
              << compiler << R"(","libsodium":")" << sodium_version_string() << R"(","OpenSSL":")"
              << OpenSSL_version(OPENSSL_VERSION_STRING) << "\"}" << std::endl;
}

const Offer* offer_named(std::string_view wanted) {
    for (const std::span<const Offer> offers : {engine_offers(), library_offers()})
        for (const Offer& offer : offers)
            if (offer.name == wanted) return &offer;
    return nullptr;
}

// Microseconds an item: the fastest sample of those that fit into the time.
std::optional<double> turn(const Method& method, std::size_t count, Clock::duration length) {
    const Clock::time_point end = Clock::now() + length;
    double best = std::numeric_limits<double>::infinity();
    std::size_t first = 0;
    do {
        Timed sample;
        do {
            const std::optional<Timed> one = method(first, count);
            if (!one) return std::nullopt;
            sample.time += one->time;
            sample.items += one->items;
            first = first + 2 * count <= workload_claims ? first + count : 0;
        } while (sample.time < sample_min);
        const std::chrono::duration<double, std::micro> us = sample.time;
        best = std::min(best, us.count() / static_cast<double>(sample.items));
    } while (Clock::now() < end);
    return best;
}

int refuse(std::string_view what, std::string_view line) {
    std::cerr << "verification_bench: " << what << ": " << line << "\n";
    return 1;
}

}  // namespace

int serve_turns() {
    say_what_there_is();
    const std::vector<std::string_view> workloads = workload_names();
    std::map<std::pair<std::string, std::string>, Method> prepared;
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words(line);
        std::string method_name, workload_name;
        std::size_t batch = 0;
        long length_ms = -1;
        words >> method_name >> workload_name >> batch >> length_ms;
        const Offer* const offer = offer_named(method_name);
        if (offer == nullptr || std::ranges::count(workloads, workload_name) == 0 || batch == 0 ||
            batch > workload_claims || length_ms < 0)
            return refuse("not a turn", line);
        const std::pair key(method_name, workload_name);
        if (!prepared.contains(key)) prepared[key] = offer->prepare(workload(workload_name));
        const std::size_t count = offer->is_batch ? batch : std::min(batch, singles_a_call);
        const auto us = turn(prepared[key], count, std::chrono::milliseconds(length_ms));
        if (!us) return refuse("a verdict was wrong", line);
        std::cout << R"({"us":)" << *us << "}" << std::endl;
    }
    return 0;
}

}  // namespace jangbu::bench
