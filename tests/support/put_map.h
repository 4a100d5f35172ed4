// PutMap: the smallest Application with every kind of effect, so that tests of the ledger need no
// market.
//
// A map from names to bytes in table 250, and names with a deadline in table 251.
#pragma once

#include <set>

#include "ledger/application.h"
#include "ledger/parameters.h"

namespace jangbu::test {

using namespace ledger;

namespace put_map {

struct Put {
    std::string name;
    Bytes value;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.text(self.name, 64);
        c.bytes(self.value, 20'000);
    }
};
struct Erase {
    std::string name;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.text(self.name, 64);
    }
};
// Adds to the number that a name holds.
struct Add {
    std::string name;
    u64 amount = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.text(self.name, 64);
        c(self.amount);
    }
};
// Writes under a name and is then rejected.
struct Refuse {
    std::string name;
    u16 code = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.text(self.name, 64);
        c(self.code);
    }
};
// A name that is gone when market time has passed the deadline.
struct Until {
    std::string name;
    u64 deadline_ms = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.text(self.name, 64);
        c(self.deadline_ms);
    }
};
// Keeps the length of a document's content under its hash.
struct Attach {
    DocumentRef document;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.document);
    }
};
// Active from protocol version 2.
struct Later {
    template <class Codec, class Self>
    static void fields(Codec&, Self&) {}
};
// Only for a key of purpose operate.
struct Operate {
    template <class Codec, class Self>
    static void fields(Codec&, Self&) {}
};
// Opens an epoch. Only for a key of purpose operate.
struct Open {
    EpochOpening opening;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.opening.head);
        c(self.opening.height);
        c(self.opening.reason);
    }
};
// Accepted if the content of the document begins with an odd byte; the name then counts one more.
struct Prove {
    DocumentRef document;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.document);
    }
};
using Operation = std::variant<Put, Erase, Add, Refuse, Until, Attach, Later, Operate, Open, Prove>;

}  // namespace put_map

class PutMap final : public Application {
public:
    static constexpr auto table = static_cast<Table>(250);
    static constexpr auto deadlines_table = static_cast<Table>(251);

    static StateKey key(std::string_view name) { return state_key(table, as_bytes(name)); }
    static StateKey deadline_key(std::string_view name) {
        return state_key(deadlines_table, as_bytes(name));
    }

    void read_operation(bcs::Decoder& decoder) const override {
        put_map::Operation operation;
        decoder(operation);
    }
    bool is_active(ByteView operation, u16 protocol_version) const override {
        return !std::holds_alternative<put_map::Later>(decoded(operation)) || protocol_version >= 2;
    }
    u8 purposes(ByteView operation) const override {
        const put_map::Operation any = decoded(operation);
        const bool operate = std::holds_alternative<put_map::Operate>(any) ||
                             std::holds_alternative<put_map::Open>(any);
        return operate ? 1 << 3 : 1 << 0;
    }
    std::optional<EpochOpening> opens_epoch(ByteView operation) const override {
        const put_map::Operation any = decoded(operation);
        const auto* open = std::get_if<put_map::Open>(&any);
        return open ? std::optional(open->opening) : std::nullopt;
    }
    std::vector<DocumentRef> documents(ByteView operation) const override {
        const put_map::Operation any = decoded(operation);
        if (const auto* attach = std::get_if<put_map::Attach>(&any)) return {attach->document};
        if (const auto* prove = std::get_if<put_map::Prove>(&any)) return {prove->document};
        return {};
    }
    std::vector<StateKey> keys(ByteView, const BlockContext&, const OrgId&,
                               const StateReader&) const override {
        return {};
    }

