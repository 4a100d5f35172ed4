// Every damage of a content store's folder, down to the chunk. Reads all of it and changes nothing.
// Threads: one. Errors: none; what cannot be read is a damage.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace jangbu::node {

struct ContentDamage {
    std::string what;                // one sentence, the folder first, with the way out
    bool makes_start_refuse = true;  // else it is told to who reads it
};
// `folder` is store.folder. A folder that is not there is whole.
std::vector<ContentDamage> content_damages(const std::filesystem::path& folder);

}  // namespace jangbu::node
