// Steps about time: gaps, resample.
#include <algorithm>

#include "client/process/step.h"

namespace jangbu::client {
namespace {

// Adds `gap_ms`: what is missing before a row, 0 where nothing is. With a method that fills, rows
// are put into gaps of at most `limit` rows, and `filled` says which.
class Gaps : public Step {
public:
    Gaps(std::size_t column, const PlanStep& plan, const StepContext& context)
        : column_(column),
          name_(plan.columns.front().name),
          sign_(context.decimal_sign),
          interval_ns_(static_cast<i64>(plan.interval_ms) * 1'000'000),
          method_(plan.method),
          limit_(plan.limit) {}

private:
    Status work(TableRow row) override {
        const RowTime time = TRY(row_time(row, column_, name_));
        const i64 step = has_last_ ? time.ns - last_ns_ : 0;
        // One and a half intervals and more is a gap; half an interval is jitter.
        const bool gap = step >= interval_ns_ + interval_ns_ / 2;
        i64 missing_ns = gap ? step - interval_ns_ : 0;
        if (gap && method_ != StepMethod::mark) {
            const i64 rows = (step - interval_ns_ / 2) / interval_ns_;
            if (rows <= static_cast<i64>(limit_)) {
                for (i64 i = 1; i <= rows; ++i) TRY(pass(between(row, time, i, rows + 1)));
                missing_ns = 0;
            }
        }
        last_ = row;
        last_ns_ = time.ns;
        has_last_ = true;
        if (gap) changed();
        return pass_with(std::move(row), missing_ns, "0");
    }

    Status pass_with(TableRow row, i64 missing_ns, const char* filled) {
        row.cells.push_back(std::to_string(missing_ns / 1'000'000));
        if (method_ != StepMethod::mark) row.cells.emplace_back(filled);
        return pass(std::move(row));
    }

    TableRow between(const TableRow& next, const RowTime& time, i64 index, i64 of) const {
        TableRow out = last_;
        out.line = next.line;
        for (std::size_t i = 0; i < out.cells.size(); ++i) {
            std::string& cell = out.cells[i];
            if (i == column_)
                cell = iso_text(last_ns_ + index * interval_ns_, time.zulu);
            else if (method_ == StepMethod::empty)
                cell.clear();
            else if (method_ == StepMethod::linear)
                cell = on_the_line(cell, next.cells[i], index, of);
        }
        out.cells.emplace_back("0");
        out.cells.emplace_back("1");
        return out;
    }
    // Between two numbers; else the cell before.
    std::string on_the_line(const std::string& from, const std::string& to, i64 index,
                            i64 of) const {
        const auto a = read_decimal(from, sign_);
        const auto b = read_decimal(to, sign_);
        if (!a || !b) return from;
        const int places = std::max(a->places, b->places);
        const i128 start = scaled(*a, places);
        const auto value =
            decimal_of(start + divide_rounded((scaled(*b, places) - start) * index, of), places);
        return value ? decimal_text(*value) : from;
    }

    std::size_t column_;
    std::string name_;
    char sign_;
    i64 interval_ns_;
    StepMethod method_;
    u32 limit_;
    TableRow last_;
    i64 last_ns_ = 0;
    bool has_last_ = false;
};

// One row an interval, of what its rows held. Times begin at multiples of the interval since 1970.
class Resample : public Step {
public:
    Resample(std::size_t column, std::vector<std::size_t> from, const PlanStep& plan,
             const StepContext& context)
        : column_(column),
          name_(plan.columns.front().name),
          from_(std::move(from)),
          picks_(plan.picks),
          sign_(context.decimal_sign),
          interval_ns_(static_cast<i64>(plan.interval_ms) * 1'000'000),
          decimals_(plan.decimals),
          sums_(picks_.size()) {}

private:
    struct Sum {
        i128 total = 0;  // nine places
        i64 count = 0;
        std::optional<Decimal> least;
        std::optional<Decimal> greatest;
        std::string first;
        std::string last;
    };

