#include "logic/schedule/calendars.hpp"

#include "logic/schedule/test_support.hpp"

namespace attune::logic::schedule {
namespace {

using testing::ElementsAre;

Calendar calendar(std::string_view definition) {
    auto compiled = Calendar::compile(config(definition));
    EXPECT_TRUE(compiled) << definition << ": " << (compiled ? "" : compiled.error().text());
    return *compiled;
}

/// A timer under one calendar, "c".
Schedule under(std::string_view definition, std::string_view timer) {
    auto object = config(timer);
    object["calendars"] = json::array{"c"};
    return *Schedule::compile(object, [&](const std::string&) { return calendar(definition); });
}

std::vector<std::string> next_of(const Schedule& schedule, std::string_view after, std::size_t count) {
    return take_next(count, at(after), [&](Timestamp t) { return schedule.next(t, at("2026-01-01T00:00:00Z")); });
}

constexpr auto kDailyAtNoon = R"({"type":"cron","expression":"0 12 * * *","timezone":"Europe/Berlin"})";

TEST(Calendar, ExcludesDatesOfItsZone) {
    const auto timer = under(R"({"timezone":"Europe/Berlin","dates":["2026-12-25","12-26"]})", kDailyAtNoon);
    EXPECT_THAT(next_of(timer, "2026-12-24T00:00:00Z", 2), ElementsAre("2026-12-24T11:00:00Z", "2026-12-27T11:00:00Z"));
    EXPECT_THAT(next_of(timer, "2027-12-24T12:00:00Z", 2), ElementsAre("2027-12-25T11:00:00Z", "2027-12-27T11:00:00Z"));
    EXPECT_EQ(text_of(timer.prev(at("2026-12-27T00:00:00Z"), {})), "2026-12-24T11:00:00Z");
}

TEST(Calendar, IncludesOnlyItsWindows) {
    const auto timer = under(R"({"mode":"include","timezone":"America/New_York",
        "weekly":[{"days":["mon","tuesday"],"from":"09:00","to":"17:00"}]})",
                             R"({"type":"interval","hours":4})");
    EXPECT_THAT(next_of(timer, "2026-01-01T00:00:00Z", 4), ElementsAre("2026-01-05T16:00:00Z", "2026-01-05T20:00:00Z",
                                                                       "2026-01-06T16:00:00Z", "2026-01-06T20:00:00Z"));
    EXPECT_EQ(text_of(timer.prev(at("2026-01-12T00:00:00Z"), at("2026-01-01T00:00:00Z"))), "2026-01-06T20:00:00Z");
}

TEST(Calendar, HasWindowsThatGoPastMidnight) {
    const auto nights = calendar(R"({"weekly":[{"days":["sat"],"from":"22:00","to":"06:00"}]})");
    EXPECT_FALSE(nights.contains(at("2026-01-03T21:59:59Z")));
    EXPECT_TRUE(nights.contains(at("2026-01-03T22:00:00Z")));
    EXPECT_TRUE(nights.contains(at("2026-01-04T05:59:59Z")));
    EXPECT_FALSE(nights.contains(at("2026-01-04T06:00:00Z")));
}

TEST(Calendar, HasRangesOfDatesAndOfTimes) {
    const auto freeze = calendar(R"({"ranges":[{"from":"2026-12-24","to":"2027-01-01"},
                                               {"from":"2026-06-01T12:00","to":"2026-06-01T13:30:00"}]})");
    EXPECT_TRUE(freeze.contains(at("2026-12-24T00:00:00Z")));
    EXPECT_TRUE(freeze.contains(at("2027-01-01T23:59:59.999Z")));
    EXPECT_FALSE(freeze.contains(at("2027-01-02T00:00:00Z")));
    EXPECT_TRUE(freeze.contains(at("2026-06-01T13:29:59Z")));
    EXPECT_FALSE(freeze.contains(at("2026-06-01T13:30:00Z")));
}

TEST(Calendar, HasRecurringEventsInZonesOfTheirOwn) {
    const auto meetings = calendar(R"({"timezone":"Europe/Berlin","events":[
        {"start":"20260105T090000","end":"20260105T100000","timezone":"America/New_York",
         "rule":"FREQ=WEEKLY;UNTIL=20260120T000000Z","exdate":["20260112T090000"]},
        {"start":"2026-02-01","rule":"FREQ=MONTHLY;BYMONTHDAY=1"}]})");
    EXPECT_TRUE(meetings.contains(at("2026-01-05T14:30:00Z")));
    EXPECT_FALSE(meetings.contains(at("2026-01-12T14:30:00Z")));
    EXPECT_TRUE(meetings.contains(at("2026-01-19T14:30:00Z")));
    EXPECT_FALSE(meetings.contains(at("2026-01-26T14:30:00Z")));
    EXPECT_TRUE(meetings.contains(at("2026-06-30T22:00:00Z"))); // the first of July in Berlin
    EXPECT_FALSE(meetings.contains(at("2026-07-01T22:00:00Z")));
}

