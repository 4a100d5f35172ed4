// Flattening: a record and the JSON of a vector, each as the list of its leaves in order, so that
// they can be compared field by field without the field names (which are not part of the format).
#pragma once

#include "base/bcs.h"
#include "tests/support/vectors.h"

namespace jangbu::test {

using Leaves = std::vector<std::string>;

// Walks a record by its own description, as the encoder does.
class Flattener {
public:
    static constexpr bool decoding = false;

    template <class T>
    void operator()(const T& value) {
        put(value);
    }
    void version() { leaves_.push_back("1"); }
    void bytes(const Bytes& value, std::size_t) { leaves_.push_back(to_hex(value)); }
    void text(const std::string& value, std::size_t) { leaves_.push_back(value); }
    template <class T>
    void list(const std::vector<T>& items, std::size_t, std::size_t) {
        leaves_.push_back("[" + std::to_string(items.size()));
        for (const T& item : items) put(item);
    }
    template <class T, class Rank>
    void ascending(const std::vector<T>& items, std::size_t least, std::size_t most, Rank) {
        list(items, least, most);
    }
    Leaves take() { return std::move(leaves_); }

private:
    template <class T>
    void put(const T& value) {
        if constexpr (std::same_as<T, bool> || std::is_unsigned_v<T>) {
            leaves_.push_back(std::to_string(value));
        } else if constexpr (std::is_enum_v<T>) {
            leaves_.push_back(std::to_string(static_cast<u64>(value)));
        } else if constexpr (std::derived_from<T, bcs::Unit>) {
            leaves_.push_back("null");
        } else {
            T::fields(*this, value);
        }
    }
    template <std::size_t N>
    void put(const ByteArray<N>& value) {
        leaves_.push_back(to_hex(value));
    }
    template <class T, std::size_t N>
        requires(!std::same_as<T, u8>)
    void put(const std::array<T, N>& value) {
        leaves_.push_back("[" + std::to_string(N));
        for (const T& item : value) put(item);
    }
    template <class Tag, std::size_t N>
    void put(const StrongId<Tag, N>& value) {
        put(value.bytes);
    }
    template <class T>
    void put(const std::optional<T>& value) {
        if (value)
            put(*value);
        else
            leaves_.push_back("null");
    }
    template <class A, class B>
    void put(const std::pair<A, B>& value) {
        leaves_.push_back("[2");
        put(value.first);
        put(value.second);
    }
    template <class... Ts>
    void put(const std::variant<Ts...>& value) {
        std::visit([this](const auto& alternative) { this->put(alternative); }, value);
    }

    Leaves leaves_;
};

template <class T>
Leaves leaves_of(const T& value) {
    Flattener flattener;
    flattener(value);
    return flattener.take();
}

// The vector's side. `value` must keep the order of its keys.
inline void flatten(const nlohmann::ordered_json& value, Leaves& into) {
    if (value.is_object()) {
        for (const auto& [name, content] : value.items()) flatten(content, into);
    } else if (value.is_array()) {
        into.push_back("[" + std::to_string(value.size()));
        for (const auto& item : value) flatten(item, into);
    } else if (value.is_string()) {
        into.push_back(value.get<std::string>());
    } else {
        into.push_back(value.dump());
    }
}
inline Leaves leaves_of_json(const nlohmann::ordered_json& value) {
    Leaves leaves;
    flatten(value, leaves);
    return leaves;
}
inline nlohmann::ordered_json ordered_vectors(const std::string& file) {
    return nlohmann::ordered_json::parse(open_vectors(file));
}

}  // namespace jangbu::test
