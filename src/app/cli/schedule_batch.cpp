#include "app/cli/schedule_batch.hpp"

#include "base/reflect.hpp"
#include "logic/schedule/preview.hpp"

#include <algorithm>
#include <istream>
#include <ostream>
#include <utility>

namespace attune::app::cli {
namespace {

namespace schedule = logic::schedule;

constexpr std::size_t kMostLine = 1 << 20;

/// Members of a line that are not part of the schedule: the question, the expected answer, and remarks.
constexpr std::string_view kBesides[] = {"after", "anchor", "count", "next", "id", "name", "note", "comment", "source"};

/// The type that a configuration without `type` shows by what it has.
std::string_view type_of(const json::object& config) {
    if (config.contains("expression")) return "cron";
    if (config.contains("rule") || config.contains("dtstart")) return "rrule";
    if (config.contains("fire_at")) return "one_shot";
    for (const auto* unit : {"seconds", "minutes", "hours", "days"}) {
        if (config.contains(unit)) return "interval";
    }
    return {};
}

json::object schedule_of(const json::object& line) {
    json::object config;
    for (const auto& [name, value] : line) {
        if (std::ranges::find(kBesides, std::string_view(name)) == std::end(kBesides)) config[name] = value;
    }
    if (const auto type = type_of(config); !type.empty() && !config.contains("type")) config["type"] = type;
    return config;
}

Result<Timestamp> instant_of(const json::object& line, const char* name, Timestamp fallback) {
    const auto* given = line.if_contains(name);
    if (given == nullptr || given->is_null()) return fallback;
    return from_json<Timestamp>(*given, name);
}

Result<int> count_of(const json::object& line, const BatchDefaults& defaults) {
    if (const auto* given = line.if_contains("count"); given != nullptr && !given->is_null()) {
        TRY(const auto count, from_json<std::int64_t>(*given, "count"));
        if (count < 0 || count > schedule::kMostPreviewed) {
            return invalid("count", fmt::format("expected 0 to {}, got {}", schedule::kMostPreviewed, count));
        }
        return static_cast<int>(count);
    }
    const auto* own = line.if_contains("next");
    if (own == nullptr || !own->is_array() || defaults.count_given) return defaults.count;
    return static_cast<int>(std::min<std::size_t>(own->get_array().size(), schedule::kMostPreviewed));
}

Result<json::array> times_of(std::string_view text, const BatchDefaults& defaults) {
    if (text.size() > kMostLine) return invalid("line", fmt::format("expected at most {} bytes", kMostLine));
    TRY(const auto value, parse_json(text));
    if (!value.is_object()) return invalid("line", fmt::format("expected a JSON object, got {}", excerpt(value)));
    const auto& line = value.get_object();
    TRY(const auto compiled,
        schedule::Schedule::compile(within(schedule_of(line), defaults.calendars), lookup_in(defaults.calendars)));
    TRY(const auto after, instant_of(line, "after", defaults.after));
    TRY(const auto anchor, instant_of(line, "anchor", after));
    TRY(const auto count, count_of(line, defaults));
    json::array times;
    auto last = after;
    while (std::cmp_less(times.size(), count)) {
        const auto found = compiled.next(last, anchor);
        if (!found) break;
        last = *found;
        times.emplace_back(format_timestamp_short(last));
    }
    return times;
}

/// The next line without its end; false at the end of the input. Of a line that is too long, no more than shows it.
bool read_line(std::istream& in, std::string& line) {
    line.clear();
    auto* bytes = in.rdbuf();
    constexpr auto kEnd = std::istream::traits_type::eof();
    auto c = bytes->sbumpc();
    if (c == kEnd) return false;
    for (; c != kEnd && c != '\n'; c = bytes->sbumpc()) {
        if (line.size() <= kMostLine) line += static_cast<char>(c);
    }
    return true;
}

} // namespace

json::object answer_line(std::string_view line, const BatchDefaults& defaults) {
    auto times = times_of(line, defaults);
    if (!times) return {{"error", times.error().text()}};
    return {{"next", *std::move(times)}};
}

void answer_lines(std::istream& in, std::ostream& out, const BatchDefaults& defaults) {
    bool is_first = true;
    for (std::string line; out && read_line(in, line);) {
        constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
        if (std::exchange(is_first, false) && line.starts_with(kByteOrderMark)) line.erase(0, kByteOrderMark.size());
        out << to_text(json::value(answer_line(line, defaults))) << '\n';
        if (in.rdbuf()->in_avail() <= 0) out.flush();
    }
    out.flush();
}

} // namespace attune::app::cli
