// Contracts of what goes in and out by canonical bytes: transactions, the content store, samples.
#include "api/contract.h"

namespace jangbu::api {
namespace {

constexpr const char* octets = "application/octet-stream";
const Parameter wait_ms{"wait_ms", "0..30000", "how long to wait for a receipt"};

}  // namespace

std::vector<Contract> exchange_contracts() {
    return {
        {.method = "POST",
         .path = "/v1/transactions",
         .summary = "Submit BCS(Bundle), one or many transactions",
         .parameters = {wait_ms,
                        {"Idempotency-Key", "IdempotencyKey",
                         "a string in double quotes; with another bundle it is refused", false,
                         "header"}},
         .body = octets,
         .answers = {{200, "application/json", "Submitted", "all are committed or refused"},
                     {202, "application/json", "Submitted", "some are pending"},
                     {422, "application/json", "Submitted", "all are refused"}},
         .problems = {415, 422}},
        {.method = "GET",
         .path = "/v1/transactions/{txid}",
         .summary = "What became of a transaction",
         .freshness = Freshness::asked_again,
         .parameters = {wait_ms},
         .answers = {{.type = "Transaction"}}},
        {.method = "PUT",
         .path = "/v1/store/{order}/leaves",
         .summary = "Upload both leaf lists of an order",
         .tier = Tier::ticket,
         .body = octets,
         .answers = {{204, "", nullptr, "kept"}},
         .problems = {404, 409}},
        {.method = "GET",
         .path = "/v1/store/{order}/leaves",
         .summary = "Both leaf lists, 64 n bytes",
         .tier = Tier::ticket,
         .answers = {{200, octets, nullptr, "data leaves, then ciphertext leaves"}},
         .problems = {404, 409}},
        {.method = "PUT",
         .path = "/v1/store/{order}/chunks/{first}",
         .summary = "Upload consecutive whole ciphertext chunks",
         .tier = Tier::ticket,
         .body = octets,
         .answers = {{204, "", nullptr, "kept"}},
         .problems = {404, 409}},
        {.method = "GET",
         .path = "/v1/store/{order}/missing",
         .summary = "Which chunks are missing, at most 1000",
         .tier = Tier::ticket,
         .answers = {{.type = "Missing"}},
         .problems = {404, 409}},
        {.method = "GET",
         .path = "/v1/store/{order}/ciphertext",
         .summary = "A range of the ciphertext",
         .tier = Tier::ticket,
         .parameters = {{"Range", "ByteRange", "one range; at most 8 MiB are answered", false,
                         "header"}},
         .answers = {{206, octets, nullptr, "the range that Content-Range names"}},
         .problems = {404, 409, 416}},
        {.method = "PUT",
         .path = "/v1/samples/{dataset}",
         .summary = "Publish BCS(Sample), one chunk of the pool",
         .tier = Tier::ticket,
         .body = octets,
         .answers = {{204, "", nullptr, "kept"}},
         .problems = {404, 409}},
        {.method = "GET",
         .path = "/v1/samples/{dataset}",
         .summary = "Chunk 0 of the sample",
         .freshness = Freshness::asked_again,
         .answers = {{200, octets, nullptr, "BCS(Sample)"}},
         .problems = {404}},
        {.method = "GET",
         .path = "/v1/samples/{dataset}/{index}",
         .summary = "A chunk of the sample",
         .freshness = Freshness::asked_again,
         .answers = {{200, octets, nullptr, "BCS(Sample)"}},
         .problems = {404}},
    };
}

}  // namespace jangbu::api
