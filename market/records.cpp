#include "market/records.h"

namespace jangbu::market {

const char* name(OrderState state) {
    switch (state) {
        case OrderState::placed:
            return "PLACED";
        case OrderState::accepted:
            return "ACCEPTED";
        case OrderState::locked:
            return "LOCKED";
        case OrderState::keyed:
            return "KEYED";
        case OrderState::settled:
            return "SETTLED";
        case OrderState::cancelled:
            return "CANCELLED";
        case OrderState::refund_nokey:
            return "REFUND_NOKEY";
        case OrderState::refund_proven:
            return "REFUND_PROVEN";
        case OrderState::refund_forced:
            return "REFUND_FORCED";
        case OrderState::reversed:
            return "REVERSED";
        case OrderState::review:
            return "REVIEW";
        case OrderState::aborted:
            return "ABORTED";
        case OrderState::subscribed:
            return "SUBSCRIBED";
        case OrderState::ended:
            return "ENDED";
    }
    return "UNKNOWN";
}

bool is_terminal(OrderState state) {
    switch (state) {
        case OrderState::placed:
        case OrderState::accepted:
        case OrderState::locked:
        case OrderState::keyed:
        case OrderState::review:
        case OrderState::subscribed:
            return false;
        default:
            return true;
    }
}

}  // namespace jangbu::market
