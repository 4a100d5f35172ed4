#include "crypto/ed25519/base_point.h"

#include <map>
#include <memory>
#include <mutex>

#include "base/assert.h"

namespace jangbu::crypto::ed25519 {
namespace {

std::unique_ptr<BasePoint> make(const Kernels& kernels) {
    static constexpr ByteArray<32> encoding = base_encoding();
    auto out = std::make_unique<BasePoint>();
    AffineRow point;
    u8 on_curve = 0;
    const u8* const encodings[] = {encoding.data()};
    kernels.decompress(encodings, 1, &point, &on_curve);
    JANGBU_ASSERT(on_curve == 1);
    const AffineRow* const points[] = {&point};
    AffineRow* const splits[] = {out->split};
    AffineRow* const tables[] = {out->table};
    kernels.make_tables(points, 1, split_shape, splits);
    kernels.make_tables(points, 1, base_shape, tables);
    return out;
}

}  // namespace

const BasePoint& base_point(const Kernels& kernels) {
    static std::mutex mutex;
    static std::map<const Kernels*, std::unique_ptr<BasePoint>> made;
    const std::scoped_lock lock(mutex);
    std::unique_ptr<BasePoint>& point = made[&kernels];
    if (!point) point = make(kernels);
    return *point;
}

}  // namespace jangbu::crypto::ed25519
