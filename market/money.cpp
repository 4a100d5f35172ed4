#include "market/money.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace jangbu::market {
namespace {

constexpr u64 balance_won_max = static_cast<u64>(std::numeric_limits<i64>::max());
// No single entry is near this (amount_max is 10^15), so sums of entries cannot wrap.
constexpr i64 entry_won_max = std::numeric_limits<i64>::max() / 1'024;

enum class Book { credits, claims, memo };
Book book_of(Column column) {
    if (column >= Column::budget) return Book::memo;
    return column >= Column::granted ? Book::claims : Book::credits;
}

// The records behind the entries: read once, changed here, written together.
class Balances {
public:
    explicit Balances(Overlay& state) : state_(state) {}

    std::optional<Rejection> add(Column column, const Hash& owner, i64 delta);
    void write() const;

private:
    // A move touches a handful of owners: looking through them is faster than a map. A reference
    // holds until the next record of its kind.
    template <class Record>
    struct Held {
        Hash owner{};
        Record record;
    };
    template <class Record>
    using Records = std::vector<Held<Record>>;
    template <class Record, class Find>
    static Record& held(Records<Record>& records, const Hash& owner, Find find);

    static std::optional<Rejection> change(u64& balance, i64 delta);
    std::optional<Rejection> add_voucher(u64 Voucher::* column, u64 Programme::* sum,
                                         const Hash& owner, i64 delta);
    Account& account(const Hash& owner);
    Programme& programme(const Hash& owner);
    Voucher& voucher(const Hash& owner);

    Overlay& state_;
    Records<Account> accounts_;
    Records<Programme> programmes_;
    Records<Voucher> vouchers_;
};

std::optional<Rejection> Balances::change(u64& balance, i64 delta) {
    JANGBU_ASSERT(balance <= balance_won_max);
    if (delta < 0) {
        const u64 taken = static_cast<u64>(-delta);
        if (taken > balance) return Rejection::insufficient_credits;
        balance -= taken;
    } else {
        if (static_cast<u64>(delta) > balance_won_max - balance) return Rejection::bad_amount;
        balance += static_cast<u64>(delta);
    }
    return std::nullopt;
}

std::optional<Rejection> Balances::add(Column column, const Hash& owner, i64 delta) {
    switch (column) {
        case Column::bank:
        case Column::escrow:
        case Column::granted:
            return std::nullopt;
        case Column::available:
            return change(account(owner).available, delta);
        case Column::reserved:
            return change(account(owner).reserved, delta);
        case Column::bond:
            return change(account(owner).bond, delta);
        case Column::programme_cash:
            return change(programme(owner).cash, delta);
        case Column::unissued:
            return change(programme(owner).unissued, delta);
        case Column::returned:
            return change(programme(owner).returned, delta);
        case Column::budget:
            return change(programme(owner).budget, delta);
        case Column::income:
            return change(programme(owner).income, delta);
        case Column::voucher_open:
            return add_voucher(&Voucher::open, &Programme::open, owner, delta);
        case Column::voucher_held:
            return add_voucher(&Voucher::held, &Programme::held, owner, delta);
        case Column::voucher_spent:
            return add_voucher(&Voucher::spent, &Programme::spent, owner, delta);
        case Column::voucher_lapsed:
            return change(voucher(owner).lapsed, delta);
    }
    JANGBU_ASSERT(false);
    return std::nullopt;
}

std::optional<Rejection> Balances::add_voucher(u64 Voucher::* column, u64 Programme::* sum,
                                               const Hash& owner, i64 delta) {
    Voucher& record = voucher(owner);
    if (auto refusal = change(record.*column, delta)) return refusal;
    return change(programme(record.programme.bytes).*sum, delta);
}

template <class Record, class Find>
Record& Balances::held(Records<Record>& records, const Hash& owner, Find find) {
    for (Held<Record>& one : records)
        if (one.owner == owner) return one.record;
    return records.emplace_back(Held<Record>{owner, find()}).record;
}

Account& Balances::account(const Hash& owner) {
    return held(accounts_, owner, [&] { return account_of(state_, OrgId(owner)); });
}

Programme& Balances::programme(const Hash& owner) {
    return held(programmes_, owner, [&] {
        auto record = find_programme(state_, ProgrammeId(owner));
        JANGBU_ASSERT(record.has_value());
        return std::move(*record);
    });
}

Voucher& Balances::voucher(const Hash& owner) {
    return held(vouchers_, owner, [&] {
        auto record = find_voucher(state_, VoucherId(owner));
        JANGBU_ASSERT(record.has_value());
        return std::move(*record);
    });
}

void Balances::write() const {
    for (const auto& [id, record] : accounts_)
        ledger::write_record(state_, account_key(record.org), record);
    for (const auto& [id, record] : programmes_)
        ledger::write_record(state_, programme_key(record.id), record);
    for (const auto& [id, record] : vouchers_)
        ledger::write_record(state_, voucher_key(record.id), record);
}

void journal(std::span<const Entry> entries, std::vector<Bytes>& events) {
    MoneyMoved moved;
    const auto flush = [&] {
        if (!moved.postings.empty()) events.push_back(encode(Event(moved)));
        moved.postings.clear();
    };
    for (const Entry& e : entries) {
        if (e.amount == 0) continue;
        if (moved.postings.size() == MoneyMoved::postings_max) flush();
        const u64 amount = static_cast<u64>(e.amount < 0 ? -e.amount : e.amount);
        moved.postings.push_back({static_cast<u8>(e.column), e.owner, e.amount > 0, amount});
    }
    flush();
}

}  // namespace

i64 won(u64 amount) {
    JANGBU_ASSERT(amount <= static_cast<u64>(entry_won_max));
    return static_cast<i64>(amount);
}

std::optional<Rejection> move_money(Overlay& state, std::span<const Entry> entries,
                                    std::vector<Bytes>& events) {
    // One sum per column and owner, so that the order of the entries decides nothing.
    struct Sum {
        Column column{};
        const Hash* owner = nullptr;
        i64 amount = 0;
    };
    std::vector<Sum> sums;
    sums.reserve(entries.size());
    i64 credits = 0;
    i64 claims = 0;
    for (const Entry& e : entries) {
        JANGBU_ASSERT(-entry_won_max <= e.amount && e.amount <= entry_won_max);
        const auto same = std::ranges::find_if(
            sums, [&](const Sum& sum) { return sum.column == e.column && *sum.owner == e.owner; });
        if (same != sums.end())
            same->amount += e.amount;
        else
            sums.push_back({e.column, &e.owner, e.amount});
        if (book_of(e.column) == Book::credits) credits += e.amount;
        if (book_of(e.column) == Book::claims) claims += e.amount;
    }
    JANGBU_ASSERT(credits == 0);
    JANGBU_ASSERT(claims == 0);

    Balances balances(state);
    // Which refusal is met first depends on this order.
    std::ranges::sort(sums, [](const Sum& a, const Sum& b) {
        return std::tie(a.column, *a.owner) < std::tie(b.column, *b.owner);
    });
    for (const Sum& sum : sums) {
        if (sum.amount == 0) continue;
        if (auto refusal = balances.add(sum.column, *sum.owner, sum.amount)) return refusal;
    }
    balances.write();
    journal(entries, events);
    return std::nullopt;
}

}  // namespace jangbu::market
