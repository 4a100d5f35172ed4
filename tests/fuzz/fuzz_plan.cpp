// Any text as a plan: refused with what is wrong, or taken; then its canonical bytes give the same
// plan again. The same text as a lineage record: refused, or written back the same.
#include "base/assert.h"
#include "client/process/lineage.h"

extern "C" int LLVMFuzzerTestOneInput(const jangbu::u8* input, std::size_t size) {
    using namespace jangbu;
    const std::string_view text = as_text({input, size});
    if (const auto lineage = client::read_lineage(text)) {
        const std::string again = client::lineage_text(*lineage);
        const auto read = client::read_lineage(again);
        JANGBU_ASSERT(read && client::lineage_text(*read) == again);
    }
    const client::PlanReading reading = client::read_plan(text);
    if (!reading.faults.empty()) {
        for (const client::PlanFault& fault : reading.faults) JANGBU_ASSERT(!fault.what.empty());
        return 0;
    }
    JANGBU_ASSERT(reading.lines.size() == reading.plan.steps.size());
    const Bytes bytes = bcs::encode(reading.plan);
    const auto again = bcs::decode<client::Plan>(bytes);
    JANGBU_ASSERT(again && *again == reading.plan);
    JANGBU_ASSERT(client::plan_digest(*again) == client::plan_digest(reading.plan));
    return 0;
}
