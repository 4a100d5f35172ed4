#include "base/log.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <vector>

using namespace jangbu;
using nlohmann::json;

namespace {

std::vector<std::string> lines;

void capture(log::Level, std::string_view line) {
    lines.emplace_back(line);
}

std::string only_line() {
    REQUIRE(lines.size() == 1);
    return lines[0];
}

struct Captured {
    Captured() {
        lines.clear();
        log::set_sink(capture);
        log::set_level(log::Level::info);
    }
};

}  // namespace

TEST_CASE_FIXTURE(Captured,
                  "log: an event is one JSON object with time, level, layer, event and fields") {
    log::warn("node", "block committed",
              {{"height", 18446744073709551615U}, {"by", std::string("solo")}});
    const json event = json::parse(only_line());
    CHECK(event.size() == 6);
    CHECK(event["level"] == "warn");
    CHECK(event["layer"] == "node");
    CHECK(event["event"] == "block committed");
    CHECK(event["height"] == 18446744073709551615U);
    CHECK(event["by"] == "solo");
    CHECK(event["ts_ms"] > 1'600'000'000'000);
}

TEST_CASE_FIXTURE(Captured, "log: foreign text stays on its line and inside its quotes") {
    std::string hostile = "a\nb\r\"},{\"level\":\"error\\\x1b[31m\x7f";
    for (char c = 0; c < 0x20; ++c) hostile.push_back(c);
    log::info("api", hostile, {{"text", hostile}});
    const std::string line = only_line();
    for (char c : line) CHECK(static_cast<unsigned char>(c) >= 0x20);
    CHECK(line.find('\x7f') == std::string::npos);
    const json event = json::parse(line);
    CHECK(event["event"] == hostile);
    CHECK(event["text"] == hostile);
    CHECK(event["level"] == "info");
}

TEST_CASE_FIXTURE(Captured, "log: bytes that are not UTF-8 are escaped, Korean is kept") {
    log::info("api", "장부", {{"raw", std::string("\xff\xc3(")}});
    const std::string line = only_line();
    CHECK(line.find("장부") != std::string::npos);
    CHECK(json::parse(line)["raw"] == "\u00ff\u00c3(");
}

TEST_CASE_FIXTURE(Captured, "log: a field too long is cut and the line is still JSON") {
    log::info("api", "long", {{"text", std::string(100'000, 'x')}});
    CHECK(only_line().size() < 5'000);
    CHECK(json::parse(lines[0])["text"].get<std::string>().ends_with("x..."));
}

TEST_CASE_FIXTURE(Captured, "log: a text is not cut inside a character") {
    for (std::size_t shift = 0; shift < 4; ++shift) {
        std::string text(shift, 'x');
        while (text.size() < 5'000) text += "부😀";
        lines.clear();
        log::info("api", "long", {{"text", text}});
        const std::string kept = json::parse(only_line())["text"];
        CHECK(kept.size() > 4'090);
        CHECK(text.starts_with(kept.substr(0, kept.size() - 3)));
    }
}

TEST_CASE_FIXTURE(Captured, "log: what is below the level is not written") {
    log::debug("node", "quiet");
    CHECK(lines.empty());
    log::set_level(log::Level::error);
    log::warn("node", "quiet");
    CHECK(lines.empty());
    log::error("node", "loud");
    CHECK(lines.size() == 1);
    log::set_level(log::Level::debug);
    log::debug("node", "heard");
    CHECK(lines.size() == 2);
}
