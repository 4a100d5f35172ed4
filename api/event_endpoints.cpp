// GET /v1/events: what was committed, as a stream of server-sent events (HTML Living Standard,
// section 9.2) that a reader resumes where it was cut.
//
// There is no queue: a stream knows where its reader is and reads on from there, one piece after
// another, as fast as the reader takes them. Who does not take a piece within the time of an answer
// is cut off and has lost nothing.
#include <set>

#include "api/answers.h"
#include "api/events.h"
#include "api/service.h"

namespace jangbu::api {
namespace {

constexpr std::size_t piece_bytes = 64 << 10;
constexpr std::size_t blocks_at_once = 64;
constexpr u64 judged_for_ms = 1'000;

// Who reads, asked again while the stream goes on: a pass runs out, a key is revoked.
using Judge = std::function<Answered<EventReader>()>;

class EventStream final : public BodyStream {
public:
    EventStream(const node::Node& node, Events& events, std::shared_ptr<void> place, Judge judge,
                EventPosition from, std::set<std::string> types, bool follows)
        : node_(node),
          events_(events),
          place_(std::move(place)),
          judge_(std::move(judge)),
          next_(from),
          types_(std::move(types)),
          follows_(follows) {}

    Piece take() override {
        Piece piece{std::exchange(greeting_, ""), Then::more};
        if (!judge_again())
            return end(piece, "unauthenticated", "the pass holds no more: come back with another");
        const ledger::SnapshotPtr at = node_.head();
        for (std::size_t blocks = 0; blocks < blocks_at_once; ++blocks) {
            if (next_.height > at->header.height) {
                if (!follows_) return end(piece, "complete", "this is the head of the ledger");
                piece.then = Then::wait;
                return piece;
            }
            const auto block = events_.at(next_.height);
            if (!block) return end(piece, to_string(block.error().code), block.error().detail);
            if (!append(piece.text, **block, at->state)) return piece;
            next_ = {next_.height + 1, 0};
        }
        return piece;
    }

    // Only where take() found nothing more.
    void when_more(std::function<void()> wake) override {
        wake_ = std::make_shared<const std::function<void()>>(std::move(wake));
        events_.when_committed(next_.height, wake_);
    }

    // Tells up to where there was nothing to tell.
    std::string heartbeat() override { return ": " + std::to_string(next_.height - 1) + "\n\n"; }

private:
    bool judge_again() {
        const u64 now_ms = node_.now_ms();
        if (judged_at_ms_ && now_ms >= *judged_at_ms_ && now_ms < *judged_at_ms_ + judged_for_ms)
            return true;
        const auto reader = judge_();
        if (!reader) return false;
        reader_ = *reader;
        judged_at_ms_ = now_ms;
        return true;
    }

    // False when the piece is full before the block is at its end.
    bool append(std::string& text, const BlockEvents& block, const ledger::StateReader& state) {
        for (; next_.index < block.items.size(); ++next_.index) {
            if (text.size() >= piece_bytes) return false;
            const std::string type = market::event_name(block.items[next_.index].event);
            if (!types_.empty() && !types_.contains(type)) continue;
            const auto json = event_json(block, next_.index, reader_, state);
            if (!json) continue;
            text += "id: " + next_.text() + "\nevent: " + type + "\ndata: " + json->dump() + "\n\n";
        }
        return true;
    }

    static Piece end(Piece piece, std::string_view code, std::string_view detail) {
        piece.text +=
            "event: end\ndata: " +
            Json{{"schema", "jangbu/events-end/1"}, {"code", code}, {"detail", detail}}.dump() +
            "\n\n";
        piece.then = Then::end;
        return piece;
    }

    const node::Node& node_;
    Events& events_;
    const std::shared_ptr<void> place_;
    const Judge judge_;
    EventPosition next_;  // the first position that is not behind the reader
    const std::set<std::string> types_;
    const bool follows_;
    EventReader reader_;
    std::optional<u64> judged_at_ms_;
    std::shared_ptr<const std::function<void()>> wake_;
    std::string greeting_ = "retry: 2000\n\n";
};

template <std::size_t... tag>
std::set<std::string> names_of(std::index_sequence<tag...>) {
    return {market::event_name(market::Event(std::in_place_index<tag>))...};
}

// "A,B": only these; nothing means all.
Result<std::set<std::string>> read_types(const Request& request) {
    static const std::set<std::string> known =
        names_of(std::make_index_sequence<std::variant_size_v<market::Event>>());
    std::set<std::string> out;
    if (!request.query.contains("type")) return out;
    const std::string text = request.parameter("type");
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        const std::string name = text.substr(at, comma - at);
        if (!known.contains(name))
            return fail(ErrorCode::malformed,
                        "type is a list of event names, parted by commas; "
                        "there is no " +
                            name.substr(0, 40));
        out.insert(name);
        at = comma + 1;
    }
    return out;
}

}  // namespace

Response Service::get_events(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const auto types = TRY_HTTP(read_types(request));
    const u64 follow = TRY_HTTP(read_number_or(request, "follow", 1, 0, 1));
    EventPosition from{at->header.height + 1, 0};
    if (request.query.contains("from"))
        from = TRY_HTTP(read_event_position(request.parameter("from"), "from"));
    // A reader that comes back asks with the URL it began with: the header is newer.
    if (const std::string text = request.header("last-event-id"); !text.empty()) {
        from = TRY_HTTP(read_event_position(text, "Last-Event-ID"));
        if (++from.index == 0) return problem(400, "malformed", "there is nothing behind it");
    }
    if (from.height > at->header.height + 1)
        return problem(409, "conflict",
                       "the head of this node is " + std::to_string(at->header.height) +
                           ": it does not know yet what comes after " + from.text());
    if (from.height == 0) from = {1, 0};  // genesis has no events
    const Judge judge = [this, request]() -> Answered<EventReader> {
        if (request.header("authorization").empty()) return EventReader{};
        const ledger::SnapshotPtr now = node_.head();
        const ledger::OrgId org = TRY(party(request, *now));
        return EventReader{org, reads_blocks(*now, org)};
    };
    TRY_HTTP(judge());
    Response response;
    response.content_type = "text/event-stream";
    response.stream = std::make_shared<EventStream>(
        node_, *events_, TRY_HTTP(events_->take_place()), judge, from, types, follow == 1);
    return response;
}

}  // namespace jangbu::api
