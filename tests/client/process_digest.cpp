// process_digest SEED ROWS prints the digests of a plan with every kind of step over a simulated
// file: the same from every compiler.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "client/process/run.h"
#include "client/simulate/simulation.h"

namespace {

constexpr std::string_view plan = R"(format = "jangbu-plan/1"
[[step]]
do = "order"
column = "time"
within = 100
[[step]]
do = "dedupe"
[[step]]
do = "unit"
column = "spindle_temp_c"
from = "℉"
to = "℃"
high = 62
decimals = 3
[[step]]
do = "fill"
columns = ["spindle_temp_c", "vibration_rms_mm_s"]
method = "previous"
limit = 500
[[step]]
do = "outlier"
column = "spindle_current_a"
method = "hampel"
within = 101
high = 6
[[step]]
do = "pseudonymise"
columns = ["tool"]
[[step]]
do = "gaps"
column = "time"
interval_ms = 100
method = "linear"
limit = 200
[[step]]
do = "resample"
column = "time"
interval_ms = 1000
decimals = 5
mean = ["spindle_power_w", "spindle_temp_c"]
min = ["x_mm"]
max = ["vibration_rms_mm_s", "spindle_current_a_outlier", "gap_ms"]
sum = ["filled"]
first = ["step", "part"]
last = ["tool"]
[[step]]
do = "split"
column = "first_part"
method = "group"
parts = [{name = "train", share = 80}, {name = "test", share = 20}]
)";

}  // namespace

int main(int argc, char** argv) {
    using namespace jangbu;
    if (argc != 3) return 2;
    std::string name = (std::filesystem::temp_directory_path() / "jangbu-process-XXXXXX").string();
    if (!::mkdtemp(name.data())) return 1;
    const std::filesystem::path folder = name;
    {
        std::ofstream raw(folder / "raw.csv", std::ios::binary);
        client::find_simulation("cnc")->run({.seed = std::strtoull(argv[1], nullptr, 10),
                                             .rows = std::strtoull(argv[2], nullptr, 10)},
                                            [&raw](std::string_view piece) {
                                                raw << piece;
                                                return raw.good();
                                            });
    }
    const Bytes key(32, 1);
    client::Progress progress;
    const auto lineage = client::run_plan(client::read_plan(plan),
                                          {folder / "raw.csv", folder / "out.csv", key}, progress);
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
    if (!lineage) {
        std::fputs((lineage.error().detail + "\n").c_str(), stderr);
        return 1;
    }
    std::fputs(client::lineage_text(*lineage).c_str(), stdout);
}
