#include "base/bcs.h"

namespace jangbu::base::bcs {

void Encoder::grow(std::size_t count) {
    constexpr std::size_t least = 256;
    memory_.resize(std::max({least, memory_.size() * 2, size_ + count}));
}

u32 Decoder::long_uleb() {
    u64 value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
        const u8 next = byte();
        if (fault_) return 0;
        value |= static_cast<u64>(next & 0x7F) << shift;
        if (value > 0xFFFFFFFF) {
            set_fault("uleb above 32 bits");
            return 0;
        }
        if (next < 0x80) {
            if (shift > 0 && next == 0) {
                set_fault("uleb not minimal");
                return 0;
            }
            return static_cast<u32>(value);
        }
    }
    set_fault("uleb too long");
    return 0;
}

ByteView Decoder::sized(std::size_t bytes_max) {
    const std::size_t count = uleb();
    if (count > bytes_max) {
        set_fault("length above its bound");
        return {};
    }
    return raw(count);
}

void Decoder::text(std::string& value, std::size_t bytes_max) {
    const ByteView taken = sized(bytes_max);
    if (!is_utf8(taken)) set_fault("text is not UTF-8");
    value.assign(as_text(taken));
}

}  // namespace jangbu::base::bcs
