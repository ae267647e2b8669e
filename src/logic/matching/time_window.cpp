#include "logic/matching/time_window.hpp"

#include "base/reflect.hpp"
#include "base/text.hpp"
#include "logic/schedule/calendar_definition.hpp"

#include <array>

namespace attune::logic::matching {
namespace {

/// A window as it is written; a calendar reads the rest of it.
struct WrittenWindow {
    std::vector<std::string> days;
    std::string from = "00:00";
    std::string to = "24:00";
    std::string timezone = "UTC";
};
ATTUNE_FIELDS(WrittenWindow, days, from, to, timezone);

std::string describe(const WrittenWindow& window) {
    const auto days = window.days.empty() ? std::string() : " on " + join(window.days, ", ");
    return fmt::format("{} to {}{}, {}", window.from, window.to, days, window.timezone);
}

} // namespace

Result<TimeWindow> TimeWindow::compile(const json::value& window, const std::string& path) {
    constexpr DecodeOptions kStrict{DecodeOptions::Unknown::refuse, DecodeOptions::Missing::defaults};
    constexpr std::size_t kMostDays = 7;
    const auto* members = window.if_object();
    if (members == nullptr || members->empty()) {
        return invalid(path,
                       fmt::format("expected an object with from, to, days or timezone, got {}", excerpt(window)));
    }
    TRY(const auto written, from_json<WrittenWindow>(window, path, kStrict));
    if (written.days.size() > kMostDays) return invalid(join_path(path, "days"), "expected each day once");
    schedule::CalendarDefinition definition;
    definition.mode = schedule::CalendarMode::include;
    definition.timezone = written.timezone;
    definition.weekly.push_back({written.days, written.from, written.to});
    auto times = schedule::Calendar::compile(to_json(definition).get_object());
    if (times) return TimeWindow(*std::move(times), describe(written));
    constexpr std::string_view kInCalendar = "weekly[0].";
    std::string_view field = times.error().field;
    if (field.starts_with(kInCalendar)) field.remove_prefix(kInCalendar.size());
    return invalid(join_path(path, field), times.error().message);
}

std::string TimeWindow::clock_at(Timestamp at) const {
    constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::size_t kToTheMinute = 16;
    const auto local = schedule::from_seconds(times_.timezone().to_local(schedule::floor_seconds(at)));
    auto text = format_timestamp(local).substr(0, kToTheMinute);
    text[10] = ' ';
    const std::chrono::weekday day(std::chrono::floor<std::chrono::days>(local));
    return fmt::format("{} {}", kDays.at(day.c_encoding()), text);
}

} // namespace attune::logic::matching
