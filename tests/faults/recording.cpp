#include "tests/faults/recording.h"

namespace jangbu::test::faults {
namespace {

struct Record {
    Recording events;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.list(self.events, 0, 10'000'000);
    }
};

}  // namespace

Bytes encode(const Recording& recording) {
    return bcs::encode(Record{recording});
}

Result<Recording> decode_recording(ByteView bytes) {
    return TRY(bcs::decode<Record>(bytes)).events;
}

}  // namespace jangbu::test::faults