TEST(Calendar, ReadsTheWallClockOnTheDaysOfClockChanges) {
    const auto night = calendar(R"({"timezone":"Europe/Berlin","weekly":[{"from":"02:15","to":"02:45"}]})");
    EXPECT_TRUE(night.contains(at("2026-10-25T00:30:00Z")));  // 02:30, the first
    EXPECT_FALSE(night.contains(at("2026-10-25T00:50:00Z"))); // 02:50, the first
    EXPECT_TRUE(night.contains(at("2026-10-25T01:30:00Z")));  // 02:30, the second
    int steps = 0;
    EXPECT_EQ(text_of(night.next_allowed(at("2026-10-25T00:20:00Z"), steps)), "2026-10-25T00:45:00Z");
    EXPECT_FALSE(night.contains(at("2026-03-29T01:00:00Z"))); // 03:00, right after the gap
}

TEST(Calendar, LeavesATimerWithoutTimesRatherThanSearchForEver) {
    const auto never = under(R"({"mode":"include","weekly":[{"from":"09:00","to":"17:00"}]})",
                             R"({"type":"cron","expression":"0 3 * * *"})");
    EXPECT_EQ(next_of(never, "2026-01-01T00:00:00Z", 1), std::vector<std::string>{});
    const auto all = under(R"({"weekly":[{}]})", R"({"type":"cron","expression":"* * * * * *"})");
    EXPECT_EQ(next_of(all, "2026-01-01T00:00:00Z", 1), std::vector<std::string>{});
    EXPECT_FALSE(all.prev(at("2026-01-01T00:00:00Z"), {}));
}

TEST(Calendar, JumpsOverLongExclusionsAtOnce) {
    const auto timer = under(R"({"ranges":[{"from":"2026-01-02","to":"2031-12-31"}]})",
                             R"({"type":"cron","expression":"* * * * * *"})");
    EXPECT_THAT(next_of(timer, "2026-01-01T23:59:58Z", 2), ElementsAre("2026-01-01T23:59:59Z", "2032-01-01T00:00:00Z"));
    const auto interval =
        under(R"({"ranges":[{"from":"2026-01-02","to":"2031-12-31"}]})", R"({"type":"interval","seconds":7})");
    EXPECT_EQ(interval.count(at("2026-01-01T23:59:50Z"), at("2032-01-01T00:00:10Z"), at("2026-01-01T00:00:00Z")).number,
              3); // 23:59:54, then 00:00:00 and 00:00:07
}

TEST(CalendarSet, NeedsEveryCalendarToAllow) {
    const auto lookup = [](const std::string& name) -> std::optional<Calendar> {
        if (name == "office") {
            return calendar(R"({"mode":"include","weekly":[{"days":["mon","tue","wed","thu","fri"],
                "from":"09:00","to":"17:00"}]})");
        }
        if (name == "holidays") return calendar(R"({"dates":["12-25"]})");
        return std::nullopt;
    };
    const auto timer = *Schedule::compile(
        config(R"({"type":"cron","expression":"0 */8 * * *","calendars":["office","holidays"]})"), lookup);
    EXPECT_THAT(next_of(timer, "2026-12-24T16:00:00Z", 2),
                ElementsAre("2026-12-28T16:00:00Z", "2026-12-29T16:00:00Z")); // the 25th is a Friday
    EXPECT_EQ(timer.describe(), "at 00:00, 08:00 and 16:00 every day, UTC, only within office, except within holidays");
    EXPECT_EQ(*timer.options().calendars.forbidding(at("2026-12-25T10:00:00Z")), "holidays");
    const auto unknown =
        Schedule::compile(config(R"({"type":"cron","expression":"@daily","calendars":["office","nope"]})"), lookup);
    EXPECT_EQ(unknown.error().text(), "calendars[1]: there is no calendar 'nope'");
    const auto twice =
        Schedule::compile(config(R"({"type":"cron","expression":"@daily","calendars":["office","office"]})"), lookup);
    EXPECT_EQ(twice.error().text(), "calendars[1]: 'office' is there twice");
}

