#include "api/facets.h"

#include "crypto/unicode.h"

namespace jangbu::api {
namespace {

using Values = std::vector<std::string_view>;

constexpr u64 mib = u64{1} << 20;

}  // namespace

std::vector<std::string_view> facet_values(Facet facet) {
    switch (facet) {
        case Facet::process:
        case Facet::equipment:
        case Facet::industry:
        case Facet::format:
        case Facet::category:
            return {};
        case Facet::size:
            return {"none", "under_1mib", "1mib_10mib", "10mib_100mib", "100mib_1gib", "over_1gib"};
        case Facet::price:
            return {"free", "under_100k", "100k_1m", "1m_10m", "over_10m", "quote"};
        case Facet::licence:
            return {"use", "derive", "distribute", "resell", "commercial", "train"};
        case Facet::origin:
            return {"none", "collected", "simulated", "derived"};
        case Facet::voucher:
            return {"no", "yes"};
        case Facet::updated:
            return {"7d", "30d", "90d", "365d", "any"};
    }
    return {};
}

std::optional<std::string> facet_value(std::string_view text) {
    const std::string value = crypto::composed(text).value_or("");
    if (value.empty() || value.size() > facet_value_bytes_max) return std::nullopt;
    for (const char c : value)
        if (c == ',' || static_cast<u8>(c) < 0x20 || c == 0x7F) return std::nullopt;
    if (value.front() == ' ' || value.back() == ' ') return std::nullopt;
    return value;
}

std::optional<u64> supply_of(const market::Pricing& pricing) {
    if (const auto* fixed = std::get_if<market::FixedPrice>(&pricing)) return fixed->supply;
    if (const auto* period = std::get_if<market::PerPeriodPrice>(&pricing)) return period->supply;
    if (std::holds_alternative<market::FreePrice>(pricing)) return 0;
    return std::nullopt;
}

std::string_view size_band(std::optional<u64> byte_len) {
    if (!byte_len) return "none";
    if (*byte_len < mib) return "under_1mib";
    if (*byte_len < 10 * mib) return "1mib_10mib";
    if (*byte_len < 100 * mib) return "10mib_100mib";
    if (*byte_len < 1024 * mib) return "100mib_1gib";
    return "over_1gib";
}

std::string_view price_band(const market::Pricing& pricing) {
    const std::optional<u64> supply = supply_of(pricing);
    if (!supply) return "quote";
    if (*supply == 0) return "free";
    if (*supply < 100'000) return "under_100k";
    if (*supply < 1'000'000) return "100k_1m";
    if (*supply < 10'000'000) return "1m_10m";
    return "over_10m";
}

std::vector<std::string_view> licence_rights(u16 bits) {
    const Values names = facet_values(Facet::licence);
    constexpr std::array<u16, 6> rights{market::licence_use,        market::licence_derive,
                                        market::licence_distribute, market::licence_resell,
                                        market::licence_commercial, market::licence_train};
    Values out;
    for (std::size_t i = 0; i < rights.size(); ++i)
        if ((bits & rights[i]) != 0) out.push_back(names[i]);
    return out;
}

std::string_view origin_name(std::optional<market::Origin> origin) {
    return facet_values(Facet::origin)[origin ? static_cast<std::size_t>(*origin) : 0];
}

}  // namespace jangbu::api
