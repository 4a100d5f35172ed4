#include "market/events.h"

namespace jangbu::market {
namespace {

struct Versioned {
    Event event;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.event);
    }
};

}  // namespace

const char* event_name(const Event& event) {
    static constexpr const char* names[] = {
        "KeyAdded",        "KeyRevoked",       "CreditsMinted",     "ProgrammeMoved",
        "ProgrammeFunded", "VoucherIssued",    "DatasetRegistered", "ListingPublished",
        "OrderMoved",      "DatasetSuspended", "MoneyMoved",        "DatasetAttested",
        "EpochOpened"};
    static_assert(std::size(names) == std::variant_size_v<Event>);
    return names[event.index()];
}

Bytes encode(const Event& event) {
    return bcs::encode(Versioned{event});
}

Result<Event> decode_event(ByteView bytes) {
    Versioned versioned = TRY(bcs::decode<Versioned>(bytes));
    return std::move(versioned.event);
}

}  // namespace jangbu::market
