// Parameters: numbers that governance may set within bounds, as state records (docs/formats.md
// section 10).
//
// Id = name. The ledger's own are named here, the market's in market/parameters.h; both use this
// registry.
#pragma once

#include "ledger/state_view.h"
#include "ledger/types.h"

namespace jangbu::ledger {

using ParameterValue = std::variant<u64, OrgId>;  // Number | Organisation

struct Parameter {
    ParameterValue value;
    std::optional<std::pair<ParameterValue, u64>> next;  // value, height from which it counts

    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.value);
        c(self.next);
    }
    bool operator==(const Parameter&) const = default;
};

struct NumberParameter {
    std::string_view name;
    u64 initial;
    u64 least;
    u64 most;
};

namespace parameters {
inline constexpr NumberParameter window_max_ms{"window_max_ms", 3'600'000, 600'000, 86'400'000};
inline constexpr NumberParameter heartbeat_ms{"heartbeat_ms", 60'000, 1'000, 600'000};
inline constexpr NumberParameter halt_gap_ms{"halt_gap_ms", 300'000, 2'000, 3'600'000};
inline constexpr NumberParameter expiries_per_block_max{"expiries_per_block_max", 1'000, 1, 65'536};
}  // namespace parameters

// The value in force at a height; the registry's initial value where state has no record.
u64 number(const StateReader& state, const NumberParameter& parameter, u64 height);
std::optional<OrgId> organisation(const StateReader& state, std::string_view name, u64 height);

}  // namespace jangbu::ledger
