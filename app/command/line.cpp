#include "app/command/commands.h"

namespace jangbu::app {
void add_witnesses(CLI::App* to, u32& witnesses) {
    to->add_option("--witnesses", witnesses,
                   "wait for a head that so many witnesses cosigned (up to 90 s)")
        ->check(CLI::Range(0, 32));
}

Line::Line() : program_("jangbu: provable, traceable and paid-for manufacturing data") {
    program_.require_subcommand(1);
    program_.fallthrough();
    program_.footer(exit_codes);
    program_.set_version_flag("--version", "jangbu 0.1, protocol 1");
    program_.add_option("--home", globals_.home,
                        "folder of keys and state (JANGBU_HOME, ~/.jangbu)");
    program_.add_option("--node", globals_.node,
                        "URL of a node, remembered in the home (JANGBU_NODE)");
    program_.add_option("--chain-id", globals_.chain_id,
                        "the ledger that this home trusts, 64 hex digits; pinned");
    program_.add_option("--password-file", globals_.password_file,
                        "first line is the password (else JANGBU_PASSWORD, else asked for)");
    program_.add_option("--output", output_, "text or json")
        ->check(CLI::IsMember({"text", "json"}));
    program_.add_flag("--yes,-y", globals_.yes, "sign without asking");
}

CLI::App* Line::group(const char* name, const char* what) {
    return group(&program_, name, what);
}

CLI::App* Line::group(CLI::App* parent, const char* name, const char* what) {
    CLI::App* made = parent->add_subcommand(name, what);
    made->require_subcommand(1);
    return made;
}

CLI::App* Line::command(CLI::App* parent, const char* name, const char* what, Body body,
                        const std::string& example) {
    CLI::App* made = parent->add_subcommand(name, what);
    if (!example.empty()) made->footer("Example:\n  " + example);
    made->callback([this, body = std::move(body)] { body_ = body; });
    return made;
}

CLI::App* Line::command(const char* name, const char* what, Body body, const std::string& example) {
    return command(&program_, name, what, std::move(body), example);
}

void Line::add_generate_only(CLI::App* to) {
    to->add_option("--generate-only", globals_.generate_only,
                   "write the transaction into this file in place of signing it: no password is "
                   "needed; then jangbu sign, jangbu broadcast");
}

int Line::run(int argc, char** argv) {
    try {
        program_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return program_.exit(error) == 0 ? 0 : 2;
    }
    globals_.json = output_ == "json";
    const Result<Answer> answer = body_(globals_);
    return answer ? print_answer(*answer, globals_.json)
                  : print_error(answer.error(), globals_.json);
}

}  // namespace jangbu::app
