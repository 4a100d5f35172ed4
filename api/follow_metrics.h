// What /metrics tells of a follower, of witnesses, and of memory: families in the form of prometheus-cpp.
#pragma once

#include <prometheus/metric_family.h>

#include "node/node.h"

namespace jangbu::api {

std::vector<prometheus::MetricFamily> follow_families(const node::Node& node);
std::vector<prometheus::MetricFamily> memory_families(const node::Node& node);

}  // namespace jangbu::api
