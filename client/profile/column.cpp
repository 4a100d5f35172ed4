#include "client/profile/column.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace jangbu::client {
namespace {

constexpr std::size_t course_columns_rows_min = 2;
constexpr double typed_share_min = 0.98;
constexpr std::size_t category_values_max = 64;
constexpr std::size_t top_max = 10;

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

bool is_number(CellKind kind) {
    return kind == CellKind::integer || kind == CellKind::real;
}

}  // namespace

Column::Column(std::string name, Unit unit, char decimal, const Budget& budget)
    : name_(std::move(name)),
      unit_(std::move(unit)),
      quantity_(unit_.quantity != Quantity::none ? unit_.quantity : quantity_of_name(name_)),
      rules_{decimal, name_speaks_of_time(name_) && unit_.quantity == Quantity::none},
      budget_(budget),
      missing_words_(missing_tokens()),
      counts_(budget.distinct_exact_max) {}

void Column::change(std::string_view text, u64 row, u64 line) {
    end_run();
    raw_.assign(text);
    const std::string_view trimmed = trim(text);
    hash_ = XXH3_64bits(trimmed.data(), trimmed.size());
    cell_ = read_cell(trimmed, rules_);
    rows_ = 1;
    first_row_ = row;
    first_line_ = last_line_ = line;
}

void Column::end_run() {
    if (rows_ == 0) return;
    kinds_[static_cast<std::size_t>(cell_.kind)] += rows_;
    if (cell_.kind == CellKind::missing) {
        missing_words_[cell_.token] += rows_;
        if (watch_) watch_->interrupt();
        return;
    }
    count_value();
    note_stray(cell_.kind, {first_line_, last_line_});
    if (is_number(cell_.kind)) {
        if (distinct_) add_number(cell_.number, rows_, first_line_);
        course_.add(first_row_, cell_.number, rows_);
        if (!watch_) watch_ = std::make_unique<SignalWatch>(quantity_, unit_.text);
        watch_->add({cell_.number, rows_, first_line_, last_line_});
    } else if (cell_.kind == CellKind::time) {
        if (!times_) times_ = std::make_unique<TimeOrder>();
        times_->add(cell_.time_ns, rows_, first_line_, last_line_);
    } else if (watch_) {
        watch_->interrupt();
    }
}

void Column::count_value() {
    // Of many times none is frequent.
    if (!distinct_ || cell_.kind != CellKind::time) {
        const std::string_view trimmed = trim(raw_.view());
        if (!counts_.add(hash_, trimmed, cell_, rows_, first_line_)) {
            end_exact();
            if (cell_.kind != CellKind::time)
                counts_.add(hash_, trimmed, cell_, rows_, first_line_);
        }
    }
    if (distinct_) distinct_->add(hash_);
}

void Column::note_stray(CellKind kind, const Place& place) {
    SignalWatch::Places& places = first_places_[static_cast<std::size_t>(kind)];
    if (places.places.size() < Finding::places_max) places.note(place);
}

// One value too many: what was counted exactly moves into the sketches.
void Column::end_exact() {
    distinct_ = std::make_unique<DistinctSketch>(budget_.distinct_precision);
    double low = 0;
    double high = 0;
    bool any = false;
    for (const ValueCounts::Entry& entry : counts_.entries()) {
        distinct_->add(entry.hash);
        if (!is_number(entry.cell.kind)) continue;
        low = any ? std::min(low, entry.cell.number) : entry.cell.number;
        high = any ? std::max(high, entry.cell.number) : entry.cell.number;
        any = true;
    }
    if (any) {
        numbers_ = std::make_unique<Numbers>(
            Numbers{Moments{}, QuantileSketch(budget_.quantile_k), Histogram(low, high)});
        for (const ValueCounts::Entry& entry : counts_.entries())
            if (is_number(entry.cell.kind))
                add_number(entry.cell.number, entry.count, entry.first_line);
    }
    counts_.begin_frequent();
}

void Column::add_number(double value, u64 weight, u64 line) {
    if (!numbers_)
        numbers_ = std::make_unique<Numbers>(
            Numbers{Moments{}, QuantileSketch(budget_.quantile_k), Histogram(value, value)});
    numbers_->moments.add(value, weight, line);
    numbers_->quantiles.add(value, weight);
    numbers_->histogram.add(value, weight);
}

