// The prepared block of an application that has none of its own.
#include "ledger/application.h"

namespace jangbu::ledger {
namespace {

class PlainBlock final : public PreparedBlock {
public:
    PlainBlock(const Application& application, std::span<const Transaction> transactions,
               u16 version)
        : application_(application), transactions_(transactions) {
        for (const Transaction& transaction : transactions) {
            const Bytes& operation = transaction.body.operation;
            forms_.push_back(form_of(operation, version));
            documents_.emplace_back();
            if (!forms_.back()) documents_.back() = application.documents(operation);
        }
    }

    std::optional<Rejection> form(std::size_t index) const override { return forms_[index]; }
    u8 purposes(std::size_t index) const override {
        return application_.purposes(transactions_[index].body.operation);
    }
    std::span<const DocumentRef> documents(std::size_t index) const override {
        return documents_[index];
    }
    std::optional<EpochOpening> opens_epoch(std::size_t index) const override {
        return application_.opens_epoch(transactions_[index].body.operation);
    }
    void judge_ahead(const StateReader&) override {}
    Outcome apply(std::size_t index, const TxId& id, const BlockContext& block, const Key& author,
                  const DocumentReader& documents, Overlay& state) override {
        return application_.apply(transactions_[index].body.operation, id, block, author, documents,
                                  state);
    }

private:
    std::optional<Rejection> form_of(ByteView operation, u16 version) const {
        bcs::Decoder decoder(operation);
        application_.read_operation(decoder);
        if (decoder.fault() || decoder.left() != 0) return Rejection::malformed;
        if (!application_.is_active(operation, version)) return Rejection::not_yet_active;
        return std::nullopt;
    }

    const Application& application_;
    std::span<const Transaction> transactions_;
    std::vector<std::optional<Rejection>> forms_;
    std::vector<std::vector<DocumentRef>> documents_;
};

}  // namespace

std::unique_ptr<PreparedBlock> Application::prepare(std::span<const Transaction> transactions,
                                                    u16 protocol_version) const {
    return std::make_unique<PlainBlock>(*this, transactions, protocol_version);
}

}  // namespace jangbu::ledger
