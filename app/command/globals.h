// Globals: what every command may be told, and the steps that most commands begin with.
#pragma once

#include "app/command/output.h"
#include "client/members.h"

namespace jangbu::app {

struct Globals {
    std::string home;           // "" = JANGBU_HOME, else ~/.jangbu
    std::string node;           // "" = JANGBU_NODE, else the home's
    std::string chain_id;       // pins the ledger
    std::string password_file;  // else JANGBU_PASSWORD, else asked for
    std::string generate_only;  // file to write in place of signing; "" = sign
    bool json = false;
    bool yes = false;

    Result<client::Home> open_home() const;
    // Contact without keys: public reads.
    Result<client::Session> connect() const;
    // Contact with keys, for reads of the own organisation.
    Result<client::Session> connect_party() const;
    // Contact for acts: one process of a home at a time. With keys, but for --generate-only, which
    // needs none.
    Result<client::Session> connect_signer() const;
    Result<client::Session> connect_maker() const;
    // `twice`: asked for again when typed.
    Result<std::string> password(bool twice) const;
    // Shows what will be signed and asks, if it will be here; --yes answers. Errors: usage (nobody
    // to ask), not_allowed (no).
    Status confirm(const std::string& what) const;
};

template <class Id>
Result<Id> read_id(const std::string& text, const char* what) {
    const auto id = Id::from_hex(text);
    if (!id) return fail(ErrorCode::usage, std::string(what) + " is 64 lower-case hex digits");
    return *id;
}
// A 32-byte value that is no id.
Result<ByteArray<32>> read_hash(const std::string& text, const char* what);
// A file that a person named: a missing one is a local failure.
Result<Bytes> read_named_file(const std::string& name, std::size_t bytes_max);
// "-" is stdout.
Status write_named_file(const std::string& name, ByteView content);

}  // namespace jangbu::app
