// A plan from its TOML text, with every fault and its line.
#include <algorithm>
#include <array>
#include <tuple>

#include "client/process/plan_values.h"

namespace jangbu::client {
namespace {

constexpr std::string_view plan_format = "jangbu-plan/1";
constexpr i64 rows_max = 1'000'000;
constexpr i64 interval_ms_max = 31'622'400'000;  // a leap year

struct MethodName {
    std::string_view name;
    StepMethod method;
};
constexpr std::array<MethodName, 9> method_names{{{"mark", StepMethod::mark},
                                                  {"empty", StepMethod::empty},
                                                  {"previous", StepMethod::previous},
                                                  {"linear", StepMethod::linear},
                                                  {"value", StepMethod::value},
                                                  {"bounds", StepMethod::bounds},
                                                  {"hampel", StepMethod::hampel},
                                                  {"group", StepMethod::group},
                                                  {"time", StepMethod::time}}};

// Which keys a step takes, and which of them it needs (with !). Words apart by spaces.
struct StepForm {
    StepKind kind;
    std::string_view name;
    std::string_view keys;
    std::string_view methods;
};
constexpr std::array<StepForm, 10> forms{{
    {StepKind::order, "order", "column! within", ""},
    {StepKind::dedupe, "dedupe", "columns within", ""},
    {StepKind::drop, "drop", "columns!", ""},
    {StepKind::unit, "unit", "column! from to factor offset low high decimals name", ""},
    {StepKind::fill, "fill", "columns! method! limit value", "previous value"},
    {StepKind::gaps, "gaps", "column! interval_ms! method! limit", "mark empty previous linear"},
    {StepKind::resample, "resample", "column! interval_ms! decimals mean min max sum first last",
     ""},
    {StepKind::outlier, "outlier", "column! method! low high within", "bounds hampel"},
    {StepKind::pseudonymise, "pseudonymise", "columns!", ""},
    {StepKind::split, "split", "column! method! parts! salt gap_ms", "group time"},
}};

bool has_word(std::string_view words, std::string_view wanted) {
    while (!words.empty()) {
        const std::size_t end = std::min(words.find(' '), words.size());
        std::string_view one = words.substr(0, end);
        if (one.ends_with('!')) one.remove_suffix(1);
        if (one == wanted) return true;
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return false;
}

class PlanReader : private PlanValues {
public:
    PlanReading read(std::string_view text) {
        if (text.size() > plan_text_bytes_max) {
            fault(0, "a plan has at most 256 KiB");
            out_.faults = take_faults();
            return std::move(out_);
        }
        toml::table table;
        try {
            table = toml::parse(text, std::string_view("plan"));
        } catch (const toml::parse_error& error) {
            fault(error.source().begin.line, std::string(error.description()));
            out_.faults = take_faults();
            return std::move(out_);
        }
        read_head(table);
        const toml::node* steps = table.get("step");
        const toml::array* list = steps ? steps->as_array() : nullptr;
        if (!list || list->empty())
            fault(steps ? steps->source().begin.line : 0, "no step: each begins with [[step]]");
        else if (list->size() > plan_steps_max)
            fault(steps->source().begin.line, "more than 64 steps");
        else
            for (const toml::node& node : *list) read_step(node);
        for (std::size_t i = 0; i + 1 < out_.plan.steps.size(); ++i)
            if (out_.plan.steps[i].kind == StepKind::split)
                fault(out_.lines[i], "split is the last step");
        out_.faults = take_faults();
        std::sort(out_.faults.begin(), out_.faults.end(), [](const auto& a, const auto& b) {
            return std::tie(a.line, a.what) < std::tie(b.line, b.what);
        });
        return std::move(out_);
    }

private:
    void read_head(const toml::table& table) {
        bool has_format = false;
        for (const auto& [key, value] : table) {
            const std::string_view name = key.str();
            if (name == "format") {
                has_format = true;
                if (text_of("format", value, 40) != plan_format)
                    fault(line_of(value), "the format is \"" + std::string(plan_format) + "\"");
            } else if (name == "title") {
                out_.plan.title = text_of("title", value, 200);
            } else if (name != "step") {
                fault(line_of(value), "unknown key " + printable(name));
            }
        }
        if (!has_format) fault(0, "format = \"" + std::string(plan_format) + "\" is missing");
    }

    void read_step(const toml::node& node) {
        const u32 line = line_of(node);
        const toml::table* table = node.as_table();
        if (!table) return fault(line, "a step is a table: [[step]]");
        const toml::node* kind = table->get("do");
        if (!kind) return fault(line, "a step says what to do: do = \"dedupe\"");
        const std::string name = text_of("do", *kind, 40);
        const auto form = std::find_if(forms.begin(), forms.end(),
                                       [&](const StepForm& one) { return one.name == name; });
        if (form == forms.end())
            return fault(line_of(*kind),
                         "unknown step " + printable(name) +
                             "; there are order, dedupe, drop, unit, fill, gaps, resample, "
                             "outlier, pseudonymise and split");
        PlanStep step;
        step.kind = form->kind;
        if (has_word(form->keys, "within"))
            step.within = form->kind == StepKind::outlier ? 101 : 1'000;
        if (has_word(form->keys, "limit")) step.limit = 1'000;
        if (has_word(form->keys, "decimals")) step.decimals = 3;
        for (const auto& [key, value] : *table) {
            if (key.str() == "do") continue;
            if (!has_word(form->keys, key.str()))
                fault(line_of(value),
                      std::string(form->name) + " has no key " + printable(key.str()));
            else
                read_key(std::string(key.str()), value, *form, step);
        }
        need_keys(*form, *table, line);
        check_step(step, *table, *this, line);
        out_.plan.steps.push_back(std::move(step));
        out_.lines.push_back(line);
    }

    void need_keys(const StepForm& form, const toml::table& table, u32 line) {
        std::string_view words = form.keys;
        while (!words.empty()) {
            const std::size_t end = std::min(words.find(' '), words.size());
            std::string_view one = words.substr(0, end);
            words.remove_prefix(std::min(end + 1, words.size()));
            if (!one.ends_with('!')) continue;
            one.remove_suffix(1);
            if (!table.contains(one))
                fault(line, std::string(form.name) + " needs " + std::string(one));
        }
    }

    void read_key(const std::string& key, const toml::node& value, const StepForm& form,
                  PlanStep& step) {
        const char* name = key.c_str();
        if (key == "column")
            step.columns = {{column_of(name, value)}};
        else if (key == "columns")
            for (std::string& one : columns_of(name, value)) step.columns.push_back({one});
        else if (key == "method")
            step.method = method_of(value, form);
        else if (key == "within")
            step.within = static_cast<u32>(whole_of(name, value, 1, rows_max));
        else if (key == "limit")
            step.limit = static_cast<u32>(whole_of(name, value, 1, rows_max));
        else if (key == "interval_ms" || key == "gap_ms")
            step.interval_ms = static_cast<u64>(whole_of(name, value, 1, interval_ms_max));
        else if (key == "decimals")
            step.decimals = static_cast<u8>(whole_of(name, value, 0, decimal_places_max));
        else if (key == "from")
            step.from = text_of(name, value, 40);
        else if (key == "to")
            step.to = text_of(name, value, 40);
        else if (key == "factor")
            step.factor = number_of(name, value);
        else if (key == "offset")
            step.offset = number_of(name, value);
        else if (key == "low")
            step.low = number_of(name, value);
        else if (key == "high")
            step.high = number_of(name, value);
        else if (key == "value" || key == "salt")
            step.value = text_of(name, value, 200);
        else if (key == "name")
            step.name = column_of(name, value);
        else if (key == "parts")
            read_parts(value, step);
        else
            read_picks(key, value, step);
    }

    StepMethod method_of(const toml::node& value, const StepForm& form) {
        const std::string name = text_of("method", value, 40);
        for (const MethodName& one : method_names)
            if (one.name == name && has_word(form.methods, name)) return one.method;
        fault(line_of(value),
              "the methods of " + std::string(form.name) + " are " + std::string(form.methods));
        return StepMethod::none;
    }

    void read_picks(const std::string& key, const toml::node& value, PlanStep& step) {
        for (u8 how = 1; how <= static_cast<u8>(PickHow::last); ++how) {
            if (key != to_string(static_cast<PickHow>(how))) continue;
            for (std::string& one : columns_of(key.c_str(), value))
                step.picks.push_back({static_cast<PickHow>(how), std::move(one)});
        }
    }

    void read_parts(const toml::node& value, PlanStep& step) {
        const toml::array* list = value.as_array();
        if (!list || list->size() < 2 || list->size() > 16)
            return fault(line_of(value),
                         "parts is a list of 2 to 16: [{name = \"train\", share = 80}, ...]");
        for (const toml::node& node : *list) {
            const toml::table* table = node.as_table();
            if (!table) {
                fault(line_of(node), "a part is a table: {name = \"train\", share = 80}");
                continue;
            }
            PlanPart part;
            for (const auto& [key, item] : *table) {
                if (key.str() == "name")
                    part.name = text_of("name", item, 40);
                else if (key.str() == "share")
                    part.share_ppm = static_cast<u32>(whole_of("share", item, 1, 99)) * 10'000;
                else if (key.str() == "until")
                    part.until = text_of("until", item, 40);
                else
                    fault(line_of(item), "a part has no key " + printable(key.str()));
            }
            const bool plain = !part.name.empty() &&
                               part.name.find_first_not_of(
                                   "abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string::npos;
            if (!plain)
                fault(line_of(node),
                      "a part's name goes into a file name: a to z, 0 to 9, _ and -");
            step.parts.push_back(std::move(part));
        }
    }

    PlanReading out_;
};

}  // namespace

const char* to_string(StepKind kind) {
    for (const StepForm& form : forms)
        if (form.kind == kind) return form.name.data();
    return "";
}

const char* to_string(PickHow how) {
    switch (how) {
        case PickHow::mean:
            return "mean";
        case PickHow::min:
            return "min";
        case PickHow::max:
            return "max";
        case PickHow::sum:
            return "sum";
        case PickHow::first:
            return "first";
        case PickHow::last:
            return "last";
    }
    return "";
}

crypto::Hash plan_digest(const Plan& plan) {
    static const crypto::Tag tag("jangbu/plan/v1");
    return tag(bcs::encode(plan));
}

PlanReading read_plan(std::string_view toml) {
    return PlanReader().read(toml);
}

}  // namespace jangbu::client
