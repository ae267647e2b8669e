#include "app/load_settings.hpp"

#include "app/golden_for_test.hpp"
#include "app/setting_docs.hpp"
#include "app/visit_settings.hpp"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Environment kHome{{"XDG_DATA_HOME", "/data"}};

Environment with(Environment more) {
    more.insert(kHome.begin(), kHome.end());
    return more;
}

Settings load(std::string_view yaml, const Environment& env = kHome) {
    auto loaded = load_settings_text(yaml, "attune.yaml", env);
    if (!loaded) ADD_FAILURE() << loaded.error().text();
    return loaded ? loaded->settings : Settings{};
}

std::string failure(std::string_view yaml, const Environment& env = {}) {
    const auto loaded = load_settings_text(yaml, "attune.yaml", with(env));
    return loaded ? "accepted" : loaded.error().text();
}

TEST(LoadSettings, NeedsNoFileAtAll) {
    const auto settings = load("");

    EXPECT_EQ(settings.data_dir, "/data/attune");
    EXPECT_EQ(settings.packs_dir, "/data/attune/packs");
    EXPECT_EQ(settings.database.url.reveal(), "sqlite:/data/attune/attune.db");
    EXPECT_EQ(settings.database_file(), "/data/attune/attune.db");
    EXPECT_EQ(settings.server.host, "127.0.0.1");
    EXPECT_EQ(settings.server.port, 8080);
}

TEST(LoadSettings, KeepsTheDefaultsOfASectionThatIsGivenInPart) {
    const auto settings = load("server:\n  port: 9000\nworker:\nlog: {level: debug}\nretention:\n  events: 250ms\n");

    EXPECT_EQ(settings.server.port, 9000);
    EXPECT_EQ(settings.server.host, "127.0.0.1");
    EXPECT_EQ(settings.worker.max_concurrent_tasks, 10U);
    EXPECT_EQ(settings.log.level, LogLevel::debug);
    EXPECT_EQ(settings.retention.events, 250ms);
}

TEST(LoadSettings, PutsTheEnvironmentOverTheFile) {
    const auto settings = load("server: {port: 9000}\n", with({{"ATTUNE__SERVER__PORT", " 9001 "},
                                                               {"ATTUNE__DATA_DIR", "/elsewhere"},
                                                               {"ATTUNE__SECURITY__JWT_SECRET", "12345"},
                                                               {"ATTUNE__SECURITY__ALLOW_SELF_REGISTRATION", "true"},
                                                               {"ATTUNE__WORKER__LEASE", "20"},
                                                               {"ATTUNE__LOG__FORMAT", "json"}}));

    EXPECT_EQ(settings.server.port, 9001);
    EXPECT_EQ(settings.data_dir, "/elsewhere");
    EXPECT_EQ(settings.security.jwt_secret.reveal(), "12345");
    EXPECT_TRUE(settings.security.allow_self_registration);
    EXPECT_EQ(settings.worker.lease, 20s);
    EXPECT_EQ(settings.log.format, LogFormat::json);
}

TEST(LoadSettings, RefusesUnknownNamesWithASuggestion) {
    EXPECT_EQ(failure("server: {prot: 1}"), "server.prot (in attune.yaml): is not known; did you mean 'port'?");
    EXPECT_THAT(failure("sever: {port: 1}"), HasSubstr("did you mean 'server'?"));
    EXPECT_EQ(failure("", {{"ATTUNE__SERVER__PROT", "1"}}),
              "ATTUNE__SERVER__PROT: is no setting; did you mean ATTUNE__SERVER__PORT?");
    EXPECT_THAT(failure("", {{"ATTUNE__X", "1"}}), HasSubstr("ATTUNE__X: is no setting"));
}

TEST(LoadSettings, NamesWhereAWrongValueComesFrom) {
    EXPECT_THAT(failure("server: {port: http}"), HasSubstr("server.port (in attune.yaml): expected a whole number"));
    EXPECT_THAT(failure("server: 1"), HasSubstr("server (in attune.yaml): expected an object"));
    EXPECT_THAT(failure("- a"), HasSubstr("expected a mapping"));
    EXPECT_THAT(failure("a: ["), HasSubstr("attune.yaml:1"));
    EXPECT_THAT(failure("", {{"ATTUNE__SERVER__PORT", "70000"}}), HasSubstr("server.port (ATTUNE__SERVER__PORT): "));
    EXPECT_THAT(failure("", {{"ATTUNE__LOG__LEVEL", "loud"}}), HasSubstr("trace|debug|info"));
    EXPECT_THAT(failure("", {{"ATTUNE__RETENTION__ENABLED", "maybe"}}), HasSubstr("true or false"));
}

