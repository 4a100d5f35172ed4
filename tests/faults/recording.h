// Recording: what a process did to the files of one folder, in order, as a disk would see it.
//
// Files and folders are nodes with a number; 0 is the folder itself. Everything before `settled`
// was on disk already. `failed_sync` is an fsync that returned an error: Linux may have dropped the
// pages and marked them clean, so that a later fsync says nothing about them (Rebello et al., "Can
// Applications Recover from fsync Failures?", USENIX ATC 2020). A `note` is what a client was told.
#pragma once

#include "base/bcs.h"
#include "base/result.h"

namespace jangbu::test::faults {

enum class Act : u8 {
    make_file,
    make_folder,
    settled,
    write,
    cut,  // to `offset` bytes, longer or shorter
    sync,
    failed_sync,
    rename,
    exchange,
    remove,
    link,
    note
};

struct Event {
    Act act{};
    u32 node = 0;
    u32 folder = 0;  // of `name`
    std::string name;
    u32 to_folder = 0;
    std::string to_name;
    u64 offset = 0;
    Bytes data;

    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        auto act = static_cast<u8>(self.act);
        c(act);
        if constexpr (!std::is_const_v<Self>) self.act = static_cast<Act>(act);
        c(self.node);
        c(self.folder);
        c.text(self.name, 4'096);
        c(self.to_folder);
        c.text(self.to_name, 4'096);
        c(self.offset);
        c.bytes(self.data, 256 << 20);
    }
};

using Recording = std::vector<Event>;

Bytes encode(const Recording& recording);
Result<Recording> decode_recording(ByteView bytes);

}  // namespace jangbu::test::faults
