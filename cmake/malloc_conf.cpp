// What jemalloc reads at the start of a program (its manual page, TUNING); without jemalloc nobody
// looks at it. Large pages, since records of a large state lie far from each other; and what a block
// freed is kept for the next blocks.
extern "C" {
// NOLINTNEXTLINE: the name is jemalloc's.
extern const char* malloc_conf;
const char* malloc_conf =
    "thp:always,metadata_thp:always,dirty_decay_ms:60000,muzzy_decay_ms:60000";
}
