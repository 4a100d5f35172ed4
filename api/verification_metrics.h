// What /metrics shows of signature verification. The node counts (it knows no Prometheus); here its
// counts become families, at each scrape. Threads: pure.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "node/verification.h"

namespace jangbu::api {

std::vector<prometheus::MetricFamily> verification_families(const node::VerificationCounts& counts);

}  // namespace jangbu::api
