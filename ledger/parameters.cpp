#include "ledger/parameters.h"

namespace jangbu::ledger {
namespace {

std::optional<ParameterValue> value_at(const StateReader& state, std::string_view name,
                                       u64 height) {
    const auto record = read_record<Parameter>(state, state_key(Table::parameter, as_bytes(name)));
    if (!record) return std::nullopt;
    if (record->next && height >= record->next->second) return record->next->first;
    return record->value;
}

}  // namespace

u64 number(const StateReader& state, const NumberParameter& parameter, u64 height) {
    const std::optional<ParameterValue> value = value_at(state, parameter.name, height);
    if (!value) return parameter.initial;
    const u64* found = std::get_if<u64>(&*value);
    JANGBU_ASSERT(found != nullptr);  // genesis and governance admit nothing else under this name
    return *found;
}

std::optional<OrgId> organisation(const StateReader& state, std::string_view name, u64 height) {
    const std::optional<ParameterValue> value = value_at(state, name, height);
    if (!value) return std::nullopt;
    const OrgId* found = std::get_if<OrgId>(&*value);
    JANGBU_ASSERT(found != nullptr);
    return *found;
}

}  // namespace jangbu::ledger
