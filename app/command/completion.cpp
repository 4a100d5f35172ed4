// jangbu manual, jangbu completion: what the program says of its own command line.
//
// A completion is a script of tables, printed from the tree, and a short walk over the words typed
// so far. bash and zsh read the same tables; fish has a line for each option.
#include <algorithm>

#include "app/command/commands.h"
#include "app/manual.h"

namespace jangbu::app {
namespace {

// Every command with its path below the program: "", "keys", "keys init", ...
void visit(const CLI::App& command, const std::string& path,
           const std::function<void(const CLI::App&, const std::string&)>& see) {
    see(command, path);
    for (const CLI::App* one : commands_of(command))
        visit(*one, (path.empty() ? "" : path + " ") + one->get_name(), see);
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
    return out;
}

std::vector<std::string> option_names(const CLI::Option& option) {
    std::vector<std::string> names;
    for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option.get_snames()) names.push_back("-" + name);
    return names;
}

bool takes_value(const CLI::Option& option) {
    return option.get_items_expected_max() > 0;
}

std::vector<std::string> command_names(const CLI::App& command) {
    std::vector<std::string> names;
    for (const CLI::App* one : commands_of(command)) names.push_back(one->get_name());
    return names;
}

// _jangbu_commands PATH, _jangbu_options PATH, _jangbu_valued OPTION, _jangbu_choices PATH OPTION.
struct Tables {
    std::string commands;
    std::string options;
    std::string choices;
    std::vector<std::string> valued;
    std::vector<std::string> everywhere;  // options of the program, taken behind every command
};

std::string row(const std::string& pattern, const std::vector<std::string>& words) {
    return words.empty() ? "" : "        " + pattern + ") echo '" + joined(words) + "' ;;\n";
}

void add(Tables& tables, const CLI::App& command, const std::string& path) {
    tables.commands += row("'" + path + "'", command_names(command));
    std::vector<std::string> own;
    for (const CLI::Option* option : options_of(command))
        for (const std::string& name : option_names(*option)) {
            own.push_back(name);
            if (takes_value(*option)) tables.valued.push_back(name);
            const std::string before = path.empty() ? "*' " : "'" + path + " ";
            tables.choices += row(before + name + "'", choices_of(*option));
        }
    for (const CLI::Option* one : positionals_of(command))
        tables.choices += row("'" + path + " '", choices_of(*one));
    if (path.empty())
        tables.everywhere = own;
    else
        tables.options += row("'" + path + "'", own);
}

std::string tables_text(Tables& tables) {
    std::ranges::sort(tables.valued);
    tables.valued.erase(std::ranges::unique(tables.valued).begin(), tables.valued.end());
    return "_jangbu_commands() {\n    case \"$1\" in\n" + tables.commands +
           "    esac\n}\n_jangbu_options() {\n    case \"$1\" in\n" + tables.options +
           "    esac\n    echo '--help " + joined(tables.everywhere) +
           "'\n}\n_jangbu_valued() {\n    case ' " + joined(tables.valued) +
           " ' in *\" $1 \"*) return 0 ;; esac\n    return 1\n}\n"
           "_jangbu_choices() {\n    case \"$1 $2\" in\n" +
           tables.choices + "    esac\n}\n";
}

// $1: the words before the one at the cursor; sets at.
constexpr const char* walk = R"sh(_jangbu_walk() {
    local word skip=
    at=
    for word in "$@"; do
        if [ -n "$skip" ]; then skip=; continue; fi
        case "$word" in
            -*) if _jangbu_valued "$word"; then skip=1; fi ;;
            *) case " $(_jangbu_commands "$at") " in
                *" $word "*) at="${at:+$at }$word" ;;
            esac ;;
        esac
    done
}
)sh";

constexpr const char* bash_end = R"sh(_jangbu() {
    local at words cur=$2 prev=$3 last=$COMP_CWORD
    # bash cuts --option=value at the sign.
    if [ "$cur" = = ]; then cur=; last=$((last - 1)); prev=${COMP_WORDS[last]}
    elif [ "$prev" = = ]; then last=$((last - 2)); prev=${COMP_WORDS[last]}; fi
    _jangbu_walk "${COMP_WORDS[@]:1:last - 1}"
    COMPREPLY=()
    if _jangbu_valued "$prev"; then
        words=$(_jangbu_choices "$at" "$prev")
    elif [ "${cur#-}" != "$cur" ]; then
        words=$(_jangbu_options "$at")
    else
        words="$(_jangbu_commands "$at") $(_jangbu_choices "$at" '')"
    fi
    if [ -n "${words# }" ]; then
        COMPREPLY=($(compgen -W "$words" -- "$cur"))
    elif [ "${cur#-}" = "$cur" ]; then
        compopt -o filenames 2> /dev/null
        COMPREPLY=($(compgen -f -- "$cur"))
    fi
}
complete -F _jangbu jangbu
)sh";

