#include "crypto/cpu.h"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

using namespace jangbu::crypto;

TEST_SUITE("cpu") {
    TEST_CASE("what CPUID says is what the kernel says") {
        std::ifstream file("/proc/cpuinfo");
        const std::string text((std::istreambuf_iterator<char>(file)), {});
        if (text.find("flags") == std::string::npos) {
            MESSAGE("SKIPPED: no CPU flags in /proc/cpuinfo");
            return;
        }
        const auto has = [&](const std::string& flag) {
            return text.find(" " + flag + " ") != std::string::npos ||
                   text.find(" " + flag + "\n") != std::string::npos;
        };
        CHECK(is_supported(Tier::portable));
        CHECK(is_supported(Tier::avx2) == (has("avx2") && has("fma")));
        CHECK(is_supported(Tier::avx512ifma) ==
              (has("avx512f") && has("avx512dq") && has("avx512bw") && has("avx512vl") &&
               has("avx512ifma") && has("avx512_vbmi2")));
        CHECK(has_sha_instructions() == has("sha_ni"));
    }

    TEST_CASE("a tier has a name, and a name has its tier") {
        for (const Tier tier : {Tier::portable, Tier::avx2, Tier::avx512ifma})
            CHECK(tier_named(name(tier)) == tier);
        CHECK_FALSE(tier_named("sse2").has_value());
        CHECK_FALSE(tier_named("").has_value());
    }

    TEST_CASE("a supported tier can be forced, another changes nothing") {
        const Tier before = tier();
        for (const Tier wanted : {Tier::portable, Tier::avx2, Tier::avx512ifma}) {
            const Tier last = tier();
            CHECK(force_tier(wanted) == is_supported(wanted));
            CHECK(tier() == (is_supported(wanted) ? wanted : last));
        }
        CHECK(force_tier(before));
    }
}
