// The read index follows the chain, or is made from state: both give the same answers.
#include "api/read_index.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "tests/node/node_world.h"

using namespace jangbu;
using namespace jangbu::test;

namespace {

Result<u64> time_of(u64 height) {
    return MarketWorld::genesis_ms + height * 1'000;
}

// Follows a MarketWorld block by block.
class Follower {
public:
    explicit Follower(const std::filesystem::path& file)
        : index(api::ReadIndex::open(file).value()) {}

    void follow(const MarketWorld& world) {
        std::map<StateKey, Bytes> now;
        StateTree::Changes changes;
        world.state.for_each([&](ByteView key_view, ByteView value_view) {
            const Bytes key = to_bytes(key_view);
            const Bytes value = to_bytes(value_view);
            now[key] = value;
            const auto before = known_.find(key);
            if (before == known_.end() || before->second != value) changes[key] = value;
        });
        for (const auto& [key, value] : known_)
            if (!now.contains(key)) changes[key] = std::nullopt;
        known_ = std::move(now);
        REQUIRE(index->apply(place(world), changes, world.documents, time_of).has_value());
    }
    static ledger::HeaderHash place(const MarketWorld& world) {
        return ledger::HeaderHash(world.state.root());
    }

    std::unique_ptr<api::ReadIndex> index;

private:
    std::map<StateKey, Bytes> known_;
};

std::unique_ptr<api::ReadIndex> rebuilt(const std::filesystem::path& file,
                                        const MarketWorld& world) {
    auto index = api::ReadIndex::open(file).value();
    ledger::Snapshot snapshot;
    snapshot.state = world.state;
    snapshot.hash = Follower::place(world);
    REQUIRE(index->rebuild(snapshot, world.documents, time_of).has_value());
    return index;
}

const std::vector<std::string> words{"절삭", "가공", "진동", "공구",
                                     "선반", "사출", "금형", "온도"};

// Everything that can be asked, as one text.
std::string answers(const api::ReadIndex& index, const MarketWorld& world) {
    std::string out = index.at() ? index.at()->hex() + "\n" : "empty\n";
    const auto add = [&](const auto& page) {
        for (const auto& id : page) out += id.hex() + "\n";
        out += "-\n";
    };
    std::vector<std::string> queries = words;
    for (std::size_t i = 0; i + 1 < words.size(); ++i) queries.push_back(words[i] + words[i + 1]);
    queries.emplace_back("");
    const auto add_hits = [&](const api::ListingQuery& query) {
        const auto page = index.listings(query).value();
        for (const api::ListingHit& hit : page.items)
            out += hit.id.hex() + " " + hit.title + " " + hit.summary + "\n";
        out += page.next ? "more\n" : "end\n";
        out += std::to_string(page.total) + "\n";
        for (const auto& counts : page.facets)
            for (const api::FacetCount& one : counts)
                out += one.value + " " + std::to_string(one.count) + "\n";
        return page.next;
    };
    for (const std::string& text : queries) {
        api::ListingQuery query;
        query.text = text;
        query.limit = 5;
        query.count_facets = true;
        query.now_ms = world.block.time_ms;
        query.after = add_hits(query);
        if (query.after) add_hits(query);
    }
    for (const Member* member : world.members()) {
        add(index.datasets(member->id, 100, {}).value().items);
        add(index.orders(member->id, true, 100, {}).value().items);
        const auto first = index.orders(member->id, false, 3, {}).value();
        add(first.items);
        if (first.next) add(index.orders(member->id, false, 3, first.next).value().items);
        add(index.keys(member->id).value());
        add(index.vouchers(member->id).value());
        api::ListingQuery own;
        own.seller = member->id;
        own.limit = 50;
        add_hits(own);
    }
    world.state.for_each([&](ByteView key, ByteView value) {
        if (key[0] != static_cast<u8>(ledger::Table::listing_version)) return;
        const auto listing = bcs::decode<Listing>(value).value();
        const auto access = index.document_access(listing.description.hash).value();
        out += access.is_public ? "public " : "parties ";
        add(access.parties);
    });
    return out;
}

class History {
public:
    explicit History(u64 seed) : random_(seed) {
        for (const Member* member : {&world.buyer, &world.seller, &world.rival, &world.sibling})
            world.mint(*member, 500'000'000);
        programme_ = world.open_programme(500'000'000);
    }
    MarketWorld world;

