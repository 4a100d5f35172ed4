// PROV-JSON: where a dataset comes from, as far as the ledger knows.
#include "api/metadata.h"

namespace jangbu::api {
namespace {

std::string local(const char* kind, ByteView id) {
    return "jangbu:" + std::string(kind) + "-" + to_hex(id);
}

Json xsd_string(const std::string& value) {
    return {{"$", value}, {"type", "xsd:string"}};
}

}  // namespace

Json prov(const MetadataSource& source) {
    const market::Dataset& dataset = source.dataset;
    const std::string entity = local("dataset", dataset.id.view());
    const std::string agent = local("org", dataset.registrant.view());
    Json out{
        {"prefix",
         {{"jangbu", "urn:jangbu:"},
          {"prov", "http://www.w3.org/ns/prov#"},
          {"xsd", "http://www.w3.org/2001/XMLSchema#"}}},
        {"entity",
         {{entity,
           {{"prov:label",
             plain_words(source, "title", "Dataset " + dataset.id.hex().substr(0, 16))},
            {"jangbu:dataRoot", xsd_string(to_hex(dataset.data_root))},
            {"jangbu:byteLength", xsd_string(std::to_string(dataset.byte_len))},
            {"jangbu:origin", xsd_string(origin_sentence(dataset))}}}}},
        {"agent", {{agent, {{"prov:label", member_name(dataset.registrant)}}}}},
        {"wasAttributedTo", {{"_:attributed", {{"prov:entity", entity}, {"prov:agent", agent}}}}}};
    if (dataset.previous) {
        const std::string older = local("dataset", ByteView(dataset.previous->bytes));
        out["entity"][older] = Json::object();
        out["wasDerivedFrom"]["_:version"] = {
            {"prov:generatedEntity", entity},
            {"prov:usedEntity", older},
            {"prov:type", {{"$", "prov:Revision"}, {"type", "prov:QUALIFIED_NAME"}}}};
    }
    if (source.parents.empty()) return out;
    // The plan ran some time before the registration; when, nobody proves.
    const std::string made = local("processing", dataset.id.view());
    Json steps = Json::object();
    if (source.lineage.is_object() && source.lineage.contains("plan_digest") &&
        source.lineage.at("plan_digest").is_string())
        steps["jangbu:planDigest"] =
            xsd_string(source.lineage.at("plan_digest").get<std::string>());
    out["activity"][made] = steps;
    out["wasGeneratedBy"]["_:made"] = {{"prov:entity", entity}, {"prov:activity", made}};
    out["wasAssociatedWith"]["_:maker"] = {{"prov:activity", made}, {"prov:agent", agent}};
    int number = 0;
    for (const market::Parent& parent : source.parents) {
        const std::string from = local("dataset", parent.dataset.view());
        const std::string name = std::to_string(++number);
        out["entity"][from] = Json::object();
        out["used"]["_:used" + name] = {{"prov:activity", made}, {"prov:entity", from}};
        out["wasDerivedFrom"]["_:derived" + name] = {
            {"prov:generatedEntity", entity}, {"prov:usedEntity", from}, {"prov:activity", made}};
    }
    return out;
}

}  // namespace jangbu::api
