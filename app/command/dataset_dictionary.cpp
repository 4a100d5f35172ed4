#include "app/command/commands.h"
#include "base/file.h"
#include "client/profile/dictionary.h"

namespace jangbu::app {
namespace {

std::string score_text(const client::Completeness& score) {
    std::string out = "Completeness: " + std::to_string(score.percent) + " %\n";
    for (const auto& reason : score.reasons) {
        out += "  no " + reason.what;
        if (reason.columns > 0) {
            out += ": " + std::to_string(reason.columns) +
                   (reason.columns == 1 ? " column, " : " columns, first ") + reason.first;
        }
        out += "\n";
    }
    return out;
}

Json score_json(const client::Completeness& score) {
    Json reasons = Json::array();
    for (const auto& reason : score.reasons)
        reasons.push_back(
            {{"lacks", reason.what}, {"columns", reason.columns}, {"first", reason.first}});
    return {{"percent", score.percent}, {"reasons", reasons}};
}

Result<Answer> dictionary_draft(const Globals&, const std::string& file, const std::string& out) {
    client::Progress progress(progress_bar());
    const client::Profile profile = TRY(client::profile_file(file, progress));
    const std::string text = client::draft_dictionary(profile);
    if (out == "-") {
        TRY(write_named_file(out, as_bytes(text)));
        return Answer{};
    }
    // What a person filled in is not written over.
    TRY(write_file_atomically(out, as_bytes(text), FileMode::world_readable, IfExists::refuse));
    return Answer{{{"schema", "jangbu-dictionary-drafted/1"},
                   {"file", out},
                   {"columns", profile.columns.size()}},
                  "A draft of " + std::to_string(profile.columns.size()) + " columns is in " + out +
                      ".\nFill it in, then: jangbu dataset dictionary check " + out + " --data " +
                      file + "\n"};
}

Result<Answer> dictionary_check(const Globals&, const std::string& file, const Said& data) {
    const Bytes content = TRY(read_named_file(file, client::dictionary_text_bytes_max));
    client::DictionaryReading reading = client::read_dictionary(as_text(content));
    std::vector<client::DictionaryFault> faults = reading.faults;
    if (data && faults.empty()) {
        client::Progress progress(progress_bar());
        const client::Profile profile = TRY(client::profile_file(*data, progress));
        faults = client::compare_with_data(reading, profile);
    }
    if (!faults.empty()) {
        std::string text;
        for (const client::DictionaryFault& fault : faults)
            text += file + (fault.line > 0 ? ":" + std::to_string(fault.line) : "") + ": " +
                    fault.what + "\n";
        text += std::to_string(faults.size()) + (faults.size() == 1 ? " fault" : " faults");
        return fail(ErrorCode::malformed, text);
    }
    const client::Completeness score = client::completeness(reading.dictionary);
    const std::string hash = to_hex(client::schema_hash(reading.dictionary));
    return Answer{{{"schema", "jangbu-dictionary-checked/1"},
                   {"file", file},
                   {"columns", reading.dictionary.columns.size()},
                   {"schema_hash", hash},
                   {"completeness", score_json(score)}},
                  file + " is sound: " + std::to_string(reading.dictionary.columns.size()) +
                      " columns" + (data ? ", and fits the data" : "") + ".\nschema_hash " + hash +
                      "\n" + score_text(score)};
}

}  // namespace

void declare_dictionary(Line& line, CLI::App* dataset) {
    const auto file = std::make_shared<std::string>();
    const auto out = std::make_shared<std::string>("-");
    const auto data = std::make_shared<Said>();
    CLI::App* dictionary = line.group(dataset, "dictionary", "what each column means");
    CLI::App* draft = line.command(
        dictionary, "draft", "a dictionary to be filled in, from what the data shows",
        [=](const Globals& globals) { return dictionary_draft(globals, *file, *out); },
        "jangbu dataset dictionary draft spindle.csv --out spindle.toml");
    draft->add_option("FILE", *file)->required();
    draft->add_option("--out", *out, "file to write, - for stdout; an existing one is kept")
        ->required();
    CLI::App* check = line.command(
        dictionary, "check", "faults with their lines, and how complete it is",
        [=](const Globals& globals) { return dictionary_check(globals, *file, *data); },
        "jangbu dataset dictionary check spindle.toml --data spindle.csv");
    check->add_option("DICTIONARY", *file)->required();
    check->add_option("--data", *data, "also compare it with this file");
}

}  // namespace jangbu::app
