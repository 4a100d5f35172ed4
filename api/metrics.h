// Metrics: what /metrics shows, in the Prometheus text format. One prefix, base units, no ids in
// labels. Threads: any.
#pragma once

#include <memory>
#include <string>

#include "node/node.h"

namespace jangbu::api {

class Metrics {
public:
    Metrics();
    ~Metrics();
    struct Exchange {
        std::string method;
        std::string route;
        int status = 0;
        double seconds = 0;
        std::size_t received_bytes = 0;  // of the request's body
        std::size_t sent_bytes = 0;      // of the answer's
    };
    void answered(const Exchange& exchange);
    void committed(const node::CommittedBlock& block);
    void set_pending(std::size_t transactions);
    // With what the node counted of its signatures until now, and how far it follows.
    std::string text(const node::Node& node) const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace jangbu::api
