// Steps about whole rows: order, dedupe, drop, split.
#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "client/process/step.h"
#include "client/profile/cell.h"

namespace jangbu::client {
namespace {

ByteArray<8> le64(u64 value) {
    ByteArray<8> out{};
    for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<u8>(value >> (8 * i));
    return out;
}

// Rows in ascending time; holds back `within` rows.
class Order : public Step {
public:
    Order(std::size_t column, std::string name, u32 within)
        : column_(column), name_(std::move(name)), within_(within) {}

private:
    Status work(TableRow row) override {
        const RowTime time = TRY(row_time(row, column_, name_));
        if (time.ns < passed_ns_)
            return bad_cell(
                row, name_,
                "this row is more than " + std::to_string(within_) + " rows late; raise within");
        // Rows of one time keep their order: a multimap inserts behind its equals.
        held_.emplace(time.ns, std::move(row));
        return held_.size() > within_ ? pass_first() : Status();
    }
    Status end() override {
        while (!held_.empty()) TRY(pass_first());
        return {};
    }
    Status pass_first() {
        auto first = held_.extract(held_.begin());
        passed_ns_ = first.key();
        return pass(std::move(first.mapped()));
    }

    std::size_t column_;
    std::string name_;
    u32 within_;
    i64 passed_ns_ = INT64_MIN;
    std::multimap<i64, TableRow> held_;
};

// Drops a row whose cells were those of one of the last `within` rows that it passed on.
class Dedupe : public Step {
public:
    Dedupe(std::vector<std::size_t> columns, u32 within)
        : columns_(std::move(columns)), within_(within) {}

private:
    Status work(TableRow row) override {
        crypto::Sha256 hash;
        const auto add = [&hash](const std::string& cell) {
            hash.update(le64(cell.size()));
            hash.update(as_bytes(cell));
        };
        if (columns_.empty())
            for (const std::string& cell : row.cells) add(cell);
        else
            for (const std::size_t column : columns_) add(row.cells[column]);
        const crypto::Hash digest = hash.finish();
        if (!seen_.insert(digest).second) return {};
        order_.push_back(digest);
        if (order_.size() > within_) {
            seen_.erase(order_.front());
            order_.pop_front();
        }
        return pass(std::move(row));
    }

    std::vector<std::size_t> columns_;
    u32 within_;
    std::set<crypto::Hash> seen_;
    std::deque<crypto::Hash> order_;
};

class Drop : public Step {
public:
    explicit Drop(std::vector<std::size_t> columns) : columns_(std::move(columns)) {
        std::sort(columns_.rbegin(), columns_.rend());
    }

private:
    Status work(TableRow row) override {
        for (const std::size_t column : columns_)
            row.cells.erase(row.cells.begin() + static_cast<std::ptrdiff_t>(column));
        return pass(std::move(row));
    }

    std::vector<std::size_t> columns_;  // descending
};

// By the hash of the group: all rows of a group go one way, whatever else the file holds.
class SplitByGroup : public Step {
public:
    SplitByGroup(std::size_t column, const PlanStep& plan)
        : column_(column), salt_(plan.value), parts_(plan.parts) {}

private:
    Status work(TableRow row) override {
        static const crypto::Tag tag("jangbu/split/v1");
        const crypto::Hash hash =
            tag({le64(salt_.size()), as_bytes(salt_), as_bytes(row.cells[column_])});
        u64 place = 0;
        for (std::size_t i = 0; i < 8; ++i) place |= u64{hash[i]} << (8 * i);
        place %= 1'000'000;
        u64 end = 0;
        for (row.part = 0; row.part + 1 < parts_.size(); ++row.part) {
            end += parts_[row.part].share_ppm;
            if (place < end) break;
        }
        return pass(std::move(row));
    }

    std::size_t column_;
    std::string salt_;
    std::vector<PlanPart> parts_;
};

// By time, with a gap after each border whose rows go nowhere.
class SplitByTime : public Step {
public:
    SplitByTime(std::size_t column, const PlanStep& plan)
        : column_(column),
          name_(plan.columns.front().name),
          gap_ns_(static_cast<i64>(plan.interval_ms) * 1'000'000) {
        for (const PlanPart& part : plan.parts)
            if (const auto until = read_time_text(part.until, true)) borders_.push_back(until->ns);
    }

private:
    Status work(TableRow row) override {
        const RowTime time = TRY(row_time(row, column_, name_));
        for (row.part = 0; row.part < borders_.size(); ++row.part)
            if (time.ns < borders_[row.part]) break;
        if (row.part > 0 && time.ns < borders_[row.part - 1] + gap_ns_) return {};
        return pass(std::move(row));
    }

    std::size_t column_;
    std::string name_;
    i64 gap_ns_;
    std::vector<i64> borders_;
};

}  // namespace

Result<std::unique_ptr<Step>> make_row_step(const PlanStep& plan, std::vector<std::string>& header,
                                            const StepContext&) {
    std::vector<std::size_t> columns = TRY(find_columns(header, plan.columns));
    switch (plan.kind) {
        case StepKind::order:
            return std::make_unique<Order>(columns.front(), plan.columns.front().name, plan.within);
        case StepKind::dedupe:
            return std::make_unique<Dedupe>(std::move(columns), plan.within);
        case StepKind::drop: {
            std::vector<std::string> rest;
            for (std::size_t i = 0; i < header.size(); ++i)
                if (std::find(columns.begin(), columns.end(), i) == columns.end())
                    rest.push_back(header[i]);
            if (rest.empty()) return fail(ErrorCode::usage, "drop leaves no column");
            header = std::move(rest);
            return std::make_unique<Drop>(std::move(columns));
        }
        default:
            if (plan.method == StepMethod::group)
                return std::make_unique<SplitByGroup>(columns.front(), plan);
            return std::make_unique<SplitByTime>(columns.front(), plan);
    }
}

}  // namespace jangbu::client
