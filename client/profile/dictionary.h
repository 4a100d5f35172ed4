// The data dictionary of a table: what each column means, in which unit, within which range, from
// which equipment.
//
// A person edits it as TOML; check tells every fault with its line. Its canonical bytes are
// BCS(Dictionary), and schema_hash = H("jangbu/schema/v1", those bytes). Ranges are decimal numbers
// or times, kept as text so that nothing is rounded. Threads: pure functions. Errors: malformed
// (with line), limit_exceeded.
#pragma once

#include "base/bcs.h"
#include "client/profile/profile.h"
#include "crypto/hash.h"

namespace jangbu::client {

struct DictionaryColumn {
    std::string name;
    std::string meaning;
    u8 type = 0;  // ColumnType; empty = not said
    std::string unit;
    std::string low;  // a number or a time, empty = no bound
    std::string high;
    std::string equipment;

    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.text(self.name, 200);
        c.text(self.meaning, 1000);
        c(self.type);
        c.text(self.unit, 40);
        c.text(self.low, 40);
        c.text(self.high, 40);
        c.text(self.equipment, 200);
    }
    bool operator==(const DictionaryColumn&) const = default;
};

struct Dictionary {
    std::string title;
    std::string equipment;  // of every column that names none
    std::vector<DictionaryColumn> columns;

    static constexpr std::size_t bytes_max = 4 << 20;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c.text(self.title, 200);
        c.text(self.equipment, 200);
        c.list(self.columns, 1, profile_columns_max);
    }
    bool operator==(const Dictionary&) const = default;
};

inline constexpr std::size_t dictionary_text_bytes_max = 4 << 20;

// H("jangbu/schema/v1", BCS(Dictionary))
crypto::Hash schema_hash(const Dictionary& dictionary);

struct DictionaryFault {
    u32 line = 0;  // 0 = the whole
    std::string what;
};
struct DictionaryReading {
    Dictionary dictionary;
    std::vector<u32> lines;  // of each column's table
    std::vector<DictionaryFault> faults;
};
// Reads as far as it goes. The dictionary may be used only when there is no fault.
DictionaryReading read_dictionary(std::string_view toml);
// The same, of one that must be right: the first fault is the error.
Result<Dictionary> sound_dictionary(std::string_view toml, std::string_view file_name);

// A dictionary to be filled in, with what the profile knows, and comments that say what was seen.
std::string draft_dictionary(const Profile& profile);

// What the data says against the dictionary: columns of one that the other lacks, other types,
// values outside the range.
std::vector<DictionaryFault> compare_with_data(const DictionaryReading& reading,
                                               const Profile& profile);

// How much a buyer is told, in percent, and what is lacking. Meaning weighs 3, unit and range of a
// number 2 each, type and equipment 1 each, the title 2.
struct Completeness {
    u32 percent = 0;
    struct Reason {
        std::string what;  // "meaning"
        u32 columns = 0;
        std::string first;  // the first column that lacks it
    };
    std::vector<Reason> reasons;
};
Completeness completeness(const Dictionary& dictionary);

}  // namespace jangbu::client
