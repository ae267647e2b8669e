#include "app/cli/crontab_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::app::cli {
namespace {

using testing::HasSubstr;

const CrontabImport kImport{.pack = "crontab", .timezone = "Europe/Berlin", .user = "alice", .home = "/home/alice"};

TEST(Crontab, ReadsJobsWithTheSettingsAboveThem) {
    const auto read = parse_crontab("# nightly\n"
                                    "PATH = \"/usr/local/bin:/usr/bin\"\n"
                                    "\n"
                                    "30 2 * * 1-5  /usr/bin/backup --all\n"
                                    "CRON_TZ=America/New_York\n"
                                    "\t@daily report a=b\n",
                                    false);

    EXPECT_TRUE(read.not_carried.empty());
    ASSERT_EQ(read.jobs.size(), 2U);
    EXPECT_EQ(read.jobs[0].line, 4);
    EXPECT_EQ(read.jobs[0].expression, "30 2 * * 1-5");
    EXPECT_EQ(read.jobs[0].command, "/usr/bin/backup --all");
    EXPECT_EQ(read.jobs[0].variables.at("PATH"), "/usr/local/bin:/usr/bin");
    EXPECT_FALSE(read.jobs[0].variables.contains("CRON_TZ"));
    EXPECT_EQ(read.jobs[1].expression, "@daily");
    EXPECT_EQ(read.jobs[1].command, "report a=b");
    EXPECT_EQ(read.jobs[1].variables.at("CRON_TZ"), "America/New_York");
}

TEST(Crontab, TakesPercentSignsAsCronDoes) {
    const auto read = parse_crontab("0 * * * * mail -s hi bob%Hi Bob,%it is 10\\%.\n"
                                    "0 * * * * date +\\%Y\n",
                                    false);

    EXPECT_EQ(read.jobs[0].command, "mail -s hi bob");
    EXPECT_EQ(read.jobs[0].stdin_text, "Hi Bob,\nit is 10%.\n");
    EXPECT_EQ(read.jobs[1].command, "date +%Y");
    EXPECT_FALSE(read.jobs[1].stdin_text);
}

TEST(Crontab, SaysWhatItLeavesOut) {
    const std::vector<std::pair<const char*, const char*>> cases{
        {"@reboot /usr/bin/agent", "@reboot names no time"},
        {"MAILTO=root", "not mailed"},
        {"61 * * * * x", "minute field, column 1"},
        {"0 0 5-2 * * x", "runs backwards; write 5-31,1-2"},
        {"* * * *", "expected 5 fields"},
        {"* * * * *", "has no command"},
        {"0 * * * * docker ps --format '{{.Names}}'", "template"},
    };
    for (const auto& [line, reason] : cases) {
        const auto read = parse_crontab(line, false);
        EXPECT_TRUE(read.jobs.empty()) << line;
        ASSERT_EQ(read.not_carried.size(), 1U) << line;
        EXPECT_THAT(read.not_carried[0].reason, HasSubstr(reason)) << line;
    }
    EXPECT_TRUE(parse_crontab("MAILTO=\"\"\n\n# nothing\n", false).not_carried.empty());
}

TEST(CrontabRules, RunTheSameCommand) {
    std::vector<NotCarried> left;
    const auto rules = rules_of(parse_crontab("SHELL=/bin/sh\nLANG=C\n*/5 * */2 * 1 it's%in\n", false), kImport, left);

    ASSERT_EQ(rules.size(), 1U);
    EXPECT_TRUE(left.empty());
    const auto& rule = rules[0].rule;
    EXPECT_EQ(to_text(rule.at("trigger_params")),
              R"({"expression":"*/5 * */2 * 1","timezone":"Europe/Berlin","dialect":"vixie"})");
    EXPECT_EQ(rule.at("action_ref").as_string(), "core.local");
    const auto& params = rule.at("action_params").as_object();
    EXPECT_EQ(params.at("command").as_string(), R"(exec '/bin/sh' -c 'it'\''s')");
    EXPECT_EQ(params.at("stdin").as_string(), "in\n");
    EXPECT_EQ(params.at("cwd").as_string(), "/home/alice");
    EXPECT_EQ(to_text(params.at("env")), R"({"LANG":"C"})");
}

TEST(CrontabRules, KeepTheirRefsWhenTheScheduleChanges) {
    std::vector<NotCarried> left;
    const auto refs = [&](std::string_view text) {
        std::vector<std::string> out;
        for (const auto& plan : rules_of(parse_crontab(text, false), kImport, left)) {
            out.emplace_back(std::string_view(plan.rule.at("ref").as_string()));
        }
        return out;
    };
    const auto first = refs("0 1 * * * /opt/Backup.sh\n0 2 * * * true\n");

    EXPECT_THAT(first[0], testing::MatchesRegex("crontab\\.backup_sh_[0-9a-f]{8}"));
    EXPECT_EQ(refs("0 2 * * * true\n# later\n0 3 * * * /opt/Backup.sh\n"), (std::vector{first[1], first[0]}));
    const auto twice = refs("0 1 * * * true\n0 2 * * * true\n");
    EXPECT_EQ(twice[1], twice[0] + "_2");
}

TEST(CrontabRules, LeaveTheJobsOfOthersAndUnknownZones) {
    std::vector<NotCarried> left;
    const auto rules = rules_of(parse_crontab("0 1 * * * alice mine\n0 1 * * * www-data theirs\n"
                                              "CRON_TZ=Mars/Base\n0 1 * * * alice elsewhere\n",
                                              true),
                                kImport, left);

    ASSERT_EQ(rules.size(), 1U);
    EXPECT_EQ(rules[0].rule.at("action_params").at("command").as_string(), "mine");
    ASSERT_EQ(left.size(), 2U);
    EXPECT_THAT(left[0].reason, HasSubstr("runs as 'www-data'"));
    EXPECT_THAT(left[1].reason, HasSubstr("timezone: expected an IANA time zone"));
}

} // namespace
} // namespace attune::app::cli
