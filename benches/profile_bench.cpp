// Profiling a table, against what the CSV library alone takes for the same bytes.
//
// Three tables of 16 MiB in memory: a machine's log, made up; one where every value is new, so that
// every sketch works all the time; one of short repeated words. Bytes are those of the text. One
// core.
#include <benchmark/benchmark.h>
#include <csv.h>

#include <fstream>

#include "client/profile/content_scan.h"
#include "client/profile/table_watch.h"

namespace {

using namespace jangbu;

constexpr std::size_t table_bytes = 16 << 20;

// The shape of a milling machine's log: a time, states, counters that hold for minutes, sensors
// with two or three decimals.
std::string machine_log() {
    std::string text =
        "time,step,part,tool,spindle_rpm,feed_mm_min,x_mm,spindle_power_w,spindle_current_a,"
        "spindle_temp_c,vibration_rms_mm_s,coolant_bar,alarm,source\n";
    u64 state = 1;
    const auto noise = [&state](u64 below) {
        state = state * 6'364'136'223'846'793'005ull + 1'442'695'040'888'963'407ull;
        return (state >> 33) % below;
    };
    const auto decimal = [](u64 value, u64 unit) {
        std::string part = std::to_string(value % unit + unit);
        part[0] = '.';
        return std::to_string(value / unit) + part;
    };
    for (u64 row = 0; text.size() < table_bytes; ++row) {
        const u64 second = row / 10;
        text += "2026-01-" + std::to_string(10 + second / 86'400) + "T" +
                std::to_string(10 + second / 3'600 % 10) + ":" +
                std::to_string(10 + second / 60 % 50) + ":" + std::to_string(10 + second % 50) +
                "." + std::to_string(row % 10) + "00Z," +
                (row / 400 % 3 == 0 ? "rough" : "finish") + "," + std::to_string(row / 900) + "," +
                std::to_string(row / 26'000) + "," + std::to_string(7'990 + noise(20)) + "," +
                (row / 400 % 3 == 0 ? "2400" : "1500") + "," + decimal(row * 25 % 300'000, 1'000) +
                "," + std::to_string(1'500 + noise(60)) + "," + decimal(4'800 + noise(200), 1'000) +
                "," + decimal(3'500 + noise(12), 100) + "," + decimal(1'200 + noise(150), 1'000) +
                "," + decimal(600 + noise(12), 100) + ",0,made\n";
    }
    return text;
}

std::string new_values() {
    std::string text = "a,b,c,d,e,f,g,h\n";
    u64 state = 1;
    while (text.size() < table_bytes) {
        for (int column = 0; column < 8; ++column) {
            state = state * 6'364'136'223'846'793'005ull + 1'442'695'040'888'963'407ull;
            text += std::to_string(state >> 44) + "." + std::to_string(state >> 30 & 0xfff);
            text.push_back(column < 7 ? ',' : '\n');
        }
    }
    return text;
}

std::string repeated_words() {
    static constexpr const char* words[] = {"운전", "정지", "alarm", "OK", "NG", "setup"};
    std::string text = "step,state,lot,shift\n";
    for (u64 row = 0; text.size() < table_bytes; ++row)
        text += std::string(words[row / 50 % 6]) + "," + words[row * 7 % 5] + ",LOT" +
                std::to_string(row / 300) + "," + (row / 4'000 % 2 == 0 ? "day" : "night") + "\n";
    return text;
}

const std::string& table(i64 number) {
    static const std::string tables[] = {machine_log(), new_values(), repeated_words()};
    return tables[number];
}

void finish(benchmark::State& state) {
    static constexpr const char* names[] = {"machine log", "new values", "repeated words"};
    state.SetBytesProcessed(static_cast<i64>(state.iterations() * table(state.range(0)).size()));
    state.SetLabel(names[state.range(0)]);
}

template <class Feed>
void by_blocks(const std::string& text, const Feed& feed) {
    constexpr std::size_t block = client::TextSource::block_bytes;
    for (std::size_t at = 0; at < text.size(); at += block)
        feed(std::string_view(text).substr(at, block));
}

void library_alone(benchmark::State& state) {
    const std::string& text = table(state.range(0));
    for (auto _ : state) {
        u64 fields = 0;
        csv_parser parser;
        csv_init(&parser, 0);
        const auto count = [](void*, std::size_t, void* to) { ++*static_cast<u64*>(to); };
        by_blocks(text, [&](std::string_view block) {
            csv_parse(&parser, block.data(), block.size(), count, nullptr, &fields);
        });
        csv_fini(&parser, count, nullptr, &fields);
        csv_free(&parser);
        benchmark::DoNotOptimize(fields);
    }
    finish(state);
}

void reader(benchmark::State& state) {
    const std::string& text = table(state.range(0));
    for (auto _ : state) {
        u64 fields = 0;
        client::CsvReader csv(
            ',', {&fields, [](void* to, std::string_view, u64) { ++*static_cast<u64*>(to); },
                  [](void*, const client::CsvRow&) {}});
        by_blocks(text, [&](std::string_view block) { (void)csv.feed(block); });
        (void)csv.finish();
        benchmark::DoNotOptimize(fields);
    }
    finish(state);
}

void profile(benchmark::State& state) {
    const std::string& text = table(state.range(0));
    const auto dialect = client::find_dialect(std::string_view(text).substr(0, 256 << 10), false,
                                              client::profile_columns_max);
    for (auto _ : state) {
        client::TableWatch watch(*dialect);
        client::CsvReader csv(',', watch.sink());
        by_blocks(text, [&](std::string_view block) { (void)csv.feed(block); });
        (void)csv.finish();
        client::Profile out;
        watch.finish(out);
        benchmark::DoNotOptimize(out);
    }
    finish(state);
}

// The whole command but its output: file, encoding, profile.
void profile_of_file(benchmark::State& state) {
    const auto file = std::filesystem::temp_directory_path() /
                      ("jangbu-profile-bench-" + std::to_string(state.range(0)) + ".csv");
    std::ofstream(file, std::ios::binary) << table(state.range(0));
    for (auto _ : state) {
        client::Progress quiet;
        benchmark::DoNotOptimize(client::profile_file(file, quiet));
    }
    std::filesystem::remove(file);
    finish(state);
}

void scan_of_file(benchmark::State& state) {
    const auto file = std::filesystem::temp_directory_path() /
                      ("jangbu-scan-bench-" + std::to_string(state.range(0)) + ".csv");
    std::ofstream(file, std::ios::binary) << table(state.range(0));
    for (auto _ : state) {
        client::Progress quiet;
        benchmark::DoNotOptimize(client::scan_file(file, quiet));
    }
    std::filesystem::remove(file);
    finish(state);
}

BENCHMARK(library_alone)->DenseRange(0, 2);
BENCHMARK(reader)->DenseRange(0, 2);
BENCHMARK(profile)->DenseRange(0, 2);
BENCHMARK(profile_of_file)->DenseRange(0, 2);
BENCHMARK(scan_of_file)->DenseRange(0, 2);

}  // namespace

BENCHMARK_MAIN();