    void step() {
        switch (random_() % 7) {
            case 0:
            case 1:
                return publish();
            case 2:
                return trade();
            case 3:
                world.voucher(programme_, random_() % 2 ? world.buyer : world.sibling, 1'000);
                return;
            case 4:
                return name_again();
            case 5: {
                const crypto::SigningKey key(named_hash("key " + std::to_string(random_())));
                AddKey add{static_cast<u8>(crypto::KeyKind::ed25519),
                           static_cast<u8>(Purpose::deliver),
                           key.public_key().bytes,
                           {},
                           {}};
                const KeyId id = ledger::key_id(world.buyer.id, crypto::KeyKind::ed25519,
                                                Purpose::deliver, add.bytes);
                add.possession = key.sign(crypto::domain::possession, id.bytes);
                world.run(world.buyer, add);
                return;
            }
            default:
                world.wait(random_() % 2 ? 1 : 80 * 3'600'000ull);
        }
    }

private:
    void publish() {
        const Member& owner = random_() % 2 ? world.seller : world.rival;
        const TestDataset dataset = make_dataset(world, owner, 100 + random_() % 9'000);
        world.run(owner, dataset.registration());
        PublishListing listing = make_listing(world, dataset.id(), FixedPrice{10'000, 1});
        nlohmann::json text{
            {"title", word() + word()}, {"summary", word() + " " + word()}, {"keywords", {word()}}};
        if (random_() % 2 == 0) text["process"] = {word(), word()};
        if (random_() % 2 == 0) text["format"] = "csv";
        const auto access =
            random_() % 5 == 0 ? ledger::DocumentClass::parties : ledger::DocumentClass::public_;
        listing.description = world.documents.add(
            {named_hash("salt " + std::to_string(random_())),
             "application/vnd.jangbu.description+json", to_bytes(as_bytes(text.dump()))},
            access);
        if (world.run(owner, listing) != 0) return;
        offers_.push_back({dataset, listing_id(world.chain, owner.id, listing.nonce), 10'000, 1});
        named_.push_back(listing.description);
    }
    // Somebody names a document that is named already, perhaps as another class.
    void name_again() {
        if (named_.empty()) return;
        const Member& owner = random_() % 2 ? world.rival : world.seller;
        RegisterDataset registration = make_dataset(world, owner, 100).registration();
        registration.profile = named_[random_() % named_.size()];
        registration.profile->access = static_cast<u8>(1 + random_() % 2);
        world.run(owner, registration);
    }
    void trade() {
        if (offers_.empty()) return;
        const Offer& offer = offers_[random_() % offers_.size()];
        const Member& seller =
            offer.dataset.registrant == world.seller.id ? world.seller : world.rival;
        TestTrade trade(world, seller, random_() % 2 ? world.buyer : world.sibling, offer);
        if (random_() % 3 == 0 && !named_.empty()) {
            trade.place.terms = named_[random_() % named_.size()];
            trade.place.terms->access = static_cast<u8>(1 + random_() % 2);
        }
        const OrderState states[]{OrderState::placed, OrderState::accepted, OrderState::locked,
                                  OrderState::keyed, OrderState::settled};
        trade.to(states[random_() % 5]);
    }
    std::string word() { return words[random_() % words.size()]; }

    std::mt19937_64 random_;
    ProgrammeId programme_;
    std::vector<Offer> offers_;
    std::vector<DocumentRef> named_;
};

}  // namespace

TEST_CASE("read index: following a random history equals making it from its end") {
    Folder folder;
    for (u64 seed = 1; seed <= 4; ++seed) {
        History history(seed);
        Follower follower(folder.path / ("followed " + std::to_string(seed)));
        follower.follow(history.world);
        for (int i = 1; i <= 60; ++i) {
            history.step();
            follower.follow(history.world);
            if (i % 20 != 0) continue;
            const auto file = folder.path / ("made " + std::to_string(seed * 100 + u64(i)));
            const auto made = rebuilt(file, history.world);
            const std::string expected = answers(*made, history.world);
            CHECK(answers(*follower.index, history.world) == expected);
            CHECK(expected.size() > 1'000);
        }
        CHECK(history.world.faults == std::vector<std::string>{});
        // Rebuilding over what is there leaves nothing of it behind.
        const std::string before = answers(*follower.index, history.world);
        ledger::Snapshot end;
        end.state = history.world.state;
        end.hash = Follower::place(history.world);
        REQUIRE(follower.index->rebuild(end, history.world.documents, time_of).has_value());
        CHECK(answers(*follower.index, history.world) == before);
    }
}

TEST_CASE("read index: what follows from a later version of a listing replaces the earlier") {
    Folder folder;
    MarketWorld world;
    const Offer offer = make_offer(world, world.seller, 10'000);
    Listing listing = find_listing(world.state, offer.listing).value();
    const auto describe = [&](const char* title) {
        return world.documents.add({named_hash(title), "application/vnd.jangbu.description+json",
                                    to_bytes(as_bytes(nlohmann::json{{"title", title}}.dump()))},
                                   ledger::DocumentClass::public_);
    };
    // Version 256 stands before version 1 in the order of keys.
    for (u32 version : {1U, 2U, 256U}) {
        listing.listing_version = version;
        listing.description = describe(("절삭 " + std::to_string(version)).c_str());
        world.put(listing_version_key(listing.id, version), listing);
    }
    const auto index = rebuilt(folder.path / "index", world);
    const auto titles = [&](const char* text) {
        api::ListingQuery query;
        query.text = text;
        std::vector<std::string> out;
        for (const api::ListingHit& hit : index->listings(query).value().items)
            out.push_back(hit.title);
        return out;
    };
    CHECK(titles("절삭") == std::vector<std::string>{"절삭 256"});
    CHECK(titles("256") == std::vector<std::string>{"절삭 256"});
    CHECK(titles("2").empty());
}

TEST_CASE("read index: a file that stands at no head says so") {
    Folder folder;
    const auto index = api::ReadIndex::open(folder.path / "index").value();
    CHECK_FALSE(index->at().has_value());
    CHECK(index->listings({}).value().items.empty());
    CHECK_FALSE(index->document_access(ledger::DocumentHash(named_hash("x")))->is_public);
    CHECK_FALSE(api::ReadIndex::open(folder.path / "no folder" / "index").has_value());
}
