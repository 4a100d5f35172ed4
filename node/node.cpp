#include "node/node.h"

#include "base/file.h"
#include "base/log.h"
#include "node/admission.h"
#include "node/chain_options.h"
#include "node/commit_strand.h"
#include "node/cosignatures.h"
#include "node/follower_engine.h"
#include "node/home_files.h"
#include "node/solo_engine.h"

namespace jangbu::node {
namespace {

namespace fs = std::filesystem;

Status make_durable_folder(const fs::path& folder) {
    std::error_code error;
    const bool is_new = fs::create_directories(folder, error);
    if (error)
        return fail(ErrorCode::io, "cannot create " + folder.string() + ": " + error.message());
    if (!is_new) return {};  // and what is above may be another's
    return sync_folder(folder.parent_path().empty() ? "." : folder.parent_path());
}

// The organisation of the validator key; genesis makes sure that it is a live operate key.
Result<ledger::OrgId> operator_of(const ledger::Snapshot& head,
                                  const ledger::PublicKey& validator) {
    const auto key = ledger::find_key_by_bytes(head.state, validator.bytes);
    if (!key || key->purpose != static_cast<u8>(crypto::Purpose::operate))
        return fail(ErrorCode::usage, "the validator key is no operate key of an organisation");
    return key->org;
}

Mempool::Limits mempool_limits(const Config& config) {
    return {config.mempool_transactions_max, config.mempool_bytes_max,
            config.mempool_transactions_per_organisation_max};
}

Verification::Options verification_options(const Config& config) {
    return {{config.verification_batch_max, config.verification_queue_max},
            config.verification_verdicts_max,
            config.verification_keys_max};
}

SoloEngine::Options engine_options(const Config& config) {
    return {{config.block_transactions_max, config.block_bytes_max},
            config.block_interval_ms,
            config.block_linger_ms,
            config.accept_clock,
            std::nullopt};
}

// What a restore left to do. Both of its marks must say the same, or nothing is signed.
Result<std::optional<NextEpoch>> epoch_to_open(const Config& config, const LastSigned& last_signed,
                                               const LastSigned::Mark& head) {
    const auto awaited = last_signed.awaits_epoch(head);
    if (!awaited) return std::nullopt;
    const fs::path file = config.home / "next-epoch";
    const std::optional<NextEpoch> next = TRY(read_next_epoch(file));
    if (!next || next->epoch != *awaited || next->height != head.height || next->head != head.hash)
        return fail(ErrorCode::corrupted,
                    file.string() + (next ? " is about another head" : " is missing") +
                        ", but last-signed waits for epoch " + std::to_string(*awaited) +
                        ": restore the ledger from its backup again");
    return next;
}

}  // namespace

// What a node has because it signs headers, or because it follows.
struct Node::Signing {
    crypto::SigningKey validator;
    LastSigned last_signed;
};
struct Node::Followed {
    BlockSource& source;
    FollowedFinality finality;
    std::optional<Witness> witness;
    // Found at start: a block that was taken and whose execution gives another header.
    std::optional<ledger::SignedHeader> wrong;

    Result<ledger::SoloFinality> signed_before(const ledger::Header& header,
                                               const ledger::HeaderHash& hash);
};

struct Node::Parts {
    Parts(const Config& config, Clock given_clock, ledger::GenesisFile file)
        : clock(std::move(given_clock)),
          genesis(std::move(file)),
          pool(static_cast<unsigned>(config.verification_threads)),
          execution_pool(std::min(2u, pool.threads())),
          verification(pool, verification_options(config)),
          memory(config.memory_limit_mib << 20),
          mempool(mempool_limits(config)) {}

    Status open_chain(const Config& config, const ledger::Chain::Signer& signer);
    Status open(const Config& config);
    Status open_follower(const Config& config);
    std::unexpected<Error> convict_at_start(const Config& config);
    void fail_with(const Error& error);

