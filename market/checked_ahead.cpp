#include "market/checked_ahead.h"

#include <algorithm>

namespace jangbu::market {

bool are_points(std::span<const crypto::PointBytes> points, const CheckedAhead& ahead) {
    if (ahead.points) return *ahead.points;
    return std::ranges::all_of(points, [](const crypto::PointBytes& point) {
        return crypto::Point::decode(point).has_value();
    });
}

crypto::fx1::KeyVerdict key_verdict(const crypto::ScalarBytes& m, const crypto::PointBytes& y,
                                    const crypto::PointBytes& t, const CheckedAhead& ahead) {
    // The order may have been accepted in this very block.
    if (ahead.key && ahead.key->y == y && ahead.key->t == t) return ahead.key->verdict;
    return crypto::fx1::check_key(m, y, t);
}

}  // namespace jangbu::market
