// /livez, /readyz and /metrics, and what the service says of itself.
#include "api/metrics.h"
#include "api/service.h"

namespace jangbu::api {
namespace {

Response plain_text(int status, std::string body) {
    Response response;
    response.status = status;
    response.content_type = "text/plain; charset=utf-8";
    response.body = std::move(body);
    return response;
}

}  // namespace

// The process answers: nothing else is asked.
Response Service::get_livez(const Request&) {
    return plain_text(200, "ok\n");
}

Response Service::get_readyz(const Request&) {
    if (const auto reason = node_.stopped())
        return plain_text(503, "the node has stopped: " + *reason + "\n");
    if (const auto reason = node_.paused())
        return plain_text(503, (node_.following() ? "no block is taken: " : "no block is made: ") +
                                   *reason + "\n");
    if (index_failed_) return plain_text(503, "the read index failed; a restart rebuilds it\n");
    if (!node_.following())
        if (const auto full = node_.memory().refusal())
            return plain_text(503, "no transaction is taken: " + *full + "\n");
    if (const auto near = node_.memory().warning())
        return plain_text(200, "ok, but " + *near + "\n");
    return plain_text(200, "ok\n");
}

Response Service::get_metrics(const Request&) {
    metrics_->set_pending(node_.pending());
    Response response = plain_text(200, metrics_->text(node_));
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return response;
}

Response Service::get_openapi(const Request&) {
    Response response;
    response.body = contracts_.document();
    return response;
}

}  // namespace jangbu::api
