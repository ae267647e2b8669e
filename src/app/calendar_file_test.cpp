// From an .ics file to a calendar.
#include "adapters/icalendar/read_icalendar.hpp"
#include "logic/schedule/calendars.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::app {
namespace {

using adapters::icalendar::read_icalendar;

using testing::HasSubstr;

std::string calendar_of(std::string_view events) {
    return fmt::format("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\n{}END:VCALENDAR\r\n", events);
}

std::string event(std::string_view lines) {
    return fmt::format("BEGIN:VEVENT\r\n{}END:VEVENT\r\n", lines);
}

std::string read(std::string_view text) {
    const auto events = read_icalendar(text);
    return events ? to_text(json::value(*events)) : "error: " + events.error().text();
}

/// Whether the calendar made of the text contains an instant.
bool contains(std::string_view text, std::string_view instant) {
    const auto events = read_icalendar(text);
    EXPECT_TRUE(events) << text;
    const auto made = logic::schedule::Calendar::compile({{"events", *events}});
    EXPECT_TRUE(made) << made.error().text();
    return made->contains(*parse_timestamp(instant));
}

TEST(ReadIcalendar, ReadsDaysTimesAndDurations) {
    EXPECT_EQ(read(calendar_of(event("UID:1\r\nSUMMARY:Christmas\r\nDTSTART;VALUE=DATE:20261225\r\n"))),
              R"([{"start":"20261225","summary":"Christmas"}])");
    EXPECT_EQ(read(calendar_of(event("DTSTART;TZID=Europe/Berlin:20260105T090000\r\nDURATION:PT1H30M\r\n"))),
              R"([{"start":"20260105T090000","end":"20260105T103000","timezone":"Europe/Berlin"}])");
    EXPECT_EQ(read(calendar_of(event("DTSTART:20260105T090000Z\r\nDTEND:20260105T100000Z\r\n"))),
              R"([{"start":"20260105T090000Z","end":"20260105T100000Z"}])");
}

TEST(ReadIcalendar, KeepsRecurringEventsAsTheirRule) {
    const auto text = calendar_of(event("DTSTART;TZID=America/New_York:20260105T090000\r\n"
                                        "DTEND;TZID=America/New_York:20260105T100000\r\n"
                                        "RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20260202T140000Z\r\n"
                                        "EXDATE;TZID=America/New_York:20260112T090000,20260119T090000\r\n"
                                        "RDATE;TZID=America/New_York:20260107T090000\r\n"));
    EXPECT_TRUE(contains(text, "2026-01-05T14:30:00Z"));
    EXPECT_TRUE(contains(text, "2026-01-07T14:30:00Z"));
    EXPECT_FALSE(contains(text, "2026-01-12T14:30:00Z"));
    EXPECT_FALSE(contains(text, "2026-01-19T14:30:00Z"));
    EXPECT_TRUE(contains(text, "2026-02-02T14:30:00Z"));
    EXPECT_FALSE(contains(text, "2026-02-09T14:30:00Z"));
}

TEST(ReadIcalendar, LeavesOutWhatIsMovedOrCancelled) {
    const auto text = calendar_of(
        event("UID:a\r\nDTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=DAILY;COUNT=4\r\n") +
        event("UID:a\r\nRECURRENCE-ID;VALUE=DATE:20260102\r\nDTSTART;VALUE=DATE:20260110\r\n") +
        event("UID:a\r\nRECURRENCE-ID;VALUE=DATE:20260103\r\nDTSTART;VALUE=DATE:20260103\r\nSTATUS:CANCELLED\r\n") +
        event("UID:b\r\nDTSTART;VALUE=DATE:20260201\r\nSTATUS:CANCELLED\r\n"));
    EXPECT_TRUE(contains(text, "2026-01-01T12:00:00Z"));
    EXPECT_FALSE(contains(text, "2026-01-02T12:00:00Z"));
    EXPECT_FALSE(contains(text, "2026-01-03T12:00:00Z"));
    EXPECT_TRUE(contains(text, "2026-01-04T12:00:00Z"));
    EXPECT_TRUE(contains(text, "2026-01-10T12:00:00Z"));
    EXPECT_FALSE(contains(text, "2026-02-01T12:00:00Z"));
}

TEST(ReadIcalendar, ReadsTwoCalendarsInOneText) {
    const auto day = [](int n) { return calendar_of(event(fmt::format("DTSTART;VALUE=DATE:2026010{}\r\n", n))); };
    EXPECT_TRUE(contains(day(1) + day(5), "2026-01-05T12:00:00Z"));
}

TEST(ReadIcalendar, GoesNoDeeperThanACalendarFileDoes) {
    std::string deep;
    for (int n = 0; n < 5000; ++n) deep += "BEGIN:VCALENDAR\r\n";
    deep += event("DTSTART;VALUE=DATE:20260101\r\n");
    for (int n = 0; n < 5000; ++n) deep += "END:VCALENDAR\r\n";
    EXPECT_THAT(read(deep), HasSubstr("got none"));
}

TEST(ReadIcalendar, SaysWhatIsWrong) {
    EXPECT_THAT(read(""), HasSubstr("ics: expected the text of an .ics file"));
    EXPECT_THAT(read("hello"), HasSubstr("ics: expected the text of an .ics file"));
    EXPECT_THAT(read(calendar_of("")), HasSubstr("got none"));
    EXPECT_THAT(read(calendar_of(event("SUMMARY:Lost\r\n"))), HasSubstr("event 1 ('Lost') has no DTSTART"));
    EXPECT_THAT(read(calendar_of(event("SUMMARY:Odd\r\nDTSTART:whenever\r\n"))), HasSubstr("event 1 ('Odd')"));
    EXPECT_THAT(read(std::string(2 << 20, 'x')), HasSubstr("at most"));
}

} // namespace
} // namespace attune::app
