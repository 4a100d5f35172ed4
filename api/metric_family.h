// Families of prometheus-cpp, as what /metrics shows is made of. Threads: pure.
#pragma once

#include <prometheus/metric_family.h>

#include <string>

namespace jangbu::api {

inline prometheus::MetricFamily family(std::string name, std::string help,
                                       prometheus::MetricType type) {
    prometheus::MetricFamily out;
    out.name = std::move(name);
    out.help = std::move(help);
    out.type = type;
    return out;
}

inline prometheus::MetricFamily gauge(std::string name, std::string help, double value) {
    prometheus::MetricFamily out =
        family(std::move(name), std::move(help), prometheus::MetricType::Gauge);
    prometheus::ClientMetric metric;
    metric.gauge.value = value;
    out.metric.push_back(std::move(metric));
    return out;
}

}  // namespace jangbu::api
