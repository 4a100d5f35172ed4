#include "benches/validation/stages.h"

namespace jangbu::bench {
namespace {

double seconds(clockid_t which) {
    timespec now{};
    ::clock_gettime(which, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}
class MeasuredBlockLog final : public ledger::BlockLog {
public:
    MeasuredBlockLog(std::unique_ptr<BlockLog> below, StageClock& clock)
        : below_(std::move(below)), clock_(clock) {}
    Status append_input(u64 height, ByteView input) override {
        return clock_.run(Stage::input_durable,
                          [&] { return below_->append_input(height, input); });
    }
    Status put_outcome(u64 height, const ledger::BlockRecord& block,
                       std::span<const ledger::TxId> ids) override {
        return clock_.run(Stage::outcome_durable,
                          [&] { return below_->put_outcome(height, block, ids); });
    }
    Status sync() override {
        return clock_.run(Stage::state_flush, [&] { return below_->sync(); });
    }
    Result<u64> last_input_height() const override { return below_->last_input_height(); }
    u64 first_height() const override { return below_->first_height(); }
    Status remove_up_to(u64 height) override { return below_->remove_up_to(height); }
    Status cut(const Tip& head) override { return below_->cut(head); }
    Result<std::optional<Tip>> tip() const override { return below_->tip(); }
    Result<Bytes> input(u64 height) const override { return below_->input(height); }
    Result<ledger::BlockRecord> block(u64 height) const override { return below_->block(height); }
    Result<std::pair<u64, u32>> locate(const ledger::TxId& id) const override {
        return below_->locate(id);
    }

private:
    std::unique_ptr<BlockLog> below_;
    StageClock& clock_;
};

class MeasuredStateStore final : public ledger::StateStore {
public:
    MeasuredStateStore(std::unique_ptr<StateStore> below, StageClock& clock)
        : below_(std::move(below)), clock_(clock) {}
    Result<std::optional<Marker>> marker() const override { return below_->marker(); }
    Status load(const std::function<void(ledger::StateKey, Bytes)>& entry) const override {
        return below_->load(entry);
    }
    Status flush(std::span<const ledger::StateTree::Changes> blocks, const Marker& marker,
                 const ledger::UndoWindow& undo) override {
        return clock_.run(Stage::state_flush, [&] { return below_->flush(blocks, marker, undo); });
    }
    Result<std::optional<ledger::UndoRecord>> undo(u64 height) const override {
        return below_->undo(height);
    }

private:
    std::unique_ptr<StateStore> below_;
    StageClock& clock_;
};

}  // namespace

Cost now() {
    return {seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID)};
}

const char* name(Stage stage) {
    static constexpr std::array names{"decode",          "documents",     "checks and ids",
                                      "signatures",      "input durable", "execution, roots",
                                      "outcome durable", "publish",       "state flush"};
    return names[static_cast<std::size_t>(stage)];
}

Cost total(const BlockCost& block) {
    Cost sum;
    for (const Cost& stage : block) sum += stage;
    return sum;
}

BlockCost StageClock::take() {
    return std::exchange(block_, {});
}

StageClock::Scope::Scope(StageClock& clock, Stage stage)
    : clock_(clock), stage_(stage), outer_(std::exchange(clock.innermost_, this)), from_(now()) {}

StageClock::Scope::~Scope() {
    Cost all = now();
    all -= from_;
    clock_.innermost_ = outer_;
    if (outer_) outer_->inner_ += all;
    all -= inner_;
    clock_.block_[static_cast<std::size_t>(stage_)] += all;
}

Result<ledger::Stores> open_measured_stores(const std::filesystem::path& folder,
                                            const ledger::ChainId& chain, StageClock& clock,
                                            std::unique_ptr<ledger::StateStore> states) {
    ledger::Stores stores;
    stores.blocks = std::make_unique<MeasuredBlockLog>(
        TRY(ledger::open_block_log(folder / "blocks", chain)), clock);
    stores.states = std::make_unique<MeasuredStateStore>(std::move(states), clock);
    stores.documents = TRY(ledger::open_document_store(folder / "documents"));
    return stores;
}

}  // namespace jangbu::bench
