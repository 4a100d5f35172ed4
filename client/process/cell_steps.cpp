// Steps about cells: unit, fill, outlier, pseudonymise.
#include <algorithm>
#include <deque>

#include "client/process/step.h"

namespace jangbu::client {
namespace {

struct Bounds {
    std::optional<Decimal> low;
    std::optional<Decimal> high;
    bool outside(const Decimal& value) const {
        return (low && compare(value, *low) < 0) || (high && compare(value, *high) > 0);
    }
};
Bounds bounds_of(const PlanStep& plan) {
    return {read_decimal(plan.low, '.'), read_decimal(plan.high, '.')};
}

// Converts a column, or, with bounds, those of its values that lie outside them.
class UnitFix : public Step {
public:
    UnitFix(std::size_t column, const PlanStep& plan, const StepContext& context, Linear linear)
        : column_(column),
          name_(plan.columns.front().name),
          sign_(context.decimal_sign),
          bounds_(bounds_of(plan)),
          all_(plan.low.empty() && plan.high.empty()),
          decimals_(plan.decimals),
          linear_(linear) {}

private:
    Status work(TableRow row) override {
        std::string& cell = row.cells[column_];
        if (is_missing(cell, sign_)) return pass(std::move(row));
        const auto value = read_decimal(cell, sign_);
        if (!value) return bad_cell(row, name_, "no decimal number of at most 18 digits");
        if (all_ || bounds_.outside(*value)) {
            const auto converted = apply(linear_, *value, decimals_);
            if (!converted) return bad_cell(row, name_, "the result has more than 18 digits");
            cell = decimal_text(*converted);
            changed();
        }
        return pass(std::move(row));
    }

    std::size_t column_;
    std::string name_;
    char sign_;
    Bounds bounds_;
    bool all_;
    int decimals_;
    Linear linear_;
};

Result<Linear> linear_of(const PlanStep& plan) {
    if (plan.factor.empty() && plan.offset.empty()) {
        const auto linear = conversion(plan.from, plan.to);
        if (!linear) return fail(ErrorCode::usage, "no way from " + plan.from + " to " + plan.to);
        return *linear;
    }
    Linear out;
    if (const auto factor = read_decimal(plan.factor, '.')) {
        if (factor->digits > 10'000'000'000 || factor->digits < -10'000'000'000)
            return fail(ErrorCode::usage, "a factor has at most ten digits");
        out.numerator = factor->digits;
        out.denominator = static_cast<i64>(power_of_ten(factor->places));
    }
    if (const auto offset = read_decimal(plan.offset, '.')) out.after = *offset;
    return out;
}

// An empty cell gets a value, or the one before, for at most `limit` rows on end.
class Fill : public Step {
public:
    Fill(std::vector<std::size_t> columns, const PlanStep& plan, const StepContext& context)
        : columns_(std::move(columns)),
          sign_(context.decimal_sign),
          by_value_(plan.method == StepMethod::value),
          value_(plan.value),
          limit_(plan.limit),
          last_(columns_.size()),
          filled_(columns_.size()) {}

private:
    Status work(TableRow row) override {
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            std::string& cell = row.cells[columns_[i]];
            if (!is_missing(cell, sign_)) {
                if (!by_value_) last_[i] = cell;
                filled_[i] = 0;
                continue;
            }
            const std::string& with = by_value_ ? value_ : last_[i];
            if (with.empty() || filled_[i] >= limit_) continue;
            cell = with;
            ++filled_[i];
            changed();
        }
        return pass(std::move(row));
    }

