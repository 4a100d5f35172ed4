// Canonical encoding over the types of base. Of tests/vectors/bcs.json this file takes the type
// names below; every other name there is a record of the ledger or the market and is tested in
// those layers.
#include "base/bcs.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <functional>
#include <map>

#include "tests/support/vectors.h"

using namespace jangbu;
using namespace jangbu::test;

namespace {

// One field of a type whose bounds are part of its name in the vectors.
template <std::size_t Most>
struct Blob {
    Bytes value;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.bytes(self.value, Most);
    }
    bool operator==(const Blob&) const = default;
};
template <std::size_t Most>
struct Text {
    std::string value;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.text(self.value, Most);
    }
    bool operator==(const Text&) const = default;
};
template <class Item, std::size_t Most>
struct List {
    std::vector<Item> items;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.list(self.items, 0, Most);
    }
    bool operator==(const List&) const = default;
};
using Shape = std::variant<bcs::Unit, u8, std::pair<u16, u16>>;

// The values as the vectors write them.
void read(const json& in, bool& out) {
    out = in.get<bool>();
}
template <bcs::Unsigned T>
void read(const json& in, T& out) {
    out = static_cast<T>(number_of(in));
}
void read(const json& in, ByteArray<4>& out) {
    out = array_of<4>(in);
}
template <std::size_t Most>
void read(const json& in, Blob<Most>& out) {
    out.value = bytes_of(in);
}
template <std::size_t Most>
void read(const json& in, Text<Most>& out) {
    out.value = in.get<std::string>();
}
template <class Item, std::size_t Most>
void read(const json& in, List<Item, Most>& out) {
    for (const json& item : in) read(item, out.items.emplace_back());
}
template <class T>
void read(const json& in, std::optional<T>& out) {
    if (!in.is_null()) read(in, out.emplace());
}
template <class A, class B>
void read(const json& in, std::pair<A, B>& out) {
    read(in.at(0), out.first);
    read(in.at(1), out.second);
}
void read(const json& in, Shape& out) {
    if (in.contains("Byte")) read(in["Byte"], out.emplace<1>());
    if (in.contains("Pair")) read(in["Pair"], out.emplace<2>());
}

struct Type {
    std::function<bool(const json& value, ByteView bytes)> agrees;  // in both directions
    std::function<bool(ByteView bytes)> decodes;
};

template <class T>
Type type() {
    return {[](const json& in, ByteView bytes) {
                T value{};
                read(in, value);
                const Result<T> decoded = bcs::decode<T>(bytes);
                return bcs::encode(value) == to_bytes(bytes) && decoded && *decoded == value;
            },
            [](ByteView bytes) { return bcs::decode<T>(bytes).has_value(); }};
}

const std::map<std::string, Type>& types() {
    static const std::map<std::string, Type> all = {
        {"bool", type<bool>()},
        {"u8", type<u8>()},
        {"u16", type<u16>()},
        {"u32", type<u32>()},
        {"u64", type<u64>()},
        {"[u8;4]", type<ByteArray<4>>()},
        {"bytes<=8", type<Blob<8>>()},
        {"bytes<=100000", type<Blob<100'000>>()},
        {"string<=16", type<Text<16>>()},
        {"vec<u16><=4", type<List<u16, 4>>()},
        {"vec<bytes<=3><=3", type<List<Blob<3>, 3>>()},
        {"option<u32>", type<std::optional<u32>>()},
        {"(u8,u64)", type<std::pair<u8, u64>>()},
        {"Shape", type<Shape>()},
    };
    return all;
}

}  // namespace

TEST_CASE("bcs: encodes and decodes every accepted vector of a base type") {
    int covered = 0, records = 0;
    for (const json& vector : vectors("bcs.json")["accepted"]) {
        const auto found = types().find(vector["type"]);
        if (found == types().end()) {
            ++records;
            continue;
        }
        ++covered;
        CHECK_MESSAGE(found->second.agrees(vector["value"], bytes_of(vector["bytes"])),
                      vector.dump());
    }
    CHECK(covered == 29);
    CHECK(covered + records == 71);
}

TEST_CASE("bcs: refuses every refused vector of a base type") {
    int covered = 0, records = 0;
    for (const json& vector : vectors("bcs.json")["refused"]) {
        const auto found = types().find(vector["type"]);
        if (found == types().end()) {
            ++records;
            continue;
        }
        ++covered;
        CHECK_MESSAGE(!found->second.decodes(bytes_of(vector["bytes"])), vector.dump());
    }
    CHECK(covered == 91);
    CHECK(covered + records == 282);
}

