#include "app/roles.hpp"

#include "app/load_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kCluster = "database: {url: 'postgres://me:hunter2@db/attune'}\n";
const std::string kEmbedded = "database: {url: 'sqlite:/tmp/never-opened.db'}\n";

/// "" when the roles may run with these settings.
std::string problem(std::string_view roles, const std::string& yaml) {
    const auto parsed = parse_roles(roles);
    if (!parsed) return parsed.error().text();
    const auto loaded = load_settings_text(yaml, "", {{"HOME", "/home/me"}});
    if (!loaded) return loaded.error().text();
    const auto checked = check_roles(*parsed, loaded->settings);
    return checked ? "" : checked.error().text();
}

TEST(Roles, AreEveryOneUnlessSomeAreNamed) {
    EXPECT_EQ(*parse_roles(""), every_role());
    EXPECT_EQ(*parse_roles("worker, api"), (Roles{Role::api, Role::worker}));
    EXPECT_EQ(show_roles(*parse_roles("api,worker")), "worker, api");
}

TEST(Roles, RefuseWhatIsNone) {
    EXPECT_THAT(problem("api,wroker", kCluster), AllOf(HasSubstr("roles"), HasSubstr("wroker"), HasSubstr("worker")));
    EXPECT_THAT(problem("api,", kCluster), HasSubstr("roles"));
}

TEST(Roles, NeedADatabaseThatProcessesShareUnlessOneHasThemAll) {
    EXPECT_EQ(problem("", kEmbedded), "");
    EXPECT_EQ(problem("api,executor,sensor,worker", kEmbedded), "");
    for (const auto* role : {"api", "sensor", "executor", "worker", "api,worker"}) {
        EXPECT_THAT(problem(role, kEmbedded), AllOf(HasSubstr("database.url"), HasSubstr("postgresql://"))) << role;
    }
}

TEST(Roles, NeedTheSharedSecretOfAClusterByNameWhenTheyUseIt) {
    for (const auto* role : {"", "api", "worker"}) {
        EXPECT_THAT(problem(role, kCluster), AllOf(HasSubstr("security.jwt_secret"), Not(HasSubstr("hunter2"))))
            << role;
        EXPECT_THAT(problem(role, kCluster + "security: {jwt_secret: a}"), HasSubstr("security.encryption_key"))
            << role;
        EXPECT_EQ(problem(role, kCluster + "security: {jwt_secret: a, encryption_key: b}"), "") << role;
    }
    for (const auto* role : {"executor", "sensor,executor"}) {
        EXPECT_THAT(problem(role, kCluster), HasSubstr("security.encryption_key")) << role;
        EXPECT_EQ(problem(role, kCluster + "security: {encryption_key: b}"), "") << role;
    }
    EXPECT_EQ(problem("sensor", kCluster), "");
}

TEST(Roles, HaveANotifierWhenItIsNamed) {
    EXPECT_FALSE(every_role().contains(Role::notifier));
    EXPECT_EQ(problem("api,executor,sensor,worker,notifier", kEmbedded), "");
    EXPECT_THAT(problem("notifier", kEmbedded), HasSubstr("database.url"));
    EXPECT_THAT(problem("notifier", kCluster), HasSubstr("security.jwt_secret"));
    EXPECT_EQ(problem("notifier", kCluster + "security: {jwt_secret: a}"), "");
}

} // namespace
} // namespace attune::app
