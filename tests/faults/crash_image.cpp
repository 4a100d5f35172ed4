#include "tests/faults/crash_image.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>

namespace jangbu::test::faults {
namespace {

namespace fs = std::filesystem;

enum class Safety { pending, doubtful, safe };

struct Change {
    const Event* event = nullptr;
    Safety safety = Safety::pending;
};
struct Node {
    bool is_folder = false;
    std::vector<Change> changes;       // of a file
    std::map<std::string, u32> names;  // of a folder, in the image
    Bytes content;                     // of a file, in the image
};

bool is_name(Act act) {
    return act == Act::make_file || act == Act::make_folder || act == Act::rename ||
           act == Act::exchange || act == Act::remove || act == Act::link;
}
bool is_in(const Event& event, u32 folder) {
    const bool has_two = event.act == Act::rename || event.act == Act::exchange;
    return event.folder == folder || (has_two && event.to_folder == folder);
}

class Image {
public:
    Image(const Recording& recording, std::size_t count) : nodes_(1) {
        nodes_[0].is_folder = true;
        for (std::size_t i = 0; i < count; ++i) take(recording[i]);
    }
    void lose(Loss loss, std::mt19937_64& random);
    void write(const fs::path& folder) const { write(folder, nodes_[0]); }

private:
    void take(const Event& event);
    void settle();
    void lose_names(Loss loss, std::mt19937_64& random);
    void lose_content(Node& file, Loss loss, std::mt19937_64& random);
    void apply_name(const Event& event);
    void write(const fs::path& folder, const Node& node) const;

