#include "node/node.h"

#include "base/file.h"
#include "base/log.h"
#include "market/genesis_check.h"
#include "node/admission.h"
#include "node/commit_strand.h"
#include "node/solo_engine.h"

namespace jangbu::node {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t genesis_file_bytes_max = 256 << 20;
constexpr u32 operate_keys_tried = 16;

Result<crypto::SigningKey> validator_key(const Config& config, const ledger::Genesis& genesis) {
    if (!config.validator_secret)
        return fail(ErrorCode::usage, "a node needs the secret of its organisation");
    const auto is_validator = [&](const crypto::SigningKey& key) {
        for (const ledger::Validator& validator : genesis.validators.validators)
            if (validator.key == key.public_key()) return true;
        return false;
    };
    // What `jangbu keys export-operate` writes: the one seed that a node needs.
    crypto::SigningKey exported(config.validator_secret->bytes());
    if (is_validator(exported)) return exported;
    for (u32 n = 0; n < operate_keys_tried; ++n) {
        crypto::SigningKey key = config.validator_secret->signing_key(crypto::Purpose::operate, n);
        if (is_validator(key)) return key;
    }
    return fail(ErrorCode::usage, "no operate key of " + config.keystore_file.string() +
                                      " is a validator of the ledger \"" + genesis.name + "\"");
}

Status make_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error)
        return fail(ErrorCode::io, "cannot create " + folder.string() + ": " + error.message());
    return {};
}

// The organisation of the validator key; genesis makes sure that it is a live operate key.
Result<ledger::OrgId> operator_of(const ledger::Snapshot& head,
                                  const crypto::SigningKey& validator) {
    const auto key = ledger::find_key_by_bytes(head.state, validator.public_key().bytes);
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
            config.accept_clock};
}

}  // namespace

struct Node::Parts {
    Parts(const Config& config, Clock given_clock, crypto::SigningKey key, LastSigned mark)
        : clock(std::move(given_clock)),
          validator(std::move(key)),
          last_signed(std::move(mark)),
          pool(static_cast<unsigned>(config.verification_threads)),
          verification(pool, verification_options(config)),
          mempool(mempool_limits(config)) {}

    Status open(const Config& config, const ledger::GenesisFile& genesis);
    void fail_with(const Error& error);

    const Clock clock;
    const crypto::SigningKey validator;
    LastSigned last_signed;
    market::MarketRules rules;
    base::WorkerPool pool;
    Verification verification;
    std::unique_ptr<ledger::Chain> chain;
    ledger::OrgId operator_org;

    Mempool mempool;
    Waiters waiters;
    std::unique_ptr<Admission> admission;
    std::unique_ptr<CommitStrand> strand;
    std::unique_ptr<SoloEngine> engine;  // last: its strand uses the rest

    mutable std::mutex mutex;  // guards the two below
    std::optional<std::string> stopped;
    bool waits_end = false;  // nobody commits any more
};

Status Node::Parts::open(const Config& config, const ledger::GenesisFile& genesis) {
    const auto signer = [this](const ledger::Header& header, const ledger::HeaderHash& hash) {
        return sign_header(validator, last_signed, header, hash);
    };
    TRY(make_folder(config.chain_folder));
    ledger::Chain::Options chain_options;
    chain_options.signatures = &verification.execution();
    chain = TRY(ledger::Chain::open(config.chain_folder, genesis, rules, signer, chain_options));
    const SnapshotPtr head = chain->head();
    verification.remember_keys(head->state);
    TRY(last_signed.check_head({head->header.epoch, head->header.height, head->hash}));
    operator_org = TRY(operator_of(*head, validator));
    admission = std::make_unique<Admission>(*chain, rules, mempool, verification, validator, clock);
    strand = std::make_unique<CommitStrand>(*chain, rules, mempool, verification, waiters);
    engine = std::make_unique<SoloEngine>(*strand, validator, last_signed, clock,
                                          engine_options(config));
    log::info("node", "ledger opened",
              {{"name", chain->genesis().name},
               {"chain_id", chain->id().hex()},
               {"height", head->header.height},
               {"used_ids", u64{chain->used_count()}},
               {"verification_tier", std::string(crypto::name(crypto::tier()))},
               {"verification_threads", u64{pool.threads()}}});
    return {};
}

void Node::Parts::fail_with(const Error& error) {
    log::error("node", "node stopped", {{"reason", error.detail}});
    {
        const std::scoped_lock lock(mutex);
        stopped = error.detail;
        waits_end = true;
    }
    admission->close("the node has stopped: " + error.detail);
    waiters.end_all();
}

Node::Node() = default;
Node::~Node() {
    stop();
}

Result<std::unique_ptr<Node>> Node::open(const Config& config, Clock clock) {
    const Bytes bytes = TRY(read_file(config.genesis_file, genesis_file_bytes_max));
    Result<ledger::GenesisFile> genesis = ledger::decode_genesis_file(bytes);
    if (genesis) {
        const Status entries = market::check_genesis_entries(*genesis);
        if (!entries) genesis = std::unexpected(entries.error());
    }
    if (!genesis) {
        genesis.error().detail = config.genesis_file.string() + ": " + genesis.error().detail;
        return std::unexpected(std::move(genesis).error());
    }
    crypto::SigningKey validator = TRY(validator_key(config, genesis->genesis));
    TRY(make_folder(config.home));
    LastSigned last_signed = TRY(LastSigned::open(config.home / "last-signed"));

    std::unique_ptr<Node> node(new Node());
    node->parts_ = std::make_unique<Parts>(config, std::move(clock), std::move(validator),
                                           std::move(last_signed));
    TRY(node->parts_->open(config, *genesis));
    return node;
}

Status Node::start() {
    return parts_->engine->start([this](const Error& error) { parts_->fail_with(error); });
}

void Node::stop() {
    if (!parts_ || !parts_->engine) return;
    parts_->admission->close("the node is shutting down");
    parts_->engine->stop();
    {
        const std::scoped_lock lock(parts_->mutex);
        parts_->waits_end = true;
    }
    parts_->waiters.end_all();
}

std::optional<std::string> Node::stopped() const {
    const std::scoped_lock lock(parts_->mutex);
    return parts_->stopped;
}

std::optional<std::string> Node::paused() const {
    return parts_->engine->paused();
}

std::vector<Admitted> Node::submit(ledger::Bundle bundle) {
    std::vector<Admitted> answers = parts_->admission->submit(std::move(bundle));
    parts_->engine->wake();
    return answers;
}

void Node::wait(const TxId& id, u64 deadline_ms,
                std::function<void(std::optional<Committed>)> done) {
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
const ledger::PublicKey& Node::validator() const {
    return parts_->validator.public_key();
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
VerificationCounts Node::verification() const {
    return parts_->verification.counts();
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
