#include "benches/validation/stream.h"

#include <cstdio>
#include <cstdlib>

#include "base/side_thread.h"
#include "benches/validation/stages.h"
#include "market/market_rules.h"

namespace jangbu::bench {
namespace {

template <class Answer>
void need(const Answer& answer) {
    if (answer) return;
    std::fprintf(stderr, "validation_bench: %s\n", answer.error().detail.c_str());
    std::exit(1);
}

// One input ahead of the ledger.
class CheckedAhead {
public:
    CheckedAhead(ledger::Chain& chain, const market::MarketRules& rules)
        : chain_(chain), rules_(rules) {}

    void start(ByteView input) {
        side_.start([this, input]() -> Status {
            ledger::BlockInput decoded = TRY(ledger::decode_block_input(input, rules_));
            checked_ = TRY(chain_.check_ahead(std::move(decoded)));
            return {};
        });
    }
    ledger::CheckedBlock take() {
        need(side_.wait());
        return std::move(*checked_);
    }

private:
    ledger::Chain& chain_;
    const market::MarketRules& rules_;
    std::optional<ledger::CheckedBlock> checked_;
    base::SideThread side_;  // last: it uses the rest
};

}  // namespace

StreamCost run_stream(const std::filesystem::path& folder, const ledger::GenesisFile& genesis,
                      ledger::SignatureChecker& signatures, base::WorkerPool& pool,
                      std::span<const RecordedBlock> blocks, std::size_t warm_up_blocks,
                      const ledger::StateRoom& room) {
    market::MarketRules rules;
    const auto no_signer = [](const ledger::Header&,
                              const ledger::HeaderHash&) -> Result<ledger::SoloFinality> {
        return fail(ErrorCode::usage, "who follows does not sign");
    };
    const auto chain = ledger::Chain::open(
        folder, genesis, rules, no_signer,
        {.signs_genesis = false, .signatures = &signatures, .state_room = room, .pool = &pool});
    need(chain);
    StreamCost cost;
    CheckedAhead ahead(**chain, rules);
    ahead.start(blocks[0].input);
    double committed_s = 0;
    double cpu_from_s = 0;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        ledger::CheckedBlock checked = ahead.take();
        if (i + 1 < blocks.size()) ahead.start(blocks[i + 1].input);
        if (!blocks[i].documents.empty()) need((*chain)->store_documents(blocks[i].documents));
        need((*chain)->append(std::move(checked)));
        auto execution = (*chain)->execute();
        need(execution);
        need((*chain)->commit(std::move(*execution), blocks[i].finality));
        const Cost here = now();
        if (i >= warm_up_blocks) cost.block_wall_s.push_back(here.wall_s - committed_s);
        if (i + 1 == warm_up_blocks) cpu_from_s = here.cpu_s;
        committed_s = here.wall_s;
    }
    cost.cpu_s = now().cpu_s - cpu_from_s;
    cost.head = (*chain)->head()->hash;
    return cost;
}

}  // namespace jangbu::bench
