// FaultyDisk: this process sees its files through here. Calls below one folder are counted, and may
// be recorded, fail, or be the last thing that the process did.
//
// The functions of the C library that change files (open, write, pwrite, fsync, rename, ...) are
// defined by faulty_disk.cpp, and since a program's own definition comes before that of a shared
// library, LevelDB and the standard library meet it as well: the product is not touched. What
// writes through stdio (LevelDB's LOG) or a mapping is not seen. Threads: any. One watch at a time.
#pragma once

#include <filesystem>

#include "tests/faults/recording.h"

namespace jangbu::test::faults {

// Which calls a fault counts.
enum Calls : unsigned {
    calls_write = 1,  // write, pwrite, writev, truncate
    calls_sync = 2,   // fsync, fdatasync
    calls_name = 4,   // creating, rename, link, unlink, mkdir, rmdir
    calls_read = 8,   // read, pread, opening what exists
    calls_change = calls_write | calls_sync | calls_name,
    calls_all = calls_change | calls_read,
};

struct Fault {
    unsigned calls = calls_all;
    u64 at = 0;              // the n-th of these calls, from 1; 0 = none
    int error = 0;           // EIO, ENOSPC; 0 = the process kills itself there, a write half done
    bool is_sticky = false;  // all later calls of the kind fail too
};

class FaultyDisk {
public:
    // From now on everything below `folder` counts.
    static void watch(const std::filesystem::path& folder);
    static void set_fault(const Fault& fault);
    static void record();
    static void note(Bytes told);
    static void stop();  // watching, failing and recording
    static Recording take_recording();
    static u64 count(unsigned calls);  // since watch
    static u64 failures();             // calls that were made to fail
};

}  // namespace jangbu::test::faults
