#include "app/command/globals.h"

#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "base/file.h"

namespace jangbu::app {
namespace {

constexpr std::size_t password_bytes_max = 4096;

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

// Typed without showing it.
std::string ask_hidden(const std::string& prompt) {
    std::cerr << prompt << std::flush;
    termios before{};
    tcgetattr(STDIN_FILENO, &before);
    termios hidden = before;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    std::string line;
    std::getline(std::cin, line);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    std::cerr << std::endl;
    return line;
}

Result<std::string> ask_password(bool twice) {
    if (!can_ask())
        return fail(ErrorCode::usage, "no password: give --password-file or set JANGBU_PASSWORD");
    const std::string password = ask_hidden("Password: ");
    if (twice && ask_hidden("Once more: ") != password)
        return fail(ErrorCode::usage, "the two passwords differ");
    return password;
}

}  // namespace

Result<client::Home> Globals::open_home() const {
    std::filesystem::path folder = home.empty() ? environment("JANGBU_HOME") : home;
    if (folder.empty()) {
        const std::string user = environment("HOME");
        if (user.empty()) return fail(ErrorCode::usage, "name the home folder with --home");
        folder = std::filesystem::path(user) / ".jangbu";
    }
    client::Home opened = TRY(client::Home::open(folder));
    client::HomeConfig config = opened.config();
    bool changed = false;
    const std::string url = node.empty() ? environment("JANGBU_NODE") : node;
    if (!url.empty() && url != config.node) {
        config.node = url;
        changed = true;
    }
    if (!chain_id.empty()) {
        const auto chain = TRY(read_id<client::ChainId>(chain_id, "--chain-id"));
        if (config.chain_id && *config.chain_id != chain)
            return fail(ErrorCode::verification_failed,
                        "this home is pinned to another ledger, " + config.chain_id->hex());
        changed = changed || !config.chain_id;
        config.chain_id = chain;
    }
    if (changed) TRY(opened.set_config(config));
    return opened;
}

Result<client::Session> Globals::connect() const {
    return client::Session::connect(TRY(open_home()), talk);
}

Result<client::Session> Globals::connect_party() const {
    const std::string word = TRY(password(false));
    client::Session session = TRY(connect());
    TRY(session.unlock(word));
    return session;
}

Result<client::Session> Globals::connect_signer() const {
    if (!generate_only.empty()) return connect_maker();
    const std::string word = TRY(password(false));
    client::Home opened = TRY(open_home());
    TRY(opened.lock());
    client::Session session = TRY(client::Session::connect(std::move(opened), talk));
    TRY(session.unlock(word));
    return session;
}

Result<client::Session> Globals::connect_maker() const {
    client::Home opened = TRY(open_home());
    if (!opened.config().org_id)
        return fail(ErrorCode::usage,
                    "this home belongs to nobody yet: jangbu config set organisation ORG");
    TRY(opened.lock());
    client::Session session = TRY(client::Session::connect(std::move(opened), talk));
    session.make_for(*session.home().config().org_id);
    return session;
}

Result<std::string> Globals::password(bool twice) const {
    if (!password_file.empty()) {
        const Bytes content = TRY(read_named_file(password_file, password_bytes_max));
        const std::string_view text = as_text(content);
        return std::string(text.substr(0, text.find_first_of("\r\n")));
    }
    if (const char* value = std::getenv("JANGBU_PASSWORD")) return std::string(value);
    return ask_password(twice);
}

Status Globals::confirm(const std::string& what) const {
    talk(what);
    if (yes || !generate_only.empty()) return {};
    if (!can_ask())
        return fail(ErrorCode::usage, "nobody can be asked here: read the above and add --yes");
    std::cerr << "Sign this? [y/N] " << std::flush;
    std::string line;
    std::getline(std::cin, line);
    if (line == "y" || line == "Y" || line == "yes") return {};
    return fail(ErrorCode::not_allowed, "nothing was signed");
}

Result<ByteArray<32>> read_hash(const std::string& text, const char* what) {
    const auto hash = from_hex_array<32>(text);
    if (!hash) return fail(ErrorCode::usage, std::string(what) + " is 64 lower-case hex digits");
    return *hash;
}

Result<Bytes> read_named_file(const std::string& name, std::size_t bytes_max) {
    Result<Bytes> content = read_file(name, bytes_max);
    if (!content && content.error().code == ErrorCode::not_found)
        return fail(ErrorCode::io, content.error().detail);
    return content;
}

Status write_named_file(const std::string& name, ByteView content) {
    if (name != "-") return write_file_atomically(name, content, FileMode::world_readable);
    std::cout << as_text(content) << std::flush;
    if (!std::cout) return fail(ErrorCode::io, "cannot write to stdout");
    return {};
}

}  // namespace jangbu::app
