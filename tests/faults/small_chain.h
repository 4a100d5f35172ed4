// A ledger of the PutMap application that trials of its stores need: blocks of 15 kB, so that some
// ten are several segments. And a process of its own for each start, since LevelDB has a thread.
#pragma once

#include <filesystem>
#include <functional>

#include "ledger/chain.h"
#include "tests/ledger/genesis_file.h"
#include "tests/support/put_map.h"

namespace jangbu::test::faults {

Result<SoloFinality> sign_any(const Header&, const HeaderHash& hash);
// Blocks of one height with different salts differ.
Status add_block(Chain& chain, u64 salt = 0);
// The entries, hashed anew, give the root of the head, and every id up to it is used.
Status check_head(const Chain& chain);

// Runs in a child that watches no folder yet; what it found wrong, or nothing, "killed" if it was.
// `said` is a file for it to speak through.
std::string in_process(const std::filesystem::path& said, const std::function<Status()>& work);

}  // namespace jangbu::test::faults
