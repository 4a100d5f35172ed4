// NodeClient: the calls of docs/api.md, typed. Records are decoded from their canonical bytes,
// never from the JSON beside.
//
// What a node answers is its word until a proof is checked (client/session.h). Problems become
// Errors: not_found, not_allowed, conflict, limit_exceeded, rejected (with the Rejection's number),
// unavailable, malformed (an answer that makes no sense). Threads: as HttpClient.
#pragma once

#include <optional>

#include "client/http_client.h"
#include "ledger/genesis.h"
#include "ledger/members.h"
#include "market/events.h"
#include "market/records.h"

namespace jangbu::client {

using ledger::ChainId;
using ledger::DocumentHash;
using ledger::HeaderHash;
using ledger::KeyId;
using ledger::OrgId;
using ledger::TxId;
using market::DatasetId;
using market::Hash;
using market::ListingId;
using market::OrderId;
using market::ProgrammeId;
using market::VoucherId;

// A header with the signature that stands behind it.
struct SignedHead {
    ledger::Header header;
    HeaderHash hash;  // computed here
    ledger::SoloFinality finality;
    bool operator==(const SignedHead&) const = default;
};

struct NodeStatus {
    ChainId chain_id;
    std::string name;
    u64 height = 0;
    u64 time_ms = 0;
    u64 market_time_ms = 0;
    u16 protocol_version = 0;
    std::string software;
    OrgId operator_org;
    u64 pending = 0;
};

struct TransactionAnswer {
    enum class Status { unknown, pending, committed, refused };
    TxId id;
    Status status = Status::unknown;
    u64 height = 0;
    u32 index = 0;
    ledger::RejectionCode code = 0;
    std::string rejection_name;
    std::string detail;
    std::string problem;  // the local code of a refusal that is no Rejection
    std::vector<market::Event> events;
    std::optional<market::Promise> promise;
    std::optional<ledger::Signature> promise_signature;
};

struct OrganisationAnswer {
    ledger::Organisation record;
    std::vector<ledger::Key> keys;
};
struct ParameterAnswer {
    std::string name;
    std::string value;
    std::string least;
    std::string most;
};
struct ListingHit {
    market::Listing record;
    std::string title;
    std::string summary;
    u8 origin = 0;
};
struct OrderAnswer {
    market::OrderPublic record;
    market::OrderMoney money;
};
struct SearchQuery {
    std::string text;
    std::optional<OrgId> seller;
    std::vector<std::pair<std::string, std::string>> facets;  // name, values parted by commas
    std::string sort;                                         // "" = the node's choice
    bool count_facets = false;
    u32 limit = 20;
    std::string cursor;
};
template <class Item>
struct AnswerPage {
    std::vector<Item> items;
    std::string next;  // "" = the last page
};
struct FacetAnswer {
    std::string name;
    std::vector<std::pair<std::string, u64>> counts;  // value, listings
};
struct SearchAnswer : AnswerPage<ListingHit> {
    u64 total = 0;
    std::vector<FacetAnswer> facets;  // when asked for
};

class NodeClient {
public:
    explicit NodeClient(const std::string& url) : http_(url) {}

    const std::string& url() const { return http_.base_url(); }
    // "Jangbu-Pass ..." for reads of the party tier.
    void use_pass(std::string authorization) { pass_ = std::move(authorization); }

    Result<NodeStatus> status();
    Result<ledger::GenesisFile> genesis();
    Result<SignedHead> head();
    Result<SignedHead> header(u64 height);
    // Text of jbproof/1 files, unchecked.
    Result<std::string> consistency_proof(u64 from_height);
    Result<std::string> history_proof(u64 height);
    // At the newest head that so many witnesses cosigned (conflict if there is none of late).
    Result<std::string> state_proof(ByteView state_key, std::size_t cosigned = 0);
    Result<std::string> transaction_proof(const TxId& id);
    Result<std::string> receipt_proof(const TxId& id);

    Result<std::vector<TransactionAnswer>> submit(ByteView bundle, u64 wait_ms);
    Result<TransactionAnswer> transaction(const TxId& id, u64 wait_ms);
    Result<std::string> block_json(u64 height);

    Result<OrganisationAnswer> organisation(const OrgId& id);
    Result<market::Account> account(const OrgId& id);
    Result<std::vector<ParameterAnswer>> parameters();
    Result<market::Dataset> dataset(const DatasetId& id);
    // What other catalogues read; `format` as docs/metadata.md has it. The node's word.
    Result<std::string> metadata(const DatasetId& id, const std::string& format);
    Result<AnswerPage<market::Dataset>> datasets(const OrgId& registrant,
                                                 const std::string& cursor);
    Result<SearchAnswer> search(const SearchQuery& query);
    Result<ledger::Document> document(const DocumentHash& hash);
    Result<OrderAnswer> order(const OrderId& id);
    Result<AnswerPage<OrderAnswer>> orders(bool as_seller, const std::string& cursor);
    Result<market::Programme> programme(const ProgrammeId& id);
    Result<market::Voucher> voucher(const VoucherId& id);
    Result<std::vector<market::Voucher>> vouchers();
    Result<market::Attestation> attestation(const OrgId& org, const market::FamilyId& family);

    // The content store. `ticket` is a whole Authorization value.
    Status put_leaves(const OrderId& order, const std::string& ticket, ByteView leaves);
    Status put_chunks(const OrderId& order, const std::string& ticket, u64 first,
                      ByteView ciphertext);
    struct Missing {
        std::vector<u64> indices;  // at most 1000
        bool complete = false;
    };
    Result<Missing> missing(const OrderId& order, const std::string& ticket);
    Result<Bytes> leaves(const OrderId& order, const std::string& ticket, u64 bytes);
    // Bytes [from, from + length) of the ciphertext.
    Result<Bytes> ciphertext(const OrderId& order, const std::string& ticket, u64 from, u64 length);
    Status put_sample(const DatasetId& dataset, const std::string& ticket, ByteView sample);
    Result<market::Sample> sample(const DatasetId& dataset, u64 index);

private:
    Result<HttpAnswer> call(const HttpRequest& request, std::initializer_list<int> accepted);
    Result<HttpAnswer> get(const std::string& path);
    Result<std::string> get_text(const std::string& path);

    HttpClient http_;
    std::string pass_;
};

// The Error that a problem+json body states.
Error problem_error(int status, ByteView body);

}  // namespace jangbu::client
