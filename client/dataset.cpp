#include "client/dataset.h"

#include "client/profile/profile_document.h"
#include "client/saved_json.h"
#include "crypto/merkle.h"

namespace jangbu::client {
namespace {

namespace fx1 = crypto::fx1;
namespace merkle = crypto::merkle;

constexpr u64 small_file_bytes = 256ull << 20;
// Clocks of file systems are coarser than ours by less than this.
constexpr u64 recent_ns = 2'000'000'000;

std::unexpected<Error> changed(const std::filesystem::path& file) {
    return fail(ErrorCode::conflict,
                file.string() + " changed while it was read; nothing was registered");
}

// One act for each state of a file (its place, length and times) and what is said about it.
std::string register_label(const std::filesystem::path& file, const FileStamp& stamp,
                           const RegisterRequest& request) {
    static const crypto::Tag tag("jangbu/client/register/v1");
    const std::string name = file.string();
    Bytes said;
    if (request.schema_hash != Hash{} || !request.profile_document.empty())
        said = concat({request.schema_hash, as_bytes(request.profile_document)});
    if (request.description)
        said = concat({said, as_bytes(description_text(*request.description))});
    if (request.derived) {
        said = concat({said, as_bytes(request.derived->lineage)});
        for (const market::Parent& parent : request.derived->parents)
            said = concat({said, bcs::encode(parent)});
    }
    const Hash hash = tag({as_bytes(name), le64(stamp.bytes), le64(stamp.modified_ns),
                           le64(stamp.changed_ns), le64(stamp.inode), le64(stamp.device), said});
    return "register-" + to_hex(ByteView(hash).first(16));
}

Status remember(Session& session, const std::filesystem::path& file, const Commitment& commitment,
                const market::Nonce& nonce) {
    const DatasetId id = market::dataset_id(session.org(), commitment.data_root);
    const auto folder = TRY(session.home().dataset(id));
    TRY(save_hashes(folder / "leaves.bin", commitment.leaves));
    return save_json(folder / "dataset.json",
                     {{"schema", "jangbu-dataset/1"},
                      {"id", id.hex()},
                      {"file", file.string()},
                      {"seed_nonce", to_base64url(nonce)},
                      {"byte_len", std::to_string(commitment.shape.byte_len)},
                      {"chunk_size", commitment.shape.chunk_size},
                      {"data_root", to_hex(commitment.data_root)}});
}

Result<Draft> draft_registration(Session& session, const RegisterRequest& request,
                                 const std::filesystem::path& file, Progress& progress) {
    const market::Nonce nonce = crypto::random_array<16>();
    const Hash seed = session.secret().dataset_seed(nonce);
    const Commitment commitment =
        TRY(commit_file(file, session.org(), seed, request.chunk_size, progress));
    TRY(remember(session, file, commitment, nonce));
    market::RegisterDataset operation;
    operation.seed_nonce = nonce;
    operation.data_root = commitment.data_root;
    operation.byte_len = commitment.shape.byte_len;
    operation.chunk_size = commitment.shape.chunk_size;
    operation.origin = static_cast<u8>(request.origin);
    operation.schema_hash = request.schema_hash;
    operation.previous = request.previous;
    std::vector<ledger::Document> documents;
    const auto publish = [&documents](std::string_view media_type, const std::string& text) {
        documents.push_back(
            {crypto::random_array<32>(), std::string(media_type), to_bytes(as_bytes(text))});
        return ledger::document_ref(documents.back(), ledger::DocumentClass::public_);
    };
    if (request.description) {
        documents.push_back(TRY(description_document(*request.description)));
        operation.description =
            ledger::document_ref(documents.back(), ledger::DocumentClass::public_);
    }
    if (!request.profile_document.empty())
        operation.profile = publish(profile_media_type, request.profile_document);
    if (request.derived) {
        operation.parents = request.derived->parents;
        operation.process = publish(lineage_media_type, request.derived->lineage);
    }
    return Draft{operation, std::move(documents)};
}

}  // namespace

u32 default_chunk_size(u64 byte_len) {
    return byte_len < small_file_bytes ? 16384 : 65536;
}

Result<Commitment> commit_file(const std::filesystem::path& file, const OrgId& registrant,
                               const Hash& seed, std::optional<u32> chunk_size,
                               Progress& progress) {
    Commitment out;
    out.stamp = TRY(stamp_of(file));
    const bool recent = now_ms() * 1'000'000 < out.stamp.changed_ns + recent_ns;
    out.shape.registrant = registrant;
    out.shape.byte_len = out.stamp.bytes;
    out.shape.chunk_size = chunk_size.value_or(default_chunk_size(out.stamp.bytes));
    if (!fx1::chunk_size_is_valid(out.shape.byte_len, out.shape.chunk_size))
        return fail(ErrorCode::usage,
                    "a dataset has 1 byte to 16 TiB, in chunks of 4096, 16384 or 65536 bytes");
    const auto read_once = [&]() -> Result<std::vector<Hash>> {
        Result<std::vector<Hash>> leaves = hash_dataset(file, out.shape, seed, progress);
        const FileStamp after = TRY(stamp_of(file));
        if (after != out.stamp) return changed(file);
        return leaves;
    };
    out.leaves = TRY(read_once());
    if (recent) {
        const std::vector<Hash> again = TRY(read_once());
        if (again != out.leaves) return changed(file);
    }
    out.data_root = merkle::root(out.leaves);
    return out;
}

Result<Registered> register_dataset(Session& session, const RegisterRequest& request,
                                    Progress& progress) {
    std::error_code error;
    const std::filesystem::path file = std::filesystem::canonical(request.file, error);
    if (error) return fail(ErrorCode::io, "cannot read " + request.file.string());
    if (request.derived) TRY(check_derivation(session, *request.derived, file));
    const std::string label = register_label(file, TRY(stamp_of(file)), request);
    const Posted posted = TRY(post(session, label, [&]() -> Result<Draft> {
        return draft_registration(session, request, file, progress);
    }));
    const auto& operation = std::get<market::RegisterDataset>(posted.operation);
    const DatasetId id = market::dataset_id(session.org(), operation.data_root);
    TRY(session.refresh());
    market::Dataset record = TRY(proven_dataset(session, id));
    return Registered{std::move(record), posted.id, posted.height, posted.repeated};
}

Result<market::Dataset> proven_dataset(Session& session, const DatasetId& id) {
    auto dataset = TRY(session.proven_record<market::Dataset>(market::dataset_key(id), "dataset"));
    if (market::dataset_id(dataset.registrant, dataset.data_root) != id ||
        !fx1::chunk_size_is_valid(dataset.byte_len, dataset.chunk_size))
        return fail(ErrorCode::verification_failed, "the dataset's record contradicts its id");
    return dataset;
}

Result<std::filesystem::path> locate_data(Session& session, const market::Dataset& dataset,
                                          const std::optional<std::filesystem::path>& given) {
    if (given) return *given;
    const auto folder = TRY(session.home().dataset(dataset.id));
    const std::optional<Json> json = TRY(load_json(folder / "dataset.json"));
    if (!json)
        return fail(ErrorCode::usage, "this home does not know where the data of " +
                                          dataset.id.hex() + " lies; name it with --file");
    JsonFields fields(*json, "dataset.json");
    std::filesystem::path file = fields.text("file");
    TRY(fields.status());
    return file;
}

Result<std::vector<Hash>> registered_leaves(Session& session, const market::Dataset& dataset,
                                            const std::filesystem::path& file, Progress& progress) {
    const auto folder = TRY(session.home().dataset(dataset.id));
    const DatasetShape shape = shape_of(dataset);
    const auto kept = load_hashes(folder / "leaves.bin", shape.n());
    if (kept && merkle::root(*kept) == dataset.data_root) return *kept;
    const Hash seed = session.secret().dataset_seed(dataset.seed_nonce);
    std::vector<Hash> leaves = TRY(hash_dataset(file, shape, seed, progress));
    if (merkle::root(leaves) != dataset.data_root)
        return fail(ErrorCode::conflict,
                    file.string() + " is not what was registered as " + dataset.id.hex());
    TRY(save_hashes(folder / "leaves.bin", leaves));
    return leaves;
}

}  // namespace jangbu::client
