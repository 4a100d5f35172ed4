// Which statements of a batch are false, when a sum over all of them is not zero.
//
// Cut in halves: the sum of one half gives that of the other, so each step costs one sum of half
// the size. Where few are left, or once more were found false than cutting pays for, each is judged
// alone: so whoever sends false statements costs a bounded multiple of a good batch.
// Source: Bernstein, Doumen, Lange, Oosterwijk 2012 ("Faster batch forgery identification").
#pragma once

#include "crypto/ed25519/kernels.h"

namespace jangbu::crypto::ed25519 {

// Cutting stops when one in this many of the batch was found false.
inline constexpr std::size_t false_share = 64;

// A batch of statements in an order that stays:
//   PointRow sum_of(begin, end)          a point that is of small order iff all of them hold
//   void accept(begin, end)              they hold
//   std::size_t judge(begin, end)        judges each alone; how many are false
template <class Statements>
class Bisection {
public:
    // judge() takes over at `alone_max` statements or fewer.
    Bisection(Statements& statements, const Kernels& kernels, std::size_t count,
              std::size_t alone_max)
        : statements_(statements), kernels_(kernels), count_(count), alone_max_(alone_max) {}

    void settle_all() { settle(0, count_, statements_.sum_of(0, count_)); }

private:
    void settle(std::size_t begin, std::size_t end, const PointRow& sum) {
        if (kernels_.is_small_order(sum)) return statements_.accept(begin, end);
        if (end - begin <= alone_max_ || found_false_ * false_share > count_) {
            found_false_ += statements_.judge(begin, end);
            return;
        }
        const std::size_t middle = begin + (end - begin) / 2;
        const PointRow left = statements_.sum_of(begin, middle);
        PointRow right;
        kernels_.subtract(sum, left, &right);
        settle(begin, middle, left);
        settle(middle, end, right);
    }

    Statements& statements_;
    const Kernels& kernels_;
    const std::size_t count_;
    const std::size_t alone_max_;
    std::size_t found_false_ = 0;
};

}  // namespace jangbu::crypto::ed25519