TEST_CASE("bcs: whatever decodes is the encoding of what it decoded to") {
    using Mixed = std::pair<List<Blob<3>, 3>, std::pair<std::optional<u16>, Shape>>;
    CHECK(rc::check([](const Bytes& any) {
        if (const auto value = bcs::decode<Mixed>(any)) RC_ASSERT(bcs::encode(*value) == any);
        if (const auto value = bcs::decode<Text<16>>(any)) RC_ASSERT(bcs::encode(*value) == any);
    }));
}

namespace {

enum class Access : u8 { open = 1, closed = 2 };

struct Entry {
    u8 key = 0;
    u16 value = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.key);
        c(self.value);
    }
    bool operator==(const Entry&) const = default;
};

struct Record {
    static constexpr std::size_t bytes_max = 24;
    Access access = Access::open;
    StrongId<struct RecordTag, 4> id;
    std::array<u16, 2> shares{};
    std::vector<Entry> entries;
    std::string note;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.access);
        c(self.id);
        c(self.shares);
        c.ascending(self.entries, 1, 3, [](const Entry& entry) { return entry.key; });
        c.text(self.note, 100);
    }
    bool operator==(const Record&) const = default;
};

Record example() {
    Record record;
    record.access = Access::closed;
    record.id.bytes = {1, 2, 3, 4};
    record.shares = {5, 6};
    record.entries = {{7, 8}, {9, 10}};
    record.note = "n";
    return record;
}

const std::string example_hex =
    "01"
    "02"
    "01020304"
    "05000600"
    "02"
    "070800"
    "090a00"
    "01"
    "6e";

ErrorCode code_of(const std::string& hex) {
    const auto record = bcs::decode<Record>(bytes_of(hex));
    REQUIRE(!record);
    return record.error().code;
}

}  // namespace

TEST_CASE("bcs: a record is its version and its fields in order") {
    CHECK(to_hex(bcs::encode(example())) == example_hex);
    CHECK(bcs::decode<Record>(bytes_of(example_hex)) == example());
}

TEST_CASE("bcs: a record refuses another version and lists out of order or bounds") {
    const std::string head =
        "01"
        "02"
        "01020304"
        "05000600";
    CHECK(code_of("02" + example_hex.substr(2)) == ErrorCode::malformed);
    CHECK(code_of("00" + example_hex.substr(2)) == ErrorCode::malformed);
    CHECK(code_of(head + "02"
                         "090a00"
                         "070800"
                         "00") == ErrorCode::malformed);
    CHECK(code_of(head + "02"
                         "070800"
                         "070900"
                         "00") == ErrorCode::malformed);
    CHECK(code_of(head + "00"
                         "00") == ErrorCode::malformed);
    CHECK(code_of(head + "04"
                         "010000"
                         "020000"
                         "030000"
                         "040000"
                         "00") == ErrorCode::malformed);
}

TEST_CASE("bcs: a record refuses every shorter and every longer byte string") {
    const Bytes whole = bytes_of(example_hex);
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK(!bcs::decode<Record>(ByteView(whole).first(size)));
    CHECK(!bcs::decode<Record>(concat({whole, ByteArray<1>{0}})));
}

TEST_CASE("bcs: a record above its own bound is refused though every field is within its bounds") {
    const std::string head =
        "01"
        "02"
        "01020304"
        "05000600"
        "02"
        "070800"
        "090a00";
    CHECK(bcs::decode<Record>(bytes_of(head + "06"
                                              "616161616161"))
              .has_value());
    CHECK(code_of(head + "07"
                         "61616161616161") == ErrorCode::malformed);
}

TEST_CASE("bcs: a length that promises much allocates nothing") {
    // Four billion items of a list that may have as many: the first missing one ends it.
    const Bytes promise = {0xff, 0xff, 0xff, 0xff, 0x0f, 0x00, 0x00};
    bcs::Decoder decoder(promise);
    List<u64, 0xFFFFFFFF> value;
    decoder(value);
    CHECK(decoder.fault() != nullptr);
    CHECK(value.items.size() == 1);
}

TEST_CASE("bcs: after the first fault a decoder yields zeros and keeps the first reason") {
    const Bytes bytes = {2, 7, 7, 7};
    bcs::Decoder decoder(bytes);
    bool flag = true;
    u16 number = 9;
    std::optional<u8> option = u8{1};
    decoder(flag);
    const std::string first = decoder.fault();
    decoder(number);
    decoder(option);
    CHECK(number == 0);
    CHECK(!option);
    CHECK(decoder.fault() == first);
    CHECK(decoder.at() == 1);
}
