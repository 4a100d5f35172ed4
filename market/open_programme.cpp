#include "market/guards.h"
#include "market/rules.h"

namespace jangbu::market {

std::optional<Rejection> apply(const OpenProgramme& operation, Context& context) {
    auto programme = find_programme(context.state, operation.programme);
    if (!programme) return Rejection::not_found;
    if (!is_officer(*programme, context.author)) return Rejection::not_allowed;
    if (auto refusal = check_author(context, 0)) return refusal;
    if (programme->state != ProgrammeState::draft) return Rejection::wrong_state;

    programme->state = ProgrammeState::open;
    ledger::write_record(context.state, programme_key(programme->id), *programme);
    context.emit(ProgrammeMoved{programme->id, programme->owner, ProgrammeState::draft,
                                ProgrammeState::open});
    return std::nullopt;
}

std::vector<StateKey> keys(const OpenProgramme& operation, const KeysContext&) {
    return {programme_key(operation.programme)};
}

}  // namespace jangbu::market
