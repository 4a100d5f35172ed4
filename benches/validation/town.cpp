#include "benches/validation/town.h"

#include "crypto/secrets.h"
#include "ledger/members.h"
#include "market/parameters.h"

namespace jangbu::bench {
namespace {

using crypto::KeyKind;
using crypto::Purpose;
using ledger::state_key;
using ledger::Table;

constexpr u64 year_ms = 365ull * 86'400'000;
constexpr u64 plenty = 1'000'000'000'000;  // won
constexpr u64 members_least = 1'000;
constexpr u64 members_most = 20'000;
constexpr std::size_t members_at_once = 64;

DocumentRef some_document(Random& random) {
    return {ledger::DocumentHash(random.bytes<32>()), 300, 1};
}

}  // namespace

Townsman::Townsman(const Hash& secret)
    : transact(crypto::OrganisationSecret(secret).signing_key(Purpose::transact, 0)),
      deliver(crypto::OrganisationSecret(secret).signing_key(Purpose::deliver, 0)),
      prekey(crypto::exchange_public(crypto::OrganisationSecret(secret).prekey(0))),
      id(ledger::org_id(transact.public_key())),
      prekey_id(ledger::key_id(id, KeyKind::x25519, Purpose::encrypt, prekey.bytes)) {}

Town::Town(u64 keys, u64 seed, base::WorkerPool& pool, Sink sink)
    : node(Random(seed + 1).bytes<32>()),
      agent(Random(seed + 2).bytes<32>()),
      agency(Random(seed + 3).bytes<32>()),
      sink_(sink ? std::move(sink) : [this](StateKey key, Bytes value) {
          entries.emplace(std::move(key), std::move(value));
      }) {
    const u64 member_count = std::clamp(keys / 50, members_least, members_most);
    std::vector<std::optional<Townsman>> made(member_count);
    pool.run((member_count + members_at_once - 1) / members_at_once, [&](std::size_t part) {
        for (std::size_t i = part * members_at_once;
             i < std::min<std::size_t>(member_count, (part + 1) * members_at_once); ++i)
            made[i].emplace(Random(seed ^ mixed(i)).bytes<32>());
    });
    Random random(seed + 4);
    for (std::optional<Townsman>& member : made) members.push_back(std::move(*member));
    add_member(node, ledger::role_validator | ledger::role_store);
    add_member(agent, ledger::role_settlement_agent);
    add_member(agency,
               ledger::role_programme_owner | ledger::role_attestor | ledger::role_tag_authority);
    for (u64 i = 0; i < member_count; ++i) {
        add_member(members[i], 0);
        attest(members[i], i);
    }
    put(family_key(family), Family{family, agency.id, 1});
    put(state_key(Table::parameter, as_bytes(parameters::treasury)),
        ledger::Parameter{node.id, std::nullopt});
    // Half of the orders that the bench places are never accepted.
    put(state_key(Table::parameter, as_bytes(parameters::unlocked_orders_max.name)),
        ledger::Parameter{parameters::unlocked_orders_max.most, std::nullopt});
    add_programmes(16, random);
    for (u64 i = 0; i < std::max(keys / 10, 2 * member_count); ++i)
        add_listing(static_cast<u32>(i % member_count), random);
    for (u64 i = 0; i < std::max(keys / 20, member_count); ++i) add_voucher(i, random);
    while (entry_count < keys) add_settled_order(random);
}

void Town::add_member(const Townsman& member, u16 roles) {
    ledger::Organisation organisation;
    organisation.id = member.id;
    organisation.roles = roles;
    if (roles & ledger::role_store) organisation.endpoint = "https://store.example";
    put(state_key(Table::organisation, member.id.view()), organisation);
    const auto add_key = [&](KeyKind kind, Purpose purpose, const ByteArray<32>& bytes) {
        const KeyId id = ledger::key_id(member.id, kind, purpose, bytes);
        put(state_key(Table::key, id.view()),
            ledger::Key{
                static_cast<u8>(kind), static_cast<u8>(purpose), bytes, member.id, 0, {}, {}});
        put(state_key(Table::key_by_bytes, bytes), ledger::KeyByBytes{id});
    };
    add_key(KeyKind::ed25519, Purpose::transact, member.transact.public_key().bytes);
    add_key(KeyKind::ed25519, Purpose::deliver, member.deliver.public_key().bytes);
    add_key(KeyKind::x25519, Purpose::encrypt, member.prekey.bytes);
    Account account;
    account.org = member.id;
    account.available = plenty;
    put(account_key(member.id), account);
}

void Town::attest(const Townsman& member, u64 number) {
    Attestation attestation;
    attestation.subject = member.id;
    attestation.family = family;
    attestation.class_ = static_cast<CompanyClass>(1 + number % 3);
    attestation.group_tag = Random(number).bytes<32>();
    attestation.tag_key = 1;
    attestation.issuer = agency.id;
    attestation.valid_from_ms = genesis_ms;
    attestation.valid_to_ms = genesis_ms + 2 * year_ms;
    put(attestation_key(member.id, family), attestation);
}

void Town::add_programmes(u64 count, Random& random) {
    for (u64 i = 0; i < count; ++i) {
        Programme programme;
        programme.id = ProgrammeId(random.bytes<32>());
        programme.owner = agency.id;
        programme.state = ProgrammeState::open;
        ProgrammeTerms& terms = programme.terms;
        terms.family = family;
        terms.fiscal_year = 2027;
        terms.kind = 1;
        terms.officers = {agency.transact.public_key()};
        terms.budget_max = 1'000 * plenty;
        terms.share_bps = {7'000, 7'000, 5'000, 3'000};
        terms.cap_order = terms.cap_company = terms.cap_group = terms.cap_pair = plenty;
        terms.valid_from_ms = genesis_ms;
        terms.valid_to_ms = genesis_ms + year_ms;
        terms.redeem_by_ms = genesis_ms + year_ms + year_ms / 2;
        terms.rules = some_document(random);
        programme.funders = {{agency.id, 1'000 * plenty}};
        programme.budget = programme.cash = 1'000 * plenty;
        programme.unissued = programme.open = 500 * plenty;
        put(programme_key(programme.id), programme);
        programmes.push_back(programme.id);
    }
}

void Town::add_listing(u32 owner, Random& random) {
    Dataset dataset;
    dataset.registrant = members[owner].id;
    dataset.data_root = random.bytes<32>();
    dataset.id = dataset_id(dataset.registrant, dataset.data_root);
    dataset.seed_nonce = random.bytes<16>();
    dataset.byte_len = 1 + random.below(100 << 20);
    dataset.chunk_size = 16'384;
    dataset.schema_hash = random.bytes<32>();
    dataset.ceiling_bits = licence_bits_all;
    put(dataset_key(dataset.id), dataset);
    Listing listing;
    listing.id = ListingId(random.bytes<32>());
    listing.seller = dataset.registrant;
    listing.dataset = dataset.id;
    listing.pricing = FixedPrice{price, 1};
    listing.licence.bits = licence_use | licence_commercial;
    listing.audience = PublicAudience{};
    listing.category = 7;
    listing.sample = 1;
    listing.description = some_document(random);
    put(listing_key(listing.id), ListingHead{1});
    put(listing_version_key(listing.id, 1), listing);
    listings.push_back({listing.id, dataset.id, owner});
}

void Town::add_voucher(u64 number, Random& random) {
    Voucher voucher;
    voucher.id = VoucherId(random.bytes<32>());
    voucher.programme = programmes[number % programmes.size()];
    voucher.holder = members[number % members.size()].id;
    voucher.amount = voucher.open = 1'000'000'000;
    voucher.expiry_ms = genesis_ms + year_ms;
    voucher.purpose_tag = random.bytes<32>();
    put(voucher_key(voucher.id), voucher);
    vouchers.push_back(voucher.id);
}

void Town::add_settled_order(Random& random) {
    const TownListing& listing = listings[random.below(listings.size())];
    OrderPublic order;
    order.id = OrderId(random.bytes<32>());
    order.listing = listing.id;
    order.listing_version = 1;
    order.dataset = listing.dataset;
    order.data_root = random.bytes<32>();
    order.n = 1 + random.below(1'000);
    order.chunk_size = 16'384;
    order.seller = members[listing.owner].id;
    order.buyer = members[random.below(members.size())].id;
    order.state = OrderState::settled;
    order.licence = random.bytes<32>();
    order.prekey_id = members[listing.owner].prekey_id;
    order.e_b = crypto::ExchangeKey(random.bytes<32>());
    order.t = {random.bytes<32>()};
    order.y = random.bytes<32>();
    order.ct_root = random.bytes<32>();
    order.store_org = node.id;
    order.m = random.bytes<32>();
    put(order_public_key(order.id), order);
    OrderMoney money;
    money.id = order.id;
    money.supply = price;
    money.tax = price / 10;
    money.own = money.supply + money.tax;
    money.fee_bps = 100;
    money.bond = price / 20;
    money.penalty_bps = 200;
    money.tax_rule = 1;
    put(order_money_key(order.id), money);
}

}  // namespace jangbu::bench
