#include "client/listing.h"

#include "app/command/commands.h"
#include "app/command/description.h"
#include "app/command/record_json.h"
#include "client/dataset.h"
#include "client/plain_text.h"
#include "market/settlement.h"

namespace jangbu::app {
namespace {

struct ListingPublish {
    std::string dataset;
    Said price;  // nothing = free
    std::string tax = "standard";
    std::string kind = "dataset";
    DescriptionOptions description;
    std::vector<std::string> licence = {"use"};
    Said licence_until;
    bool attribution = false;
    u16 category = 0;
    Said lock_min;
    Said dispute_min;
    bool sample = false;
};

Result<u8> read_tax_rule(const std::string& text) {
    if (text == "exempt") return u8{market::tax_exempt};
    if (text == "standard") return u8{market::tax_standard};
    if (text == "zero") return u8{market::tax_zero_rate};
    return fail(ErrorCode::usage, "a tax rule is standard, exempt or zero");
}

Result<market::Licence> read_licence(const ListingPublish& options) {
    struct Bit {
        std::string_view name;
        u16 bit;
    };
    static constexpr Bit bits[] = {{"use", market::licence_use},
                                   {"derive", market::licence_derive},
                                   {"distribute", market::licence_distribute},
                                   {"resell", market::licence_resell},
                                   {"commercial", market::licence_commercial},
                                   {"train", market::licence_train}};
    market::Licence licence;
    for (const std::string& name : options.licence) {
        const Bit* found = nullptr;
        for (const Bit& bit : bits)
            if (bit.name == name) found = &bit;
        if (!found)
            return fail(ErrorCode::usage,
                        "a licence has use, derive, distribute, resell, "
                        "commercial or train, not " +
                            name);
        licence.bits = static_cast<u16>(licence.bits | found->bit);
    }
    if (options.licence_until)
        licence.expires_ms = TRY(client::read_time(*options.licence_until, client::now_ms()));
    licence.attribution = options.attribution ? 1 : 0;
    return licence;
}

Result<u64> read_window(const Said& text) {
    if (!text) return 0;
    return client::read_duration(*text);
}

Result<client::PublishRequest> read_request(const ListingPublish& options) {
    client::PublishRequest request;
    request.dataset = TRY(read_id<client::DatasetId>(options.dataset, "DATASET"));
    if (options.kind == "algorithm")
        request.kind = market::ListingKind::algorithm;
    else if (options.kind != "dataset")
        return fail(ErrorCode::usage, "a kind is dataset or algorithm");
    if (options.price)
        request.pricing = market::FixedPrice{TRY(client::read_amount(*options.price)),
                                             TRY(read_tax_rule(options.tax))};
    else
        request.pricing = market::FreePrice{};
    request.licence = TRY(read_licence(options));
    if (options.licence_until && options.licence_until->starts_with('+'))
        request.licence_until = *options.licence_until;
    request.category = options.category;
    request.lock_min_ms = TRY(read_window(options.lock_min));
    request.dispute_min_ms = TRY(read_window(options.dispute_min));
    request.sample = options.sample;
    const auto description = TRY(read_description(options.description));
    if (description) request.description = *description;
    return request;
}

Result<Answer> listing_publish(const Globals& globals, const ListingPublish& options) {
    const client::PublishRequest request = TRY(read_request(options));
    client::Session session = TRY(globals.connect_signer());
    const market::Dataset dataset = TRY(client::proven_dataset(session, request.dataset));
    const client::Published published = TRY(client::publish_listing(session, request));
    if (published.to_sign) return generated(globals, *published.to_sign, published.id.hex());
    Json json{{"schema", "jangbu-listing-published/1"},
              {"id", published.id.hex()},
              {"dataset", options.dataset},
              {"txid", published.txid.hex()},
              {"height", std::to_string(published.height)},
              {"repeated", published.repeated},
              {"simulated", dataset.origin == market::Origin::simulated}};
    return Answer{json, simulated_note(dataset.origin) + "Listing " + published.id.hex() +
                            (published.repeated ? " was published by an earlier run.\n"
                                                : " is published.\n")};
}

}  // namespace

void declare_listings(Line& line) {
    const auto offer = std::make_shared<ListingPublish>();
    CLI::App* listing = line.group("listing", "offers");
    CLI::App* publish = line.command(
        listing, "publish", "offer an own dataset",
        [=](const Globals& globals) { return listing_publish(globals, *offer); },
        "jangbu listing publish DATASET --price 1,000,000 --title '밀링 주축 데이터' "
        "--title 'en=Milling spindle log' --keyword 밀링 --sample");
    publish->add_option("DATASET", offer->dataset)->required();
    publish->add_option("--price", offer->price, "supply value in won; left out = free");
    publish->add_option("--tax", offer->tax, "VAT rule")
        ->check(CLI::IsMember({"standard", "exempt", "zero"}))
        ->capture_default_str();
    publish->add_option("--kind", offer->kind, "what is offered")
        ->check(CLI::IsMember({"dataset", "algorithm"}))
        ->capture_default_str();
    add_description(publish, offer->description)->required();
    publish
        ->add_option("--licence", offer->licence,
                     "use, derive, distribute, resell, commercial, train")
        ->delimiter(',')
        ->capture_default_str();
    publish->add_option("--licence-until", offer->licence_until, "date, or +365d");
    publish->add_flag("--attribution", offer->attribution, "the buyer names the source");
    publish->add_option("--category", offer->category, "number of a category");
    publish->add_option("--lock-min", offer->lock_min, "least window to lock, e.g. 48h");
    publish->add_option("--dispute-min", offer->dispute_min, "least window to dispute");
    line.add_generate_only(publish);
    publish->add_flag("--sample", offer->sample, "announces a public sample");
    declare_offers(line, listing);
}

}  // namespace jangbu::app