constexpr const char* zsh_end = R"sh(_jangbu() {
    local at found prev=${words[CURRENT - 1]}
    _jangbu_walk "${(@)words[2,CURRENT - 1]}"
    if _jangbu_valued "$prev"; then
        found=$(_jangbu_choices "$at" "$prev")
    elif [[ $PREFIX == -* ]]; then
        found=$(_jangbu_options "$at")
    else
        found="$(_jangbu_commands "$at") $(_jangbu_choices "$at" '')"
    fi
    if [[ -n ${found# } ]]; then compadd -- ${=found}; else _files; fi
}
if [[ $funcstack[1] == _jangbu ]]; then _jangbu "$@"; else compdef _jangbu jangbu; fi
)sh";

std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

constexpr const char* fish_start = R"sh(function __jangbu_path
    set -l at
    set -l skip
    for word in (commandline -opc)[2..-1]
        if test -n "$skip"
            set skip
        else if string match -q -- '-*' $word
            contains -- $word $__jangbu_valued; and set skip 1
        else if contains -- (string join ' ' -- $at $word) $__jangbu_paths
            set -a at $word
        end
    end
    string join ' ' -- $at
end
function __jangbu_at
    set -l at (__jangbu_path)
    test "$at" = "$argv[1]"
end
)sh";

std::string fish_option(const CLI::Option& option, const std::string& condition) {
    std::string line = "complete -c jangbu" + condition;
    for (const std::string& name : option.get_lnames()) line += " -l " + name;
    for (const std::string& name : option.get_snames()) line += " -s " + name;
    const std::string words = joined(choices_of(option));
    if (!words.empty())
        line += " -x -a " + quoted(words);
    else if (takes_value(option))
        line += " -r -F";
    return line + " -d " + quoted(option.get_description()) + "\n";
}

std::string fish_script(const CLI::App& root) {
    std::string lines;
    std::string paths;
    std::string valued;
    visit(root, "", [&](const CLI::App& command, const std::string& path) {
        const std::string condition = " -n \"__jangbu_at '" + path + "'\"";
        if (!path.empty()) paths += " " + quoted(path);
        for (const CLI::App* one : commands_of(command))
            lines += "complete -c jangbu -f" + condition + " -a " + quoted(one->get_name()) +
                     " -d " + quoted(one->get_description()) + "\n";
        for (const CLI::Option* one : positionals_of(command))
            if (const auto words = choices_of(*one); !words.empty())
                lines +=
                    "complete -c jangbu -f" + condition + " -a " + quoted(joined(words)) + "\n";
        for (const CLI::Option* option : options_of(command)) {
            lines += fish_option(*option, path.empty() ? "" : condition);
            if (takes_value(*option)) valued += " " + joined(option_names(*option));
        }
    });
    return "set -g __jangbu_paths" + paths + "\nset -g __jangbu_valued" + valued + "\n" +
           fish_start + lines;
}

Result<Answer> completion(const CLI::App& root, const std::string& shell) {
    std::string text =
        "# " + shell + " completion of jangbu, printed by: jangbu completion " + shell + "\n";
    if (shell == "zsh") text = "#compdef jangbu\n" + text;
    if (shell == "fish") {
        text += fish_script(root);
    } else {
        Tables tables;
        visit(root, "", [&](const CLI::App& command, const std::string& path) {
            add(tables, command, path);
        });
        text += tables_text(tables) + walk + (shell == "zsh" ? zsh_end : bash_end);
    }
    return Answer{{{"schema", "jangbu-completion/1"}, {"shell", shell}, {"script", text}}, text};
}

Result<Answer> print_manual(const CLI::App& root) {
    const std::string text = manual(root, "jangbu");
    return Answer{{{"schema", "jangbu-manual/1"}, {"markdown", text}}, text};
}

}  // namespace

void declare_own(Line& line) {
    const auto shell = std::make_shared<std::string>();
    const CLI::App* root = &line.program();
    line.command(
        "manual", "every command and option as Markdown; docs/cli.md is this",
        [=](const Globals&) { return print_manual(*root); }, "jangbu manual | less");
    CLI::App* made = line.command(
        "completion", "a script with which the Tab key completes words of jangbu",
        [=](const Globals&) { return completion(*root, *shell); },
        "eval \"$(jangbu completion bash)\"");
    made->add_option("SHELL", *shell, "of which shell")
        ->check(CLI::IsMember({"bash", "zsh", "fish"}))
        ->required();
}

}  // namespace jangbu::app
