#include "node/snapshot_documents.h"

#include <set>

#include "base/log.h"
#include "ledger/stores.h"
#include "market/document_retention.h"

namespace jangbu::node {
namespace {

constexpr std::size_t batch_bytes = 4 << 20;

class Fetch {
public:
    Fetch(ledger::DocumentStore& store, SnapshotSource& source, u64 height)
        : store_(store), source_(source), height_(height) {}

    Status take(const ledger::DocumentRef& ref);
    Status flush();
    void tell() const;

private:
    Status ask(const ledger::DocumentRef& ref);

    ledger::DocumentStore& store_;
    SnapshotSource& source_;
    const u64 height_;
    std::set<std::pair<ledger::DocumentHash, u8>> seen_;
    std::vector<ledger::NamedBelow> named_;
    std::vector<ledger::Document> documents_;
    std::size_t waiting_bytes_ = 0;
    u64 fetched_ = 0;
    u64 gone_ = 0;      // pruned at the source
    u64 withheld_ = 0;  // not for who asks
};

Status Fetch::take(const ledger::DocumentRef& ref) {
    if (!seen_.insert({ref.hash, ref.access}).second) return {};
    if (!store_.find(ref.hash)) return ask(ref);
    TRY(store_.health());
    named_.push_back({ref, height_});
    return {};
}

Status Fetch::ask(const ledger::DocumentRef& ref) {
    const Result<Bytes> sent = source_.document(ref.hash);
    if (!sent && (sent.error().code == ErrorCode::not_found ||
                  sent.error().code == ErrorCode::not_allowed)) {
        const bool is_gone = sent.error().code == ErrorCode::not_found;
        ++(is_gone ? gone_ : withheld_);
        log::debug("node", "a document of a record is not given",
                   {{"document", ref.hash.hex()}, {"reason", sent.error().detail}});
        return {};
    }
    if (!sent)
        return fail(sent.error().code, source_.name() +
                                           " gives no document: " + sent.error().detail +
                                           "; what was taken is kept, start it again");
    Result<ledger::Document> document = bcs::decode<ledger::Document>(*sent);
    if (!document || ledger::document_hash(*sent) != ref.hash)
        return fail(ErrorCode::verification_failed,
                    source_.name() + " sent a wrong document: not the one of hash " +
                        ref.hash.hex() + ": nothing of it is kept");
    ++fetched_;
    named_.push_back({ref, height_});
    documents_.push_back(std::move(*document));
    waiting_bytes_ += sent->size();
    return waiting_bytes_ < batch_bytes ? Status() : flush();
}

Status Fetch::flush() {
    TRY(store_.put_named(named_));
    TRY(store_.put(documents_));
    named_.clear();
    documents_.clear();
    waiting_bytes_ = 0;
    return {};
}

void Fetch::tell() const {
    log::info("node", "documents of the snapshot's records are here",
              {{"named", u64{seen_.size()}}, {"fetched_now", fetched_}});
    if (gone_ + withheld_ > 0)
        log::warn("node", "documents of the snapshot's records are missing",
                  {{"pruned_at_source", gone_}, {"withheld", withheld_}});
}

}  // namespace

Status fetch_documents(const ledger::SnapshotReader& snapshot,
                       const std::filesystem::path& document_folder, SnapshotSource& source) {
    const auto store = TRY(ledger::open_document_store(document_folder));
    Fetch fetch(*store, source, snapshot.height());
    const Status taken = snapshot.for_each_entry([&](ledger::StateEntry&& entry) -> Status {
        for (const ledger::DocumentRef& ref : market::documents_of_record(entry.key, entry.value))
            TRY(fetch.take(ref));
        return {};
    });
    if (!taken) return taken;
    TRY(fetch.flush());
    fetch.tell();
    return {};
}

}  // namespace jangbu::node