    const Clock clock;
    const ledger::GenesisFile genesis;
    std::unique_ptr<Signing> signing;    // of a node that orders
    std::unique_ptr<Followed> followed;  // of a follower
    market::MarketRules rules;
    base::WorkerPool pool;
    base::WorkerPool execution_pool;  // of its own: verification goes on beside it
    Verification verification;
    MemoryWatch memory;
    std::unique_ptr<ledger::Chain> chain;
    ledger::PublicKey validator;
    ledger::OrgId operator_org;
    std::unique_ptr<Cosignatures> cosignatures;

    Mempool mempool;
    Waiters waiters;
    std::unique_ptr<Admission> admission;  // none in a follower
    std::unique_ptr<CommitStrand> strand;
    FollowerEngine* follower = nullptr;      // the engine, if it is one
    std::unique_ptr<OrderingEngine> engine;  // last: its strand uses the rest

    mutable std::mutex mutex;  // guards the two below
    std::optional<Error> failure;
    bool waits_end = false;  // nobody commits any more
};

Status Node::Parts::open_chain(const Config& config, const ledger::Chain::Signer& signer) {
    TRY(make_durable_folder(config.chain_folder));
    ledger::Chain::Options options = chain_options(config, followed != nullptr);
    options.signatures = &verification.execution();
    options.signs_genesis = !followed;
    options.pool = &execution_pool;
    chain = TRY(ledger::Chain::open(config.chain_folder, genesis, rules, signer, options));
    const SnapshotPtr head = chain->head();
    verification.remember_keys(head->state);
    operator_org = TRY(operator_of(*head, validator));
    cosignatures = TRY(Cosignatures::open(config.home / "cosignatures", {}));
    cosignatures->committed(head);
    strand = std::make_unique<CommitStrand>(*chain, rules, mempool, verification, waiters);
    strand->on_commit(
        [this](const CommittedBlock& block) { cosignatures->committed(block.snapshot); });
    log::info("node", "ledger opened",
              {{"name", chain->genesis().name},
               {"chain_id", chain->id().hex()},
               {"height", head->header.height},
               {"used_ids", u64{chain->used_count()}},
               {"verification_tier", std::string(crypto::name(crypto::tier()))},
               {"verification_threads", u64{pool.threads()}}});
    return {};
}

Status Node::Parts::open(const Config& config) {
    validator = signing->validator.public_key();
    TRY(open_chain(config, [this](const ledger::Header& header, const ledger::HeaderHash& hash) {
        return sign_header(signing->validator, signing->last_signed, header, hash);
    }));
    const SnapshotPtr head = chain->head();
    const LastSigned::Mark stands{head->header.epoch, head->header.height, head->hash};
    TRY(signing->last_signed.check_head(stands));
    SoloEngine::Options options = engine_options(config);
    options.next_epoch = TRY(epoch_to_open(config, signing->last_signed, stands));
    admission = std::make_unique<Admission>(*chain, rules, mempool, verification,
                                            signing->validator, clock, memory);
    engine = std::make_unique<SoloEngine>(*strand, signing->validator, signing->last_signed, clock,
                                          std::move(options));
    return {};
}

// Asked at start only, for a block whose outcome a crash took.
Result<ledger::SoloFinality> Node::Followed::signed_before(const ledger::Header& header,
                                                           const ledger::HeaderHash& hash) {
    const auto known = finality.find(header.height);
    if (!known)
        return fail(ErrorCode::corrupted,
                    "the signature of block " + std::to_string(header.height) +
                        " is lost: delete the chain folder, it is followed again from genesis");
    if (ledger::header_hash(known->header) != hash) {
        wrong = known;
        return fail(ErrorCode::verification_failed, "the block gives another header");
    }
    return known->finality;
}

Status Node::Parts::open_follower(const Config& config) {
    validator = genesis.genesis.validators.validators[0].key;
    const Status opened =
        open_chain(config, [this](const ledger::Header& header, const ledger::HeaderHash& hash) {
            return followed->signed_before(header, hash);
        });
    if (!opened && followed->wrong) return convict_at_start(config);
    if (!opened) return opened;
    const auto on_cosigned = [this](const Cosignature& cosignature) {
        const Status kept = cosignatures->add(*chain, cosignature);
        if (!kept)
            log::warn("node", "own cosignature is not served", {{"reason", kept.error().detail}});
    };
    auto made = std::make_unique<FollowerEngine>(
        FollowerEngine::Parts{*strand, *chain, genesis, rules, followed->source, followed->finality,
                              followed->witness ? &*followed->witness : nullptr, on_cosigned,
                              &memory},
        clock, FollowerEngine::Options{config.home});
    follower = made.get();
    engine = std::move(made);
    return {};
}

// A crash came between finding that a signed block is wrong and saving the evidence.
std::unexpected<Error> Node::Parts::convict_at_start(const Config& config) {
    const ledger::SignedHeader& wrong = *followed->wrong;
    const Result<ledger::Stores> stores =
        ledger::open_stores(config.chain_folder, ledger::chain_id(genesis.genesis));
    if (!stores) return std::unexpected(stores.error());
    const Result<Bytes> input = stores->blocks->input(wrong.header.height);
    if (!input) return std::unexpected(input.error());
    const auto divergence = gather_divergence(*stores->blocks, *stores->documents, genesis, wrong,
                                              *input, {}, stores->base.get());
    if (!divergence) return std::unexpected(divergence.error());
    return save_divergence(*divergence, config.home);
}

void Node::Parts::fail_with(const Error& error) {
    log::error("node", "node stopped", {{"reason", error.detail}});
    {
        const std::scoped_lock lock(mutex);
        failure = error;
        waits_end = true;
    }
    if (admission) admission->close("the node has stopped: " + error.detail);
    waiters.end_all();
}

Node::Node() = default;
Node::~Node() {
    stop();
}

Result<std::unique_ptr<Node>> Node::open(const Config& config, Clock clock) {
    ledger::GenesisFile genesis = TRY(read_genesis(config.genesis_file));
    crypto::SigningKey validator = TRY(validator_key(config, genesis.genesis));
    TRY(make_durable_folder(config.home));
    LastSigned last_signed = TRY(LastSigned::open(config.home / "last-signed"));

    std::unique_ptr<Node> node(new Node());
    node->parts_ = std::make_unique<Parts>(config, std::move(clock), std::move(genesis));
    node->parts_->signing = std::make_unique<Signing>(std::move(validator), std::move(last_signed));
    TRY(node->parts_->open(config));
    return node;
}

Result<std::unique_ptr<Node>> Node::follow(const Config& config, Clock clock, BlockSource& source,
                                           std::optional<crypto::SigningKey> witness) {
    ledger::GenesisFile genesis = TRY(read_genesis(config.genesis_file));
    TRY(make_durable_folder(config.home));
    FollowedFinality finality = TRY(FollowedFinality::open(config.home / "followed-finality"));
    std::optional<Witness> cosigner;
    if (witness)
        cosigner.emplace(TRY(Witness::open(config.home / "last-cosigned", std::move(*witness))));

    std::unique_ptr<Node> node(new Node());
    node->parts_ = std::make_unique<Parts>(config, std::move(clock), std::move(genesis));
    node->parts_->followed =
        std::make_unique<Followed>(source, std::move(finality), std::move(cosigner), std::nullopt);
    TRY(node->parts_->open_follower(config));
    return node;
}

Status Node::start() {
    return parts_->engine->start([this](const Error& error) { parts_->fail_with(error); });
}

void Node::stop() {
    if (!parts_ || !parts_->engine) return;
    if (parts_->admission) parts_->admission->close("the node is shutting down");
    parts_->engine->stop();
    {
        const std::scoped_lock lock(parts_->mutex);
        parts_->waits_end = true;
    }
    parts_->waiters.end_all();
}

std::optional<Error> Node::failure() const {
    const std::scoped_lock lock(parts_->mutex);
    return parts_->failure;
}
std::optional<std::string> Node::stopped() const {
    const std::optional<Error> error = failure();
    return error ? std::optional(error->detail) : std::nullopt;
}

std::optional<std::string> Node::paused() const {
    return parts_->engine->paused();
}

std::vector<Admitted> Node::refuse_all(const ledger::Bundle& bundle) const {
    std::vector<Admitted> answers;
    for (const ledger::Transaction& transaction : bundle.transactions) {
        Admitted answer;
        answer.id = ledger::txid(parts_->chain->id(), transaction.body);
        if (find(answer.id))
            answer.status = Admitted::Status::committed;
        else
            answer.error =
                Error{ErrorCode::unavailable,
                      "this node follows " + parts_->followed->source.name() + ": submit there"};
        answers.push_back(std::move(answer));
    }
    return answers;
}

std::vector<Admitted> Node::submit(ledger::Bundle bundle) {
    if (!parts_->admission) return refuse_all(bundle);
    std::vector<Admitted> answers = parts_->admission->submit(std::move(bundle));
    parts_->engine->wake();
    return answers;
}

void Node::wait(const TxId& id, u64 deadline_ms,
                std::function<void(std::optional<Committed>)> done) {
#ifdef JANGBU_PLANT_ACK_BEFORE_COMMIT  // tests/faults: a fault that the campaign must find
    if (is_pending(id)) return done(Committed{head()->header.height + 1, 0, {}});
#endif
    const Waiters::Ticket ticket = parts_->waiters.add(id, deadline_ms, std::move(done));
    // Looked up after the waiter stands, so that no commit falls between.
    const Result<Committed> committed = find(id);
    bool over = false;
    {
        const std::scoped_lock lock(parts_->mutex);
        over = parts_->waits_end;
    }
    if (!committed && !over) return;
    const Waiters::Done waiting = parts_->waiters.take(ticket);
    if (waiting) waiting(committed ? std::optional(*committed) : std::nullopt);
}

Result<Committed> Node::find(const TxId& id) const {
    return find_committed(*parts_->chain, id);
}
bool Node::is_pending(const TxId& id) const {
    return parts_->mempool.find(id) != nullptr;
}
std::size_t Node::pending() const {
    return parts_->mempool.size();
}
SnapshotPtr Node::head() const {
    return parts_->chain->head();
}
const ledger::Chain& Node::chain() const {
    return *parts_->chain;
}
Status Node::prune(u64 height) {
    return parts_->chain->prune(height);
}
const ledger::PublicKey& Node::validator() const {
    return parts_->validator;
}
ledger::OrgId Node::operator_org() const {
    return parts_->operator_org;
}
void Node::on_commit(std::function<void(const CommittedBlock&)> listener) {
    parts_->strand->on_commit(std::move(listener));
}
u64 Node::now_ms() const {
    return parts_->clock();
}
const MemoryWatch& Node::memory() const {
    return parts_->memory;
}
VerificationCounts Node::verification() const {
    return parts_->verification.counts();
}

void Node::prune_documents(std::vector<ledger::Tombstone> tombstones) {
    parts_->strand->prune_documents(std::move(tombstones));
    parts_->engine->wake();
}
std::size_t Node::prunes_waiting() const {
    return parts_->strand->prunes_waiting();
}

std::optional<Following> Node::following() const {
    if (!parts_->follower) return std::nullopt;
    return parts_->follower->status();
}
Status Node::add_cosignature(const Cosignature& cosignature) {
    return parts_->cosignatures->add(*parts_->chain, cosignature);
}
const Cosignatures& Node::cosignatures() const {
    return *parts_->cosignatures;
}

Status Node::for_each_block(u64 from_height,
                            const std::function<Status(const CommittedBlock&)>& visit) const {
    const u64 to = head()->header.height;
    for (u64 height = std::max(from_height, u64{1}); height <= to; ++height) {
        const CommittedBlock block = TRY(read_block(*parts_->chain, parts_->rules, height));
        TRY(visit(block));
    }
    return {};
}

}  // namespace jangbu::node
