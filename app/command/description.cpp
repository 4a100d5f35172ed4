#include "app/command/description.h"

#include "crypto/unicode.h"

namespace jangbu::app {
namespace {

constexpr std::string_view languages[] = {"ko", "en"};

// "en=Spindle log", or plain text for Korean.
std::pair<std::string, std::string> by_language(const std::string& text) {
    for (const std::string_view language : languages)
        if (text.starts_with(std::string(language) + "="))
            return {std::string(language), text.substr(language.size() + 1)};
    return {"ko", text};
}

// Words that the catalogue counts (docs/formats.md section 9), at most 8 of a kind.
Result<std::vector<std::string>> read_facet(const char* option,
                                            const std::vector<std::string>& texts) {
    std::vector<std::string> out;
    for (const std::string& text : texts) {
        const std::string value = crypto::composed(text).value_or("");
        if (value.empty() || value.size() > 64 || value.find(',') != std::string::npos ||
            value.front() == ' ' || value.back() == ' ')
            return fail(ErrorCode::usage,
                        std::string(option) + " takes UTF-8 text of 1 to 64 bytes without a comma");
        out.push_back(value);
    }
    if (out.size() > 8)
        return fail(ErrorCode::usage, std::string(option) + " may be given 8 times");
    return out;
}

}  // namespace

CLI::Option* add_description(CLI::App* to, DescriptionOptions& options) {
    CLI::Option* title =
        to->add_option("--title", options.titles, "Korean, or en=TEXT; once per language")
            ->allow_extra_args(false);
    to->add_option("--summary", options.summaries, "Korean, or en=TEXT")->allow_extra_args(false);
    to->add_option("--keyword", options.keywords, "Korean, or en=TEXT; may be repeated")
        ->allow_extra_args(false);
    to->add_option("--process", options.process, "공정, e.g. 절삭; may be repeated")
        ->allow_extra_args(false);
    to->add_option("--equipment", options.equipment, "설비, e.g. 'CNC 밀링'; may be repeated")
        ->allow_extra_args(false);
    to->add_option("--industry", options.industry, "업종, e.g. 자동차부품; may be repeated")
        ->allow_extra_args(false);
    to->add_option("--format", options.format, "of the file, e.g. csv");
    return title;
}

Result<std::optional<client::Description>> read_description(const DescriptionOptions& options) {
    client::Description description;
    for (const auto* texts : {&options.titles, &options.summaries, &options.keywords})
        for (const std::string& text : *texts)
            if (!is_utf8(as_bytes(text)))
                return fail(ErrorCode::usage, "titles, summaries and keywords are UTF-8 text");
    if (options.titles.empty()) {
        const bool said =
            !(options.summaries.empty() && options.keywords.empty() && options.process.empty() &&
              options.equipment.empty() && options.industry.empty() && options.format.empty());
        if (said) return fail(ErrorCode::usage, "a description needs a --title");
        return std::optional<client::Description>();
    }
    for (const std::string& text : options.titles) {
        const auto [language, words] = by_language(text);
        if (words.empty()) return fail(ErrorCode::usage, "a title is empty");
        description.title[language] = words;
    }
    for (const std::string& text : options.summaries) {
        const auto [language, words] = by_language(text);
        description.summary[language] = words;
    }
    for (const std::string& text : options.keywords) {
        const auto [language, words] = by_language(text);
        description.keywords[language].push_back(words);
    }
    description.process = TRY(read_facet("--process", options.process));
    description.equipment = TRY(read_facet("--equipment", options.equipment));
    description.industry = TRY(read_facet("--industry", options.industry));
    if (!options.format.empty())
        description.format = TRY(read_facet("--format", {options.format})).front();
    return std::optional(std::move(description));
}

}  // namespace jangbu::app
