// BCS: the one canonical encoding of everything that is signed, stored or hashed (docs/formats.md
// section 1).
//
// A record describes its fields once, in order, and both directions follow from that:
//
//     struct DocumentRef {
//         ByteArray<32> hash{};
//         u32 length = 0;
//         u8 access = 0;
//         template <class Codec, class Self>
//         static void fields(Codec& c, Self& self) {
//             c(self.hash); c(self.length); c(self.access);
//         }
//     };
//     Bytes bytes = bcs::encode(ref);
//     Result<DocumentRef> again = bcs::decode<DocumentRef>(bytes);
//
// Codec calls: c(x) for bool, u8 to u64, enum classes over them, byte arrays, StrongId, nested
// records, optionals, pairs and variants of those (variant alternatives are numbered from 0 in the
// order written, or by variant_tags); c.version() for the leading version byte; c.bytes, c.text,
// c.list, c.ascending with their bounds. A record with `bytes_max` is bounded as a whole.
//
// Decoding is strict: minimal ULEB128 of at most 32 bits, 0/1 for bool and Option, valid UTF-8,
// bounds checked before anything is allocated, no trailing bytes. A Decoder remembers its first
// fault and then yields zeros, so a record's description needs no error handling; nothing decoded
// may be used before `fault()` was looked at (decode() does). Encoding a value outside its bounds
// is our bug and asserts.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstring>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/strong_id.h"

namespace jangbu::base::bcs {

template <class T>
concept Unsigned = std::unsigned_integral<T> && !std::same_as<T, bool>;
template <class T>
concept ByteEnum = std::is_enum_v<T> && std::unsigned_integral<std::underlying_type_t<T>>;

template <std::size_t N>
consteval std::array<u32, N> places() {
    std::array<u32, N> out{};
    for (std::size_t i = 0; i < N; ++i) out[i] = static_cast<u32>(i);
    return out;
}
// The tag of each alternative of a variant. Specialised where some tags in between are not built
// yet.
template <class Variant>
inline constexpr auto variant_tags = places<std::variant_size_v<Variant>>();

class Encoder {
public:
    static constexpr bool decoding = false;

    Encoder() = default;
    // Writes into this memory; what is in it goes.
    explicit Encoder(Bytes memory) : memory_(std::move(memory)) {}

    template <class T>
    void operator()(const T& value) {
        put(value);
    }

    void version() { byte(1); }
    void uleb(u32 value) {
        for (; value >= 0x80; value >>= 7) byte(static_cast<u8>(value | 0x80));
        byte(static_cast<u8>(value));
    }
    void raw(ByteView bytes) {
        if (!bytes.empty()) std::memcpy(room(bytes.size()), bytes.data(), bytes.size());
    }

    void bytes(ByteView value, std::size_t bytes_max) { sized(value, bytes_max); }
    void text(const std::string& value, std::size_t bytes_max) {
        JANGBU_ASSERT(is_utf8(as_bytes(value)));
        sized(as_bytes(value), bytes_max);
    }
    template <class T>
    void list(const std::vector<T>& items, std::size_t least, std::size_t most) {
        JANGBU_ASSERT(least <= items.size() && items.size() <= most);
        uleb(static_cast<u32>(items.size()));
        for (const T& item : items) put(item);
    }
    // A list whose rank(item) strictly ascends: the canonical form of a map.
    template <class T, class Rank>
    void ascending(const std::vector<T>& items, std::size_t least, std::size_t most, Rank rank) {
        for (std::size_t i = 1; i < items.size(); ++i)
            JANGBU_ASSERT(rank(items[i - 1]) < rank(items[i]));
        list(items, least, most);
    }

