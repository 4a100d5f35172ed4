#include "client/profile/cell.h"

#include <doctest/doctest.h>

#include <string>

#include "client/profile/number_text.h"
#include "client/profile/quantity.h"

using namespace jangbu;
using namespace jangbu::client;

TEST_CASE("cell: numbers as they are written, and what only looks like one") {
    struct Row {
        const char* text;
        char decimal;
        CellKind kind;
        double number;
    };
    for (const Row& row : {
             Row{"0", '.', CellKind::integer, 0},
             Row{"-17", '.', CellKind::integer, -17},
             Row{"+17", '.', CellKind::integer, 17},
             Row{"3.25", '.', CellKind::real, 3.25},
             Row{".5", '.', CellKind::real, 0.5},
             Row{"5.", '.', CellKind::real, 5},
             Row{"0.1", '.', CellKind::real, 0.1},
             Row{"1e-3", '.', CellKind::real, 0.001},
             Row{"9007199254740993", '.', CellKind::integer, 9007199254740992.0},
             Row{"0.30000000000000004", '.', CellKind::real, 0.30000000000000004},
             Row{"1.7976931348623157e308", '.', CellKind::real, 1.7976931348623157e308},
             Row{"1,234", '.', CellKind::integer, 1234},
             Row{"1,234.5", '.', CellKind::real, 1234.5},
             Row{"1,5", ',', CellKind::real, 1.5},
             Row{"1.234,5", ',', CellKind::real, 1234.5},
             Row{"1,23", '.', CellKind::text, 0},
             Row{"1,2345", '.', CellKind::text, 0},
             Row{"1234,567", '.', CellKind::text, 0},
             Row{"1.2.3", '.', CellKind::text, 0},
             Row{"12a", '.', CellKind::text, 0},
             Row{"1e", '.', CellKind::text, 0},
             Row{"1e400", '.', CellKind::text, 0},
             Row{"+", '.', CellKind::text, 0},
             Row{"0x1F", '.', CellKind::text, 0},
         }) {
        const Cell cell = read_cell(row.text, {row.decimal, false});
        CHECK_MESSAGE(cell.kind == row.kind, row.text);
        if (row.kind != CellKind::text) CHECK_MESSAGE(cell.number == row.number, row.text);
    }
}

TEST_CASE("cell: words for missing and for true and false") {
    for (const char* text : {"", "-", "NA", "NaN", "null", "#N/A", "inf", "-Infinity", "결측"})
        CHECK_MESSAGE(read_cell(text, {}).kind == CellKind::missing, text);
    for (const char* text : {"TRUE", "false", "Y", "No", "참", "아니오"})
        CHECK_MESSAGE(read_cell(text, {}).kind == CellKind::boolean, text);
    for (const char* text : {"OK", "nope", "N1", "NAN1"})
        CHECK_MESSAGE(read_cell(text, {}).kind == CellKind::text, text);
}

