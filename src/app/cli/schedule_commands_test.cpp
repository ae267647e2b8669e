#include "app/cli/parser.hpp"
#include "app/cli/schedule_batch.hpp"
#include "app/cli/schedule_config.hpp"
#include "app/cli/schedule_text.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

namespace attune::app::cli {
namespace {

using testing::HasSubstr;
namespace schedule = logic::schedule;

Timestamp at(std::string_view text) {
    return *parse_timestamp(text);
}

std::string answer(std::string_view line, int count = 5) {
    const BatchDefaults defaults{.after = at("2026-01-01T00:00:00Z"), .count = count};
    return to_text(json::value(answer_line(line, defaults)));
}

std::string config_text(std::vector<std::string> words) {
    words.insert(words.begin(), {"schedule", "next"});
    const auto line = parse_command_line(std::move(words));
    EXPECT_NE(line.command, nullptr) << line.message;
    const auto config = config_of_options(line.arguments);
    return config ? to_text(json::value(*config)) : config.error().text();
}

/// Runs a file of vectors through the batch form; returns the lines that differ.
std::vector<std::string> differing(const std::string& file) {
    const auto path = std::string(ATTUNE_SOURCE_DIR "/tests/data/schedule/") + file;
    std::ifstream in(path);
    std::stringstream out;
    answer_lines(in, out, {.after = at("2026-01-01T00:00:00Z")});
    std::ifstream expected(path);
    std::vector<std::string> different;
    for (std::string line, got; std::getline(expected, line);) {
        EXPECT_TRUE(std::getline(out, got));
        const auto wanted = parse_json(line)->at("next");
        const auto answered = parse_json(got);
        if (find_member(*answered, "next") == nullptr || answered->at("next") != wanted) different.push_back(line);
    }
    return different;
}

TEST(ScheduleBatch, AgreesWithTheVectors) {
    EXPECT_THAT(differing("rrule.jsonl"), testing::IsEmpty());
    // Made with tz database 2025b; later ones have Morocco leave +01 for good on 2026-09-20.
    for (const auto& line : differing("cron.jsonl")) EXPECT_THAT(line, HasSubstr("Africa/Casablanca"));
}

TEST(ScheduleBatch, TakesTheNumberOfTimesFromTheLine) {
    EXPECT_EQ(answer(R"({"expression":"0 0 * * *","count":1})"), R"({"next":["2026-01-02T00:00:00Z"]})");
    EXPECT_EQ(answer(R"({"expression":"0 0 * * *","next":["x","y"],"after":"2026-02-01T00:00:00Z"})"),
              R"({"next":["2026-02-02T00:00:00Z","2026-02-03T00:00:00Z"]})");
    EXPECT_EQ(answer(R"({"expression":"0 0 * * *"})", 1), R"({"next":["2026-01-02T00:00:00Z"]})");
    EXPECT_EQ(answer(R"({"rule":"FREQ=DAILY;COUNT=1","dtstart":"2026-03-01T00:00:00Z","timezone":"UTC"})"),
              R"({"next":["2026-03-01T00:00:00Z"]})");
    EXPECT_EQ(answer(R"({"expression":"0 0 31 2 *"})"), R"({"next":[]})");
}

TEST(ScheduleBatch, TakesEveryKindWithItsOptions) {
    EXPECT_EQ(answer(R"({"minutes":10,"count":1,"anchor":"2025-12-31T23:55:00Z"})"),
              R"({"next":["2026-01-01T00:05:00Z"]})");
    EXPECT_EQ(answer(R"({"fire_at":"2026-07-01T00:00:00","timezone":"Europe/Berlin"})"),
              R"({"next":["2026-06-30T22:00:00Z"]})");
    EXPECT_EQ(answer(R"({"expression":"0 0 0 ? * 2","dialect":"quartz","count":1})"),
              R"({"next":["2026-01-05T00:00:00Z"]})");
    EXPECT_EQ(answer(R"({"expression":"30 2 29 3 *","timezone":"Europe/Berlin","dst_gap":"skip","count":1})"),
              R"({"next":["2027-03-29T00:30:00Z"]})");
}

TEST(ScheduleBatch, AnswersALineItCannotReadWithTheReason) {
    EXPECT_THAT(answer(R"({"expression":"61 * * * *"})"), HasSubstr("minute field, column 1"));
    EXPECT_THAT(answer(R"({"expression":"* * * * *","timezone":"Mars/Base"})"), HasSubstr("timezone: expected"));
    EXPECT_THAT(answer(R"({"expression":"* * * * *","timezon":"UTC"})"), HasSubstr("did you mean 'timezone'?"));
    EXPECT_THAT(answer(R"({"expression":"* * * * *","after":"yesterday"})"), HasSubstr("after"));
    EXPECT_THAT(answer(R"({"expression":"* * * * *","count":-1})"), HasSubstr("count: expected 0 to"));
    EXPECT_THAT(answer("{"), HasSubstr(R"({"error":)"));
    EXPECT_THAT(answer(""), HasSubstr(R"({"error":)"));
    EXPECT_THAT(answer("[]"), HasSubstr("expected a JSON object"));
    EXPECT_THAT(answer(std::string(2 << 20, ' ')), HasSubstr("at most"));
}

TEST(ScheduleBatch, KeepsToTheCalendarsThatItIsGiven) {
    const auto of = [](const char* date) { return *schedule::Calendar::compile({{"dates", json::array{date}}}); };
    const BatchDefaults defaults{
        .after = at("2026-01-01T00:00:00Z"), .count = 1, .calendars = {{"a", of("01-02")}, {"b", of("01-03")}}};
    const auto next = [&](std::string_view line) { return to_text(json::value(answer_line(line, defaults))); };
    EXPECT_EQ(next(R"({"expression":"0 0 * * *"})"), R"({"next":["2026-01-04T00:00:00Z"]})");
    EXPECT_EQ(next(R"({"expression":"0 0 * * *","calendars":["a"]})"), R"({"next":["2026-01-03T00:00:00Z"]})");
    EXPECT_EQ(next(R"({"expression":"0 0 * * *","calendars":[]})"), R"({"next":["2026-01-02T00:00:00Z"]})");
    EXPECT_THAT(next(R"({"expression":"0 0 * * *","calendars":["c"]})"),
                HasSubstr("calendars[0]: there is no calendar 'c'"));
}

TEST(ScheduleBatch, KeepsTheOrderOfItsLines) {
    std::istringstream in("{\"expression\":\"0 0 * * *\",\"count\":1}\n\n{\"expression\":\"0 1 * * *\",\"count\":1}");
    std::ostringstream out;

    answer_lines(in, out, {.after = at("2026-01-01T00:00:00Z")});

    EXPECT_THAT(out.str(), testing::MatchesRegex("\\{\"next\":\\[\"2026-01-02T00:00:00Z\"\\]\\}\n\\{\"error\":.*\\}\n"
                                                 "\\{\"next\":\\[\"2026-01-01T01:00:00Z\"\\]\\}\n"));
}

TEST(ScheduleBatch, ReadsWhatWindowsWrites) {
    std::istringstream in("\xEF\xBB\xBF{\"expression\":\"0 0 * * *\",\"count\":1}\r\n"
                          "{\"expression\":\"0 1 * * *\",\"count\":1}\r\n");
    std::ostringstream out;

    answer_lines(in, out, {.after = at("2026-01-01T00:00:00Z")});

    EXPECT_EQ(out.str(), "{\"next\":[\"2026-01-02T00:00:00Z\"]}\n{\"next\":[\"2026-01-01T01:00:00Z\"]}\n");
}

TEST(ScheduleOptions, BecomeATimersConfiguration) {
    EXPECT_EQ(config_text({"--cron", "30 2 * * *", "-z", "Europe/Berlin", "--dst-gap", "skip"}),
              R"({"type":"cron","expression":"30 2 * * *","timezone":"Europe/Berlin","dst_gap":"skip"})");
    EXPECT_EQ(config_text({"--every", "1h30m"}), R"({"type":"interval","seconds":5400})");
    EXPECT_EQ(config_text({"--at", "2026-01-01T00:00:00"}), R"({"type":"one_shot","fire_at":"2026-01-01T00:00:00"})");
    EXPECT_EQ(config_text({"--rrule", "FREQ=DAILY", "--dtstart", "2026-01-01", "--exdate", "2026-01-02", "--exdate",
                           "2026-01-03"}),
              R"({"type":"rrule","rule":"FREQ=DAILY","dtstart":"2026-01-01","exdate":["2026-01-02","2026-01-03"]})");
    EXPECT_EQ(config_text({"--config", R"({"type":"interval","days":1})", "--end-at", "2027-01-01"}),
              R"({"type":"interval","days":1,"end_at":"2027-01-01"})");
}

TEST(ScheduleOptions, AreRefusedByName) {
    EXPECT_THAT(config_text({}), HasSubstr("expected one of --cron, --every, --at, --rrule"));
    EXPECT_THAT(config_text({"--cron", "@daily", "--every", "1h"}), HasSubstr("got --cron and --every"));
    EXPECT_THAT(config_text({"--every", "soon"}), HasSubstr("--every"));
    EXPECT_THAT(config_text({"--every", "1500ms"}), HasSubstr("--every: expected whole seconds"));
    EXPECT_THAT(config_text({"--config", "[]"}), HasSubstr("--config: expected a JSON object"));
}

schedule::Preview new_york(std::string_view from, int count) {
    const auto compiled = schedule::Schedule::compile(
        json::object{{"type", "cron"}, {"expression", "30 2 * * *"}, {"timezone", "America/New_York"}});
    return schedule::preview(*compiled, at(from), at(from), count);
}

TEST(ScheduleText, ShowsTheTimesWithTheirDaylightSaving) {
    EXPECT_EQ(render_preview(new_york("2026-03-06T12:00:00Z", 3), schedule::Direction::forward),
              "at 02:30 every day, New York time; on 8 March 2026 at 03:00 because 02:30 does not exist\n"
              "\n"
              "  Sat 2026-03-07T02:30:00-05:00  2026-03-07T07:30:00Z\n"
              "  Sun 2026-03-08T03:00:00-04:00  2026-03-08T07:00:00Z  02:30 does not exist that day\n"
              "  Mon 2026-03-09T02:30:00-04:00  2026-03-09T06:30:00Z\n"
              "\n"
              "Clock changes:\n"
              "  on 8 March 2026 at 03:00 because 02:30 does not exist\n");
    const auto json = to_text(preview_json(new_york("2026-03-07T12:00:00Z", 1), schedule::Direction::forward));
    EXPECT_THAT(json, HasSubstr(R"("local":"2026-03-08T03:00:00-04:00","weekday":"Sunday")"));
    EXPECT_THAT(json, HasSubstr(R"("next":["2026-03-08T07:00:00Z"])"));
}

TEST(ScheduleText, SaysThatThereIsNoTime) {
    const auto hopeless = schedule::Schedule::compile(json::object{{"type", "cron"}, {"expression", "0 0 31 2 *"}});
    const auto now = at("2026-01-01T00:00:00Z");
    EXPECT_THAT(render_preview(schedule::preview(*hopeless, now, now, 5), schedule::Direction::forward),
                HasSubstr("It never fires."));
}

TEST(ScheduleText, SaysThatTheSeriesHasEnded) {
    const auto once = schedule::Schedule::compile(json::object{{"type", "one_shot"}, {"fire_at", "2026-01-01"}});
    const auto shown = [&](std::string_view from, schedule::Direction direction) {
        return render_preview(schedule::preview(*once, at(from), at(from), 5, direction), direction);
    };
    EXPECT_THAT(shown("2025-01-01T00:00:00Z", schedule::Direction::forward), HasSubstr("\nNo more times.\n"));
    EXPECT_THAT(shown("2027-01-01T00:00:00Z", schedule::Direction::forward), HasSubstr("No more times."));
    EXPECT_THAT(shown("2027-01-01T00:00:00Z", schedule::Direction::back), HasSubstr("No earlier times."));
}

} // namespace
} // namespace attune::app::cli
