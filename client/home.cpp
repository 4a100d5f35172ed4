#include "client/home.h"

#include "client/durable_file.h"
#include "client/node_url.h"
#include "client/saved_json.h"

namespace jangbu::client {
namespace {

std::filesystem::path config_file(const std::filesystem::path& folder) {
    return folder / "config.json";
}

Result<HomeConfig> read_config(const Json& json) {
    JsonFields fields(json, "config.json");
    HomeConfig config;
    config.node = fields.text("node");
    if (fields.has("chain_id")) config.chain_id = fields.id<ChainId>("chain_id");
    if (fields.has("org_id")) config.org_id = fields.id<OrgId>("org_id");
    config.restored = fields.member("restored") == true;
    for (const Json& key : fields.list("witnesses")) {
        const Json one{{"witness", key}};
        JsonFields witness(one, "config.json");
        config.witnesses.push_back(witness.id<ledger::PublicKey>("witness"));
        TRY(witness.status());
    }
    TRY(fields.status());
    return config;
}

Json to_json(const HomeConfig& config) {
    Json witnesses = Json::array();
    for (const ledger::PublicKey& key : config.witnesses) witnesses.push_back(key.hex());
    return {{"schema", "jangbu-home/1"},
            {"node", config.node},
            {"chain_id", config.chain_id ? Json(config.chain_id->hex()) : Json()},
            {"org_id", config.org_id ? Json(config.org_id->hex()) : Json()},
            {"restored", config.restored},
            {"witnesses", witnesses}};
}

}  // namespace

Result<Home> Home::open(const std::filesystem::path& folder) {
    Home home;
    home.folder_ = TRY(home.made(folder));
    const std::optional<Json> saved = TRY(load_json(config_file(folder)));
    if (saved) home.config_ = TRY(read_config(*saved));
    return home;
}

Status Home::set_config(const HomeConfig& config) {
    TRY(read_node_url(config.node));
    TRY(save_json(config_file(folder_), to_json(config)));
    config_ = config;
    return {};
}

Status Home::lock() {
    if (!lock_) lock_ = TRY(FileLock::take(folder_ / "lock"));
    return {};
}

Result<std::filesystem::path> Home::made(std::filesystem::path folder) const {
    std::error_code error;
    if (std::filesystem::create_directories(folder, error); error)
        return fail(ErrorCode::io, "cannot make " + folder.string() + ": " + error.message());
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    return folder;
}

Result<std::filesystem::path> Home::transactions() const {
    return made(folder_ / "transactions");
}
Result<std::filesystem::path> Home::dataset(const DatasetId& id) const {
    return made(folder_ / "datasets" / id.hex());
}
Result<std::filesystem::path> Home::order(const OrderId& id) const {
    return made(folder_ / "orders" / id.hex());
}

}  // namespace jangbu::client
