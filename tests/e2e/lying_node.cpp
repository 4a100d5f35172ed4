// A node that lies to its followers: everything is passed on to an honest node, but the blocks from
// a height on are changed, and signed again with the validator's key where the lie needs it.
//
// usage: lying_node --node URL --keystore FILE --lie NAME --from HEIGHT --port-file FILE, with the
// password in JANGBU_PASSWORD. Lies: wrong_root, forked_epoch, back_dated, rewritten_history,
// withheld_block, unsigned_root.
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>

#include "api/http_server.h"
#include "base/file.h"
#include "client/http_client.h"
#include "crypto/keystore.h"
#include "market/market_rules.h"
#include "node/follow_stream.h"

namespace {

using namespace jangbu;

class LyingNode final : public api::Handler {
public:
    LyingNode(const std::string& url, crypto::SigningKey validator, std::string lie, u64 from)
        : http_(url), validator_(std::move(validator)), lie_(std::move(lie)), from_(from) {}

    std::size_t body_bytes_max(const api::Request&) const override { return 1 << 20; }
    void handle(api::Request request, api::Responder respond) override {
        const std::scoped_lock lock(mutex_);
        client::HttpRequest passed;
        passed.method = request.method;
        passed.path = request.path;
        char mark = '?';
        for (const auto& [name, value] : request.query) {
            passed.path += mark + name + "=" + client::url_escaped(value);
            mark = '&';
        }
        passed.authorization = request.header("authorization");
        passed.content_type = request.header("content-type");
        passed.body = as_bytes(request.body);
        passed.answer_bytes_max = node::stream_answer_max;
        const auto answer = http_.send(passed);
        api::Response response;
        if (!answer) {
            response.status = 503;
            return respond(std::move(response));
        }
        response.status = answer->status;
        response.content_type = answer->content_type;
        response.body = std::string(as_text(answer->body));
        if (request.path == "/v1/blocks" && answer->status == 200) {
            auto stream = bcs::decode<node::FollowStream>(answer->body);
            if (stream) response.body = std::string(as_text(bcs::encode(told(std::move(*stream)))));
        }
        respond(std::move(response));
    }

private:
    node::FollowStream told(node::FollowStream stream) const {
        if (lie_ == "rewritten_history" && stream.head.header.height >= from_) {
            stream.head.header.state_root[0] ^= 1;
            sign(stream.head);
        }
        std::vector<node::FollowedBlock> blocks;
        for (node::FollowedBlock& block : stream.blocks) {
            const bool lied = block.header.header.height >= from_;
            if (lied && lie_ == "withheld_block") break;
            if (lied) change(block);
            blocks.push_back(std::move(block));
        }
        stream.blocks = std::move(blocks);
        return stream;
    }

    void change(node::FollowedBlock& block) const {
        auto input = ledger::decode_block_input(block.input, rules_);
        if (!input) return;
        ledger::Header& header = block.header.header;
        if (lie_ == "wrong_root" || lie_ == "unsigned_root") header.state_root[0] ^= 1;
        if (lie_ == "forked_epoch") header.epoch = input->epoch = 1;
        if (lie_ == "back_dated") header.time_ms = input->time_ms = 1;
        block.input = ledger::encode(*input);
        if (lie_ != "unsigned_root") sign(block.header);
    }

    void sign(ledger::SignedHeader& header) const {
        header.finality = {
            validator_.public_key(),
            validator_.sign(crypto::domain::header, ledger::header_hash(header.header).bytes)};
    }

    std::mutex mutex_;  // guards the connection
    client::HttpClient http_;
    const crypto::SigningKey validator_;
    const std::string lie_;
    const u64 from_;
    const market::MarketRules rules_;
};

Status lie(std::map<std::string, std::string>& options) {
    const char* password = std::getenv("JANGBU_PASSWORD");
    if (!password) return fail(ErrorCode::usage, "set JANGBU_PASSWORD");
    const ByteArray<32> seed = TRY(crypto::read_keystore(options["--keystore"], password));
    LyingNode node(options["--node"], crypto::SigningKey(seed), options["--lie"],
                   std::strtoull(options["--from"].c_str(), nullptr, 10));
    const auto server = TRY(api::HttpServer::listen("127.0.0.1", 0, node));
    server->start();
    TRY(write_file_atomically(options["--port-file"],
                              as_bytes(std::to_string(server->port()) + "\n"),
                              FileMode::world_readable));
    while (true) std::this_thread::sleep_for(std::chrono::seconds(1));
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    std::map<std::string, std::string> options;
    for (int i = 1; i + 1 < argc; i += 2) options[argv[i]] = argv[i + 1];
    const Status status = lie(options);
    std::cerr << "lying_node: " << status.error().detail << "\n";
    return 2;
}
