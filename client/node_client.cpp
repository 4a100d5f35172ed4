#include "client/node_client.h"

#include "client/json_fields.h"
#include "client/node_answers.h"

namespace jangbu::client {
namespace {

std::string path_of(std::string_view folder, const auto& id) {
    return "/v1/" + std::string(folder) + "/" + id.hex();
}

template <class Record>
Result<Record> read_record_answer(const Result<HttpAnswer>& answer, std::string_view what) {
    if (!answer) return std::unexpected(answer.error());
    const Json json = TRY(parse_json(answer->body, what));
    JsonFields fields(json, what);
    Record record = fields.record<Record>("record");
    TRY(fields.status());
    return record;
}

}  // namespace

Result<HttpAnswer> NodeClient::call(const HttpRequest& request,
                                    std::initializer_list<int> accepted) {
    HttpAnswer answer = TRY(http_.send(request));
    for (const int status : accepted)
        if (answer.status == status) return answer;
    return std::unexpected(problem_error(answer.status, answer.body));
}

Result<HttpAnswer> NodeClient::get(const std::string& path) {
    HttpRequest request;
    request.path = path;
    request.authorization = pass_;
    return call(request, {200});
}

Result<std::string> NodeClient::get_text(const std::string& path) {
    const HttpAnswer answer = TRY(get(path));
    return std::string(as_text(answer.body));
}

Result<NodeStatus> NodeClient::status() {
    const HttpAnswer answer = TRY(get("/v1/status"));
    return read_status(answer.body);
}

Result<ledger::GenesisFile> NodeClient::genesis() {
    const HttpAnswer answer = TRY(get("/v1/genesis"));
    return ledger::decode_genesis_file(answer.body);
}

Result<SignedHead> NodeClient::head() {
    const HttpAnswer answer = TRY(get("/v1/head"));
    return read_head(answer.body);
}

Result<SignedHead> NodeClient::header(u64 height) {
    const HttpAnswer answer = TRY(get("/v1/headers/" + std::to_string(height)));
    return read_head(answer.body);
}

Result<std::string> NodeClient::consistency_proof(u64 from_height) {
    return get_text("/v1/proofs/consistency?from=" + std::to_string(from_height));
}
Result<std::string> NodeClient::history_proof(u64 height) {
    return get_text("/v1/proofs/history?height=" + std::to_string(height));
}
Result<std::string> NodeClient::state_proof(ByteView state_key, std::size_t cosigned) {
    std::string path = "/v1/proofs/state?key=" + to_hex(state_key);
    if (cosigned > 0) path += "&cosigned=" + std::to_string(cosigned);
    return get_text(path);
}
Result<std::string> NodeClient::transaction_proof(const TxId& id) {
    return get_text(path_of("proofs/transaction", id));
}
Result<std::string> NodeClient::receipt_proof(const TxId& id) {
    return get_text(path_of("proofs/receipt", id));
}

Result<std::vector<TransactionAnswer>> NodeClient::submit(ByteView bundle, u64 wait_ms) {
    HttpRequest request;
    request.method = "POST";
    request.path = "/v1/transactions?wait_ms=" + std::to_string(wait_ms);
    request.content_type = "application/octet-stream";
    request.body = bundle;
    const HttpAnswer answer = TRY(http_.send(request));
    const bool has_answers = answer.content_type.starts_with("application/json");
    if (!has_answers || (answer.status != 200 && answer.status != 202 && answer.status != 422))
        return std::unexpected(problem_error(answer.status, answer.body));
    return read_transactions(answer.body);
}

Result<TransactionAnswer> NodeClient::transaction(const TxId& id, u64 wait_ms) {
    const Result<HttpAnswer> answer =
        get(path_of("transactions", id) + "?wait_ms=" + std::to_string(wait_ms));
    if (!answer && answer.error().code == ErrorCode::not_found) {
        TransactionAnswer unknown;
        unknown.id = id;
        return unknown;
    }
    if (!answer) return std::unexpected(answer.error());
    return read_transaction(answer->body);
}

Result<std::string> NodeClient::block_json(u64 height) {
    return get_text("/v1/blocks/" + std::to_string(height));
}

Result<OrganisationAnswer> NodeClient::organisation(const OrgId& id) {
    const HttpAnswer answer = TRY(get(path_of("organisations", id)));
    return read_organisation(answer.body);
}

Result<market::Account> NodeClient::account(const OrgId& id) {
    return read_record_answer<market::Account>(get(path_of("accounts", id)), "account");
}

Result<std::vector<ParameterAnswer>> NodeClient::parameters() {
    const HttpAnswer answer = TRY(get("/v1/parameters"));
    return read_parameters(answer.body);
}

Result<market::Dataset> NodeClient::dataset(const DatasetId& id) {
    return read_record_answer<market::Dataset>(get(path_of("datasets", id)), "dataset");
}

Result<std::string> NodeClient::metadata(const DatasetId& id, const std::string& format) {
    return get_text(path_of("datasets", id) + "?format=" + url_escaped(format));
}

Result<AnswerPage<market::Dataset>> NodeClient::datasets(const OrgId& registrant,
                                                         const std::string& cursor) {
    std::string path = "/v1/datasets?registrant=" + registrant.hex();
    if (!cursor.empty()) path += "&cursor=" + url_escaped(cursor);
    const HttpAnswer answer = TRY(get(path));
    return read_datasets(answer.body);
}

Result<SearchAnswer> NodeClient::search(const SearchQuery& query) {
    std::string path = "/v1/listings?limit=" + std::to_string(query.limit);
    if (!query.text.empty()) path += "&q=" + url_escaped(query.text);
    if (query.seller) path += "&seller=" + query.seller->hex();
    for (const auto& [name, values] : query.facets) path += "&" + name + "=" + url_escaped(values);
    if (!query.sort.empty()) path += "&sort=" + url_escaped(query.sort);
    if (query.count_facets) path += "&facets=1";
    if (!query.cursor.empty()) path += "&cursor=" + url_escaped(query.cursor);
    const HttpAnswer answer = TRY(get(path));
    return read_listings(answer.body);
}

Result<ledger::Document> NodeClient::document(const DocumentHash& hash) {
    const HttpAnswer answer = TRY(get(path_of("documents", hash)));
    if (ledger::document_hash(answer.body) != hash)
        return fail(ErrorCode::verification_failed, "the document is not the one of that hash");
    return bcs::decode<ledger::Document>(answer.body);
}

Result<OrderAnswer> NodeClient::order(const OrderId& id) {
    const HttpAnswer answer = TRY(get(path_of("orders", id)));
    return read_order(answer.body);
}

Result<AnswerPage<OrderAnswer>> NodeClient::orders(bool as_seller, const std::string& cursor) {
    std::string path = std::string("/v1/orders?role=") + (as_seller ? "seller" : "buyer");
    if (!cursor.empty()) path += "&cursor=" + url_escaped(cursor);
    const HttpAnswer answer = TRY(get(path));
    return read_orders(answer.body);
}

Result<market::Programme> NodeClient::programme(const ProgrammeId& id) {
    return read_record_answer<market::Programme>(get(path_of("programmes", id)), "programme");
}

Result<market::Voucher> NodeClient::voucher(const VoucherId& id) {
    return read_record_answer<market::Voucher>(get(path_of("vouchers", id)), "voucher");
}

Result<std::vector<market::Voucher>> NodeClient::vouchers() {
    const HttpAnswer answer = TRY(get("/v1/vouchers"));
    return read_vouchers(answer.body);
}

Result<market::Attestation> NodeClient::attestation(const OrgId& org,
                                                    const market::FamilyId& family) {
    return read_record_answer<market::Attestation>(
        get(path_of("attestations", org) + "/" + family.hex()), "attestation");
}

namespace {

HttpRequest store_request(const char* method, std::string path, const std::string& ticket) {
    HttpRequest request;
    request.method = method;
    request.path = std::move(path);
    request.authorization = ticket;
    request.timeout_ms = 600'000;
    return request;
}

}  // namespace

Status NodeClient::put_leaves(const OrderId& order, const std::string& ticket, ByteView leaves) {
    HttpRequest request = store_request("PUT", path_of("store", order) + "/leaves", ticket);
    request.content_type = "application/octet-stream";
    request.body = leaves;
    TRY(call(request, {204}));
    return {};
}

Status NodeClient::put_chunks(const OrderId& order, const std::string& ticket, u64 first,
                              ByteView ciphertext) {
    HttpRequest request =
        store_request("PUT", path_of("store", order) + "/chunks/" + std::to_string(first), ticket);
    request.content_type = "application/octet-stream";
    request.body = ciphertext;
    TRY(call(request, {204}));
    return {};
}

Result<NodeClient::Missing> NodeClient::missing(const OrderId& order, const std::string& ticket) {
    const HttpAnswer answer =
        TRY(call(store_request("GET", path_of("store", order) + "/missing", ticket), {200}));
    const Json json = TRY(parse_json(answer.body, "missing chunks"));
    JsonFields fields(json, "missing chunks");
    Missing missing;
    missing.complete = fields.member("complete") == true;
    for (const Json& item : fields.list("missing")) {
        const Json one{{"index", item}};
        JsonFields index(one, "missing chunks");
        missing.indices.push_back(index.number("index"));
        TRY(index.status());
    }
    TRY(fields.status());
    return missing;
}

Result<Bytes> NodeClient::leaves(const OrderId& order, const std::string& ticket, u64 bytes) {
    HttpRequest request = store_request("GET", path_of("store", order) + "/leaves", ticket);
    request.answer_bytes_max = bytes;
    HttpAnswer answer = TRY(call(request, {200}));
    return std::move(answer.body);
}

Result<Bytes> NodeClient::ciphertext(const OrderId& order, const std::string& ticket, u64 from,
                                     u64 length) {
    HttpRequest request = store_request("GET", path_of("store", order) + "/ciphertext", ticket);
    request.range = std::to_string(from) + "-" + std::to_string(from + length - 1);
    request.answer_bytes_max = length;
    HttpAnswer answer = TRY(call(request, {206}));
    if (answer.body.size() != length)
        return fail(ErrorCode::unavailable, "the store sent fewer bytes than asked for");
    return std::move(answer.body);
}

Status NodeClient::put_sample(const DatasetId& dataset, const std::string& ticket,
                              ByteView sample) {
    HttpRequest request = store_request("PUT", path_of("samples", dataset), ticket);
    request.content_type = "application/octet-stream";
    request.body = sample;
    TRY(call(request, {204}));
    return {};
}

Result<market::Sample> NodeClient::sample(const DatasetId& dataset, u64 index) {
    const HttpAnswer answer = TRY(get(path_of("samples", dataset) + "/" + std::to_string(index)));
    return bcs::decode<market::Sample>(answer.body);
}

}  // namespace jangbu::client
