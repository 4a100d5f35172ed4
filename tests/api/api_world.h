// ApiWorld: the whole server in one process: node, content store, read index, service and HTTP on a
// free loopback port, over the members of MarketWorld; and what a client sends to it.
#pragma once

#include <nlohmann/json.hpp>

#include "api/read_index.h"
#include "api/service.h"
#include "base/log.h"
#include "tests/node/node_world.h"
#include "tests/support/raw_http.h"

namespace jangbu::test {

using nlohmann::json;

struct HttpAnswer {
    int status = 0;
    std::map<std::string, std::string> headers;  // lower-case names
    std::string body;

    json as_json() const { return json::parse(body); }
    std::string code() const { return as_json().value("code", ""); }  // of a problem
    std::string header(const std::string& name) const {
        const auto found = headers.find(name);
        return found == headers.end() ? "" : found->second;
    }
};

// status 0 if it is no HTTP answer with a whole body.
inline HttpAnswer read_http_answer(const std::string& text, bool without_body = false) {
    HttpAnswer answer;
    const std::size_t end = text.find("\r\n\r\n");
    if (!text.starts_with("HTTP/1.1 ") || end == std::string::npos) return answer;
    std::size_t line = text.find("\r\n") + 2;
    while (line < end + 2) {
        const std::size_t stop = text.find("\r\n", line);
        const std::size_t colon = text.find(": ", line);
        std::string name = text.substr(line, colon - line);
        for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        answer.headers[name] = text.substr(colon + 2, stop - colon - 2);
        line = stop + 2;
    }
    answer.body = text.substr(end + 4);
    const std::string length = answer.header("content-length");
    const bool whole = without_body ? answer.body.empty()
                                    : length.empty() || answer.body.size() == std::stoull(length);
    if (whole) answer.status = std::stoi(text.substr(9, 3));
    return answer;
}

inline std::string percent_encoded(std::string_view text) {
    std::string out;
    for (char c : text) out += "%" + to_hex(as_bytes(std::string_view(&c, 1)));
    return out;
}

template <class Record>
Record record_of(const json& base64url) {
    const auto bytes = from_base64url(base64url.get<std::string>());
    REQUIRE(bytes.has_value());
    const auto record = bcs::decode<Record>(*bytes);
    REQUIRE(record.has_value());
    return *record;
}

class ApiWorld {
public:
    using Headers = std::vector<std::pair<std::string, std::string>>;

    ApiWorld() : in(folder.path) {
        log::set_level(log::Level::error);
        start();
    }
    ~ApiWorld() { stop(); }

    void start() {
        auto opened = in.open();
        REQUIRE_MESSAGE(opened.has_value(), opened.error().detail);
        in.node = std::move(*opened);
        store = node::open_directory_store(folder.path / "store", quota_bytes).value();
        index = api::ReadIndex::open(index_file()).value();
        const Bytes genesis = read_file(in.config.genesis_file, 64 << 20).value();
        service = std::make_unique<api::Service>(*in.node, *store, *index, genesis);
        REQUIRE(service->start().has_value());
        server = api::HttpServer::listen("127.0.0.1", 0, *service).value();
        server->start();
        REQUIRE(in.node->start().has_value());
    }
    void stop() {
        if (server) server->stop();
        if (in.node) in.node->stop();
        server.reset();
        service.reset();
        index.reset();
        store.reset();
        in.node.reset();
    }
    std::filesystem::path index_file() const { return folder.path / "index.sqlite"; }

    HttpAnswer call(const std::string& method, const std::string& target,
                    std::string_view body = {}, const Headers& headers = {}) const {
        RawConnection connection(server->port());
        std::string head = method + " " + target + " HTTP/1.1\r\nHost: test\r\n";
        if (!body.empty() || method == "POST" || method == "PUT")
            head += "Content-Length: " + std::to_string(body.size()) + "\r\n";
        for (const auto& [name, value] : headers) head += name + ": " + value + "\r\n";
        connection.send(head + "Connection: close\r\n\r\n");
        connection.send(body);
        return read_http_answer(connection.read_to_end(60'000), method == "HEAD");
    }
    HttpAnswer get(const std::string& target, const Headers& headers = {}) const {
        return call("GET", target, {}, headers);
    }
    json get_json(const std::string& target, const Headers& headers = {}) const {
        const HttpAnswer answer = get(target, headers);
        REQUIRE_MESSAGE(answer.status == 200, target, " ", answer.body);
        return answer.as_json();
    }
    HttpAnswer post(ByteView bundle, const std::string& query = "?wait_ms=20000") const {
        return call("POST", "/v1/transactions" + query, as_text(bundle),
                    {{"Content-Type", "application/octet-stream"}});
    }
    HttpAnswer post(const ledger::Transaction& transaction) const {
        return post(ledger::encode(in.bundle({transaction})));
    }
    // T of docs/api.md for the only transaction that was posted.
    static json only(const HttpAnswer& answer) {
        const json all = answer.as_json();
        REQUIRE_MESSAGE(all.contains("transactions"), answer.body);
        REQUIRE(all["transactions"].size() == 1);
        return all["transactions"][0];
    }

    Headers pass(const Member& member, u64 life_ms = 3'600'000) const {
        return pass_by(member.deliver, member.id, life_ms);
    }
    Headers pass_by(const crypto::SigningKey& key, const OrgId& org,
                    u64 life_ms = 3'600'000) const {
        const ReadPass pass{in.world.chain, org, in.now_ms + life_ms};
        return {{"Authorization", "Jangbu-Pass " + to_base64url(bcs::encode(sign(pass, key)))}};
    }
    Headers ticket(const Member& member, TicketAction action, const Hash& subject,
                   const Hash& root) const {
        const Ticket ticket{in.world.chain,          subject, in.world.node.id,
                            static_cast<u8>(action), root,    in.now_ms + 3'600'000};
        return {{"Authorization",
                 "Jangbu-Ticket " + to_base64url(bcs::encode(sign(ticket, member.deliver)))}};
    }

    // Registers and lists a dataset of the member, with a description that search reads.
    Offer offer(const Member& owner, const json& description, u64 supply = 10'000) {
        Offer made{make_dataset(in.world, owner, 3 * 4096 + 5), {}, supply, 1};
        PublishListing listing = make_listing(in.world, made.dataset.id(), FixedPrice{supply, 1});
        listing.description = in.world.documents.add(
            {named_hash("salt " + description.dump()), "application/vnd.jangbu.description+json",
             to_bytes(as_bytes(description.dump()))},
            ledger::DocumentClass::public_);
        REQUIRE(in.run(owner.transact, made.dataset.registration()) == 0);
        REQUIRE(in.run(owner.transact, listing) == 0);
        made.listing = listing_id(in.world.chain, owner.id, listing.nonce);
        return made;
    }

    Folder folder;
    NodeWorld in;
    u64 quota_bytes = 1 << 30;  // of the store, from the next start() on
    std::unique_ptr<node::ContentStore> store;
    std::unique_ptr<api::ReadIndex> index;
    std::unique_ptr<api::Service> service;
    std::unique_ptr<api::HttpServer> server;
};

}  // namespace jangbu::test