TEST(LoadSettings, ChecksTheBoundsOfEveryNumber) {
    EXPECT_EQ(failure("worker: {max_concurrent_tasks: 0}"),
              "worker.max_concurrent_tasks (in attune.yaml): expected 1 to 10000, got 0");
    EXPECT_EQ(failure("", {{"ATTUNE__WORKER__LEASE", "2h"}}),
              "worker.lease (ATTUNE__WORKER__LEASE): expected 1s to 1h, got 2h");
    EXPECT_THAT(failure("bootstrap: {admin_password: short}"), HasSubstr("8 to 128"));
}

TEST(LoadSettings, ReadsTheProxiesThatAreTrusted) {
    const auto settings = load_settings_text("server: {trusted_proxies: [10.0.0.0/8, '::1']}", "", {{"HOME", "/h"}});

    ASSERT_TRUE(settings) << settings.error().text();
    EXPECT_EQ(settings->settings.server.trusted_proxies.size(), 2U);
    EXPECT_THAT(failure("", {{"ATTUNE__SERVER__TRUSTED_PROXIES", R"(["proxy.example"])"}}),
                HasSubstr("server.trusted_proxies (ATTUNE__SERVER__TRUSTED_PROXIES): expected an address or a range"));
}

TEST(LoadSettings, ReadsWhatAWorkerOffers) {
    const auto settings = load_settings_text(
        "worker: {labels: {zone: eu, gpu: true}}", "",
        {{"HOME", "/home/me"}, {"ATTUNE__WORKER__TAINTS", R"([{"key": "dedicated", "value": "batch"}])"}});

    ASSERT_TRUE(settings) << settings.error().text();
    EXPECT_EQ(to_text(json::value(settings->settings.worker.labels)), R"({"zone":"eu","gpu":true})");
    EXPECT_EQ(settings->settings.worker.taints.size(), 1U);
    EXPECT_THAT(failure("worker: {labels: {zone: [eu]}}"), HasSubstr("worker.labels.zone"));
    EXPECT_THAT(failure("worker: {labels: [eu]}"), HasSubstr("worker.labels"));
    EXPECT_THAT(failure("worker: {taints: [{key: a, effect: never}]}"), HasSubstr("worker.taints[0].effect"));
    EXPECT_THAT(failure("worker: {taints: [{effect: no_schedule}]}"), HasSubstr("worker.taints[0].key"));
    EXPECT_THAT(failure("worker: {capabilities: {labels: {}}}"), HasSubstr("worker.capabilities.labels"));
    EXPECT_THAT(failure("worker: {name: ../up}"), HasSubstr("worker.name"));
}

TEST(LoadSettings, KnowsAClusterByItsDatabase) {
    const auto loaded =
        load_settings_text("database: {url: 'postgres://me:hunter2@db/attune?sslmode=require'}", "", kHome);

    ASSERT_TRUE(loaded) << loaded.error().text();
    EXPECT_TRUE(loaded->settings.is_cluster());
    EXPECT_EQ(loaded->settings.database_file(), "");
    EXPECT_EQ(loaded->settings.database.url.reveal(), "postgres://me:hunter2@db/attune?sslmode=require");
    EXPECT_THAT(loaded->warnings, testing::Contains(HasSubstr("message_queue.url")));
}

TEST(LoadSettings, WaitsLongerForAWorkerWhereMoreMayCome) {
    EXPECT_EQ(load_settings_text("", "", kHome)->settings.executor.unschedulable_after, 10s);
    EXPECT_EQ(
        load_settings_text("database: {url: 'postgres://db/a'}", "", kHome)->settings.executor.unschedulable_after,
        5min);
    EXPECT_EQ(
        load_settings_text("executor: {unschedulable_after: 0s}", "", kHome)->settings.executor.unschedulable_after,
        0s);
}

