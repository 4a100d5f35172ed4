#include "client/derive.h"

#include <algorithm>

#include "client/dataset.h"

namespace jangbu::client {

Status check_derivation(Session& session, const DerivedFrom& from,
                        const std::filesystem::path& file) {
    const Lineage lineage = TRY(read_lineage(from.lineage));
    const LineageFile own = TRY(digest_of(file));
    const bool made =
        std::any_of(lineage.outputs.begin(), lineage.outputs.end(), [&](const LineageFile& output) {
            return output.sha256 == own.sha256 && output.bytes == own.bytes;
        });
    if (!made)
        return fail(ErrorCode::verification_failed,
                    file.string() + " is no output of this lineage record");
    bool fits = false;
    for (const market::Parent& parent : from.parents) {
        const market::Dataset record = TRY(proven_dataset(session, parent.dataset));
        fits = fits || record.byte_len == lineage.input.bytes;
    }
    if (!fits)
        return fail(ErrorCode::verification_failed,
                    "no parent is as long as the input of the lineage record, " +
                        std::to_string(lineage.input.bytes) + " bytes");
    return {};
}

Result<std::vector<ProvenParent>> proven_parents(Session& session, const DatasetId& id) {
    const auto lineage =
        TRY(session.proven_record<market::Lineage>(market::lineage_key(id), "lineage"));
    std::vector<ProvenParent> out;
    for (const market::Parent& parent : lineage.parents)
        out.push_back({parent, TRY(proven_dataset(session, parent.dataset))});
    return out;
}

}  // namespace jangbu::client
