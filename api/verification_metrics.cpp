#include "api/verification_metrics.h"

#include <limits>

#include "api/metric_family.h"

namespace jangbu::api {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

void add_counter(MetricFamily& to, u64 value, std::vector<ClientMetric::Label> labels) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.counter.value = static_cast<double>(value);
    to.metric.push_back(std::move(metric));
}

MetricFamily batches(const node::BatchSizes& sizes) {
    MetricFamily out = family("jangbu_admission_batch_signatures",
                              "signatures that admission verified together", MetricType::Histogram);
    ClientMetric metric;
    metric.histogram.sample_count = sizes.batches;
    metric.histogram.sample_sum = static_cast<double>(sizes.signatures);
    u64 up_to = 0;
    for (std::size_t i = 0; i < sizes.by_size.size(); ++i) {
        up_to += sizes.by_size[i];
        const double bound = i < node::BatchSizes::bounds ? static_cast<double>(u64{1} << i)
                                                          : std::numeric_limits<double>::infinity();
        metric.histogram.bucket.push_back({up_to, bound});
    }
    out.metric.push_back(std::move(metric));
    return out;
}

}  // namespace

std::vector<MetricFamily> verification_families(const node::VerificationCounts& counts) {
    MetricFamily verified =
        family("jangbu_signatures_verified_total",
               "signatures verified, by the station that met them first", MetricType::Counter);
    MetricFamily cached =
        family("jangbu_signature_cache_hits_total",
               "signatures whose verdict was known, by who asked", MetricType::Counter);
    const std::pair<const char*, const node::Verifier::Counts*> stations[] = {
        {"admission", &counts.admission},
        {"proposal", &counts.proposals},
        {"execution", &counts.execution}};
    for (const auto& [at, of] : stations) {
        add_counter(verified, of->verified - of->bad, {{"at", at}, {"verdict", "good"}});
        add_counter(verified, of->bad, {{"at", at}, {"verdict", "bad"}});
        add_counter(cached, of->cached, {{"at", at}});
    }
    std::vector<MetricFamily> out;
    out.push_back(std::move(verified));
    out.push_back(std::move(cached));
    out.push_back(batches(counts.admission_batches));
    out.push_back(gauge("jangbu_block_signatures_ahead_ratio",
                        "of all signatures in proposals since the start, those verified before",
                        counts.share_ahead()));
    out.push_back(gauge("jangbu_verification_keys", "public keys that are prepared",
                        static_cast<double>(counts.keys)));
    out.push_back(gauge("jangbu_verification_verdicts", "verdicts that are kept",
                        static_cast<double>(counts.verdicts)));
    return out;
}

}  // namespace jangbu::api