    Outcome apply(ByteView operation, const TxId& id, const BlockContext&, const Key&,
                  const DocumentReader& documents, Overlay& state) const override {
        const put_map::Operation any = decoded(operation);
        if (const auto* put = std::get_if<put_map::Put>(&any)) {
            state.put(key(put->name), put->value);
            return {accepted, {to_bytes(as_bytes(put->name))}};
        }
        if (const auto* erase = std::get_if<put_map::Erase>(&any)) {
            if (!state.find(key(erase->name))) return {100, {}};
            state.erase(key(erase->name));
        } else if (const auto* add = std::get_if<put_map::Add>(&any)) {
            const std::optional<ByteView> held = state.find(key(add->name));
            const Result<Number> number = held ? bcs::decode<Number>(*held) : Number{0};
            if (!number) return {101, {}};
            state.put(key(add->name), bcs::encode(Number{number->value + add->amount}));
        } else if (const auto* refuse = std::get_if<put_map::Refuse>(&any)) {
            state.put(key(refuse->name), Bytes{1});
            return {refuse->code, {Bytes{1}}};
        } else if (const auto* until = std::get_if<put_map::Until>(&any)) {
            state.put(deadline_key(until->name), bcs::encode(Number{until->deadline_ms}));
        } else if (const auto* attach = std::get_if<put_map::Attach>(&any)) {
            const auto document = documents.find(attach->document.hash);
            if (!document) return {102, {}};
            state.put(state_key(table, attach->document.hash.bytes),
                      bcs::encode(Number{document->bytes.size()}));
        } else if (const auto* prove = std::get_if<put_map::Prove>(&any)) {
            const auto document = documents.find(prove->document.hash);
            const auto recorded = document ? std::nullopt : documents.recorded(id);
            if (!document && !recorded) return {102, {}};
            if (recorded && *recorded != accepted) return {*recorded, {}};
            if (document && (document->bytes.empty() || document->bytes[0] % 2 == 0))
                return {103, {}};
            state.put(key("proven " + prove->document.hash.hex()), Bytes{1});
        }
        return {};
    }

    std::vector<Receipt> expire(const BlockContext& block, Overlay& state) override {
        std::vector<Receipt> receipts;
        const u64 most = number(state, ledger::parameters::expiries_per_block_max, block.height);
        for (const auto& [deadline, name] : deadlines_) {
            if (deadline >= block.market_time_ms || receipts.size() == most) break;
            state.erase(deadline_key(name));
            receipts.push_back({expiry(name), accepted, {to_bytes(as_bytes(name))}});
        }
        return receipts;
    }
    static SystemSubject expiry(std::string_view name) {
        return {static_cast<u8>(SystemKind::order_expiry), crypto::sha256(as_bytes(name))};
    }
    std::optional<u64> next_deadline_ms() const override {
        if (deadlines_.empty()) return std::nullopt;
        return deadlines_.begin()->first;
    }

    void rebuild(const StateTree& state) override {
        deadlines_.clear();
        state.for_each([&](ByteView at, ByteView value) {
            if (at[0] == static_cast<u8>(deadlines_table))
                deadlines_.emplace(bcs::decode<Number>(value)->value, name_of(at));
        });
    }
    void committed(const StateTree& before, const StateTree::Changes& changes) override {
        for (const auto& [at, value] : changes) {
            if (at[0] != static_cast<u8>(deadlines_table)) continue;
            if (const auto old = before.find(at))
                deadlines_.erase({bcs::decode<Number>(*old)->value, name_of(at)});
            if (value) deadlines_.emplace(bcs::decode<Number>(*value)->value, name_of(at));
        }
    }

    const std::set<std::pair<u64, std::string>>& deadlines() const { return deadlines_; }

private:
    struct Number {
        u64 value = 0;
        template <class Codec, class Self>
        static void fields(Codec& c, Self& self) {
            c(self.value);
        }
    };
    static put_map::Operation decoded(ByteView operation) {
        return bcs::decode<put_map::Operation>(operation).value();
    }
    static std::string name_of(ByteView at) {
        return std::string(as_text(ByteView(at).subspan(1)));
    }

    std::set<std::pair<u64, std::string>> deadlines_;
};

}  // namespace jangbu::test
