#include "client/plain_text.h"

#include <doctest/doctest.h>

namespace jangbu::client {
namespace {

TEST_CASE("plain text: won amounts are grouped, and read back with or without commas") {
    CHECK(won_text(0) == "0 won");
    CHECK(won_text(999) == "999 won");
    CHECK(won_text(1'000'000) == "1,000,000 won");
    CHECK(won_text(1'000'000'000'000'000) == "1,000,000,000,000,000 won");
    CHECK(read_amount("1,000,000") == u64{1'000'000});
    CHECK(read_amount("1000000") == u64{1'000'000});
    CHECK(read_amount("0") == u64{0});
    for (const char* bad : {"", ",", "1,00", "1,0000", ",100", "1000,000", "-1", "+1", "1.5",
                            "1 000", "18446744073709551616", "0x10", "ten"})
        CHECK(read_amount(bad).error().code == ErrorCode::usage);
}

TEST_CASE("plain text: times are UTC, leap days included") {
    CHECK(iso_time(0) == "1970-01-01T00:00:00Z");
    CHECK(iso_time(1'767'225'600'000) == "2026-01-01T00:00:00Z");
    CHECK(iso_time(1'709'210'096'789) == "2024-02-29T12:34:56Z");
    CHECK(read_time("2026-01-01", 0) == u64{1'767'225'600'000});
    CHECK(read_time("2024-02-29T12:34:56Z", 0) == u64{1'709'210'096'000});
    CHECK(read_time("+30d", 1'000) == u64{30} * 86'400'000 + 1'000);
    CHECK(read_time("+10min", 0) == u64{600'000});
    for (const char* bad : {"", "2026-13-01", "2025-02-29", "2026-1-1", "tomorrow",
                            "2026-01-01T25:00:00Z", "2026-01-01x", "30d", "+d", "+1y"})
        CHECK(read_time(bad, 0).error().code == ErrorCode::usage);
}

TEST_CASE("plain text: sizes and durations are short") {
    CHECK(bytes_text(1) == "1 B");
    CHECK(bytes_text(1'536) == "1.5 KiB");
    CHECK(bytes_text(64 << 20) == "64.0 MiB");
    CHECK(bytes_text(u64{1} << 44) == "16.0 TiB");
    CHECK(duration_text(5'000) == "5 s");
    CHECK(duration_text(72 * 3'600'000) == "3 d");
    CHECK(duration_text(25 * 3'600'000) == "1 d 1 h");
    CHECK(duration_text(90 * 60'000) == "1 h 30 min");
}

}  // namespace
}  // namespace jangbu::client
