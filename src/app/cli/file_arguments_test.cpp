#include "app/cli/file_arguments.hpp"

#include "app/cli/parser.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <sstream>

namespace attune::app::cli {
namespace {

using testing::HasSubstr;

class FileArguments : public testing::Test {
protected:
    Result<Arguments> read(std::vector<std::string> words, const std::string& input = {}) {
        const auto line = parse_command_line(std::move(words));
        std::istringstream in(input);
        return read_file_arguments(*line.command, line.arguments, in);
    }
    const std::string file_ = testing::TempDir() + "attune-file-argument";
};

TEST_F(FileArguments, StandForTheTextOfAFileOrOfStdin) {
    std::ofstream(file_) << R"({"a":1})";
    const auto of_file = read({"run", "core.echo", "--params-json", "@" + file_});
    ASSERT_TRUE(of_file);
    EXPECT_EQ(of_file->text("params-json"), R"({"a":1})");

    const auto of_stdin = read({"run", "core.echo", "--params-json", "@-"}, "{}");
    ASSERT_TRUE(of_stdin);
    EXPECT_EQ(of_stdin->text("params-json"), "{}");
}

TEST_F(FileArguments, AreRefusedByTheOptionsName) {
    EXPECT_EQ(read({"run", "core.echo", "--params-json", "@/nowhere"}).error().text(),
              "--params-json: the file '/nowhere' cannot be read");
    const auto twice = read(
        {"rule", "create", "-n", "a.b", "-t", "a.t", "-a", "a.a", "--criteria", "@-", "--action-params", "@-"}, "{}");
    ASSERT_FALSE(twice);
    EXPECT_THAT(twice.error().message, HasSubstr("one option only"));
}

TEST_F(FileArguments, LeaveOtherTextsAlone) {
    const auto given = read({"rule", "update", "a.b", "--label", "@home"});
    ASSERT_TRUE(given);
    EXPECT_EQ(given->text("label"), "@home");
}

} // namespace
} // namespace attune::app::cli
