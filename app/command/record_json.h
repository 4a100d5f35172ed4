// Records as JSON for programs and as lines for people. Amounts and times are decimal strings, ids
// are hex.
#pragma once

#include "app/command/output.h"
#include "client/members.h"
#include "client/order_case.h"

namespace jangbu::app {

Json to_json(const ledger::Organisation& record);
Json to_json(const client::KeyLine& line);
Json to_json(const market::Account& record);
Json to_json(const market::Dataset& record);
Json to_json(const market::Listing& record);
Json to_json(const market::OrderPublic& order, const market::OrderMoney& money);
Json to_json(const market::Programme& record);
Json to_json(const market::Voucher& record);
Json to_json(const client::Posted& posted);

std::string text_of(const market::Account& record);
std::string text_of(const market::Dataset& record);
std::string text_of(const market::Listing& record);
std::string text_of(const market::OrderPublic& order, const market::OrderMoney& money);
std::string text_of(const market::Programme& record);
std::string text_of(const market::Voucher& record);

std::string price_text(const market::Listing& listing);
std::string licence_text(const market::Licence& licence);
std::string roles_text(u16 roles);
std::string purpose_text(u8 purpose);
// "SIMULATED data." and a line end, or nothing: said wherever a simulated dataset is shown.
std::string simulated_note(market::Origin origin);
std::string origin_text(market::Origin origin);

}  // namespace jangbu::app
