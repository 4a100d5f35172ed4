// Reading of the JSON answers of docs/api.md into the structs of client/node_client.h. Pure.
// Errors: malformed.
#pragma once

#include "client/node_client.h"

namespace jangbu::client {

Result<NodeStatus> read_status(ByteView body);
Result<SignedHead> read_head(ByteView body);
Result<TransactionAnswer> read_transaction(ByteView body);
Result<std::vector<TransactionAnswer>> read_transactions(ByteView body);
Result<OrganisationAnswer> read_organisation(ByteView body);
Result<std::vector<ParameterAnswer>> read_parameters(ByteView body);
Result<AnswerPage<market::Dataset>> read_datasets(ByteView body);
Result<SearchAnswer> read_listings(ByteView body);
Result<OrderAnswer> read_order(ByteView body);
Result<AnswerPage<OrderAnswer>> read_orders(ByteView body);
Result<std::vector<market::Voucher>> read_vouchers(ByteView body);

}  // namespace jangbu::client
