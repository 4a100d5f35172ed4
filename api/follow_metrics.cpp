#include "api/follow_metrics.h"

#include "api/metric_family.h"
#include "node/cosignatures.h"

namespace jangbu::api {
namespace {

// 0 if `from` is later.
u64 elapsed(u64 from, u64 to) {
    return to > from ? to - from : 0;
}

}  // namespace

std::vector<prometheus::MetricFamily> memory_families(const node::Node& node) {
    std::vector<prometheus::MetricFamily> out;
    out.push_back(gauge("jangbu_memory_bytes", "memory of this process, without pages of files",
                        static_cast<double>(node.memory().used_bytes())));
    out.push_back(gauge("jangbu_memory_limit_bytes", "at which nothing new is taken",
                        static_cast<double>(node.memory().limit_bytes())));
    out.push_back(gauge("jangbu_used_ids", "transaction ids of the last 24 h of block time",
                        static_cast<double>(node.chain().used_count())));
    return out;
}

std::vector<prometheus::MetricFamily> follow_families(const node::Node& node) {
    std::vector<prometheus::MetricFamily> out;
    out.push_back(gauge("jangbu_cosigned_height", "newest height that a witness cosigned",
                        static_cast<double>(node.cosignatures().newest_height())));
    const auto following = node.following();
    if (!following) return out;
    const ledger::Header header = node.head()->header;
    out.push_back(gauge("jangbu_follow_lag_blocks",
                        "blocks that the source showed and this follower lacks",
                        static_cast<double>(elapsed(
                            header.height, following->source_height.value_or(header.height)))));
    out.push_back(gauge("jangbu_follow_head_age_seconds", "from the head's block time to now",
                        static_cast<double>(elapsed(header.time_ms, node.now_ms())) / 1'000));
    out.push_back(gauge("jangbu_follow_trouble", "1 while the source gives nothing that holds",
                        node.paused() ? 1 : 0));
    if (following->witness)
        out.push_back(gauge("jangbu_witness_refuses", "1 while the head is not cosigned",
                            following->refusal ? 1 : 0));
    return out;
}

}  // namespace jangbu::api
