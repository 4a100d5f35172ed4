#include "app/command/commands.h"
#include "client/process/run.h"

namespace jangbu::app {
namespace {

struct Process {
    std::string plan;
    Said input;
    Said out;
    Said key_file;
    Said lineage;
};

constexpr std::size_t key_bytes = 32;

Result<client::PlanReading> sound_plan(const std::string& file) {
    const Bytes text = TRY(read_named_file(file, client::plan_text_bytes_max));
    client::PlanReading reading = client::read_plan(as_text(text));
    if (reading.faults.empty()) return reading;
    std::string what;
    for (const client::PlanFault& fault : reading.faults)
        what += file + (fault.line > 0 ? ":" + std::to_string(fault.line) : "") + ": " +
                fault.what + "\n";
    return fail(ErrorCode::malformed, what + std::to_string(reading.faults.size()) +
                                          (reading.faults.size() == 1 ? " fault" : " faults"));
}

// 64 hex digits: a short or guessable key would let anyone try names.
Result<Bytes> read_key(const Said& file) {
    if (!file) return Bytes();
    const Bytes text = TRY(read_named_file(*file, 200));
    std::string_view digits = as_text(text);
    while (digits.ends_with('\n') || digits.ends_with('\r')) digits.remove_suffix(1);
    std::optional<Bytes> key = from_hex(digits);
    if (!key || key->size() != key_bytes)
        return fail(ErrorCode::usage,
                    *file + " holds no key: 64 hex digits, as `openssl rand -hex 32` makes them");
    return std::move(*key);
}

Json files_json(const std::vector<client::LineageFile>& files) {
    Json out = Json::array();
    for (const client::LineageFile& file : files)
        out.push_back({{"name", file.name},
                       {"bytes", std::to_string(file.bytes)},
                       {"rows", std::to_string(file.rows)},
                       {"sha256", to_hex(file.sha256)}});
    return out;
}

Result<Answer> process(const Globals&, const Process& options) {
    const client::PlanReading reading = TRY(sound_plan(options.plan));
    const std::string digest = to_hex(client::plan_digest(reading.plan));
    if (!options.input || !options.out) {
        if (options.input || options.out)
            return fail(ErrorCode::usage,
                        "--in and --out go together; without both, the plan is checked");
        return Answer{{{"schema", "jangbu-plan-checked/1"},
                       {"file", options.plan},
                       {"steps", reading.plan.steps.size()},
                       {"plan_digest", digest}},
                      options.plan + " is sound: " + std::to_string(reading.plan.steps.size()) +
                          " steps.\nplan_digest " + digest + "\n"};
    }
    Bytes key = TRY(read_key(options.key_file));
    client::Progress progress(progress_bar());
    const auto ran = client::run_plan(reading, {*options.input, *options.out, key}, progress);
    crypto::wipe(key);
    const client::Lineage lineage = TRY(Result<client::Lineage>(ran));
    const std::string lineage_file = options.lineage.value_or(*options.out + ".lineage.json");
    const std::string record = client::lineage_text(lineage);
    TRY(write_named_file(lineage_file, as_bytes(record)));
    std::string text =
        "Processed " + std::to_string(lineage.input.rows) + " rows by plan " + digest + ".\n";
    for (const client::LineageStep& step : lineage.steps)
        text += "  " + step.name + ": " + std::to_string(step.counts.rows_in) + " rows in, " +
                std::to_string(step.counts.rows_out) + " out, " +
                std::to_string(step.counts.cells_changed) + " cells changed\n";
    for (const client::LineageFile& file : lineage.outputs)
        text += file.name + ": " + std::to_string(file.rows) + " rows, SHA-256 " +
                to_hex(file.sha256) + "\n";
    text += "Its lineage is in " + lineage_file + ".\n";
    return Answer{{{"schema", "jangbu-processed/1"},
                   {"plan_digest", digest},
                   {"input", files_json({lineage.input})[0]},
                   {"outputs", files_json(lineage.outputs)},
                   {"lineage", lineage_file}},
                  text};
}

}  // namespace

void declare_process(Line& line) {
    const auto options = std::make_shared<Process>();
    CLI::App* made = line.command(
        "process", "run a plan over a table: the same files and lineage every time",
        [=](const Globals& globals) { return process(globals, *options); },
        "jangbu process plan.toml --in raw.csv --out product.csv");
    made->add_option("PLAN", options->plan, "TOML, docs/process.md; alone it is checked")
        ->required();
    made->add_option("--in", options->input, "the table");
    made->add_option("--out", options->out, "file to write; of a split, out.NAME.csv each");
    made->add_option("--key-file", options->key_file, "of pseudonyms: 64 hex digits");
    made->add_option("--lineage", options->lineage, "default: beside --out, .lineage.json");
}

}  // namespace jangbu::app
