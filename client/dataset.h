// Datasets of the own organisation: register, find their files again.
//
// The content never leaves the machine here. A file that changes while it is registered is noticed.
// Threads: one. Errors: conflict (the file changed, or is not what was registered), usage, io,
// rejected, verification_failed.
#pragma once

#include "client/chunk_pipeline.h"
#include "client/derive.h"
#include "client/description.h"
#include "client/durable_file.h"
#include "client/outbox.h"

namespace jangbu::client {

// 16 KiB below 256 MiB, else 64 KiB.
u32 default_chunk_size(u64 byte_len);

// One reading of a whole file that did not change meanwhile. A file written moments ago is read
// twice, since its time of change could hide a later write.
struct Commitment {
    DatasetShape shape;
    Hash data_root{};
    std::vector<Hash> leaves;
    FileStamp stamp;
};
Result<Commitment> commit_file(const std::filesystem::path& file, const OrgId& registrant,
                               const Hash& seed, std::optional<u32> chunk_size, Progress& progress);

struct RegisterRequest {
    std::filesystem::path file;
    market::Origin origin = market::Origin::collected;
    std::optional<u32> chunk_size;
    Hash schema_hash{};  // of the dictionary; zero = none
    // Text of the public profile document (profile/profile_document.h); empty = none.
    std::string profile_document;
    std::optional<Description> description;
    std::optional<DatasetId> previous;
    std::optional<DerivedFrom> derived;  // exactly with origin derived
};
struct Registered {
    market::Dataset record;  // proven
    TxId txid;
    u64 height = 0;
    bool repeated = false;
};
// The same file, unchanged, is registered once with the same dictionary, profile and description,
// however often this runs.
Result<Registered> register_dataset(Session& session, const RegisterRequest& request,
                                    Progress& progress);

Result<market::Dataset> proven_dataset(Session& session, const DatasetId& id);
// Where the data of an own dataset lies: `given`, else what was remembered at registration.
Result<std::filesystem::path> locate_data(Session& session, const market::Dataset& dataset,
                                          const std::optional<std::filesystem::path>& given);
// Kept from the registration, or computed from the file; either way their root is data_root.
Result<std::vector<Hash>> registered_leaves(Session& session, const market::Dataset& dataset,
                                            const std::filesystem::path& file, Progress& progress);

}  // namespace jangbu::client
