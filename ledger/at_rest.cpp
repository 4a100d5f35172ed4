#include "ledger/at_rest.h"

#include "base/folder.h"

namespace jangbu::ledger {
namespace {

namespace fs = std::filesystem;

class ReadingLog final : public BlockLog {
public:
    explicit ReadingLog(std::unique_ptr<BlockLog> log) : log_(std::move(log)) {}

    Status append_input(u64, ByteView) override {
        return fail(ErrorCode::conflict, "this block log is opened for reading only");
    }
    Status put_outcome(u64 height, const BlockRecord& block, std::span<const TxId> ids) override {
        made_ = block;
        made_->input = TRY(log_->input(height));
        ids_.assign(ids.begin(), ids.end());
        return {};
    }
    Status sync() override { return {}; }
    Status remove_up_to(u64) override {
        return fail(ErrorCode::conflict, "this block log is opened for reading only");
    }
    Status cut(const Tip&) override {
        return fail(ErrorCode::conflict, "this block log is opened for reading only");
    }
    u64 first_height() const override { return log_->first_height(); }
    Result<u64> last_input_height() const override { return log_->last_input_height(); }
    Result<std::optional<Tip>> tip() const override { return log_->tip(); }
    Result<Bytes> input(u64 height) const override { return log_->input(height); }
    Result<BlockRecord> block(u64 height) const override {
        if (made_ && made_->header.height == height) return *made_;
        return log_->block(height);
    }
    Result<std::pair<u64, u32>> locate(const TxId& id) const override {
        for (std::size_t i = 0; i < ids_.size(); ++i)
            if (ids_[i] == id) return std::pair(made_->header.height, static_cast<u32>(i));
        return log_->locate(id);
    }

private:
    const std::unique_ptr<BlockLog> log_;
    std::optional<BlockRecord> made_;  // at the start, of the last input
    std::vector<TxId> ids_;            // of its transactions
};

// A store that is not there is made anew in the scratch folder, as at a start.
Result<fs::path> copied(const fs::path& folder, const fs::path& scratch) {
    const fs::path copy = scratch / folder.filename();
    std::error_code error;
    if (fs::exists(folder, error)) TRY(base::copy_folder(folder, copy));
    return copy;
}

}  // namespace

std::unique_ptr<BlockLog> reading_only(std::unique_ptr<BlockLog> log) {
    return std::make_unique<ReadingLog>(std::move(log));
}

Result<Stores> open_stores_at_rest(const fs::path& folder, const ChainId& chain,
                                   const fs::path& scratch) {
    Stores stores;
    stores.base = TRY(ChainBase::open(folder, chain));
    stores.blocks =
        reading_only(TRY(open_block_log(folder / "blocks", chain, stores.base->height())));
    const fs::path states = TRY(copied(folder / "state", scratch));
    stores.states = TRY(open_state_store(states));
    const fs::path documents = TRY(copied(folder / "documents", scratch));
    stores.documents = TRY(open_document_store(documents));
    return stores;
}

}  // namespace jangbu::ledger