TEST(Calendar, NamesTheFieldThatIsWrong) {
    const std::vector<std::pair<const char*, const char*>> cases{
        {R"({})", "dates: expected something in dates, ranges, weekly or events"},
        {R"({"mode":"deny","dates":["2026-01-01"]})", "mode: expected one of exclude|include"},
        {R"({"date":["2026-01-01"]})", "date"},
        {R"({"timezone":"Mars","dates":["2026-01-01"]})", "timezone: expected an IANA time zone"},
        {R"({"dates":["2026-13-01"]})", "dates[0]: expected a date such as 2026-12-25"},
        {R"({"dates":["2026-01-01","02-30"]})", "dates[1]: expected a date such as"},
        {R"({"dates":"2026-01-01"})", "dates: expected"},
        {R"({"ranges":[{"from":"2026-01-01"}]})", "ranges[0].to: expected a date"},
        {R"({"ranges":[{"from":"2026-01-02","to":"2026-01-01"}]})", "ranges[0].to: expected a time after from"},
        {R"({"weekly":[{"days":["mo"]}]})", "weekly[0].days[0]: expected a day of the week"},
        {R"({"weekly":[{"from":"9:00"}]})", "weekly[0].from: expected a time of day"},
        {R"({"weekly":[{"to":"24:01"}]})", "weekly[0].to: expected a time of day"},
        {R"({"weekly":[{"From":"09:00"}]})", "weekly[0].From"},
        {R"({"events":[{"start":"soon"}]})", "events[0].start: expected a date"},
        {R"({"events":[{"start":"2026-01-01T10:00"}]})", "events[0].end: is required"},
        {R"({"events":[{"start":"2026-01-01","end":"2026-01-01"}]})", "events[0].end: expected a time after start"},
        {R"({"events":[{"start":"2026-01-01","rule":"FREQ=NOW"}]})", "events[0].rule: "},
        {R"({"events":[{"start":"2026-01-01","timezone":"X"}]})", "events[0].timezone: expected an IANA"},
        {R"({"events":[{"start":"2026-01-01","exdate":["x"]}]})", "events[0].exdate[0]: expected a date"},
    };
    for (const auto& [text, message] : cases) {
        const auto made = Calendar::compile(config(text));
        ASSERT_FALSE(made) << text;
        EXPECT_THAT(made.error().text(), testing::StartsWith(message)) << text;
    }
}

/// A calendar of everything, at random.
json::object random_definition(Dice& dice) {
    const auto day = [&] { return fmt::format("2026-{:02}-{:02}", dice.between(9, 11), dice.between(1, 28)); };
    const auto time = [&] { return fmt::format("{:02}:{:02}", dice.between(0, 23), dice.between(0, 59)); };
    json::object out{{"mode", dice.one_in(2) ? "include" : "exclude"}, {"timezone", "Europe/Berlin"}};
    json::array dates;
    for (int n = dice.between(0, 5); n > 0; --n) dates.emplace_back(day());
    json::array weekly;
    for (int n = dice.between(0, 2); n > 0; --n) weekly.push_back({{"from", time()}, {"to", time()}});
    if (dice.one_in(2)) weekly.push_back({{"days", json::array{"sun", "wed"}}, {"from", time()}, {"to", time()}});
    json::array events{{{"start", day() + "T" + time()},
                        {"end", fmt::format("2026-12-01T{}", time())},
                        {"timezone", "America/New_York"}},
                       {{"start", "2026-09-05T01:30"},
                        {"end", fmt::format("2026-09-05T{}", dice.one_in(2) ? "02:20" : "05:10")},
                        {"rule", dice.one_in(2) ? "FREQ=DAILY" : "FREQ=WEEKLY;BYDAY=SU"},
                        {"timezone", "Australia/Lord_Howe"}}};
    if (dice.one_in(2)) events.erase(events.begin());
    out["dates"] = std::move(dates);
    out["weekly"] = std::move(weekly);
    out["events"] = std::move(events);
    return out;
}

TEST(CalendarProperties, AgreeWithLookingAtEveryMinute) {
    Dice dice(21);
    for (int n = 0; n < 20; ++n) {
        const auto definition = random_definition(dice);
        const auto made = Calendar::compile(definition);
        ASSERT_TRUE(made) << to_text(json::value(definition));
        const auto start = at("2026-10-24T12:00:00Z"); // around the clock changes of the autumn
        const auto end = start + 24h * 4;
        std::optional<Timestamp> coming;
        for (auto t = end; t > start; t -= 1min) {
            if (made->allows(t)) coming = t;
            if (!coming) continue;
            int steps = 0;
            ASSERT_EQ(text_of(made->next_allowed(t, steps)), text_of(coming))
                << text_of(t) << to_text(json::value(definition));
        }
        std::optional<Timestamp> past;
        for (auto t = start; t < end; t += 1min) {
            if (made->allows(t)) past = t;
            if (!past) continue;
            int steps = 0;
            auto found = made->prev_allowed(t, steps);
            ASSERT_TRUE(found);
            ASSERT_EQ(text_of(std::chrono::floor<std::chrono::minutes>(*found)), text_of(past)) << text_of(t);
        }
    }
}

} // namespace
} // namespace attune::logic::schedule
