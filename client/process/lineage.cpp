#include "client/process/lineage.h"

#include <fstream>
#include <nlohmann/json.hpp>

namespace jangbu::client {
namespace {

using Ordered = nlohmann::ordered_json;
constexpr std::string_view schema_name = "jangbu-lineage/1";

Ordered file_json(const LineageFile& file) {
    return {{"name", file.name},
            {"bytes", std::to_string(file.bytes)},
            {"rows", std::to_string(file.rows)},
            {"sha256", to_hex(file.sha256)}};
}

// Fields of a document that anyone may have written: what is missing or odd is remembered, not
// thrown.
class Fields {
public:
    bool good = true;

    std::string text(const Ordered& json, const char* key) {
        const auto at = json.is_object() ? json.find(key) : json.end();
        if (at == json.end() || !at->is_string()) {
            good = false;
            return {};
        }
        return at->get<std::string>();
    }
    u64 number(const Ordered& json, const char* key) {
        const std::string digits = text(json, key);
        const bool plain = !digits.empty() && digits.size() <= 18 &&
                           digits.find_first_not_of("0123456789") == std::string::npos;
        if (!plain) good = false;
        return plain ? std::stoull(digits) : 0;
    }
    crypto::Hash hash(const Ordered& json, const char* key) {
        const auto bytes = from_hex(text(json, key));
        crypto::Hash out{};
        if (!bytes || bytes->size() != out.size())
            good = false;
        else
            std::copy(bytes->begin(), bytes->end(), out.begin());
        return out;
    }
    Ordered list(const Ordered& json, const char* key, std::size_t most) {
        const auto at = json.is_object() ? json.find(key) : json.end();
        if (at != json.end() && at->is_array() && at->size() <= most) return *at;
        good = false;
        return Ordered::array();
    }
    LineageFile file(const Ordered& json) {
        LineageFile out;
        out.name = text(json, "name");
        out.bytes = number(json, "bytes");
        out.rows = number(json, "rows");
        out.sha256 = hash(json, "sha256");
        return out;
    }
};

}  // namespace

Result<LineageFile> digest_of(const std::filesystem::path& file) {
    constexpr std::size_t piece_bytes = 256 << 10;
    std::ifstream in(file, std::ios::binary);
    crypto::Sha256 hash;
    LineageFile out;
    std::string block(piece_bytes, '\0');
    while (in) {
        in.read(block.data(), static_cast<std::streamsize>(block.size()));
        const auto got = static_cast<std::size_t>(in.gcount());
        hash.update(as_bytes(block).first(got));
        out.bytes += got;
    }
    if (!in.eof()) return fail(ErrorCode::io, "cannot read " + file.string());
    out.name = file.filename().string();
    out.sha256 = hash.finish();
    return out;
}

std::string lineage_text(const Lineage& lineage) {
    Ordered outputs = Ordered::array();
    for (const LineageFile& file : lineage.outputs) outputs.push_back(file_json(file));
    Ordered steps = Ordered::array();
    for (const LineageStep& step : lineage.steps)
        steps.push_back({{"do", step.name},
                         {"rows_in", std::to_string(step.counts.rows_in)},
                         {"rows_out", std::to_string(step.counts.rows_out)},
                         {"cells_changed", std::to_string(step.counts.cells_changed)}});
    Ordered out = {{"schema", std::string(schema_name)},
                   {"plan_digest", to_hex(lineage.plan_digest)},
                   {"plan", to_base64url(lineage.plan)},
                   {"inputs", Ordered::array({file_json(lineage.input)})},
                   {"outputs", outputs},
                   {"steps", steps}};
    if (lineage.key_digest) out["key_digest"] = to_hex(*lineage.key_digest);
    return out.dump(1, ' ', false, Ordered::error_handler_t::replace) + "\n";
}

Result<Lineage> read_lineage(std::string_view text) {
    if (text.size() > lineage_bytes_max)
        return fail(ErrorCode::limit_exceeded, "a lineage record has at most 90 KiB");
    const Ordered json = Ordered::parse(text, nullptr, false);
    Fields fields;
    Lineage out;
    if (fields.text(json, "schema") != schema_name)
        return fail(ErrorCode::malformed, "this is no lineage record (jangbu-lineage/1)");
    out.plan_digest = fields.hash(json, "plan_digest");
    const auto plan = from_base64url(fields.text(json, "plan"));
    const Ordered inputs = fields.list(json, "inputs", 1);
    if (inputs.size() == 1) out.input = fields.file(inputs[0]);
    const Ordered outputs = fields.list(json, "outputs", 16);
    for (const Ordered& file : outputs) out.outputs.push_back(fields.file(file));
    const Ordered steps = fields.list(json, "steps", plan_steps_max);
    for (const Ordered& step : steps)
        out.steps.push_back({fields.text(step, "do"),
                             {fields.number(step, "rows_in"), fields.number(step, "rows_out"),
                              fields.number(step, "cells_changed")}});
    if (json.contains("key_digest")) out.key_digest = fields.hash(json, "key_digest");
    if (!fields.good || !plan || inputs.size() != 1 || outputs.empty())
        return fail(ErrorCode::malformed, "a field of the lineage record is missing or odd");
    out.plan = *plan;
    const auto decoded = bcs::decode<Plan>(out.plan);
    if (!decoded || plan_digest(*decoded) != out.plan_digest)
        return fail(ErrorCode::malformed, "the plan of the lineage record has another digest");
    return out;
}

}  // namespace jangbu::client
