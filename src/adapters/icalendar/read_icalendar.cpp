#include "adapters/icalendar/read_icalendar.hpp"

#include "base/text.hpp"

#include <libical/ical.h>
#include <map>
#include <memory>
#include <optional>

namespace attune::adapters::icalendar {
namespace {

struct FreeComponent {
    void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
using Component = std::unique_ptr<icalcomponent, FreeComponent>;

/// A text of libical's, which the caller owns.
std::string taken(char* text) {
    std::string out = text == nullptr ? "" : text;
    icalmemory_free_buffer(text);
    return out;
}

std::string value_of(icalproperty* property) {
    return taken(icalproperty_get_value_as_string_r(property));
}

std::optional<std::string> text_of(icalcomponent* event, icalproperty_kind kind) {
    auto* property = icalcomponent_get_first_property(event, kind);
    if (property == nullptr) return std::nullopt;
    return value_of(property);
}

/// Of every property of that kind; a period's start stands for it.
json::array values_of(icalcomponent* event, icalproperty_kind kind) {
    json::array out;
    for (auto* property = icalcomponent_get_first_property(event, kind); property != nullptr;
         property = icalcomponent_get_next_property(event, kind)) {
        const auto text = value_of(property);
        for (const auto one : split(text, ',')) out.emplace_back(one.substr(0, one.find('/')));
    }
    return out;
}

/// The zone of the event's start, if it names one.
std::optional<std::string> zone_of(icalcomponent* event) {
    auto* start = icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY);
    auto* zone = icalproperty_get_first_parameter(start, ICAL_TZID_PARAMETER);
    if (zone == nullptr) return std::nullopt;
    return std::string(icalparameter_get_tzid(zone));
}

/// DTEND, or the start and DURATION; nothing when the event has neither (a day, or no time at all).
std::optional<std::string> end_of(icalcomponent* event) {
    if (auto end = text_of(event, ICAL_DTEND_PROPERTY)) return end;
    auto* duration = icalcomponent_get_first_property(event, ICAL_DURATION_PROPERTY);
    if (duration == nullptr) return std::nullopt;
    auto* start = icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY);
    return taken(
        icaltime_as_ical_string_r(icaltime_add(icalproperty_get_dtstart(start), icalproperty_get_duration(duration))));
}

bool is_cancelled(icalcomponent* event) {
    return icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED;
}

/// One event; null when it takes no time.
Result<json::value> read_event(icalcomponent* event, std::size_t number) {
    const auto summary = text_of(event, ICAL_SUMMARY_PROPERTY);
    const auto start = text_of(event, ICAL_DTSTART_PROPERTY);
    if (!start || start->empty()) {
        return invalid("ics", fmt::format("event {} ('{}') has no DTSTART that can be read", number,
                                          summary.value_or("").substr(0, 60)));
    }
    const auto end = end_of(event);
    const bool whole_day = start->find('T') == std::string::npos;
    if ((!end && !whole_day) || end == start) return json::value(nullptr);
    json::object out{{"start", *start}};
    if (end) out["end"] = *end;
    if (auto rule = text_of(event, ICAL_RRULE_PROPERTY)) out["rule"] = *std::move(rule);
    if (auto dates = values_of(event, ICAL_EXDATE_PROPERTY); !dates.empty()) out["exdate"] = std::move(dates);
    if (auto dates = values_of(event, ICAL_RDATE_PROPERTY); !dates.empty()) out["rdate"] = std::move(dates);
    if (auto zone = zone_of(event)) out["timezone"] = *std::move(zone);
    if (summary) out["summary"] = *summary;
    return json::value(std::move(out));
}

/// Calls `use(event)` for every VEVENT of a calendar, or of the calendars in one text.
template <class Use>
Result<void> each_event(icalcomponent* root, Use&& use, int depth = 0) {
    constexpr int kDeepest = 2;
    if (icalcomponent_isa(root) == ICAL_VEVENT_COMPONENT) return use(root);
    if (depth > kDeepest) return {};
    for (auto* inner = icalcomponent_get_first_component(root, ICAL_ANY_COMPONENT); inner != nullptr;
         inner = icalcomponent_get_next_component(root, ICAL_ANY_COMPONENT)) {
        const auto kind = icalcomponent_isa(inner);
        if (kind == ICAL_VEVENT_COMPONENT || kind == ICAL_VCALENDAR_COMPONENT) CHECK(each_event(inner, use, depth + 1));
    }
    return {};
}

/// The occurrences, by the series' UID, that another event of the file replaces or cancels.
std::map<std::string, json::array> replaced_occurrences(icalcomponent* root) {
    std::map<std::string, json::array> out;
    (void)each_event(root, [&](icalcomponent* event) -> Result<void> {
        const auto occurrence = text_of(event, ICAL_RECURRENCEID_PROPERTY);
        const auto uid = text_of(event, ICAL_UID_PROPERTY);
        if (occurrence && uid) out[*uid].emplace_back(*occurrence);
        return {};
    });
    return out;
}

} // namespace

Result<json::array> read_icalendar(std::string_view text) {
    if (text.size() > kMostBytes) return invalid("ics", fmt::format("expected at most {} bytes", kMostBytes));
    const Component root(icalparser_parse_string(std::string(text).c_str()));
    const auto kind = root ? icalcomponent_isa(root.get()) : ICAL_NO_COMPONENT;
    if (kind != ICAL_VCALENDAR_COMPONENT && kind != ICAL_XROOT_COMPONENT) {
        return invalid("ics", "expected the text of an .ics file (BEGIN:VCALENDAR …)");
    }
    const auto replaced = replaced_occurrences(root.get());
    json::array out;
    std::size_t number = 0;
    CHECK(each_event(root.get(), [&](icalcomponent* event) -> Result<void> {
        if (++number > kMostEvents) return invalid("ics", fmt::format("expected at most {} events", kMostEvents));
        if (is_cancelled(event)) return {};
        TRY(auto read, read_event(event, number));
        if (read.is_null()) return {};
        const auto uid = text_of(event, ICAL_UID_PROPERTY);
        const auto moved = uid ? replaced.find(*uid) : replaced.end();
        if (moved != replaced.end() && read.get_object().contains("rule")) {
            auto& dates = read.get_object()["exdate"];
            if (!dates.is_array()) dates = json::array{};
            for (const auto& one : moved->second) dates.get_array().push_back(one);
        }
        out.push_back(std::move(read));
        return {};
    }));
    if (out.empty()) return invalid("ics", "expected events that take time, got none");
    return out;
}

} // namespace attune::adapters::icalendar
