// jangbud take-back: node/take_back.h, and what came out, in words.
#include <iostream>

#include "app/daemon/commands.h"
#include "app/daemon/log_sink.h"
#include "node/take_back.h"

namespace jangbu::app {
namespace {

void print(const node::TakenBack& taken) {
    const std::string height = std::to_string(taken.height);
    if (taken.from == taken.height) {
        std::cout << "stands at height " << height << " already: nothing was above\n";
        return;
    }
    std::cout
        << "taken back from height " << taken.from << " to height " << height << ", header "
        << taken.head.hex() << "\nkept: " << taken.left_blocks.string()
        << "\n  the blocks above as the validator signed them"
        << (taken.cosignatures > 0
                ? " and " + std::to_string(taken.cosignatures) + " cosignatures of witnesses"
                : "")
        << ": evidence that they were\nwho else was told of heads above height " << height
        << ":\n  members and followers, who stop with exit code 6 when they see the other "
           "block of one height\n    (head.json in a member's home; take-back for a follower)\n"
           "  witnesses that cosigned one: they follow in a new folder, with a new witness "
           "key\n  backups of this ledger\n";
}

}  // namespace

int take_back_home(const std::filesystem::path& home, u64 height) {
    install_log_sink(log::Level::error);
    const Result<node::TakenBack> taken = node::take_back(home, height);
    if (!taken) return report(taken.error());
    print(*taken);
    return 0;
}

}  // namespace jangbu::app
