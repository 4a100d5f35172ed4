#include "client/profile/profile_document.h"

#include "client/json_fields.h"
#include "client/profile/profile_view.h"

namespace jangbu::client {
namespace {

using Ordered = nlohmann::ordered_json;

// Salt, media type and lengths stand beside the text.
constexpr std::size_t document_text_bytes_max = ledger::limits::document_bytes_max - 160;

Ordered dictionary_json(const Dictionary& dictionary) {
    Ordered columns = Ordered::array();
    for (const DictionaryColumn& column : dictionary.columns)
        columns.push_back({{"name", column.name},
                           {"meaning", column.meaning},
                           {"type", to_string(static_cast<ColumnType>(column.type))},
                           {"unit", column.unit},
                           {"min", column.low},
                           {"max", column.high},
                           {"equipment", column.equipment}});
    return {{"title", dictionary.title}, {"equipment", dictionary.equipment}, {"columns", columns}};
}

u8 type_named(const std::string& name) {
    for (u8 type = 0; type <= static_cast<u8>(ColumnType::text); ++type)
        if (name == to_string(static_cast<ColumnType>(type))) return type;
    return 0;
}

Result<Dictionary> read_dictionary_json(const Json& json) {
    JsonFields fields(json, "the dictionary");
    Dictionary out;
    out.title = fields.text_or_empty("title");
    out.equipment = fields.text_or_empty("equipment");
    const Json::array_t& columns = fields.list("columns");
    TRY(fields.status());
    if (columns.empty() || columns.size() > profile_columns_max)
        return fail(ErrorCode::malformed, "a dictionary has 1 to 4096 columns");
    for (const Json& one : columns) {
        JsonFields column(one, "a column of the dictionary");
        DictionaryColumn to;
        to.name = column.text("name");
        to.meaning = column.text_or_empty("meaning");
        to.type = type_named(column.text_or_empty("type"));
        to.unit = column.text_or_empty("unit");
        to.low = column.text_or_empty("min");
        to.high = column.text_or_empty("max");
        to.equipment = column.text_or_empty("equipment");
        TRY(column.status());
        if (to.name.size() > 200 || to.meaning.size() > 1000 || to.unit.size() > 40 ||
            to.low.size() > 40 || to.high.size() > 40 || to.equipment.size() > 200)
            return fail(ErrorCode::malformed, "a text of the dictionary is too long");
        out.columns.push_back(std::move(to));
    }
    if (out.title.size() > 200 || out.equipment.size() > 200)
        return fail(ErrorCode::malformed, "a text of the dictionary is too long");
    return out;
}

// What is left out of a profile, step by step.
constexpr int cuts_max = 4;

// The values of texts may be names; only states and truth values are shown.
void leave_out_values(Ordered& column) {
    const std::string type = column["type"].get<std::string>();
    if (type != "category" && type != "boolean" && type != "integer")
        column["top_values"] = Ordered::array();
}

Ordered public_profile(const Profile& profile, int cut) {
    Ordered json = profile_json(profile);
    json.erase("file");
    if (cut >= 3) {
        json["columns_left_out"] = json["columns"].size();
        json["columns"] = Ordered::array();
    }
    constexpr std::size_t findings_max = 100;
    if (cut >= 4 && json["findings"].size() > findings_max) {
        json["findings_left_out"] = json["findings"].size() - findings_max;
        json["findings"].erase(json["findings"].begin() + findings_max, json["findings"].end());
    }
    for (Ordered& column : json["columns"]) {
        leave_out_values(column);
        if (cut >= 1) column.erase("course");
        if (cut >= 2 && column.contains("numbers")) column["numbers"].erase("histogram");
        if (cut >= 2) column["top_values"] = Ordered::array();
    }
    for (Ordered& finding : json["findings"]) {
        // A constant may be a name as well.
        if (finding["kind"] == "constant_column") finding["detail"] = "";
        if (cut >= 2) finding["lines"] = Ordered::array();
    }
    return json;
}

std::string dump(const Ordered& json) {
    return json.dump(-1, ' ', false, Ordered::error_handler_t::replace);
}

}  // namespace

Result<std::string> profile_document_text(const ProfileContent& content) {
    Ordered json{{"schema", "jangbu-profile-document/1"}};
    if (content.dictionary) json["dictionary"] = dictionary_json(*content.dictionary);
    if (!content.profile) {
        std::string text = dump(json);
        if (text.size() <= document_text_bytes_max) return text;
    } else {
        for (int cut = 0; cut <= cuts_max; ++cut) {
            json["profile"] = public_profile(*content.profile, cut);
            std::string text = dump(json);
            if (text.size() <= document_text_bytes_max) return text;
        }
    }
    return fail(ErrorCode::limit_exceeded,
                "the dictionary is longer than a document may be (96 KiB): shorten its texts");
}

nlohmann::json ProfileDocument::json() const {
    return Json::parse(text, nullptr, false);
}

Result<ProfileDocument> read_profile_document(const ledger::Document& document,
                                              const crypto::Hash& schema_hash) {
    if (document.media_type != profile_media_type)
        return fail(ErrorCode::malformed, "the profile document is of another media type");
    const Json json = TRY(parse_json(document.bytes, "the profile document"));
    ProfileDocument out;
    out.text = std::string(as_text(document.bytes));
    JsonFields fields(json, "the profile document");
    if (fields.text("schema") != "jangbu-profile-document/1")
        return fail(ErrorCode::malformed, "the profile document has another schema");
    TRY(fields.status());
    if (fields.has("dictionary")) {
        out.dictionary = TRY(read_dictionary_json(fields.member("dictionary")));
        if (client::schema_hash(*out.dictionary) != schema_hash)
            return fail(ErrorCode::verification_failed,
                        "the dictionary is not the one whose hash is registered");
    }
    if (fields.has("profile")) {
        JsonFields profile(fields.member("profile"), "the profile");
        out.rows = profile.number("rows");
        out.columns = profile.list("columns").size();
        out.findings = profile.list("findings").size();
        TRY(profile.status());
    }
    return out;
}

}  // namespace jangbu::client
