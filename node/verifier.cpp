#include "node/verifier.h"

#include "base/assert.h"

namespace jangbu::node {

void Verifier::check(std::span<const crypto::Claim> claims, std::span<bool> verdicts) {
    JANGBU_ASSERT(claims.size() == verdicts.size());
    const std::scoped_lock lock(mutex_);
    names_.clear();
    for (const crypto::Claim& claim : claims) names_.push_back(cache_.name(claim));
    cache_.find(names_, verdicts);
    unknown_.clear();
    for (std::size_t i = 0; i < claims.size(); ++i)
        if (!verdicts[i]) unknown_.push_back(i);
    cached_ += claims.size() - unknown_.size();
    if (!unknown_.empty()) verify_unknown(claims, verdicts);
}

void Verifier::verify_unknown(std::span<const crypto::Claim> claims, std::span<bool> verdicts) {
    const std::size_t count = unknown_.size();
    if (answers_max_ < count) {
        answers_ = std::make_unique<bool[]>(count);
        answers_max_ = count;
    }
    const std::span<bool> answers(answers_.get(), count);
    asked_.clear();
    for (const std::size_t i : unknown_) asked_.push_back(claims[i]);
    engine_.verify(asked_, answers);

    std::size_t good = 0;
    for (std::size_t i = 0; i < count; ++i) {
        verdicts[unknown_[i]] = answers[i];
        if (answers[i]) names_[good++] = names_[unknown_[i]];
    }
    cache_.add(std::span(names_).first(good));
    verified_ += count;
    bad_ += count - good;
}

Verifier::Counts Verifier::counts() const {
    return {verified_, bad_, cached_};
}

}  // namespace jangbu::node