TEST(LoadSettings, RefusesOtherAddressesWithoutShowingThePassword) {
    EXPECT_THAT(failure("message_queue: {url: 'amqp://me:hunter2@mq?heartbeat=never'}"),
                AllOf(HasSubstr("message_queue.url"), HasSubstr("heartbeat"), Not(HasSubstr("hunter2"))));
    EXPECT_THAT(failure("database: {url: /tmp/x.db}"), HasSubstr("expected sqlite:<file>"));
    EXPECT_THAT(failure("database: {url: 'mysql://me:hunter2@db/a'}"),
                AllOf(HasSubstr("'mysql:'"), Not(HasSubstr("hunter2"))));
}

TEST(LoadSettings, KnowsTheMessageQueueAndHidesItsPassword) {
    const auto loaded = load_settings_text(
        "database: {url: 'postgres:///attune'}\nmessage_queue: {url: 'amqps://me:hunter2@mq/%2f?verify=verify_none'}",
        "", kHome);

    ASSERT_TRUE(loaded) << loaded.error().text();
    EXPECT_THAT(loaded->warnings, testing::IsEmpty());
    EXPECT_THAT(to_text(to_json(loaded->settings)), HasSubstr("amqps://me:***@mq/%2f?verify=verify_none"));
}

TEST(ConnectionUrl, IsShownWithoutItsPasswords) {
    EXPECT_EQ(ConnectionUrl("postgresql://me:p@ss:w@db:5432,db2/attune").shown(),
              "postgresql://me:***@db:5432,db2/attune");
    EXPECT_EQ(ConnectionUrl("postgresql:///a?host=/run&password=x&sslpassword=y").shown(),
              "postgresql:///a?host=/run&password=***&sslpassword=***");
    EXPECT_EQ(ConnectionUrl("postgresql://me@db:5432/attune").shown(), "postgresql://me@db:5432/attune");
    EXPECT_EQ(ConnectionUrl("sqlite:/a/b.db").shown(), "sqlite:/a/b.db");
}

TEST(LoadSettings, NeverShowsSecrets) {
    const auto settings = load("security: {jwt_secret: tell-nobody, encryption_key: tell-nobody, "
                               "previous_encryption_keys: tell-nobody}\nbootstrap: {admin_password: tell-nobody}\n");

    const auto shown = to_text(to_json(settings));
    EXPECT_THAT(shown, Not(HasSubstr("tell-nobody")));
    EXPECT_THAT(shown, HasSubstr(R"("jwt_secret":"***")"));
    EXPECT_THAT(failure("security: {jwt_secret: [tell-nobody]}"), Not(HasSubstr("tell-nobody")));
}

TEST(LoadSettings, NamesAFileThatIsNotThere) {
    const auto loaded = load_settings("/nonexistent/attune.yaml", kHome);
    ASSERT_FALSE(loaded);
    EXPECT_THAT(loaded.error().message, HasSubstr("/nonexistent/attune.yaml"));
}

TEST(SettingDocs, DescribeEverySettingInOrder) {
    std::vector<std::string> paths;
    visit_settings(Settings{}, [&](const std::string& path, const Type&, const void*) { paths.push_back(path); });
    std::vector<std::string> described;
    for (const auto& doc : setting_docs()) {
        described.emplace_back(doc.path);
        EXPECT_FALSE(doc.text.empty()) << doc.path;
    }
    EXPECT_EQ(described, paths);
    EXPECT_TRUE(check_bounds(load_settings_text("", "", kHome)->settings));
}

TEST(SettingDocs, AreTheReferencePage) {
    expect_golden("docs/reference/settings.md", settings_reference());
}

TEST(Environment, ErasesTheSettings) {
    setenv("ATTUNE__SECURITY__JWT_SECRET", "tell-nobody", 1);
    const char* bytes = getenv("ATTUNE__SECURITY__JWT_SECRET");
    const auto read = read_environment();

    erase_settings_from_environment();

    EXPECT_EQ(read.at("ATTUNE__SECURITY__JWT_SECRET"), "tell-nobody");
    EXPECT_EQ(getenv("ATTUNE__SECURITY__JWT_SECRET"), nullptr);
    EXPECT_STREQ(bytes, "");
    EXPECT_FALSE(read_environment().contains("ATTUNE__SECURITY__JWT_SECRET"));
}

} // namespace
} // namespace attune::app