TEST_CASE("cell: times in the forms that loggers and spreadsheets write") {
    struct Row {
        const char* text;
        bool expects;
        const char* shown;  // null = no time
    };
    for (const Row& row : {
             Row{"2026-01-05", false, "2026-01-05"},
             Row{"2026/1/5", false, "2026-01-05"},
             Row{"2026.01.05", false, "2026-01-05"},
             Row{"2026. 1. 5.", false, "2026-01-05"},
             Row{"2026-01-05T14:05:07Z", false, "2026-01-05 14:05:07"},
             Row{"2026-01-05 14:05", false, "2026-01-05 14:05:00"},
             Row{"2026-01-05 14:05:07.125", false, "2026-01-05 14:05:07.125"},
             Row{"2026-01-05T14:05:07+09:00", false, "2026-01-05 05:05:07"},
             Row{"2026-01-05T14:05:07.000000001Z", false, "2026-01-05 14:05:07.000000001"},
             Row{"2026-01-05 오전 12:05:07", false, "2026-01-05 00:05:07"},
             Row{"2026-01-05 오후 12:05:07", false, "2026-01-05 12:05:07"},
             Row{"2026. 1. 5. 오후 2:05:07", false, "2026-01-05 14:05:07"},
             Row{"2026-01-05 2:05:07 PM", false, "2026-01-05 14:05:07"},
             Row{"2026년 1월 5일", false, "2026-01-05"},
             Row{"2026년 1월 5일 14시 5분 7초", false, "2026-01-05 14:05:07"},
             Row{"2026년 1월 5일 오후 2시", false, "2026-01-05 14:00:00"},
             Row{"1/5/2026 14:05", false, "2026-01-05 14:05:00"},
             Row{"14:05:07.5", false, "14:05:07.5"},
             Row{"20260105140507", false, "2026-01-05 14:05:07"},
             Row{"20260105", true, "2026-01-05"},
             Row{"20260105", false, nullptr},
             Row{"1767571200", true, "2026-01-05"},
             Row{"1767571200.5", true, "2026-01-05 00:00:00.5"},
             Row{"1767571200000", true, "2026-01-05"},
             Row{"1767571200", false, nullptr},
             Row{"2024-02-29", false, "2024-02-29"},
             Row{"2026-02-29", false, nullptr},
             Row{"2026-13-01", false, nullptr},
             Row{"2026-01-05 25:00:00", false, nullptr},
             Row{"9999-12-31", false, nullptr},
             Row{"2026-01", false, nullptr},
             Row{"2026-01-05T", false, nullptr},
             Row{"12:60", false, nullptr},
         }) {
        const auto time = read_time_text(row.text, row.expects);
        CHECK_MESSAGE(time.has_value() == (row.shown != nullptr), row.text);
        if (time && row.shown) CHECK_MESSAGE(time_ns_text(time->ns) == row.shown, row.text);
    }
}

TEST_CASE("quantity: the unit that a header shows") {
    struct Row {
        const char* header;
        const char* unit;
        Quantity quantity;
    };
    for (const Row& row : {
             Row{"temp(℃)", "℃", Quantity::temperature},
             Row{"압력[bar]", "bar", Quantity::pressure},
             Row{"전류 (A)", "A", Quantity::current},
             Row{"spindle_rpm", "rpm", Quantity::rotation},
             Row{"spindle_temp_c", "℃", Quantity::temperature},
             Row{"vibration_rms_mm_s", "mm/s", Quantity::speed},
             Row{"Torque (N.m)", "N·m", Quantity::torque},
             Row{"습도(%)", "%", Quantity::ratio},
             Row{"axis_c", "", Quantity::none},
             Row{"x", "", Quantity::none},
             Row{"value (see manual)", "", Quantity::none},
             Row{"dose (Gy)", "Gy", Quantity::none},
         }) {
        const Unit unit = unit_of_header(row.header);
        CHECK_MESSAGE(unit.text == row.unit, row.header);
        CHECK_MESSAGE(unit.quantity == row.quantity, row.header);
    }
    CHECK(quantity_of_name("금형온도1") == Quantity::temperature);
    CHECK(name_speaks_of_time("측정일시"));
    CHECK_FALSE(name_speaks_of_time("runtime_total"));
    CHECK(name_speaks_of_outcome("PassOrFail"));
    CHECK_FALSE(name_speaks_of_outcome("bookkeeping"));
}

TEST_CASE("number text: short for people, and the way back is exact") {
    CHECK(number_text(1234567) == "1.23457e+06");
    CHECK(exact_number_text(0.1) == "0.1");
    CHECK(grouped(1234567) == "1,234,567");
    CHECK(percent_text(1, 3) == "33.3 %");
    CHECK(percent_text(1, 1'000'000) == "< 0.01 %");
    CHECK(duration_ns_text(100'000'000) == "100 ms");
    CHECK(duration_ns_text(90'000'000'000) == "90 s");
    CHECK(time_ns_text(-1'000'000'000) == "1969-12-31 23:59:59");
}
