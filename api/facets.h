// Facets: what a catalogue is narrowed by, and the value that a listing has in each.
//
// Process, equipment, industry and format are the seller's words, from the description
// (docs/formats.md section 9); category, size, price, licence and origin follow from the records.
// Whether a voucher can pay and how long ago it was published depend on when one asks, so they are
// judged at each search (api/catalogue.h). Threads: pure.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "market/records.h"

namespace jangbu::api {

enum class Facet : u8 {
    process,
    equipment,
    industry,
    format,
    category,
    size,
    price,
    licence,
    origin,
    voucher,
    updated,
};
inline constexpr std::size_t facet_count = 11;
inline constexpr std::array<std::string_view, facet_count> facet_names{
    "process", "equipment", "industry", "format",  "category", "size",
    "price",   "licence",   "origin",   "voucher", "updated"};

// The values that a facet can have; empty where they are the seller's words or numbers.
std::vector<std::string_view> facet_values(Facet facet);

// Words of a seller as a facet value: NFC, 1 to 64 bytes, no comma, no control character.
inline constexpr std::size_t facet_value_bytes_max = 64;
inline constexpr std::size_t facet_values_max = 8;  // of one facet in one description
std::optional<std::string> facet_value(std::string_view text);

// What a listing costs before tax; nothing for a price by quote.
std::optional<u64> supply_of(const market::Pricing& pricing);

std::string_view size_band(std::optional<u64> byte_len);
std::string_view price_band(const market::Pricing& pricing);
std::vector<std::string_view> licence_rights(u16 bits);
std::string_view origin_name(std::optional<market::Origin> origin);

// Ages in days of the values of Facet::updated; the last one has no end.
inline constexpr std::array<u64, 5> updated_days{7, 30, 90, 365, ~u64{0}};

}  // namespace jangbu::api
