#include "client/home.h"

#include <sys/stat.h>

#include "client/members.h"
#include "client/order_accept.h"
#include "client/programme.h"
#include "client/saved_json.h"
#include "tests/client/folder.h"
#include "tests/support/vectors.h"

namespace jangbu::client {
namespace {

using test::array_of;
using test::Folder;
using test::must;

constexpr crypto::KeystoreCost cheap{64, 1};

TEST_CASE("home: the config survives, a damaged one is named, the folder is the owner's alone") {
    const Folder folder;
    Home home = must(Home::open(folder / "home"));
    CHECK(!home.has_keys());
    HomeConfig config;
    config.node = "http://127.0.0.1:1234";
    config.chain_id = ChainId(Hash{1});
    config.org_id = OrgId(Hash{2});
    config.restored = true;
    config.witnesses = {ledger::PublicKey(Hash{3})};
    REQUIRE(home.set_config(config));
    const Home again = must(Home::open(folder / "home"));
    CHECK(again.config().node == config.node);
    CHECK(again.config().chain_id == config.chain_id);
    CHECK(again.config().org_id == config.org_id);
    CHECK(again.config().restored);
    CHECK(again.config().witnesses == config.witnesses);
    struct stat status{};
    REQUIRE(::stat((folder / "home").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0700);

    folder.write("home/config.json", as_bytes("{\"node\":7}"));
    const auto damaged = Home::open(folder / "home");
    REQUIRE(!damaged.has_value());
    CHECK(damaged.error().code == ErrorCode::malformed);
}

TEST_CASE("keys: a home keeps its secret under the password and never overwrites it") {
    const Folder folder;
    Home home = must(Home::open(folder / "home"));
    const auto secret = crypto::OrganisationSecret::random();
    const OrgId org = must(set_up_keys(home, secret, "word", false, cheap));
    CHECK(home.config().org_id == org);
    CHECK(must(open_secret(home, "word")).bytes() == secret.bytes());
    CHECK(open_secret(home, "other").error().code == ErrorCode::wrong_password);
    CHECK(set_up_keys(home, crypto::OrganisationSecret::random(), "word", false, cheap)
              .error()
              .code == ErrorCode::already_exists);
    Home fresh = must(Home::open(folder / "fresh"));
    CHECK(set_up_keys(fresh, secret, "", false, cheap).error().code == ErrorCode::usage);
    CHECK(open_secret(fresh, "word").error().code == ErrorCode::usage);
}

TEST_CASE(
    "keys: the words of the vectors' secret bring back its organisation and its operate key") {
    const auto& file = test::vectors("hashes.json").at("secrets");
    const crypto::OrganisationSecret secret(array_of<32>(file.at("organisation_secret")));
    const OrgId expected =
        ledger::org_id(ledger::PublicKey(array_of<32>(file.at("signing_keys").at(0).at("public"))));
    REQUIRE(file.at("signing_keys").at(0).at("purpose") == 1);
    for (const auto list : {crypto::WordList::english, crypto::WordList::korean}) {
        std::string text;
        for (const std::string& word : crypto::to_words(secret.bytes(), list)) text += word + "\n";
        const Folder folder;
        Home home = must(Home::open(folder / "home"));
        const crypto::OrganisationSecret again(must(crypto::from_words(text)));
        const OrgId org = must(set_up_keys(home, again, "word", true, cheap));
        CHECK(org == expected);
        CHECK(home.config().restored);
        REQUIRE(export_key(again, crypto::Purpose::operate, folder / "operate", "word", cheap));
        for (const auto& key : file.at("signing_keys"))
            if (key.at("purpose") == 4 && test::number_of(key.at("n")) == 0)
                CHECK(must(crypto::read_keystore(folder / "operate", "word")) ==
                      array_of<32>(key.at("seed")));
    }
}

TEST_CASE("keys: the exported operate key is the seed of the derived key, not the secret") {
    const Folder folder;
    const auto secret = crypto::OrganisationSecret::random();
    REQUIRE(export_key(secret, crypto::Purpose::operate, folder / "operate", "word", cheap));
    const auto seed = must(crypto::read_keystore(folder / "operate", "word"));
    CHECK(seed != secret.bytes());
    CHECK(crypto::SigningKey(seed).public_key() ==
          secret.signing_key(crypto::Purpose::operate, 0).public_key());
    CHECK(export_key(secret, crypto::Purpose::operate, folder / "operate", "word", cheap)
              .error()
              .code == ErrorCode::already_exists);
}

TEST_CASE("journal: the attempt is on disk before it is used, and survives") {
    const Folder folder;
    const OrderFiles files{folder.path()};
    CHECK(!must(load_journal(files)).has_value());
    SellerJournal journal{7, true, Hash{9}, "/data/spindle.csv"};
    REQUIRE(save_journal(files, journal));
    const SellerJournal again = must(load_journal(files)).value();
    CHECK(again.attempt == 7);
    CHECK(again.encrypted);
    CHECK(again.ct_root == journal.ct_root);
    CHECK(again.data_file == journal.data_file);
    folder.write("journal.json", as_bytes("{\"attempt\":"));
    CHECK(!load_journal(files).has_value());
}

TEST_CASE("saved lists: exactly 32 bytes for each chunk, or refused") {
    const Folder folder;
    const std::vector<Hash> hashes{Hash{1}, Hash{2}, Hash{3}};
    REQUIRE(save_hashes(folder / "leaves", hashes));
    CHECK(must(load_hashes(folder / "leaves", 3)) == hashes);
    CHECK(!load_hashes(folder / "leaves", 2).has_value());
    CHECK(!load_hashes(folder / "leaves", 4).has_value());
    CHECK(load_hashes(folder / "absent", 3).error().code == ErrorCode::not_found);
}

TEST_CASE("tags: equal numbers have equal tags under one family key, and under no other") {
    const auto secret = crypto::OrganisationSecret::random();
    const auto family = market::family_id("sme-data-voucher");
    const Hash key = family_key(secret, family, 1);
    CHECK(family_key(secret, family, 1) == key);
    CHECK(family_key(secret, family, 2) != key);
    CHECK(family_key(secret, market::family_id("other"), 1) != key);
    CHECK(group_tag(key, "101-11-00001") == group_tag(key, "101-11-00001"));
    CHECK(group_tag(key, "101-11-00001") != group_tag(key, "101-11-00002"));
    CHECK(purpose_tag(key, "1", 7, 2026) != purpose_tag(key, "1", 7, 2027));
    CHECK(purpose_tag(key, "1", 7, 2026) != purpose_tag(key, "1", 8, 2026));
}

}  // namespace
}  // namespace jangbu::client