ColumnType Column::decide_type(u64 present) const {
    if (present == 0) return ColumnType::empty;
    const auto most = [&](u64 count) {
        return static_cast<double>(count) >= typed_share_min * static_cast<double>(present);
    };
    const u64 numbers = of_kind(CellKind::integer) + of_kind(CellKind::real);
    if (most(of_kind(CellKind::time))) return ColumnType::time;
    if (most(numbers)) return of_kind(CellKind::real) > 0 ? ColumnType::real : ColumnType::integer;
    if (most(of_kind(CellKind::boolean))) return ColumnType::boolean;
    const std::size_t values = counts_.size();
    if (counts_.is_exact() && values <= category_values_max && values * 2 <= present)
        return ColumnType::category;
    return ColumnType::text;
}

NumberFacts Column::number_facts() {
    NumberFacts out;
    if (counts_.is_exact()) {
        // Few values: everything follows from their counts.
        std::vector<const ValueCounts::Entry*> numbers;
        for (const ValueCounts::Entry& entry : counts_.entries())
            if (is_number(entry.cell.kind)) numbers.push_back(&entry);
        std::sort(numbers.begin(), numbers.end(), [](const auto* a, const auto* b) {
            return std::tie(a->cell.number, a->first_line) <
                   std::tie(b->cell.number, b->first_line);
        });
        if (numbers.empty()) return out;
        Moments moments;
        Histogram histogram(numbers.front()->cell.number, numbers.back()->cell.number);
        for (const auto* entry : numbers) {
            moments.add(entry->cell.number, entry->count, entry->first_line);
            histogram.add(entry->cell.number, entry->count);
        }
        for (std::size_t i = 0; i < out.quantiles.size(); ++i) {
            const double wanted = NumberFacts::ranks[i] * static_cast<double>(moments.count);
            u64 seen = 0;
            for (const auto* entry : numbers) {
                seen += entry->count;
                out.quantiles[i] = entry->cell.number;
                if (static_cast<double>(seen) >= wanted) break;
            }
        }
        numbers_ = std::make_unique<Numbers>(
            Numbers{moments, QuantileSketch(budget_.quantile_k), std::move(histogram)});
    } else if (numbers_) {
        for (std::size_t i = 0; i < out.quantiles.size(); ++i)
            out.quantiles[i] = numbers_->quantiles.quantile(NumberFacts::ranks[i]);
        out.rank_error = numbers_->quantiles.rank_error();
    }
    if (!numbers_) return out;
    const Moments& moments = numbers_->moments;
    out.count = moments.count;
    out.least = moments.least;
    out.greatest = moments.greatest;
    out.least_line = moments.least_line;
    out.greatest_line = moments.greatest_line;
    out.mean = moments.mean;
    out.deviation = moments.deviation();
    constexpr std::size_t bars = 32;
    out.histogram = numbers_->histogram.view(bars);
    return out;
}

ColumnProfile Column::finish(u64 rows, u32 index, std::vector<Finding>& findings) {
    end_run();
    rows_ = 0;
    if (watch_) watch_->finish();
    ColumnProfile out;
    out.name = name_;
    out.unit = unit_;
    out.quantity = quantity_;
    out.missing = of_kind(CellKind::missing);
    for (std::size_t token = 1; token < missing_words_.size(); ++token)
        if (missing_words_[token] > 0)
            out.missing_words.push_back(
                {std::string(missing_token(static_cast<u8>(token))), missing_words_[token]});
    const u64 present = rows - out.missing;
    out.type = decide_type(present);
    out.distinct = distinct_ ? std::min(distinct_->estimate(), present) : counts_.size();
    out.distinct_error = distinct_ ? distinct_->standard_error() : 0;
    std::vector<const ValueCounts::Entry*> top;
    for (const ValueCounts::Entry& entry : counts_.entries()) top.push_back(&entry);
    std::sort(top.begin(), top.end(),
              [](const auto* a, const auto* b) { return ValueCounts::is_before(*a, *b); });
    out.top_error = counts_.lost();
    for (const auto* entry : top) {
        // What bounded memory may have guessed is not shown.
        if (out.top.size() == top_max || entry->count <= counts_.lost()) break;
        if (distinct_ && out.type == ColumnType::time) break;
        out.top.push_back(
            {std::string(entry->shown()) + (entry->text_is_cut ? "…" : ""), entry->count});
    }
    if (out.type == ColumnType::integer || out.type == ColumnType::real) {
        out.numbers = number_facts();
        out.stray = present - out.numbers->count;
        if (rows >= course_columns_rows_min) out.course = course_.points();
    } else if (out.type == ColumnType::time) {
        out.times = times_->facts();
        out.stray = present - of_kind(CellKind::time);
    } else if (out.type == ColumnType::boolean) {
        out.stray = present - of_kind(CellKind::boolean);
    }
    judge(out, rows, index, findings);
    return out;
}

}  // namespace jangbu::client
