// The built-in pack, read from its files as they are shipped.
#include "adapters/yaml/parse_yaml.hpp"
#include "app/pack_files.hpp"
#include "logic/packs/read_pack.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>

namespace attune::app {
namespace {

Result<logic::packs::PackDefinition> read_core() {
    const std::filesystem::path top = ATTUNE_SOURCE_DIR "/packs/core";
    FileTree files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(top)) {
        if (!entry.is_regular_file()) continue;
        std::ifstream file(entry.path(), std::ios::binary);
        files[entry.path().lexically_relative(top).string()] = {
            std::string{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()}, false};
    }
    return logic::packs::read_pack(
        files, [](auto text, auto name) { return adapters::yaml::parse_yaml(text, name); }, &complete_calendar);
}

template <class T>
std::vector<std::string> refs(const std::vector<T>& components) {
    std::vector<std::string> out;
    for (const auto& component : components) out.push_back(component.ref);
    return out;
}

TEST(CorePack, IsReadWithoutWarnings) {
    const auto pack = read_core();

    ASSERT_TRUE(pack) << pack.error().text();
    EXPECT_THAT(pack->warnings, testing::IsEmpty());
    EXPECT_TRUE(pack->pack.is_standard);
    EXPECT_THAT(refs(pack->actions),
                testing::UnorderedElementsAre("core.echo", "core.local", "core.noop", "core.null", "core.sleep"));
    EXPECT_THAT(refs(pack->triggers),
                testing::UnorderedElementsAre("core.crontimer", "core.datetimetimer", "core.intervaltimer",
                                              "core.rruletimer", "core.timer_10s", "core.timer_1m", "core.timer_hourly",
                                              "core.alert", "core.file_changed"));
    EXPECT_THAT(refs(pack->permission_sets),
                testing::UnorderedElementsAre("core.admin", "core.editor", "core.executor", "core.viewer"));
    EXPECT_THAT(refs(pack->runtimes), testing::UnorderedElementsAre("core.builtin", "core.native", "core.shell",
                                                                    "core.python", "core.nodejs"));
}

TEST(CorePack, HasTimersAsParametersOfTriggers) {
    const auto pack = read_core();

    ASSERT_TRUE(pack);
    for (const auto& trigger : pack->triggers) {
        if (trigger.ref == "core.timer_10s") {
            EXPECT_EQ(to_text(json::value(*trigger.param_schema)), R"({"type":"interval","seconds":10})");
        }
        if (trigger.ref == "core.timer_hourly") {
            EXPECT_EQ(to_text(json::value(*trigger.param_schema)), R"({"type":"cron","expression":"0 0 * * * *"})");
        }
    }
}

} // namespace
} // namespace attune::app
