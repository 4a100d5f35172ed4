// EIO and ENOSPC at the n-th call, once and from then on, over every call that a life makes: of a
// first start, and of a start on a ledger that stands already. The node may stop or refuse to
// start, and says why. Afterwards the disk works again, and a start must find everything.
//
// `trials` is how many of the calls are tried, at chance; 0 = all of them.
#include <cerrno>

#include "tests/faults/campaign.h"

namespace jangbu::test::faults {
namespace {

constexpr std::size_t failing_groups = 1;

struct ErrorKind {
    const char* name;
    unsigned calls;
    int error;
    bool is_sticky;
};
constexpr ErrorKind error_kinds[] = {
    {"EIO once", calls_all, EIO, false},
    {"EIO from then on", calls_all, EIO, true},
    {"ENOSPC once", calls_write | calls_name, ENOSPC, false},
    {"ENOSPC from then on", calls_write | calls_name, ENOSPC, true},
};

class IoErrors {
public:
    explicit IoErrors(const Options& options) : options_(options), random_(options.seed) {}
    Tally run();

private:
    void from(const std::filesystem::path& home, const Acknowledged& before,
              const std::string& name);
    void trial(const std::filesystem::path& kept, const Acknowledged& before, const ErrorKind& kind,
               u64 at, const std::string& name);
    u64 calls_of_life(const std::filesystem::path& kept, const Acknowledged& before,
                      unsigned calls);

    const Options options_;
    std::mt19937_64 random_;
    const Script script_{failing_groups};
    const Ground ground_;
    Tally tally_;
};

u64 IoErrors::calls_of_life(const std::filesystem::path& kept, const Acknowledged& before,
                            unsigned calls) {
    copy_folder(kept, ground_ / "home");
    Acknowledged acknowledged = before;
    LifePlan plan(ground_ / "home");
    plan.fault = {calls, ~u64{0}, EIO};
    return live(script_, acknowledged, plan).calls;
}

void IoErrors::trial(const std::filesystem::path& kept, const Acknowledged& before,
                     const ErrorKind& kind, u64 at, const std::string& name) {
    copy_folder(kept, ground_ / "home");
    Acknowledged acknowledged = before;
    LifePlan plan(ground_ / "home");
    plan.fault = {kind.calls, at, kind.error, kind.is_sticky};
    const LifeReport faulty = live(script_, acknowledged, plan);
    ++tally_.trials;
    if (!faulty.finding.empty()) tally_.found(name, faulty.finding);
    if (!faulty.refused.empty()) ++tally_.refused;
    for (const std::string& message : {faulty.refused, faulty.stopped})
        if (!message.empty() && !message.contains(plan.home.string()))
            tally_.found(name, "does not say which file: " + message);
    const std::size_t known = acknowledged.size();
    const LifeReport after = live(script_, acknowledged, LifePlan(plan.home, 1));
    tally_.acknowledged += known;
    tally_.same += after.opened;
    if (!after.refused.empty()) tally_.found(name, "refused afterwards: " + after.refused);
    if (!after.finding.empty()) tally_.found(name, "afterwards: " + after.finding);
}

void IoErrors::from(const std::filesystem::path& home, const Acknowledged& before,
                    const std::string& name) {
    for (const ErrorKind& kind : error_kinds) {
        const u64 calls = calls_of_life(home, before, kind.calls);
        const u64 share = options_.trials / (2 * std::size(error_kinds));
        for (u64 i = 1; i <= (options_.trials == 0 ? calls : share); ++i) {
            if (tally_.is_over(options_)) return;
            const u64 at = options_.trials == 0 ? i : 1 + random_() % calls;
            trial(home, before, kind, at,
                  name + ", " + kind.name + " at call " + std::to_string(at) + " of " +
                      std::to_string(calls));
        }
    }
}

Tally IoErrors::run() {
    script_.make_home(ground_ / "empty");
    from(ground_ / "empty", {}, "first start");
    script_.make_home(ground_ / "standing");
    Acknowledged acknowledged;
    for (const u32 rounds : {2u, 2u, 1u})
        live(script_, acknowledged, LifePlan(ground_ / "standing", rounds));
    from(ground_ / "standing", acknowledged, "standing ledger");
    return tally_;
}

}  // namespace

Tally io_error_campaign(const Options& options) {
    return IoErrors(options).run();
}

}  // namespace jangbu::test::faults