    ByteView out() const { return {memory_.data(), size_}; }
    Bytes take() {
        memory_.resize(size_);
        return take_memory();
    }
    // The memory with what may be behind the bytes written, for another Encoder.
    Bytes take_memory() {
        size_ = 0;
        return std::move(memory_);
    }

private:
    void sized(ByteView value, std::size_t bytes_max) {
        JANGBU_ASSERT(value.size() <= bytes_max);
        uleb(static_cast<u32>(value.size()));
        raw(value);
    }
    template <class T>
    void put(const T& value) {
        if constexpr (std::same_as<T, bool>) {
            byte(value ? 1 : 0);
        } else if constexpr (Unsigned<T>) {
            u8* const to = room(sizeof(T));
            for (std::size_t i = 0; i < sizeof(T); ++i) to[i] = static_cast<u8>(value >> (8 * i));
        } else if constexpr (ByteEnum<T>) {
            put(static_cast<std::underlying_type_t<T>>(value));
        } else {
            const std::size_t start = size_;
            T::fields(*this, value);
            if constexpr (requires { T::bytes_max; }) JANGBU_ASSERT(size_ - start <= T::bytes_max);
        }
    }
    template <std::size_t N>
    void put(const ByteArray<N>& value) {
        raw(value);
    }
    template <class T, std::size_t N>
        requires(!std::same_as<T, u8>)
    void put(const std::array<T, N>& value) {
        for (const T& item : value) put(item);
    }
    template <class Tag, std::size_t N>
    void put(const StrongId<Tag, N>& value) {
        raw(value.bytes);
    }
    template <class T>
    void put(const std::optional<T>& value) {
        byte(value ? 1 : 0);
        if (value) put(*value);
    }
    template <class A, class B>
    void put(const std::pair<A, B>& value) {
        put(value.first);
        put(value.second);
    }
    template <class... Ts>
    void put(const std::variant<Ts...>& value) {
        uleb(variant_tags<std::variant<Ts...>>[value.index()]);
        std::visit([this](const auto& alternative) { this->put(alternative); }, value);
    }

    void byte(u8 value) { *room(1) = value; }
    // Where the next `count` bytes go.
    u8* room(std::size_t count) {
        if (memory_.size() - size_ < count) grow(count);
        u8* const at = memory_.data() + size_;
        size_ += count;
        return at;
    }
    void grow(std::size_t count);

    Bytes memory_;  // written up to size_
    std::size_t size_ = 0;
};

class Decoder {
public:
    static constexpr bool decoding = true;

    explicit Decoder(ByteView bytes) : bytes_(bytes) {}

    template <class T>
    void operator()(T& value) {
        get(value);
    }

    void version() {
        if (byte() != 1) set_fault("unknown version");
    }
    u32 uleb() {
        if (at_ < bytes_.size() && bytes_[at_] < 0x80) return bytes_[at_++];
        return long_uleb();
    }
    // The next `count` bytes, or nothing and a fault.
    ByteView raw(std::size_t count) {
        if (count > left()) {
            set_fault("truncated");
            return {};
        }
        at_ += count;
        return bytes_.subspan(at_ - count, count);
    }

    void bytes(Bytes& value, std::size_t bytes_max) { value = to_bytes(sized(bytes_max)); }
    void text(std::string& value, std::size_t bytes_max);
    template <class T>
    void list(std::vector<T>& items, std::size_t least, std::size_t most) {
        const std::size_t count = uleb();
        if (count < least || count > most) set_fault("list length outside its bounds");
        items.clear();
        for (std::size_t i = 0; i < count && !fault_; ++i) get(items.emplace_back());
    }
    template <class T, class Rank>
    void ascending(std::vector<T>& items, std::size_t least, std::size_t most, Rank rank) {
        list(items, least, most);
        for (std::size_t i = 1; i < items.size(); ++i)
            if (!(rank(items[i - 1]) < rank(items[i]))) set_fault("list does not strictly ascend");
    }

