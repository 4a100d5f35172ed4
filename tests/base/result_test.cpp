#include "base/result.h"

#include <doctest/doctest.h>

#include <memory>
#include <set>

#include "base/integers.h"

using namespace jangbu;

namespace {

Result<int> half(int n) {
    if (n % 2 != 0) return fail(ErrorCode::malformed, "odd: " + std::to_string(n));
    return n / 2;
}
Status even(int n) {
    TRY(half(n));
    return {};
}
Result<int> quarter(int n) {
    const int rest = TRY(half(n));
    return TRY(half(rest));
}

Result<std::unique_ptr<int>> boxed(int n) {
    return std::make_unique<int>(TRY(half(n)));
}
Result<int> unboxed(int n) {
    const std::unique_ptr<int> box = TRY(boxed(n));
    return *box;
}

}  // namespace

TEST_CASE("result: TRY gives the value or passes the error up unchanged") {
    CHECK(quarter(12) == 3);
    const Result<int> inner = quarter(6);
    REQUIRE(!inner);
    CHECK(inner.error().code == ErrorCode::malformed);
    CHECK(inner.error().detail == "odd: 3");
    CHECK(quarter(5).error().detail == "odd: 5");
}

TEST_CASE("result: TRY works where nothing is returned and with values that only move") {
    CHECK(even(2).has_value());
    CHECK(even(3).error().detail == "odd: 3");
    CHECK(unboxed(8) == 4);
    CHECK(unboxed(7).error().code == ErrorCode::malformed);
}

TEST_CASE("result: every error code has its own stable name") {
    std::set<std::string> names;
    for (int code = 0; code <= static_cast<int>(ErrorCode::usage); ++code)
        names.insert(to_string(static_cast<ErrorCode>(code)));
    CHECK(names.size() == static_cast<std::size_t>(ErrorCode::usage) + 1);
    CHECK(!names.contains("unknown"));
    CHECK(std::string(to_string(ErrorCode::wrong_password)) == "wrong_password");
}
