// What /metrics tells of a follower, and of witnesses: families in the form of prometheus-cpp.
#pragma once

#include <prometheus/metric_family.h>

#include "node/node.h"

namespace jangbu::api {

std::vector<prometheus::MetricFamily> follow_families(const node::Node& node);

}  // namespace jangbu::api