    // The first fault, or null. Once set, every further value is zero and nothing is consumed.
    const char* fault() const { return fault_; }
    void set_fault(const char* what) {
        if (fault_) return;
        fault_ = what;
        bytes_ = bytes_.first(at_);
    }
    std::size_t at() const { return at_; }
    std::size_t left() const { return bytes_.size() - at_; }
    // The bytes from `start` to the present place.
    ByteView since(std::size_t start) const { return bytes_.subspan(start, at_ - start); }

private:
    u32 long_uleb();
    ByteView sized(std::size_t bytes_max);
    u8 byte() {
        const ByteView one = raw(1);
        return one.empty() ? u8{0} : one[0];
    }
    bool flag(const char* what) {
        const u8 value = byte();
        if (value > 1) set_fault(what);
        return value == 1;
    }
    template <class T>
    void get(T& value) {
        if constexpr (std::same_as<T, bool>) {
            value = flag("bool is neither 0 nor 1");
        } else if constexpr (Unsigned<T>) {
            const ByteView taken = raw(sizeof(T));
            u64 sum = 0;
            if (!taken.empty())
                for (std::size_t i = 0; i < sizeof(T); ++i)
                    sum |= static_cast<u64>(taken[i]) << (8 * i);
            value = static_cast<T>(sum);
        } else if constexpr (ByteEnum<T>) {
            std::underlying_type_t<T> number{};
            get(number);
            value = static_cast<T>(number);
        } else {
            const std::size_t start = at_;
            T::fields(*this, value);
            if constexpr (requires { T::bytes_max; })
                if (at_ - start > T::bytes_max) set_fault("record above its bound");
        }
    }
    template <std::size_t N>
    void get(ByteArray<N>& value) {
        const ByteView taken = raw(N);
        if (!taken.empty()) std::memcpy(value.data(), taken.data(), N);
    }
    template <class T, std::size_t N>
        requires(!std::same_as<T, u8>)
    void get(std::array<T, N>& value) {
        for (T& item : value) get(item);
    }
    template <class Tag, std::size_t N>
    void get(StrongId<Tag, N>& value) {
        get(value.bytes);
    }
    template <class T>
    void get(std::optional<T>& value) {
        value.reset();
        if (flag("Option is neither 0 nor 1")) get(value.emplace());
    }
    template <class A, class B>
    void get(std::pair<A, B>& value) {
        get(value.first);
        get(value.second);
    }
    template <class... Ts>
    void get(std::variant<Ts...>& value) {
        pick<0>(value, uleb());
    }
    template <std::size_t I, class... Ts>
    void pick(std::variant<Ts...>& value, u32 tag) {
        if constexpr (I < sizeof...(Ts)) {
            if (tag == variant_tags<std::variant<Ts...>>[I])
                get(value.template emplace<I>());
            else
                pick<I + 1>(value, tag);
        } else {
            set_fault("unknown enum variant");
        }
    }

    ByteView bytes_;
    std::size_t at_ = 0;
    const char* fault_ = nullptr;
};

// Written into memory that each thread keeps, then copied: one allocation, of the exact size.
template <class T>
Bytes encode(const T& value) {
    constexpr std::size_t kept_bytes_most = 64 << 10;
    thread_local Bytes kept;
    Encoder encoder(std::move(kept));
    encoder(value);
    Bytes out = to_bytes(encoder.out());
    kept = encoder.take_memory();
    if (kept.capacity() > kept_bytes_most) kept = Bytes();
    return out;
}

// A whole value: trailing bytes are an error.
template <class T>
Result<T> decode(ByteView bytes) {
    Decoder decoder(bytes);
    T value{};
    decoder(value);
    if (decoder.fault()) return fail(ErrorCode::malformed, decoder.fault());
    if (decoder.left() != 0) return fail(ErrorCode::malformed, "trailing bytes");
    return value;
}

// An enum variant without content.
struct Unit {
    template <class Codec, class Self>
    static void fields(Codec&, Self&) {}
    bool operator==(const Unit&) const = default;
};

}  // namespace jangbu::base::bcs
