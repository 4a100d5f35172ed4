#include "client/programme.h"

#include "app/command/commands.h"
#include "app/command/record_json.h"
#include "client/plain_text.h"

namespace jangbu::app {
namespace {

struct TagRequest {
    std::string family;
    u16 tag_key = 1;
    std::string number;  // of a group, or of a business
    u16 purpose_code = 0;
    u16 fiscal_year = 0;
};

Result<Answer> tag_answer(const char* kind, const client::Hash& tag) {
    return Answer{{{"schema", "jangbu-tag/1"}, {"kind", kind}, {"tag", to_hex(tag)}},
                  to_hex(tag) + "\n"};
}

Result<client::Hash> own_family_key(const Globals& globals, const TagRequest& options) {
    constexpr std::size_t number_bytes_max = 64;
    if (options.number.empty() || options.number.size() > number_bytes_max ||
        !is_utf8(as_bytes(options.number)))
        return fail(ErrorCode::usage, "a number has 1 to 64 bytes of text");
    const client::Home home = TRY(globals.open_home());
    const std::string password = TRY(globals.password(false));
    const auto secret = TRY(client::open_secret(home, password));
    return client::family_key(secret, market::family_id(options.family), options.tag_key);
}

Result<Answer> tag_group(const Globals& globals, const TagRequest& options) {
    const client::Hash key = TRY(own_family_key(globals, options));
    return tag_answer("group", client::group_tag(key, options.number));
}

Result<Answer> tag_purpose(const Globals& globals, const TagRequest& options) {
    const client::Hash key = TRY(own_family_key(globals, options));
    return tag_answer("purpose", client::purpose_tag(key, options.number, options.purpose_code,
                                                     options.fiscal_year));
}

Result<Answer> voucher_list(const Globals& globals) {
    client::Session session = TRY(globals.connect_party());
    Json items = Json::array();
    std::string text;
    for (const market::Voucher& voucher : TRY(session.node().vouchers())) {
        items.push_back(to_json(voucher));
        text += text_of(voucher);
    }
    if (text.empty()) text = "No vouchers.\n";
    return Answer{{{"schema", "jangbu-vouchers/1"}, {"items", items}}, text};
}

Result<Answer> voucher_show(const Globals& globals, const std::string& voucher) {
    const auto id = TRY(read_id<client::VoucherId>(voucher, "VOUCHER"));
    client::Session session = TRY(globals.connect_party());
    const market::Voucher record = TRY(session.node().voucher(id));
    Json json = to_json(record);
    json["schema"] = "jangbu-voucher/1";
    return Answer{json, text_of(record)};
}

}  // namespace

void declare_vouchers(Line& line) {
    const auto options = std::make_shared<TagRequest>();
    const auto id = std::make_shared<std::string>();
    CLI::App* voucher = line.group("voucher", "vouchers");
    line.command(voucher, "list", "vouchers held",
                 [=](const Globals& globals) { return voucher_list(globals); });
    CLI::App* show = line.command(voucher, "show", "one voucher", [=](const Globals& globals) {
        return voucher_show(globals, *id);
    });
    show->add_option("VOUCHER", *id)->required();

    CLI::App* tag = line.group("tag", "tag authority: keyed hashes, equality without the number");
    CLI::App* of_group =
        line.command(tag, "group", "tag of a controlling group, for an attestation",
                     [=](const Globals& globals) { return tag_group(globals, *options); });
    CLI::App* of_purpose =
        line.command(tag, "purpose", "tag of a business and purpose, for a voucher",
                     [=](const Globals& globals) { return tag_purpose(globals, *options); });
    for (CLI::App* one : {of_group, of_purpose}) {
        one->add_option("--family", options->family, "name of the programme family")->required();
        one->add_option("--tag-key", options->tag_key, "number of the family's key")
            ->capture_default_str();
        one->add_option("--number", options->number, "group or business number")->required();
    }
    of_purpose->add_option("--code", options->purpose_code, "purpose code")->required();
    of_purpose->add_option("--year", options->fiscal_year, "fiscal year")->required();
}

}  // namespace jangbu::app
