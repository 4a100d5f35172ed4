// The schemas that contracts name: records as api/json_records.cpp writes them, and what goes round
// them.
#include "api/contract.h"
#include "api/facets.h"
#include "api/json_schema.h"

namespace jangbu::api {
namespace {

// Behind every record answer (api/answers.h).
constexpr const char* as_record = " record:bytes at:At";

constexpr const char* dataset_fields =
    "schema=jangbu/dataset/1 id:hash registrant:hash data_root:hash seed_nonce:bytes byte_len:u64 "
    "chunk_size:u32 origin:1..3 schema_hash:hash description:DocumentRef? profile:DocumentRef? "
    "process:DocumentRef? previous:hash? registered_height:u64 registered_ms:u64 state:1..2 "
    "ceiling_bits:u16 ceiling_expires_ms:u64?";
constexpr const char* listing_fields =
    "schema=jangbu/listing/1 id:hash listing_version:u32 seller:hash kind:1..3 dataset:hash? "
    "pricing:Pricing licence:Licence mode:u8 audience:Audience category:u16 lock_min_ms:u64 "
    "dispute_min_ms:u64 sample:u8 description:DocumentRef state:1..2 published_height:u64";
constexpr const char* head_fields =
    " height:u64 time_ms:u64 market_time_ms:u64 header:bytes header_hash:hash finality:Finality";

// T of docs/api.md.
constexpr const char* transaction_fields =
    "txid:hash status=unknown|pending|committed|refused height:u64? index:u32? code:u16? "
    "rejection_name:text? receipt:bytes? events:Event[]? detail:text? problem:text? promise:bytes? "
    "promise_signature:bytes64?";

constexpr const char* order_state =
    "=PLACED|ACCEPTED|LOCKED|KEYED|SETTLED|CANCELLED|REFUND_NOKEY|REFUND_PROVEN|REFUND_FORCED|"
    "REVERSED|REVIEW|ABORTED|SUBSCRIBED|ENDED";

Json record(std::string fields) {
    return closed_object(fields + as_record);
}
Json list_of(const char* schema, const char* item) {
    return closed_object(std::string("schema=") + schema + " items:" + item + "[] next:text?");
}
template <class... Variant>
Json one_of(Variant... variants) {
    return {{"oneOf", Json::array({closed_object(variants)...})}};
}

void add_ledger(Json& out) {
    out["Problem"] = closed_object(
        "type:text title:text status:400..599 detail:text code=malformed|not_found|already_exists|"
        "limit_exceeded|unauthenticated|not_allowed|conflict|unavailable|io|corrupted|"
        "wrong_password|verification_failed|usage|method_not_allowed|unsupported_media_type|"
        "internal|rejected|idempotency_key_reused rejection?:u16 rejection_name?:text");
    out["At"] = closed_object("height:u64 header_hash:hash");
    out["DocumentRef"] = closed_object("hash:hash length:u32 class:u8");
    out["Finality"] = closed_object("key:hash signature:bytes64");
    out["Following"] = closed_object(
        "source:text source_height:u64? source_time_ms:u64? lag_blocks:u64 trouble:text? "
        "witness:hash? cosigned_height:u64 refusal:text?");
    out["Status"] = closed_object(
        "schema=jangbu/status/1 chain_id:hash name:text height:u64 base_height:u64 "
        "header_hash:hash time_ms:u64 market_time_ms:u64 protocol_version:u16 software:text "
        "validator:hash operator_org:hash pending:u32 cosigned_height:u64 memory:Memory "
        "following:Following?");
    out["Memory"] = closed_object("bytes:u64 limit_bytes:u64 level=fine|near|full");
    out["Head"] = closed_object(std::string("schema=jangbu/head/1") + head_fields);
    out["Block"] = closed_object(std::string("schema=jangbu/block/1") + head_fields +
                                 " input:bytes receipts:bytes[]");
    out["Cosigned"] = closed_object("key:hash signature:bytes64");
    out["Cosignatures"] =
        closed_object("schema=jangbu/cosignatures/1 height:u64 cosignatures:Cosigned[]");
    out["Snapshot"] = closed_object("height:u64 header_hash:hash time_ms:u64 files:u32 bytes:u64");
    out["Snapshots"] =
        closed_object("schema=jangbu/snapshots/1 base_height:u64 snapshots:Snapshot[]");
    out["Proof"] = closed_object(
        "format=jbproof/1 kind=state|absence|transaction|receipt|history|consistency subject:any "
        "paths:ProofPath[] header:bytes finality:ProofFinality cosignatures:Cosigned[] "
        "anchors:any[] "
        "genesis:bytes");
    out["ProofPath"] = {{"type", "object"}};
    out["ProofFinality"] = closed_object("kind=solo chain:any[] key:hash signature:bytes64");
    out["Key"] = record(
        "schema=jangbu/key/1 key_id:hash kind:u8 purpose:u8 bytes:hash org:hash "
        "valid_from_height:u64 valid_until_ms:u64? revoked_at_height:u64?");
    out["Organisation"] = record(
        "schema=jangbu/organisation/1 id:hash roles:u16 state:1..2 profile:DocumentRef? "
        "endpoint:text<=200 tls_pin:hash? keys:Key[]");
    out["Parameter"] = closed_object("name:text value:u64 min:u64 max:u64");
    out["Parameters"] =
        closed_object("schema=jangbu/parameters/1 parameters:Parameter[] treasury:hash?");
}

void add_events(Json& out) {
    out["Posting"] = closed_object(
        "column=bank|available|reserved|bond|escrow|programme_cash|granted|unissued|voucher_open|"
        "voucher_held|voucher_spent|returned|budget|income|voucher_lapsed owner:hash "
        "amount:SignedAmount");
    out["SignedAmount"] = {{"type", "string"}, {"pattern", "^-?(0|[1-9][0-9]{0,19})$"}};
    const std::string moved =
        std::string("type=OrderMoved order:hash buyer:hash seller:hash from") + order_state +
        "? to" + order_state + " deadline_ms:u64 reason:u16";
    out["Event"] = one_of(
        "type=KeyAdded key_id:hash org:hash kind:u8 purpose:u8 valid_from_height:u64",
        "type=KeyRevoked key_id:hash org:hash revoked_at_height:u64",
        "type=CreditsMinted depositor:hash amount:u64 bank_ref:hash",
        "type=ProgrammeMoved programme:hash owner:hash from:u8? to:u8",
        "type=ProgrammeFunded programme:hash funder:hash amount:u64",
        "type=VoucherIssued voucher:hash programme:hash holder:hash amount:u64 expiry_ms:u64",
        "type=DatasetRegistered dataset:hash registrant:hash data_root:hash",
        "type=ListingPublished listing:hash listing_version:u32 seller:hash dataset:hash?", moved,
        "type=DatasetSuspended dataset:hash seller:hash strikes:u32",
        "type=DatasetAttested dataset:hash attestor:hash kind:1..4 result:hash",
        "type=MoneyMoved postings:Posting[]",
        "type=EpochOpened head:hash head_height:u64 reason:1..3");
    out["SubmittedTransaction"] = closed_object(transaction_fields);
    out["Submitted"] =
        closed_object("schema=jangbu/submitted/1 transactions:SubmittedTransaction[]");
    out["Transaction"] =
        closed_object(std::string("schema=jangbu/transaction/1 ") + transaction_fields);
}

void add_catalogue(Json& out) {
    out["Licence"] = closed_object("bits:u16 expires_ms:u64? attribution:u8 odrl:DocumentRef?");
    out["Pricing"] =
        one_of("kind=fixed supply:u64 tax_rule:u8", "kind=free", "kind=quote_only tax_rule:u8",
               "kind=per_period supply:u64 tax_rule:u8 period_ms:u64 periods_max:u8");
    out["Audience"] = one_of("kind=public", "kind=group group:hash", "kind=invited members:hash[]");
    out["ListedDataset"] = record(dataset_fields);
    out["Dataset"] =
        record(std::string(dataset_fields) + " n:u64 data_root_registered_by_others:hash[]");
    out["Datasets"] = list_of("jangbu/datasets/1", "ListedDataset");
    out["Listing"] =
        record(std::string(listing_fields) + " description_text:any dataset_record:bytes?");
    out["ListedListing"] =
        record(std::string(listing_fields) + " title:text summary:text origin:u8?");
    out["FacetValue"] = closed_object("value:text count:u64");
    std::string facets;
    for (const std::string_view name : facet_names) facets += std::string(name) + ":FacetValue[] ";
    out["Facets"] = closed_object(facets);
    out["Listings"] = closed_object(
        "schema=jangbu/listings/1 items:ListedListing[] next:text? total:u64 facets:Facets?");
    out["JsonLd"] = open_object("@context:any @id?:text @type:text");
    out["Csvw"] = open_object("@context:any url:text tableSchema:any");
    out["Prov"] = open_object("prefix:any entity:any");
    out["DatasetOrProv"] = {{"anyOf", Json::array({schema_of("Dataset"), schema_of("Prov")})}};
    out["Attestation"] = record(
        "schema=jangbu/attestation/1 subject:hash family:hash class:u8 group_tag:hash tag_key:u8 "
        "issuer:hash valid_from_ms:u64 valid_to_ms:u64 document:DocumentRef? revoked_at:u64?");
}

void add_money(Json& out) {
    out["Account"] = record(
        "schema=jangbu/account/1 org:hash available:u64 reserved:u64 bond:u64 withdrawing:u64 "
        "debt:u64 unlocked_orders:u32 strikes:u32");
    out["Share"] = closed_object("org:hash ppm:u32");
    out["OrderMoney"] = closed_object(
        "id:hash supply:u64 tax:u64 own:u64 voucher:u64 voucher_id:hash? programme:hash? "
        "fee_bps:u16 bond:u64 penalty_bps:u16 upstream:Share[]? tax_rule:u8");
    out["Order"] = record(
        std::string("schema=jangbu/order/1 id:hash listing:hash listing_version:u32 dataset:hash "
                    "data_root:hash n:u64 chunk_size:u32 seller:hash buyer:hash state:1..14 "
                    "state_name") +
        order_state +
        " mode:u8 licence:hash terms:DocumentRef? prekey_id:hash E_b:hash T:hash[] Y:hash? "
        "ct_root:hash? store_org:hash? m:hash? deadline_ms:u64 extended_ms:u64 lock_ms:u64 "
        "key_ms:u64 dispute_ms:u64 held_until:u64? opened_height:u64 locked_height:u64 "
        "keyed_height:u64 closed_height:u64 money:OrderMoney money_record:bytes");
    out["Orders"] = list_of("jangbu/orders/1", "Order");
    out["Funder"] = closed_object("org:hash paid_in:u64");
    out["CategoryCap"] = closed_object("category:u16 cap:u64");
    out["Programme"] = record(
        "schema=jangbu/programme/1 id:hash family:hash owner:hash fiscal_year:u16 kind:1..3 "
        "state:1..3 officers:hash[] threshold:u8 funders:Funder[] budget_max:u64 share_bps:u16[] "
        "cap_order:u64 cap_company:u64 cap_group:u64 cap_pair:u64 categories:CategoryCap[] "
        "valid_from_ms:u64 valid_to_ms:u64 redeem_by_ms:u64 review_rules:u16 rules:DocumentRef "
        "budget:u64 unissued:u64 open:u64 held:u64 spent:u64 returned:u64 income:u64 repaid:u64 "
        "cash:u64");
    out["Voucher"] = record(
        "schema=jangbu/voucher/1 id:hash programme:hash holder:hash amount:u64 open:u64 held:u64 "
        "spent:u64 lapsed:u64 expiry_ms:u64 purpose_tag:hash state:1..3");
    out["Vouchers"] = list_of("jangbu/vouchers/1", "Voucher");
    out["Missing"] = closed_object("schema=jangbu/missing/1 missing:u64[] complete:flag");
}

}  // namespace

Json contract_schemas() {
    Json out = Json::object();
    add_ledger(out);
    add_events(out);
    add_catalogue(out);
    add_money(out);
    // Of parameters.
    out["StateKey"] = {{"type", "string"}, {"pattern", "^([0-9a-f]{2}){1,256}$"}};
    out["ByteRange"] = {{"type", "string"}, {"pattern", "^bytes=[0-9]+-[0-9]*$"}};
    out["IdempotencyKey"] = {{"type", "string"},
                             {"pattern", R"(^"([ !#-\[\]-~]|\\["\\]){1,128}"$)"}};
    out["OpenApi"] = open_object("openapi:text info:any paths:any components:any");
    return out;
}

}  // namespace jangbu::api
