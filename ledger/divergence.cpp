// Divergence files, and the execution from their beginning that judges them.
#include <algorithm>
#include <map>

#include "ledger/evidence.h"

namespace jangbu::ledger {
namespace {

constexpr std::size_t inputs_max = 1 << 24;
constexpr std::size_t documents_max = 1 << 24;
constexpr std::size_t genesis_bytes_max = 64 << 20;
constexpr std::size_t recorded_max = 1 << 24;

const TxId& rank(const RecordedOutcome& one) {
    return one.transaction;
}

std::unexpected<Error> no_divergence(std::string why) {
    return fail(ErrorCode::verification_failed, std::move(why));
}

class CarriedDocuments final : public DocumentReader {
public:
    explicit CarriedDocuments(const Divergence& divergence) : recorded_(divergence.recorded) {
        for (const Document& document : divergence.documents)
            by_hash_.emplace(document_hash(bcs::encode(document)), &document);
    }
    // A wrong one gives other headers than those that the signed parent stands on.
    std::optional<RejectionCode> recorded(const TxId& transaction) const override {
        const auto at =
            std::ranges::lower_bound(recorded_, transaction, {}, &RecordedOutcome::transaction);
        if (at == recorded_.end() || at->transaction != transaction) return std::nullopt;
        return at->code;
    }
    std::optional<Document> find(const DocumentHash& hash) const override {
        const auto at = by_hash_.find(hash);
        if (at == by_hash_.end()) return std::nullopt;
        return *at->second;
    }

private:
    std::map<DocumentHash, const Document*> by_hash_;
    const std::vector<RecordedOutcome>& recorded_;
};

// A ledger in memory that takes blocks in a row.
class Replay {
public:
    Replay(const GenesisFile& genesis, Application& application, const DocumentReader& documents)
        : application_(application), executor_(application, documents, genesis.genesis.validators) {
        StateTree::Changes entries;
        for (const auto& [key, value] : genesis.state) entries.emplace(key, value);
        const Header zero = header_zero(genesis.genesis);
        head_ = {zero, header_hash(zero), {}, StateTree().updated(entries), history_};
        history_->append(head_.hash);
        application_.rebuild(head_.state);
    }
    Replay(const GenesisFile& genesis, BegunLedger begun, Application& application,
           const DocumentReader& documents)
        : application_(application),
          executor_(application, documents, genesis.genesis.validators),
          history_(std::move(begun.history)),
          used_(std::move(begun.used)) {
        const HeaderHash hash = header_hash(begun.header);
        head_ = {begun.header, hash, {}, StateTree().updated(begun.entries), history_};
        application_.rebuild(head_.state);
    }
    const Snapshot& head() const { return head_; }
    Result<Execution> run(BlockInput input, SignatureChecker* signatures) const {
        return executor_.execute(head_, std::move(input), used_, signatures);
    }
    void take(Execution done) {
        application_.committed(head_.state, done.changes);
        history_->append(done.hash);
        used_.add_block(done.ids, done.header.time_ms);
        head_ = {done.header, done.hash, {}, std::move(done.state), history_};
    }

private:
    Application& application_;
    const Executor executor_;
    const std::shared_ptr<HistoryTree> history_ = std::make_shared<HistoryTree>();
    UsedIds used_;
    Snapshot head_;
};

// The input is the one that the signed header names: the header fixes all of its fields.
Status check_named(const Header& header, const BlockInput& input) {
    if (input.height != header.height || input.epoch != header.epoch ||
        input.time_ms != header.time_ms || input.parent != header.parent ||
        input.transactions.size() != header.tx_count)
        return no_divergence("its last block is not the one of the header");
    const std::vector<TxId> ids = txids(header.chain_id, input.transactions);
    if (tx_root(ids, input.transactions) != header.tx_root)
        return no_divergence("its last block is not the one of the header");
    return {};
}

// What an accuser left out could change what execution gives.
Status check_complete(const BlockInput& input, const Application& application,
                      const DocumentReader& documents) {
    for (const Transaction& transaction : input.transactions)
        for (const DocumentRef& ref : application.documents(transaction.body.operation))
            if (!documents.find(ref.hash))
                return no_divergence("document " + ref.hash.hex() + " of its block is missing");
    return {};
}

u8 version_of(const Divergence& divergence) {
    if (divergence.base) return 3;
    return divergence.recorded.empty() ? 1 : 2;
}

Result<Replay> replay_of(const Divergence& divergence, Application& application,
                         const DocumentReader& documents) {
    if (!divergence.base) return Replay(divergence.genesis, application, documents);
    Result<BegunLedger> begun = begin_at(*divergence.base, divergence.genesis.genesis);
    if (!begun) return no_divergence(begun.error().detail);
    return Replay(divergence.genesis, std::move(*begun), application, documents);
}

}  // namespace

Result<Bytes> encode(const Divergence& divergence) {
    const Bytes genesis = encode(divergence.genesis);
    std::size_t size = genesis.size() + 4096;
    for (const Bytes& input : divergence.inputs) size += input.size() + 5;
    for (const Document& document : divergence.documents) size += document.bytes.size() + 256;
    size += divergence.recorded.size() * 34;
    if (divergence.base) {
        size += divergence.base->manifest.size() + 32 * divergence.base->history.size();
        size += bcs::encode(Header()).size() * divergence.base->headers.size();
        for (const auto& file : divergence.base->files) size += file.bytes.size() + 5;
    }
    if (size > divergence_bytes_max)
        return fail(ErrorCode::limit_exceeded,
                    "what leads to the block, from where the ledger begins, is above 256 MiB");
    bcs::Encoder encoder;
    encoder.raw(as_bytes(divergence_magic));
    encoder(version_of(divergence));
    encoder.bytes(genesis, genesis_bytes_max);
    encoder(divergence.parent);
    encoder(divergence.header);
    encoder.uleb(static_cast<u32>(divergence.inputs.size()));
    for (const Bytes& input : divergence.inputs) encoder.bytes(input, divergence_bytes_max);
    encoder.list(divergence.documents, 0, documents_max);
    if (!divergence.recorded.empty() || divergence.base)
        encoder.ascending(divergence.recorded, divergence.base ? 0 : 1, recorded_max, rank);
    if (divergence.base) encoder(*divergence.base);
    return encoder.take();
}

Result<Divergence> decode_divergence(ByteView file) {
    const ByteView magic = as_bytes(divergence_magic);
    if (file.size() > divergence_bytes_max || file.size() < magic.size() ||
        !std::ranges::equal(file.first(magic.size()), magic))
        return fail(ErrorCode::malformed, "not a divergence file");
    bcs::Decoder decoder(file.subspan(magic.size()));
    Divergence out;
    Bytes genesis;
    u8 version = 0;
    decoder(version);
    if (version < 1 || version > 3) decoder.set_fault("unknown version");
    decoder.bytes(genesis, genesis_bytes_max);
    decoder(out.parent);
    decoder(out.header);
    const std::size_t count = decoder.uleb();
    if (count > inputs_max) decoder.set_fault("list length outside its bounds");
    for (std::size_t i = 0; i < count && !decoder.fault(); ++i)
        decoder.bytes(out.inputs.emplace_back(), divergence_bytes_max);
    decoder.list(out.documents, 0, documents_max);
    if (version > 1) decoder.ascending(out.recorded, version == 2 ? 1 : 0, recorded_max, rank);
    if (version == 3) decoder(out.base.emplace());
    if (decoder.fault()) return fail(ErrorCode::malformed, decoder.fault());
    if (decoder.left() != 0) return fail(ErrorCode::malformed, "trailing bytes");
    out.genesis = TRY(decode_genesis_file(genesis));
    return out;
}

Result<std::string> check_divergence(const Divergence& divergence, const ChainId& trusted,
                                     Application& application) {
    const Genesis& genesis = divergence.genesis.genesis;
    const Header& header = divergence.header.header;
    if (chain_id(genesis) != trusted) return no_divergence("it is about another ledger");
    TRY(check_signed(divergence.parent, genesis));
    TRY(check_signed(divergence.header, genesis));
    const CarriedDocuments documents(divergence);
    Replay ledger = TRY(replay_of(divergence, application, documents));
    const u64 first = ledger.head().header.height + 1;
    if (divergence.inputs.empty() || header.height != first - 1 + divergence.inputs.size() ||
        divergence.parent.header.height + 1 != header.height)
        return no_divergence("its blocks and headers do not fit together");

    for (u64 height = first; height < header.height; ++height) {
        BlockInput input = TRY(decode_block_input(divergence.inputs[height - first], application));
        Result<Execution> done = ledger.run(std::move(input), nullptr);
        if (!done)
            return no_divergence("block " + std::to_string(height) + ": " + done.error().detail);
        ledger.take(std::move(*done));
    }
    if (ledger.head().hash != header_hash(divergence.parent.header))
        return no_divergence("its earlier blocks are not those of the signed header before");

    BlockInput last = TRY(decode_block_input(divergence.inputs.back(), application));
    TRY(check_named(header, last));
    TRY(check_complete(last, application, documents));
    PlainSignatureChecker signatures;
    const Result<Execution> done = ledger.run(std::move(last), &signatures);
    if (!done && done.error().code != ErrorCode::verification_failed)
        return std::unexpected(done.error());
    if (!done) return "its block is one that no ledger may hold: " + done.error().detail;
    const std::string fields = differing_fields(header, done->header);
    if (fields.empty()) return no_divergence("executing the block gives exactly this header");
    return "executing its block gives another " + fields;
}

}  // namespace jangbu::ledger
