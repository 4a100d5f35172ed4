// Contract: what one route promises to its callers. Together they are the OpenAPI 3.1 document.
//
// Written beside the routes in api/contract_*.cpp, in the notation of api/json_schema.h; a service
// does not start while a row of api/routes.cpp has no contract, or a contract no row. Threads:
// pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/freshness.h"
#include "api/json_records.h"

namespace jangbu::api {

enum class Tier {
    everybody,
    pass_for_some,  // by what is asked for: everybody, or a read pass
    pass,           // a read pass
    ticket,
};

struct Parameter {
    const char* name;
    const char* type;  // of api/json_schema.h
    const char* description;
    bool required = false;
    const char* in = "query";
};

inline constexpr const char* media_of_octets = "application/octet-stream";
inline constexpr const char* media_of_text = "text/plain";

struct Answer {
    int status = 200;
    const char* media_type = "application/json";
    const char* type = nullptr;  // of api/json_schema.h; none for bytes and text
    const char* description = "";
};

struct Contract {
    const char* method;
    const char* path;  // "/v1/headers/{height}"
    const char* summary;
    Tier tier = Tier::everybody;
    Freshness freshness = Freshness::not_kept;
    std::vector<Parameter> parameters = {};  // but for those of the path
    const char* body = nullptr;              // media type
    std::vector<Answer> answers = {};
    std::vector<int> problems = {};  // besides those that every route, tier and body may answer
};

// Each method and path of the routes, "{}" for a segment that varies.
struct RouteName {
    std::string method;
    std::string path;
};

class Contracts {
public:
    // Of exactly these routes; a route without a contract, or a contract without one, is our bug.
    explicit Contracts(const std::vector<RouteName>& routes);

    const Contract& of_route(std::size_t index) const { return contracts_[index]; }
    // The OpenAPI document as it is served.
    const std::string& document() const { return document_; }

private:
    std::vector<Contract> contracts_;  // as the routes stand
    std::string document_;
};

// The parts of it, one a file.
std::vector<Contract> ledger_contracts();              // contract_ledger.cpp
std::vector<Contract> market_contracts();              // contract_market.cpp
std::vector<Contract> exchange_contracts();            // contract_exchange.cpp
Json contract_schemas();                               // contract_schemas.cpp
Json openapi(const std::vector<Contract>& contracts);  // openapi.cpp

}  // namespace jangbu::api
