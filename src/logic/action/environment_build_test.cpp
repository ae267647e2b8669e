#include "logic/action/environment_build.hpp"

#include <gmock/gmock.h>

namespace attune::logic::action {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string lengths(std::string_view text) {
    return fmt::format("{:016x}ffff", std::hash<std::string_view>{}(text));
}

ExecutionConfig config() {
    ExecutionConfig out;
    out.binary = "python3";
    out.create_command = {"{interpreter}", "-m", "venv", "{env_dir}"};
    out.manifest_file = "requirements.txt";
    out.install_command = {"{env_dir}/bin/pip", "install", "-r", "{manifest_path}"};
    return out;
}

ActionSource source() {
    ActionSource out;
    out.pack_ref = "demo";
    out.runtime_name = "python";
    out.pack_dir = "/packs/it's";
    return out;
}

PackEnvironment made(const ExecutionConfig& from, EnvironmentInputs inputs) {
    return pack_environment(from, source(), "/envs", inputs, lengths);
}

TEST(PackEnvironment, IsAnotherForOtherDependenciesAndOtherCommands) {
    const auto one = made(config(), {"a==1", ""});
    EXPECT_THAT(one.dir, StartsWith("/envs/demo/python-"));
    EXPECT_EQ(one.dir, made(config(), {"a==1", ""}).dir);
    EXPECT_NE(one.dir, made(config(), {"a==2", ""}).dir);
    EXPECT_NE(one.dir, made(config(), {"a==1", "locked"}).dir);
    EXPECT_NE(one.dir, made(config(), {"", "a==1"}).dir);
    auto other = config();
    other.install_command.emplace_back("--quiet");
    EXPECT_NE(one.dir, made(other, {"a==1", ""}).dir);
}

TEST(PackEnvironment, QuotesWhatItsScriptSays) {
    const auto one = made(config(), {"a==1", ""});
    EXPECT_THAT(one.script, HasSubstr(fmt::format("step 'python3' '-m' 'venv' '{}'", one.dir)));
    EXPECT_THAT(one.script, HasSubstr(R"('-r' '/packs/it'\''s/requirements.txt')"));
}

TEST(PackEnvironment, IsOnlyMadeForRuntimesThatSayHow) {
    EXPECT_TRUE(makes_environments(config()));
    auto none = config();
    none.manifest_file.clear();
    EXPECT_FALSE(makes_environments(none));
    EXPECT_FALSE(makes_environments(ExecutionConfig{}));
}

} // namespace
} // namespace attune::logic::action
