#include "app/manual.h"

#include <algorithm>

namespace jangbu::app {
namespace {

std::vector<std::string> split(const std::string& text, char at) {
    std::vector<std::string> parts;
    std::size_t from = 0;
    for (std::size_t to = text.find(at); to != std::string::npos; to = text.find(at, from)) {
        parts.push_back(text.substr(from, to - from));
        from = to + 1;
    }
    parts.push_back(text.substr(from));
    return parts;
}

std::string code(const std::string& text) {
    return "`" + text + "`";
}

// A cell of a table is one line, and a bar would end it.
std::string cell(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '|') out += '\\';
        out += c == '\n' ? ' ' : c;
    }
    return out;
}

// CLI11 writes "TEXT:{json,pdf}" and "UINT:INT in [1 - 32]": the type, then what is checked.
std::string checked(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    const std::size_t colon = type.find(':');
    return colon == std::string::npos ? "" : type.substr(colon + 1);
}

bool takes_value(const CLI::Option& option) {
    return option.get_items_expected_max() > 0;
}

std::string remarks(const CLI::Option& option) {
    std::vector<std::string> parts;
    if (!option.get_description().empty()) parts.push_back(option.get_description());
    const std::vector<std::string> choices = choices_of(option);
    if (!choices.empty()) {
        std::string list;
        for (const std::string& choice : choices)
            list += (list.empty() ? "one of " : ", ") + code(choice);
        parts.push_back(list);
    } else if (const std::string rule = checked(option); !rule.empty()) {
        parts.push_back(rule);
    }
    if (!option.get_default_str().empty())
        parts.push_back("default " + code(option.get_default_str()));
    if (option.get_required()) parts.push_back("**required**");
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : ". ") + part;
    return cell(text);
}

std::string name_of(const CLI::Option& option) {
    if (!option.get_positional()) {
        std::string names;
        for (const std::string& name : option.get_lnames())
            names += (names.empty() ? "--" : ", --") + name;
        for (const std::string& name : option.get_snames())
            names += (names.empty() ? "-" : ", -") + name;
        const std::string type = option.get_type_name();
        if (takes_value(option)) names += " " + type.substr(0, type.find(':'));
        return code(names);
    }
    return code(option.get_name(true));
}

std::string table(const std::vector<const CLI::Option*>& options) {
    std::string out;
    for (const CLI::Option* option : options) {
        const std::string text = remarks(*option);
        out += "| " + name_of(*option) + " | " + text + (text.empty() ? "|\n" : " |\n");
    }
    return out.empty() ? out : "| | |\n| --- | --- |\n" + out + "\n";
}

// As deep as the path is long: `jangbu keys` stands under `jangbu`.
std::string heading(const std::string& path, const CLI::App& command) {
    const auto depth = 1 + std::ranges::count(path, ' ');
    return std::string(static_cast<std::size_t>(depth), '#') + " " + path + "\n\n" +
           command.get_description() + "\n\n";
}

void write_command(std::string& out, const CLI::App& command, const std::string& path) {
    out += heading(path, command);
    std::vector<const CLI::Option*> all = positionals_of(command);
    std::string usage = path;
    for (const CLI::Option* one : all)
        usage += one->get_required() ? " " + one->get_name(true) : " [" + one->get_name(true) + "]";
    const std::vector<const CLI::Option*> options = options_of(command);
    if (!options.empty()) usage += " [OPTIONS]";
    out += code(usage) + "\n\n";
    all.insert(all.end(), options.begin(), options.end());
    out += table(all);
    const std::string footer = command.get_footer();
    if (footer.starts_with("Example:\n"))
        out += "```\n" + footer.substr(footer.find_first_not_of(' ', footer.find('\n') + 1)) +
               "\n```\n\n";
}

void write_tree(std::string& out, const CLI::App& command, const std::string& path) {
    const std::vector<const CLI::App*> inner = commands_of(command);
    if (inner.empty()) return write_command(out, command, path);
    out += heading(path, command);
    for (const CLI::App* one : inner) write_tree(out, *one, path + " " + one->get_name());
}

}  // namespace

std::vector<const CLI::Option*> options_of(const CLI::App& command) {
    std::vector<const CLI::Option*> out;
    for (const CLI::Option* option : command.get_options())
        if (!option->get_positional() && option != command.get_help_ptr() &&
            option->get_group() != "")
            out.push_back(option);
    return out;
}

std::vector<const CLI::Option*> positionals_of(const CLI::App& command) {
    std::vector<const CLI::Option*> out;
    for (const CLI::Option* option : command.get_options())
        if (option->get_positional()) out.push_back(option);
    return out;
}

std::vector<const CLI::App*> commands_of(const CLI::App& command) {
    return command.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<std::string> choices_of(const CLI::Option& option) {
    const std::string rule = checked(option);
    if (!rule.starts_with('{') || !rule.ends_with('}')) return {};
    return split(rule.substr(1, rule.size() - 2), ',');
}

std::string manual(const CLI::App& root, const std::string& program) {
    std::string out = "# " + program + "\n\n<!-- Printed by `" + program +
                      " manual`; a test compares. -->\n\n" + root.get_description() + "\n\n";
    if (!root.get_footer().empty()) out += root.get_footer() + "\n\n";
    const std::string everywhere = table(options_of(root));
    if (!everywhere.empty()) out += "## Options of every command\n\n" + everywhere;
    for (const CLI::App* one : commands_of(root))
        write_tree(out, *one, program + " " + one->get_name());
    while (out.ends_with("\n\n")) out.pop_back();
    return out;
}

}  // namespace jangbu::app
