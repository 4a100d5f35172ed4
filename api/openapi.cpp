// The contracts as one OpenAPI 3.1 document.
#include <algorithm>

#include "api/contract.h"
#include "api/json_schema.h"
#include "api/problem.h"
#include "base/assert.h"
#include "base/log.h"

namespace jangbu::api {
namespace {

constexpr const char* media_of_problems = "application/problem+json";

std::string small_letters(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

// "GET /v1/headers/{height}" is get_headers_height.
std::string operation_id(const Contract& contract) {
    std::string out = small_letters(contract.method);
    for (const char c : std::string(contract.path)) {
        if (c == '/') out += '_';
        if ((c >= 'a' && c <= 'z') || c == '_') out += c;
    }
    const std::size_t version = out.find("_v_");
    return version == std::string::npos ? out : out.replace(version, 3, "_");
}

std::string tag_of(const Contract& contract) {
    std::string path = std::string(contract.path).substr(1);
    if (!path.starts_with("v1/")) return "health";
    path = path.substr(3);
    return path.substr(0, path.find_first_of("/."));
}

Json parameter_json(const Parameter& parameter) {
    return {{"name", parameter.name},
            {"in", parameter.in},
            {"description", parameter.description},
            {"required", parameter.required},
            {"schema", schema_of(parameter.type)}};
}

// Ids are hashes; what counts is a number.
Json path_parameters(const std::string& path) {
    Json out = Json::array();
    for (std::size_t from = path.find('{'); from != std::string::npos;
         from = path.find('{', from + 1)) {
        const std::string name = path.substr(from + 1, path.find('}', from) - from - 1);
        const bool counts = name == "height" || name == "first" || name == "index";
        out.push_back(parameter_json({name.c_str(), counts ? "0..18446744073709551615" : "hash",
                                      counts ? "a number" : "an id", true, "path"}));
    }
    return out;
}

Json problem_answer(int status) {
    Json out{{"description", problem_title(status)},
             {"content", {{media_of_problems, {{"schema", schema_of("Problem")}}}}}};
    if (status == 401)
        out["headers"]["WWW-Authenticate"] = {{"required", true},
                                              {"description", "the scheme that this route takes"},
                                              {"schema", schema_of("Jangbu-Pass|Jangbu-Ticket")}};
    return out;
}

std::vector<int> problems_of(const Contract& contract) {
    std::vector<int> out = contract.problems;
    out.insert(out.end(), {400, 413, 431, 500, 503});
    if (contract.tier != Tier::everybody) out.insert(out.end(), {401, 403});
    std::ranges::sort(out);
    const auto rest = std::ranges::unique(out);
    out.erase(rest.begin(), rest.end());
    return out;
}

void add_headers(const Contract& contract, int status, Json& answer) {
    if (status == 206) {
        answer["headers"]["Content-Range"] = {{"required", true}, {"schema", schema_of("text")}};
        answer["headers"]["Accept-Ranges"] = {{"required", true}, {"schema", schema_of("=bytes")}};
    }
    if (contract.freshness == Freshness::not_kept || (status != 200 && status != 304)) return;
    // Not on what is answered to parties only.
    answer["headers"]["ETag"] = {{"required", contract.tier == Tier::everybody},
                                 {"description", "strong: equal tags are equal bytes"},
                                 {"schema", {{"type", "string"}, {"pattern", "^\".{22}\"$"}}}};
}

Json answers_json(const Contract& contract) {
    Json out = Json::object();
    for (const Answer& answer : contract.answers) {
        Json& one = out[std::to_string(answer.status)];
        const bool is_first = !one.contains("description");
        if (is_first) one["description"] = *answer.description ? answer.description : "as asked";
        add_headers(contract, answer.status, one);
        if (*answer.media_type)
            one["content"][answer.media_type] =
                answer.type ? Json{{"schema", schema_of(answer.type)}} : Json::object();
    }
    if (contract.freshness != Freshness::not_kept) {
        Json& unchanged = out["304"];
        unchanged["description"] = "the reader has it: If-None-Match names its tag";
        add_headers(contract, 304, unchanged);
    }
    for (const int status : problems_of(contract)) {
        const std::string name = std::to_string(status);
        if (!out.contains(name))
            out[name] = {{"$ref", "#/components/responses/Problem" + name}};
        else
            out[name]["content"][media_of_problems] = {{"schema", schema_of("Problem")}};
    }
    return out;
}

Json security_json(Tier tier) {
    const Json pass{{"pass", Json::array()}};
    const Json ticket{{"ticket", Json::array()}};
    switch (tier) {
        case Tier::everybody:
            return Json::array();
        case Tier::pass_for_some:
            return Json::array({Json::object(), pass});
        case Tier::pass:
            return Json::array({pass});
        case Tier::ticket:
            return Json::array({ticket});
    }
    return {};
}

Json operation_json(const Contract& contract) {
    Json out{{"operationId", operation_id(contract)},
             {"tags", Json::array({tag_of(contract)})},
             {"summary", contract.summary},
             {"security", security_json(contract.tier)}};
    Json parameters = path_parameters(contract.path);
    for (const Parameter& parameter : contract.parameters)
        parameters.push_back(parameter_json(parameter));
    if (contract.freshness != Freshness::not_kept)
        parameters.push_back(parameter_json(
            {"If-None-Match", "text", "entity tags that the reader has", false, "header"}));
    if (!parameters.empty()) out["parameters"] = std::move(parameters);
    if (contract.body)
        out["requestBody"] = {{"required", true}, {"content", {{contract.body, Json::object()}}}};
    out["responses"] = answers_json(contract);
    return out;
}

Json scheme(const char* name, const char* description) {
    return {{"type", "http"}, {"scheme", name}, {"description", description}};
}

}  // namespace

Json openapi(const std::vector<Contract>& contracts) {
    Json paths = Json::object();
    std::vector<std::string> tags;
    std::vector<int> problems;
    for (const Contract& contract : contracts) {
        paths[contract.path][small_letters(contract.method)] = operation_json(contract);
        const std::string tag = tag_of(contract);
        if (std::ranges::find(tags, tag) == tags.end()) tags.push_back(tag);
        for (const int status : problems_of(contract)) problems.push_back(status);
    }
    Json tags_json = Json::array();
    for (const std::string& tag : tags) tags_json.push_back({{"name", tag}});
    Json responses = Json::object();
    std::ranges::sort(problems);
    for (const int status : problems)
        responses["Problem" + std::to_string(status)] = problem_answer(status);
    return {
        {"openapi", "3.1.0"},
        {"info",
         {{"title", "Jangbu"},
          {"version", "0.1"},
          {"description",
           "A permissioned ledger and a marketplace for manufacturing data. JSON is for reading; "
           "canonical bytes (BCS) are what is signed and sent. Where GET is, HEAD is too."},
          {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
        {"servers", Json::array({{{"url", "/"}, {"description", "this node"}}})},
        {"tags", std::move(tags_json)},
        {"paths", std::move(paths)},
        {"components",
         {{"schemas", contract_schemas()},
          {"responses", std::move(responses)},
          {"securitySchemes",
           {{"pass", scheme("Jangbu-Pass", "base64url of BCS(SignedReadPass)")},
            {"ticket", scheme("Jangbu-Ticket", "base64url of BCS(SignedTicket)")}}}}}};
}

namespace {

bool is_for(const Contract& contract, const RouteName& route) {
    if (contract.method != route.method) return false;
    std::string path;
    for (const char* at = contract.path; *at; ++at) {
        path += *at;
        if (*at != '{') continue;
        while (*at != '}') ++at;
        path += '}';
    }
    return path == route.path;
}

void append_all(std::vector<Contract>& to, std::vector<Contract> more) {
    for (Contract& one : more) to.push_back(std::move(one));
}

}  // namespace

Contracts::Contracts(const std::vector<RouteName>& routes) {
    std::vector<Contract> all = ledger_contracts();
    append_all(all, market_contracts());
    append_all(all, exchange_contracts());
    for (const RouteName& route : routes) {
        const std::size_t before = contracts_.size();
        for (const Contract& contract : all)
            if (is_for(contract, route)) contracts_.push_back(contract);
        if (contracts_.size() != before + 1)
            log::error("api", "a route needs one contract in api/contract_*.cpp",
                       {{"route", route.method + " " + route.path}});
        JANGBU_ASSERT(contracts_.size() == before + 1);
    }
    JANGBU_ASSERT(contracts_.size() == all.size());
    document_ = openapi(contracts_).dump(1);
}

}  // namespace jangbu::api
