// Records and events as JSON for reading (docs/api.md): same names as in docs/formats.md, amounts
// and times as decimal strings, 32-byte values in hex, all other bytes in base64url. Never signed,
// never parsed back.
#pragma once

#include <nlohmann/json.hpp>

#include "ledger/block.h"
#include "ledger/members.h"
#include "market/events.h"
#include "market/records.h"

namespace jangbu::api {

using Json = nlohmann::ordered_json;

Json to_json(const ledger::DocumentRef& reference);
Json to_json(const ledger::Organisation& record);
Json to_json(const ledger::Key& record);
Json to_json(const ledger::Header& header);
Json to_json(const market::Account& record);
Json to_json(const market::Dataset& record);
Json to_json(const market::Licence& licence);
Json to_json(const market::Listing& record);
Json to_json(const market::OrderPublic& record);
Json to_json(const market::OrderMoney& record);
Json to_json(const market::Programme& record);
Json to_json(const market::Voucher& record);
Json to_json(const market::Use& record);
Json to_json(const market::Attestation& record);
Json to_json(const market::Event& event);

}  // namespace jangbu::api
