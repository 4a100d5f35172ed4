#include "client/node_answers.h"

#include "client/json_fields.h"

namespace jangbu::client {
namespace {

using Status_ = TransactionAnswer::Status;

Result<ledger::Signature> signature_of(JsonFields& fields, const char* name) {
    const Bytes bytes = fields.bytes(name);
    ledger::Signature signature{};
    if (bytes.size() != signature.size()) fields.set_fault(name, "is not a signature");
    TRY(fields.status());
    std::copy(bytes.begin(), bytes.end(), signature.begin());
    return signature;
}

Result<TransactionAnswer> read_one_transaction(const Json& json) {
    JsonFields fields(json, "transaction");
    TransactionAnswer answer;
    answer.id = fields.id<TxId>("txid");
    const std::string status = fields.text("status");
    if (status == "pending")
        answer.status = Status_::pending;
    else if (status == "committed")
        answer.status = Status_::committed;
    else if (status == "refused")
        answer.status = Status_::refused;
    else if (status != "unknown")
        fields.set_fault("status", "is none of the four words");
    answer.height = fields.number_or("height", 0);
    answer.index = static_cast<u32>(fields.number_or("index", 0));
    answer.code = static_cast<ledger::RejectionCode>(fields.number_or("code", 0));
    answer.rejection_name = fields.text_or_empty("rejection_name");
    answer.detail = fields.text_or_empty("detail");
    answer.problem = fields.text_or_empty("problem");
    if (fields.has("receipt")) {
        const auto receipt = fields.record<ledger::Receipt>("receipt");
        answer.code = receipt.code;
        for (const Bytes& event : receipt.events)
            answer.events.push_back(TRY(market::decode_event(event)));
    }
    if (fields.has("promise")) {
        answer.promise = fields.record<market::Promise>("promise");
        answer.promise_signature = TRY(signature_of(fields, "promise_signature"));
    }
    TRY(fields.status());
    return answer;
}

Result<OrderAnswer> read_one_order(const Json& json) {
    JsonFields fields(json, "order");
    OrderAnswer order;
    order.record = fields.record<market::OrderPublic>("record");
    order.money = fields.record<market::OrderMoney>("money_record");
    TRY(fields.status());
    return order;
}

template <class Record>
Result<Record> read_one_record(const Json& json, std::string_view what) {
    JsonFields fields(json, what);
    Record record = fields.record<Record>("record");
    TRY(fields.status());
    return record;
}

}  // namespace

Result<NodeStatus> read_status(ByteView body) {
    const Json json = TRY(parse_json(body, "status"));
    JsonFields fields(json, "status");
    NodeStatus status;
    status.chain_id = fields.id<ChainId>("chain_id");
    status.name = fields.text("name");
    status.height = fields.number("height");
    status.time_ms = fields.number("time_ms");
    status.market_time_ms = fields.number("market_time_ms");
    status.protocol_version = static_cast<u16>(fields.number("protocol_version"));
    status.software = fields.text_or_empty("software");
    status.operator_org = fields.id<OrgId>("operator_org");
    status.pending = fields.number_or("pending", 0);
    TRY(fields.status());
    return status;
}

Result<SignedHead> read_head(ByteView body) {
    const Json json = TRY(parse_json(body, "head"));
    JsonFields fields(json, "head");
    SignedHead head;
    head.header = fields.record<ledger::Header>("header");
    head.hash = ledger::header_hash(head.header);
    const Json& finality_json = fields.member("finality");
    JsonFields finality(finality_json, "finality");
    head.finality.key = finality.id<ledger::PublicKey>("key");
    head.finality.signature = TRY(signature_of(finality, "signature"));
    TRY(fields.status());
    return head;
}

Result<TransactionAnswer> read_transaction(ByteView body) {
    const Json json = TRY(parse_json(body, "transaction"));
    return read_one_transaction(json);
}

Result<std::vector<TransactionAnswer>> read_transactions(ByteView body) {
    const Json json = TRY(parse_json(body, "transactions"));
    JsonFields fields(json, "transactions");
    std::vector<TransactionAnswer> answers;
    for (const Json& one : fields.list("transactions"))
        answers.push_back(TRY(read_one_transaction(one)));
    TRY(fields.status());
    return answers;
}

Result<OrganisationAnswer> read_organisation(ByteView body) {
    const Json json = TRY(parse_json(body, "organisation"));
    JsonFields fields(json, "organisation");
    OrganisationAnswer answer;
    answer.record = fields.record<ledger::Organisation>("record");
    for (const Json& key : fields.list("keys"))
        answer.keys.push_back(TRY(read_one_record<ledger::Key>(key, "key")));
    TRY(fields.status());
    return answer;
}

Result<std::vector<ParameterAnswer>> read_parameters(ByteView body) {
    const Json json = TRY(parse_json(body, "parameters"));
    JsonFields fields(json, "parameters");
    std::vector<ParameterAnswer> parameters;
    for (const Json& one : fields.list("parameters")) {
        JsonFields parameter(one, "parameter");
        parameters.push_back({parameter.text("name"), parameter.text_or_empty("value"),
                              parameter.text_or_empty("min"), parameter.text_or_empty("max")});
        TRY(parameter.status());
    }
    TRY(fields.status());
    return parameters;
}

Result<AnswerPage<market::Dataset>> read_datasets(ByteView body) {
    const Json json = TRY(parse_json(body, "datasets"));
    JsonFields fields(json, "datasets");
    AnswerPage<market::Dataset> page;
    for (const Json& one : fields.list("items"))
        page.items.push_back(TRY(read_one_record<market::Dataset>(one, "dataset")));
    page.next = fields.text_or_empty("next");
    TRY(fields.status());
    return page;
}

namespace {

Result<std::vector<FacetAnswer>> read_facets(const Json& json) {
    std::vector<FacetAnswer> out;
    if (json.is_null()) return out;
    if (!json.is_object()) return fail(ErrorCode::malformed, "facets: not an object");
    JsonFields fields(json, "facets");
    for (const auto& [name, unused] : json.items()) {
        FacetAnswer& facet = out.emplace_back();
        facet.name = name;
        for (const Json& one : fields.list(name.c_str())) {
            JsonFields item(one, "facet value");
            std::string value = item.text("value");
            const u64 count = item.number("count");
            TRY(item.status());
            facet.counts.emplace_back(std::move(value), count);
        }
    }
    TRY(fields.status());
    return out;
}

}  // namespace

Result<SearchAnswer> read_listings(ByteView body) {
    const Json json = TRY(parse_json(body, "listings"));
    JsonFields fields(json, "listings");
    SearchAnswer page;
    for (const Json& one : fields.list("items")) {
        JsonFields item(one, "listing");
        ListingHit hit;
        hit.record = item.record<market::Listing>("record");
        hit.title = item.text_or_empty("title");
        hit.summary = item.text_or_empty("summary");
        hit.origin = static_cast<u8>(item.number_or("origin", 0));
        TRY(item.status());
        page.items.push_back(std::move(hit));
    }
    page.next = fields.text_or_empty("next");
    page.total = fields.number_or("total", 0);
    page.facets = TRY(read_facets(fields.member("facets")));
    TRY(fields.status());
    return page;
}

Result<OrderAnswer> read_order(ByteView body) {
    const Json json = TRY(parse_json(body, "order"));
    return read_one_order(json);
}

Result<AnswerPage<OrderAnswer>> read_orders(ByteView body) {
    const Json json = TRY(parse_json(body, "orders"));
    JsonFields fields(json, "orders");
    AnswerPage<OrderAnswer> page;
    for (const Json& one : fields.list("items")) page.items.push_back(TRY(read_one_order(one)));
    page.next = fields.text_or_empty("next");
    TRY(fields.status());
    return page;
}

Result<std::vector<market::Voucher>> read_vouchers(ByteView body) {
    const Json json = TRY(parse_json(body, "vouchers"));
    JsonFields fields(json, "vouchers");
    std::vector<market::Voucher> vouchers;
    for (const Json& one : fields.list("items"))
        vouchers.push_back(TRY(read_one_record<market::Voucher>(one, "voucher")));
    TRY(fields.status());
    return vouchers;
}

Error problem_error(int status, ByteView body) {
    struct CodeName {
        const char* name;
        ErrorCode code;
    };
    static constexpr CodeName names[] = {{"malformed", ErrorCode::malformed},
                                         {"not_found", ErrorCode::not_found},
                                         {"already_exists", ErrorCode::already_exists},
                                         {"limit_exceeded", ErrorCode::limit_exceeded},
                                         {"not_allowed", ErrorCode::not_allowed},
                                         {"unauthenticated", ErrorCode::not_allowed},
                                         {"conflict", ErrorCode::conflict},
                                         {"unavailable", ErrorCode::unavailable},
                                         {"io", ErrorCode::unavailable},
                                         {"corrupted", ErrorCode::unavailable},
                                         {"rejected", ErrorCode::rejected}};
    Error error{status == 404                    ? ErrorCode::not_found
                : status == 401 || status == 403 ? ErrorCode::not_allowed
                : status >= 500                  ? ErrorCode::unavailable
                                                 : ErrorCode::malformed,
                "the node answered with status " + std::to_string(status)};
    const Result<Json> json = parse_json(body, "problem");
    if (!json || !json->is_object()) return error;
    JsonFields fields(*json, "problem");
    const std::string code = fields.text_or_empty("code");
    for (const CodeName& known : names)
        if (code == known.name) error.code = known.code;
    if (const std::string detail = fields.text_or_empty("detail"); !detail.empty())
        error.detail = detail;
    error.rejection = static_cast<int>(fields.number_or("rejection", 0));
    return error;
}

}  // namespace jangbu::client