    std::vector<std::size_t> columns_;
    char sign_;
    bool by_value_;
    std::string value_;
    u32 limit_;
    std::vector<std::string> last_;
    std::vector<u32> filled_;
};

// Adds a column of 0 and 1. Hampel's rule over the values before: more than `high` times 1.4826
// median deviations away from their median; nothing is flagged before the window is full.
class Outlier : public Step {
public:
    Outlier(std::size_t column, const PlanStep& plan, const StepContext& context)
        : column_(column),
          name_(plan.columns.front().name),
          sign_(context.decimal_sign),
          hampel_(plan.method == StepMethod::hampel),
          bounds_(bounds_of(plan)),
          within_(plan.within) {}

private:
    Status work(TableRow row) override {
        const std::string& cell = row.cells[column_];
        bool flagged = false;
        if (!is_missing(cell, sign_)) {
            const auto value = read_decimal(cell, sign_);
            if (!value) return bad_cell(row, name_, "no decimal number of at most 18 digits");
            flagged =
                hampel_ ? far_away(scaled(*value, decimal_places_max)) : bounds_.outside(*value);
        }
        if (flagged) changed();
        row.cells.emplace_back(flagged ? "1" : "0");
        return pass(std::move(row));
    }

    static i128 median(std::vector<i128>& values) {
        const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
        std::nth_element(values.begin(), middle, values.end());
        return *middle;  // the upper one of an even number
    }
    bool far_away(i128 value) {
        bool out = false;
        if (window_.size() == within_) {
            std::vector<i128> values(window_.begin(), window_.end());
            const i128 middle = median(values);
            for (i128& one : values) one = one < middle ? middle - one : one - middle;
            const i128 deviation = median(values);
            const i128 distance = value < middle ? middle - value : value - middle;
            out = deviation > 0 && distance * 10'000 * power_of_ten(bounds_.high->places) >
                                       deviation * 14'826 * bounds_.high->digits;
            window_.pop_front();
        }
        window_.push_back(value);
        return out;
    }

    std::size_t column_;
    std::string name_;
    char sign_;
    bool hampel_;
    Bounds bounds_;
    std::size_t within_;
    std::deque<i128> window_;
};

// HMAC-SHA-256 under the key, over column and cell, of which 64 bits are written. Equal cells of a
// column stay equal; without the key nothing leads back.
class Pseudonymise : public Step {
public:
    Pseudonymise(std::vector<std::size_t> columns, const PlanStep& plan, const StepContext& context)
        : columns_(std::move(columns)), names_(plan.columns), key_(to_bytes(context.key)) {}
    ~Pseudonymise() override { crypto::wipe(key_); }
    Pseudonymise(const Pseudonymise&) = delete;
    Pseudonymise& operator=(const Pseudonymise&) = delete;

private:
    Status work(TableRow row) override {
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            std::string& cell = row.cells[columns_[i]];
            if (cell.empty()) continue;
            // A column's name has no zero byte, so the parts cannot be shifted.
            const crypto::Hash hash = crypto::hmac_sha256(
                key_, {as_bytes("jangbu/pseudonym/v1"), as_bytes(names_[i].name), ByteArray<1>{0},
                       as_bytes(cell)});
            cell = to_hex(ByteView(hash).first(8));
            changed();
        }
        return pass(std::move(row));
    }

    std::vector<std::size_t> columns_;
    std::vector<PlanColumn> names_;
    Bytes key_;
};

}  // namespace

Result<std::unique_ptr<Step>> make_cell_step(const PlanStep& plan, std::vector<std::string>& header,
                                             const StepContext& context) {
    std::vector<std::size_t> columns = TRY(find_columns(header, plan.columns));
    const std::size_t first = columns.front();
    switch (plan.kind) {
        case StepKind::unit: {
            const Linear linear = TRY(linear_of(plan));
            if (!plan.name.empty() && plan.name != header[first]) {
                if (find_column(header, plan.name))
                    return fail(ErrorCode::usage, "there is a column " + plan.name + " already");
                header[first] = plan.name;
            }
            return std::make_unique<UnitFix>(first, plan, context, linear);
        }
        case StepKind::fill:
            return std::make_unique<Fill>(std::move(columns), plan, context);
        case StepKind::outlier:
            TRY(add_column(header, plan.columns.front().name + "_outlier"));
            return std::make_unique<Outlier>(first, plan, context);
        default:
            if (context.key.empty())
                return fail(ErrorCode::usage, "pseudonymise needs a key: --key-file");
            return std::make_unique<Pseudonymise>(std::move(columns), plan, context);
    }
}

}  // namespace jangbu::client
