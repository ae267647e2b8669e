#include "app/cli/schedule_calendars.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::app::cli {
namespace {

using testing::HasSubstr;

constexpr auto kIcs = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n"
                      "DTSTART;VALUE=DATE:20260103\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

class ScheduleCalendars : public testing::Test {
protected:
    void SetUp() override {
        auto name = (std::filesystem::temp_directory_path() / "attune-calendars-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        top = name;
        std::filesystem::create_directories(top / "calendars");
    }
    void TearDown() override { std::filesystem::remove_all(top); }

    std::string write(const char* name, const char* text) {
        std::ofstream(top / name) << text;
        return (top / name).string();
    }
    static Arguments given(std::vector<std::string> calendars) {
        Arguments arguments;
        if (!calendars.empty()) arguments.values["calendar"] = std::move(calendars);
        return arguments;
    }
    /// "name: days of January 2026 that it forbids", of each.
    std::string found(std::vector<std::string> calendars, const json::object& config = {},
                      const CalendarSource& server = {}) {
        const auto all = calendars_of_options(given(std::move(calendars)), config, server);
        if (!all) return all.error().text();
        std::string out;
        for (const auto& [name, calendar] : *all) {
            out += name + ":";
            for (auto day = *parse_timestamp("2026-01-01T12:00:00Z"); day < *parse_timestamp("2026-01-09T00:00:00Z");
                 day += 24h) {
                if (!calendar.allows(day)) out += " " + format_timestamp_short(day).substr(9, 1);
            }
            out += ";";
        }
        return out;
    }
    std::filesystem::path top;
};

TEST_F(ScheduleCalendars, ComeFromFilesOfThreeKinds) {
    const auto plain = write("plain.yaml", "dates: ['01-02']\n");
    const auto ics = write("days.ics", kIcs);
    const auto packed = write("calendars/packed.yaml",
                              "ref: ops.packed\nlabel: Packed\nics: days.ics\ndefinition: {dates: ['01-07']}\n");

    EXPECT_EQ(found({plain}), "plain: 2;");
    EXPECT_EQ(found({ics, packed}), "days: 3;ops.packed: 3 7;");
    EXPECT_EQ(found({}), "");
}

TEST_F(ScheduleCalendars, ComeFromTheServerByTheirRefs) {
    const CalendarSource server = [](const std::string& ref) -> Result<json::object> {
        if (ref == "ops.closed") return json::object{{"dates", {"01-05"}}};
        return Error{Errc::not_found, "Calendar not found"};
    };

    EXPECT_EQ(found({"ops.closed"}, {}, server), "ops.closed: 5;");
    EXPECT_EQ(found({}, {{"calendars", {"ops.closed"}}}, server), "ops.closed: 5;");
    EXPECT_EQ(found({"ops.other"}, {}, server), "--calendar: ops.other: Calendar not found");
    EXPECT_EQ(found({}, {{"calendars", {"../x"}}}, server),
              "--config: ../x: expected a file, or the ref of a calendar");
}

TEST_F(ScheduleCalendars, NeedAServerOnlyForRefsThatAreNoFiles) {
    EXPECT_TRUE(names_calendars_of_server(given({"ops.closed"})));
    EXPECT_TRUE(names_calendars_of_server(given({"holidays.ics", "ops.closed"})));
    EXPECT_FALSE(names_calendars_of_server(given({"holidays.ics", "closed.yaml", "closed.json", "dir/ops.closed"})));
    EXPECT_FALSE(names_calendars_of_server(given({})));
    auto config = given({});
    config.values["config"] = {R"({"type":"interval","hours":1,"calendars":["ops.closed"]})"};
    EXPECT_TRUE(names_calendars_of_server(config));
    config.values["calendar"] = {"closed.yaml"};
    EXPECT_FALSE(names_calendars_of_server(config));
    EXPECT_TRUE(std::filesystem::exists(write("ops.closed", "dates: ['01-02']\n")));
    EXPECT_FALSE(names_calendars_of_server(given({(top / "ops.closed").string()})));
}

TEST_F(ScheduleCalendars, AreRefusedWithTheirFileAndField) {
    EXPECT_THAT(found({write("bad.json", R"({"date": []})")}), HasSubstr("bad.json: date: "));
    EXPECT_THAT(found({write("list.yaml", "- a\n")}), HasSubstr("list.yaml: expected a mapping"));
    EXPECT_THAT(found({write("no.yaml", "a: [b")}), HasSubstr("no.yaml: "));
    EXPECT_THAT(found({write("bad.ics", "hello")}), HasSubstr("bad.ics: ics: expected the text of an .ics file"));
    EXPECT_THAT(found({write("calendars/a.yaml", "ref: ops.a\nics: none.ics\n")}), HasSubstr("cannot read"));
    EXPECT_THAT(found({(top / "none.ics").string()}), HasSubstr("cannot read"));
    EXPECT_THAT(found({top.string()}), HasSubstr("cannot read"));
    const auto twice = write("days.ics", kIcs);
    EXPECT_THAT(found({twice, twice}), HasSubstr("another calendar has the name 'days'"));
}

TEST_F(ScheduleCalendars, AreNamedByAConfigurationThatNamesNone) {
    const NamedCalendars calendars{{"a", *logic::schedule::Calendar::compile({{"dates", {"01-02"}}})}};
    EXPECT_EQ(within({{"days", 1}}, calendars), (json::object{{"days", 1}, {"calendars", {"a"}}}));
    EXPECT_EQ(within({{"calendars", {"b"}}}, calendars), (json::object{{"calendars", {"b"}}}));
    EXPECT_EQ(within({{"days", 1}}, {}), (json::object{{"days", 1}}));
}

} // namespace
} // namespace attune::app::cli