    std::vector<Node> nodes_;
    std::vector<Change> names_;
};

void Image::take(const Event& event) {
    if (event.act == Act::note) return;
    if (event.act == Act::settled) return settle();
    if (event.node >= nodes_.size()) nodes_.resize(event.node + 1);
    if (event.act == Act::make_folder) nodes_[event.node].is_folder = true;
    if (is_name(event.act)) {
        names_.push_back({&event});
        return;
    }
    Node& node = nodes_[event.node];
    if (event.act == Act::write || event.act == Act::cut) node.changes.push_back({&event});
    if (event.act != Act::sync && event.act != Act::failed_sync) return;
    const Safety after = event.act == Act::sync ? Safety::safe : Safety::doubtful;
    const auto pass = [&](Change& change) {
        if (change.safety == Safety::pending) change.safety = after;
    };
    std::ranges::for_each(node.changes, pass);
    if (!node.is_folder) return;
    for (Change& change : names_)
        if (is_in(*change.event, event.node)) pass(change);
}

void Image::settle() {
    for (Change& change : names_) change.safety = Safety::safe;
    for (Node& node : nodes_)
        for (Change& change : node.changes) change.safety = Safety::safe;
}

void Image::lose(Loss loss, std::mt19937_64& random) {
    lose_names(loss, random);
    for (Node& node : nodes_)
        if (!node.is_folder) lose_content(node, loss, random);
}

void Image::apply_name(const Event& event) {
    auto& names = nodes_[event.folder].names;
    auto& to_names = nodes_[event.to_folder].names;
    switch (event.act) {
        case Act::rename:
            to_names[event.to_name] = event.node;
            names.erase(event.name);
            return;
        case Act::exchange:
            if (const auto other = to_names.find(event.to_name); other != to_names.end())
                names[event.name] = other->second;
            to_names[event.to_name] = event.node;
            return;
        case Act::remove:
            names.erase(event.name);
            return;
        default:
            names[event.name] = event.node;
    }
}

void Image::lose_names(Loss loss, std::mt19937_64& random) {
    // Kept are the safe ones and those before these ends.
    std::size_t end_of_all = 0;
    std::map<u32, std::size_t> end_of_folder;
    const bool is_journal = loss == Loss::chance && random() % 2 == 0;
    if (loss == Loss::nothing_unsynced) end_of_all = names_.size();
    if (is_journal) {
        for (std::size_t i = 0; i < names_.size(); ++i)
            if (names_[i].safety == Safety::safe) end_of_all = i + 1;
        end_of_all += random() % (names_.size() - end_of_all + 1);
    }
    for (std::size_t i = 0; i < names_.size(); ++i) {
        const Event& event = *names_[i].event;
        bool is_kept = names_[i].safety == Safety::safe || i < end_of_all;
        if (!is_kept && loss == Loss::chance && !is_journal) {
            const auto [end, is_new] = end_of_folder.try_emplace(event.folder, 0);
            if (is_new) end->second = i + random() % (names_.size() - i + 1);
            is_kept = i < end->second;
        }
        if (is_kept) apply_name(event);
    }
}

void put(Bytes& content, u64 offset, ByteView data) {
    if (content.size() < offset + data.size()) content.resize(offset + data.size());
    std::ranges::copy(data, content.begin() + static_cast<std::ptrdiff_t>(offset));
}

// What of the file's unsynced changes is there: see the header.
void Image::lose_content(Node& file, Loss loss, std::mt19937_64& random) {
    enum How { none, all, beginning, pages, length_only, count };
    How how = loss == Loss::nothing_unsynced ? all : none;
    if (loss == Loss::chance) how = static_cast<How>(random() % count);
    const u64 unit = random() % 2 == 0 ? 512 : 4'096;
    std::size_t pending = 0;
    for (const Change& change : file.changes) pending += change.safety != Safety::safe;
    std::size_t left = how == beginning && pending > 0 ? random() % pending + 1 : 0;
    for (const Change& change : file.changes) {
        const Event& event = *change.event;
        const bool is_safe = change.safety == Safety::safe;
        bool is_whole = is_safe || how == all;
        if (!is_safe && how == beginning && left > 0) is_whole = --left > 0;
        if (event.act == Act::cut) {
            const bool is_kept = is_whole || (how == pages && random() % 2 == 0);
            if (is_kept) file.content.resize(event.offset);
            continue;
        }
        if (is_whole) {
            put(file.content, event.offset, event.data);
        } else if (how == beginning && left == 0 && pending > 0) {
            // The torn one, once: up to a border of sectors in the file.
            const u64 end = (event.offset + random() % (event.data.size() + 1)) / unit * unit;
            if (end > event.offset)
                put(file.content, event.offset,
                    ByteView(event.data).first(std::min(end - event.offset, event.data.size())));
            pending = 0;
        } else if (how == pages) {
            for (u64 at = 0; at < event.data.size();) {
                const u64 border = ((event.offset + at) / unit + 1) * unit - event.offset;
                const u64 end = std::min<u64>(border, event.data.size());
                if (random() % 2 == 0)
                    put(file.content, event.offset + at,
                        ByteView(event.data).subspan(at, end - at));
                at = end;
            }
        } else if (how == length_only && file.content.size() < event.offset + event.data.size()) {
            file.content.resize(event.offset + event.data.size());
        }
    }
}

void Image::write(const fs::path& folder, const Node& node) const {
    fs::create_directories(folder);
    for (const auto& [name, number] : node.names) {
        const Node& entry = nodes_[number];
        if (entry.is_folder) {
            write(folder / name, entry);
            continue;
        }
        const int file = ::open((folder / name).c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        const auto size = static_cast<ssize_t>(entry.content.size());
        if (file < 0 || ::write(file, entry.content.data(), entry.content.size()) != size) {
            std::perror(("crash image: " + (folder / name).string()).c_str());
            std::exit(2);
        }
        ::close(file);
    }
}

}  // namespace

void write_crash_image(const Recording& recording, std::size_t count, Loss loss,
                       std::mt19937_64& random, const fs::path& folder) {
    fs::remove_all(folder);
    Image image(recording, count);
    image.lose(loss, random);
    image.write(folder);
}

}  // namespace jangbu::test::faults
