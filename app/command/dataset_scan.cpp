#include <iostream>

#include "app/command/commands.h"
#include "app/command/languages.h"
#include "client/profile/content_scan.h"

namespace jangbu::app {
namespace {

Json finding_json(const client::ScanFinding& finding) {
    Json places = Json::array();
    for (const auto& place : finding.places)
        places.push_back({{"line", place.line}, {"byte", place.byte}});
    return {{"kind", client::name_of(finding.kind)},
            {"count", finding.count},
            {"example", finding.example},
            {"places", places}};
}

std::string finding_text(const client::ScanFinding& finding, client::Language language) {
    std::string out = "! " + client::title_of(finding.kind, language) + ": " +
                      std::to_string(finding.count) + "  " + finding.example + "\n    ";
    for (std::size_t i = 0; i < finding.places.size(); ++i)
        out += (i > 0 ? ", " : "line ") + std::to_string(finding.places[i].line) + ":" +
               std::to_string(finding.places[i].byte);
    return out + (finding.count > finding.places.size() ? ", …\n" : "\n");
}

Result<Answer> dataset_scan(const Globals&, const std::vector<std::string>& files,
                            const std::string& language_name) {
    const client::Language language = TRY(read_language(language_name));
    Json items = Json::array();
    std::string text;
    bool clean = true;
    for (const std::string& file : files) {
        client::Progress progress(progress_bar());
        const std::vector<client::ScanFinding> findings = TRY(client::scan_file(file, progress));
        Json list = Json::array();
        text += file + (findings.empty() ? ": nothing found\n" : "\n");
        for (const client::ScanFinding& finding : findings) {
            list.push_back(finding_json(finding));
            text += finding_text(finding, language);
        }
        clean = clean && findings.empty();
        items.push_back({{"file", file}, {"findings", list}});
    }
    if (clean) text += "That nothing was found is a hint, not a proof.\n";
    return Answer{{{"schema", "jangbu-scan/1"}, {"clean", clean}, {"files", items}}, text};
}

}  // namespace

Status confirm_content(const std::string& file, bool accepted) {
    client::Progress progress(progress_bar());
    const std::vector<client::ScanFinding> findings = TRY(client::scan_file(file, progress));
    if (findings.empty()) return {};
    std::string text = file + " holds what perhaps should not leave your company:\n";
    for (const client::ScanFinding& finding : findings)
        text += finding_text(finding, client::Language::english);
    talk(text);
    if (accepted) return {};
    if (!can_ask())
        return fail(ErrorCode::usage,
                    "nobody can be asked here: read the above and add --accept-findings; nothing "
                    "was registered");
    std::cerr << "Register it nevertheless? [y/N] " << std::flush;
    std::string line;
    std::getline(std::cin, line);
    if (line == "y" || line == "Y" || line == "yes") return {};
    return fail(ErrorCode::not_allowed, "nothing was registered");
}

void declare_scan(Line& line, CLI::App* dataset) {
    const auto files = std::make_shared<std::vector<std::string>>();
    const auto language = std::make_shared<std::string>("en");
    CLI::App* scan = line.command(
        dataset, "scan", "look for personal data, secrets and drawings before publishing",
        [=](const Globals& globals) { return dataset_scan(globals, *files, *language); },
        "jangbu dataset scan *.csv");
    scan->add_option("FILE", *files)->required();
    scan->add_option("--lang", *language, "of what is printed")
        ->check(CLI::IsMember({"ko", "en"}))
        ->capture_default_str();
}

}  // namespace jangbu::app
