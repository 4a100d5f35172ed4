// What should not leave a plant unnoticed: personal data, secrets, drawings.
//
// Reads any file once, in bounded memory. Resident and foreigner registration numbers (date, and
// check digit where one was given), telephone numbers, e-mail addresses, headers that speak of
// persons, private keys and access keys, and files that are drawings or archives by their first
// bytes. Examples are masked. A finding is a hint, its absence no proof. Threads: one. Errors: io,
// conflict (the file changed). Source: check digit of the resident registration number, weights 2
// to 9 and 2 to 5 modulo 11; numbers given since October 2020 need not follow it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "client/profile/findings.h"
#include "client/progress.h"

namespace jangbu::client {

enum class ScanKind : u8 {
    resident_number,        // date and check digit are right
    resident_number_maybe,  // date is right, as of numbers since 2020
    telephone,
    email,
    person_header,
    private_key,
    access_key,
    drawing,
    document,
    not_scanned,  // UTF-16, or an archive: nothing can be said about what is in it
};
inline constexpr std::size_t scan_kinds = 10;

struct ScanFinding {
    static constexpr std::size_t places_max = 5;
    struct Place {
        u64 line = 0;
        u64 byte = 0;  // of the line, from 1
    };
    ScanKind kind = ScanKind::email;
    u64 count = 0;
    std::vector<Place> places;
    std::string example;  // masked
};

const char* name_of(ScanKind kind);
std::string title_of(ScanKind kind, Language language);

// In order of ScanKind; empty = nothing found.
Result<std::vector<ScanFinding>> scan_file(const std::filesystem::path& file, Progress& progress);

// The check digit of 13 digits is right; the date is not looked at.
bool resident_check_digit(std::string_view digits);

}  // namespace jangbu::client
