#include "api/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "api/follow_metrics.h"
#include "api/verification_metrics.h"

namespace jangbu::api {

struct Metrics::Parts {
    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& requests =
        prometheus::BuildCounter()
            .Name("jangbu_http_requests_total")
            .Help("answers by method, route and status")
            .Register(registry);
    prometheus::Family<prometheus::Histogram>& durations =
        prometheus::BuildHistogram()
            .Name("jangbu_http_request_duration_seconds")
            .Help("from the whole request to its answer")
            .Register(registry);
    prometheus::Family<prometheus::Counter>& bodies =
        prometheus::BuildCounter()
            .Name("jangbu_http_body_bytes_total")
            .Help("bytes of request bodies (received) and answer bodies (sent) by route")
            .Register(registry);
    prometheus::Gauge& height = prometheus::BuildGauge()
                                    .Name("jangbu_ledger_height")
                                    .Help("height of the committed head")
                                    .Register(registry)
                                    .Add({});
    prometheus::Gauge& pending = prometheus::BuildGauge()
                                     .Name("jangbu_mempool_transactions")
                                     .Help("admitted transactions that wait for a block")
                                     .Register(registry)
                                     .Add({});
    prometheus::Family<prometheus::Counter>& transactions =
        prometheus::BuildCounter()
            .Name("jangbu_transactions_total")
            .Help("committed transactions by result")
            .Register(registry);
};

Metrics::Metrics() : parts_(std::make_unique<Parts>()) {}
Metrics::~Metrics() = default;

void Metrics::answered(const Exchange& exchange) {
    parts_->requests
        .Add({{"method", exchange.method},
              {"route", exchange.route},
              {"status", std::to_string(exchange.status)}})
        .Increment();
    parts_->durations
        .Add({{"route", exchange.route}},
             prometheus::Histogram::BucketBoundaries{0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 30})
        .Observe(exchange.seconds);
    const auto count = [&](const char* direction, std::size_t bytes) {
        parts_->bodies.Add({{"direction", direction}, {"route", exchange.route}})
            .Increment(static_cast<double>(bytes));
    };
    count("received", exchange.received_bytes);
    count("sent", exchange.sent_bytes);
}

void Metrics::committed(const node::CommittedBlock& block) {
    parts_->height.Set(static_cast<double>(block.snapshot->header.height));
    for (const ledger::Receipt& receipt : block.receipts) {
        if (!std::holds_alternative<ledger::TxId>(receipt.subject)) continue;
        parts_->transactions.Add({{"result", receipt.code == ledger::accepted ? "ok" : "rejected"}})
            .Increment();
    }
}

void Metrics::set_pending(std::size_t transactions) {
    parts_->pending.Set(static_cast<double>(transactions));
}

std::string Metrics::text(const node::Node& node) const {
    std::vector<prometheus::MetricFamily> families = parts_->registry.Collect();
    std::vector<prometheus::MetricFamily> verification = verification_families(node.verification());
    for (prometheus::MetricFamily& family : verification) families.push_back(std::move(family));
    std::vector<prometheus::MetricFamily> follow = follow_families(node);
    for (prometheus::MetricFamily& family : follow) families.push_back(std::move(family));
    std::vector<prometheus::MetricFamily> memory = memory_families(node);
    for (prometheus::MetricFamily& family : memory) families.push_back(std::move(family));
    return prometheus::TextSerializer().Serialize(families);
}

}  // namespace jangbu::api
