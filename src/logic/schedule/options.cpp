#include "logic/schedule/options.hpp"

#include "logic/schedule/zoned_search.hpp"

namespace attune::logic::schedule {

ATTUNE_FIELDS(MisfireOptions, policy, grace, window, max_catchup);

namespace {

/// Replaces `into` when the member is there and not null.
template <class T>
Result<void> read(const json::object& config, const char* name, T& into) {
    const auto* member = config.if_contains(name);
    if (member == nullptr || member->is_null()) return {};
    constexpr DecodeOptions kStrict{DecodeOptions::Unknown::refuse, DecodeOptions::Missing::defaults};
    TRY(into, from_json<T>(*member, name, kStrict));
    return {};
}

Result<void> read_instant(const json::object& config, const char* name, const TimeZone& zone, DstPolicy policy,
                          std::optional<Timestamp>& into) {
    std::optional<std::string> text;
    CHECK(read(config, name, text));
    if (!text) return {};
    TRY(into, parse_instant(*text, name, zone, policy));
    return {};
}

Result<void> check_bounds(const TimerOptions& o) {
    const auto longest = [](Duration d, const char* name) -> Result<void> {
        if (d <= kLongestOption) return {};
        return invalid(name,
                       fmt::format("expected at most {}, got {}", format_duration(kLongestOption), format_duration(d)));
    };
    CHECK(longest(o.jitter, "jitter"));
    CHECK(longest(o.misfire.grace, "misfire.grace"));
    CHECK(longest(o.misfire.window, "misfire.window"));
    if (o.misfire.max_catchup < 1 || o.misfire.max_catchup > 10'000) {
        return invalid("misfire.max_catchup", fmt::format("expected 1 to 10000, got {}", o.misfire.max_catchup));
    }
    if (o.max_fires && *o.max_fires < 1) {
        return invalid("max_fires", fmt::format("expected 1 or more, got {}", *o.max_fires));
    }
    if (o.start_at && o.end_at && *o.end_at < *o.start_at) {
        return invalid("end_at", "expected a time that is not before start_at");
    }
    return {};
}

} // namespace

const std::vector<std::string_view>& option_names() {
    static const std::vector<std::string_view> names{"dst_gap", "dst_overlap", "misfire",   "on_resume",
                                                     "overlap", "jitter",      "calendars", "start_at",
                                                     "end_at",  "max_fires",   "dialect"};
    return names;
}

Result<TimerOptions> parse_options(const json::object& config, const TimeZone& zone, const CalendarLookup& calendars) {
    TimerOptions options;
    CHECK(read(config, "dst_gap", options.dst_gap));
    CHECK(read(config, "dst_overlap", options.dst_overlap));
    CHECK(read(config, "misfire", options.misfire));
    CHECK(read(config, "on_resume", options.on_resume));
    CHECK(read(config, "overlap", options.overlap));
    CHECK(read(config, "jitter", options.jitter));
    CHECK(read(config, "max_fires", options.max_fires));
    CHECK(read(config, "dialect", options.dialect));
    CHECK(read_instant(config, "start_at", zone, options.dst(), options.start_at));
    CHECK(read_instant(config, "end_at", zone, options.dst(), options.end_at));
    TRY(options.calendars, CalendarSet::compile(config.if_contains("calendars"), calendars));
    CHECK(check_bounds(options));
    return options;
}

std::optional<Seconds> parse_local(std::string_view text) {
    std::string full(text.substr(0, 64));
    if (full.size() == 10) full += "T00:00:00";
    // Read as UTC, the number of seconds is that of the wall clock.
    const auto at = parse_timestamp(full + 'Z');
    if (!at) return std::nullopt;
    return floor_seconds(*at);
}

Result<Timestamp> parse_instant(std::string_view text, std::string field, const TimeZone& zone, DstPolicy policy) {
    if (auto exact = parse_timestamp(text)) return exact;
    const auto local = parse_local(text);
    if (!local) {
        return invalid(std::move(field),
                       fmt::format("expected a time such as 2026-01-02T03:04:05Z, or a local one such "
                                   "as 2026-01-02T03:04:05, got '{}'",
                                   text.substr(0, 64)));
    }
    const auto instant = resolve_local(*local, zone, policy);
    if (!instant) {
        return invalid(std::move(field), fmt::format("the local time {} does not exist in {} (dst_gap is skip, or the "
                                                     "gap is longer than 3 hours)",
                                                     text, zone.name()));
    }
    return from_seconds(*instant);
}

} // namespace attune::logic::schedule
