// A sum of scalars times points, put together term by term and found by buckets (bucket_plan.h).
//
// Scalars have 127 bits. A longer one is two terms: for a point that has its 2^127 multiple beside
// it both go into one sum; for any other the upper halves make a second sum, which is doubled 127
// times. Memory is kept from one sum to the next. Rows stay the caller's. Threads: one at a time.
#pragma once

#include "crypto/ed25519/bucket_plan.h"
#include "crypto/ed25519/scalar.h"

namespace jangbu::crypto::ed25519 {

class TermSum {
public:
    explicit TermSum(const Kernels& kernels) : kernels_(kernels) {}

    void clear();
    void add(const AffineRow* point, const HalfScalar& scalar);
    // split: the point and its 2^127 multiple (split_shape).
    void add_split(const AffineRow* split, const Scalar& scalar);
    void add_whole(const AffineRow* point, const Scalar& scalar);
    PointRow total();

private:
    struct Terms {
        std::vector<HalfScalar> scalars;
        std::vector<const AffineRow*> points;
    };
    PointRow total_of(const Terms& terms);

    const Kernels& kernels_;
    Terms low_, high_;
    BucketPlan plan_;
    std::vector<PointRow> buckets_;
};

}  // namespace jangbu::crypto::ed25519
