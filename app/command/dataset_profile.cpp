#include "app/command/commands.h"
#include "app/command/languages.h"
#include "client/profile/profile_view.h"

namespace jangbu::app {
namespace {

struct DatasetProfile {
    std::string file;
    std::string format = "text";
    std::string out = "-";
    std::string language = "en";
};

Result<Answer> dataset_profile(const Globals& globals, const DatasetProfile& options) {
    const client::Language language = TRY(read_language(options.language));
    client::Progress progress(progress_bar());
    const client::Profile profile = TRY(client::profile_file(options.file, progress));
    const std::string format = globals.json ? "json" : options.format;
    std::string text;
    if (format == "text")
        text = client::profile_text(profile, language);
    else if (format == "html")
        text = client::profile_html(profile, language);
    else
        text = client::profile_json(profile).dump(
                   1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
               "\n";
    if (options.out != "-") {
        TRY(write_named_file(options.out, as_bytes(text)));
        return Answer{{{"schema", "jangbu-profile-written/1"},
                       {"file", options.out},
                       {"format", format},
                       {"rows", profile.rows},
                       {"columns", profile.columns.size()},
                       {"findings", profile.findings.size()}},
                      "The profile of " + options.file + " is in " + options.out + ": " +
                          std::to_string(profile.rows) + " rows, " +
                          std::to_string(profile.columns.size()) + " columns, " +
                          std::to_string(profile.findings.size()) + " findings.\n"};
    }
    // A terminal gets the text without control characters that the table may hold.
    if (format == "text") return Answer{{}, text};
    TRY(write_named_file("-", as_bytes(text)));
    return Answer{};
}

}  // namespace

Result<client::Language> read_language(const std::string& text) {
    if (text == "ko") return client::Language::korean;
    if (text == "en") return client::Language::english;
    return fail(ErrorCode::usage, "a language is ko or en");
}

void declare_profile(Line& line, CLI::App* dataset) {
    const auto options = std::make_shared<DatasetProfile>();
    CLI::App* profile = line.command(
        dataset, "profile", "what a CSV or TSV file holds, and what stands out in it",
        [=](const Globals& globals) { return dataset_profile(globals, *options); },
        "jangbu dataset profile spindle.csv --format html --lang ko --out profile.html");
    profile->add_option("FILE", options->file)->required();
    profile->add_option("--format", options->format, "text, json or html")
        ->check(CLI::IsMember({"text", "json", "html"}));
    profile->add_option("--out", options->out, "file to write, - for stdout")
        ->capture_default_str();
    profile->add_option("--lang", options->language, "of what is printed")
        ->check(CLI::IsMember({"ko", "en"}))
        ->capture_default_str();
}

}  // namespace jangbu::app
