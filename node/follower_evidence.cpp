// What a follower saves when a validator signed what cannot be true.
#include <algorithm>
#include <set>

#include "base/file.h"
#include "base/log.h"
#include "node/follower_engine.h"

namespace jangbu::node {
namespace {

std::unexpected<Error> accuse(const std::filesystem::path& file, ByteView content,
                              const std::string& what) {
    const Status written =
        write_file_atomically(file, content, FileMode::world_readable, IfExists::refuse);
    std::string saved = "The evidence is saved in " + file.string() +
                        "; `jangbu verify` checks it offline: show it to the other members.";
    if (!written && written.error().code != ErrorCode::already_exists)
        saved = "The evidence could not be saved: " + written.error().detail;
    log::error("node", "THE LEDGER'S OPERATOR IS CONVICTED",
               {{"what", what}, {"evidence", file.string()}});
    return fail(ErrorCode::verification_failed, what + ". " + saved);
}

// Without evidence a follower still says what it saw.
std::unexpected<Error> not_gathered(const ledger::SignedHeader& header, const Error& why) {
    return fail(
        ErrorCode::verification_failed,
        "A SIGNED BLOCK DIFFERS FROM ITS EXECUTION HERE: block " +
            std::to_string(header.header.height) +
            ". Either the validator signed what is wrong or this machine is damaged. No "
            "evidence file is written: " +
            why.detail +
            "; keep this folder, and follow from genesis in another one, which tells the two "
            "apart");
}

}  // namespace

std::unexpected<Error> FollowerEngine::convict(const ledger::SignedHeader& first,
                                               const ledger::SignedHeader& second) const {
    const u64 height = first.header.height;
    const std::string text = ledger::two_heads_file(parts_.genesis.genesis, first, second, "");
    return accuse(options_.evidence_folder / ("fraud-" + std::to_string(height) + ".json"),
                  as_bytes(text),
                  "TWO SIGNED HEADS CONTRADICT EACH OTHER at height " + std::to_string(height));
}

std::unexpected<Error> FollowerEngine::convict(const FollowedBlock& block,
                                               const std::string& reason) const {
    log::error("node", "a signed block differs from its execution here", {{"reason", reason}});
    const auto divergence =
        gather_divergence(parts_.chain.blocks(), parts_.chain.documents(), parts_.genesis,
                          block.header, block.input, block.documents, parts_.chain.base());
    if (!divergence) return std::unexpected(divergence.error());
    return save_divergence(*divergence, options_.evidence_folder);
}

Result<ledger::Divergence> gather_divergence(const ledger::BlockLog& blocks,
                                             const ledger::DocumentReader& documents,
                                             const ledger::GenesisFile& genesis,
                                             const ledger::SignedHeader& header, ByteView input,
                                             std::span<const ledger::Document> more,
                                             const ledger::ChainBase* base) {
    const market::MarketRules rules;
    ledger::Divergence out;
    out.genesis = genesis;
    out.header = header;
    out.parent.header = ledger::header_zero(genesis.genesis);
    std::set<ledger::DocumentHash> seen;
    const auto add = [&](const ledger::Document& document) {
        if (seen.insert(ledger::document_hash(bcs::encode(document))).second)
            out.documents.push_back(document);
    };
    for (const ledger::Document& document : more) add(document);
    const u64 begins = base ? base->height() : 0;
    if (begins > 0) {
        Result<ledger::DivergenceBase> from = ledger::gather_base(*base, genesis.genesis);
        if (!from) return not_gathered(header, from.error());
        out.base = std::move(*from);
        out.parent = TRY(base->headers().read(begins));
    }
    for (u64 height = begins + 1; height < header.header.height; ++height) {
        const ledger::BlockRecord block = TRY(blocks.block(height));
        const auto decoded = TRY(ledger::decode_block_input(block.input, rules));
        bool is_whole = true;
        for (const ledger::Transaction& transaction : decoded.transactions)
            for (const auto& ref : rules.documents(transaction.body.operation)) {
                const auto document = documents.find(ref.hash);
                if (document) add(*document);
                is_whole = is_whole && document;
            }
        if (!is_whole) {  // what was judged by a pruned document
            const auto of_block = TRY(ledger::ReplayDocuments::outcomes_of(block.receipts));
            out.recorded.insert(out.recorded.end(), of_block.outcomes.begin(),
                                of_block.outcomes.end());
        }
        out.inputs.push_back(block.input);
        out.parent = {block.header, block.finality};
    }
    std::ranges::sort(out.recorded, {}, &ledger::RecordedOutcome::transaction);
    // Of the last block, whatever this node has by now.
    const auto last = TRY(ledger::decode_block_input(input, rules));
    for (const ledger::Transaction& transaction : last.transactions)
        for (const auto& ref : rules.documents(transaction.body.operation))
            if (const auto document = documents.find(ref.hash)) add(*document);
    out.inputs.push_back(to_bytes(input));
    return out;
}

// Judged first by what every reader of the file will do: a damaged store here must accuse nobody.
std::unexpected<Error> save_divergence(const ledger::Divergence& divergence,
                                       const std::filesystem::path& folder) {
    market::MarketRules rules;
    const u64 height = divergence.header.header.height;
    const std::string place = "block " + std::to_string(height);
    const Result<std::string> wrong =
        ledger::check_divergence(divergence, ledger::chain_id(divergence.genesis.genesis), rules);
    if (!wrong)
        return fail(ErrorCode::corrupted,
                    place +
                        " differs from its execution here, but not from a second execution: "
                        "this machine or its stores are damaged (" +
                        wrong.error().detail + ")");
    const Result<Bytes> file = encode(divergence);
    if (!file)
        return fail(ErrorCode::verification_failed,
                    "A SIGNED BLOCK IS WRONG: " + place + ": " + *wrong +
                        ". No evidence file is written, since " + file.error().detail +
                        "; this folder is the evidence");
    return accuse(folder / ("divergence-" + std::to_string(height) + ".bin"), *file,
                  "A SIGNED BLOCK IS WRONG: " + place + ": " + *wrong);
}

}  // namespace jangbu::node