    Status work(TableRow row) override {
        const RowTime time = TRY(row_time(row, column_, name_));
        i64 bucket = time.ns / interval_ns_;
        if (time.ns < bucket * interval_ns_) --bucket;
        if (open_ && bucket < bucket_)
            return bad_cell(row, name_, "time goes back to an interval that is done; order first");
        if (open_ && bucket != bucket_) TRY(end());
        open_ = true;
        bucket_ = bucket;
        zulu_ = time.zulu;
        line_ = row.line;
        for (std::size_t i = 0; i < picks_.size(); ++i)
            TRY(add(sums_[i], picks_[i], row, from_[i]));
        return {};
    }

    Status add(Sum& sum, const PlanPick& pick, const TableRow& row, std::size_t column) {
        const std::string& cell = row.cells[column];
        if (is_missing(cell, sign_)) return {};
        if (pick.how == PickHow::first || pick.how == PickHow::last) {
            if (sum.count++ == 0) sum.first = cell;
            sum.last = cell;
            return {};
        }
        const auto value = read_decimal(cell, sign_);
        if (!value) return bad_cell(row, pick.column, "no decimal number of at most 18 digits");
        ++sum.count;
        sum.total += scaled(*value, decimal_places_max);
        if (!sum.least || compare(*value, *sum.least) < 0) sum.least = *value;
        if (!sum.greatest || compare(*value, *sum.greatest) > 0) sum.greatest = *value;
        return {};
    }

    Status end() override {
        if (!open_) return {};
        open_ = false;
        TableRow row;
        row.line = line_;
        row.cells.push_back(iso_text(bucket_ * interval_ns_, zulu_));
        for (std::size_t i = 0; i < picks_.size(); ++i) {
            const std::optional<std::string> text = text_of(sums_[i], picks_[i].how);
            if (!text) return bad_cell(row, picks_[i].column, "the result has more than 18 digits");
            row.cells.push_back(*text);
            sums_[i] = {};
        }
        return pass(std::move(row));
    }

    std::optional<std::string> text_of(const Sum& sum, PickHow how) const {
        if (sum.count == 0) return "";
        switch (how) {
            case PickHow::first:
                return sum.first;
            case PickHow::last:
                return sum.last;
            case PickHow::min:
                return decimal_text(*sum.least);
            case PickHow::max:
                return decimal_text(*sum.greatest);
            default:
                break;
        }
        const i64 parts = how == PickHow::mean ? sum.count : 1;
        const auto value = decimal_of(
            divide_rounded(sum.total, parts * power_of_ten(decimal_places_max - decimals_)),
            decimals_);
        if (!value) return std::nullopt;
        return decimal_text(*value);
    }

    std::size_t column_;
    std::string name_;
    std::vector<std::size_t> from_;
    std::vector<PlanPick> picks_;
    char sign_;
    i64 interval_ns_;
    int decimals_;
    std::vector<Sum> sums_;
    bool open_ = false;
    i64 bucket_ = 0;
    bool zulu_ = false;
    u64 line_ = 0;
};

}  // namespace

Result<std::unique_ptr<Step>> make_time_step(const PlanStep& plan, std::vector<std::string>& header,
                                             const StepContext& context) {
    const std::size_t column = TRY(find_column(header, plan.columns.front().name));
    if (plan.kind == StepKind::gaps) {
        TRY(add_column(header, "gap_ms"));
        if (plan.method != StepMethod::mark) TRY(add_column(header, "filled"));
        return std::make_unique<Gaps>(column, plan, context);
    }
    std::vector<std::size_t> from;
    std::vector<std::string> names = {header[column]};
    for (const PlanPick& pick : plan.picks) {
        from.push_back(TRY(find_column(header, pick.column)));
        TRY(add_column(names, std::string(to_string(pick.how)) + "_" + pick.column));
    }
    header = std::move(names);
    return std::make_unique<Resample>(column, std::move(from), plan, context);
}

}  // namespace jangbu::client
