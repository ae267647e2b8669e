#include "runtime/metric_table.hpp"

#include "app/golden_for_test.hpp"
#include "base/text.hpp"

#include <cctype>
#include <filesystem>
#include <sstream>

namespace attune::app {
namespace {

TEST(MetricsReference, IsTheOneThatIsKept) {
    expect_golden("docs/reference/metrics.md", metrics_reference());
}

/// The enumerators of Metric, in order. Boost.Describe takes no enum that is as long.
std::vector<std::string> metric_names() {
    std::ostringstream header;
    header << std::ifstream(ATTUNE_SOURCE_DIR "/src/runtime/metric_table.hpp").rdbuf();
    const auto text = std::move(header).str();
    const auto open = text.find("{\n", text.find("enum class Metric "));
    const auto body = std::string_view(text).substr(open + 2, text.find("};", open) - open - 2);
    std::vector<std::string> out;
    for (const auto one : split(body, ',')) out.emplace_back(trim(one));
    return out;
}

/// The text of the program but for the table itself.
std::string program_text() {
    std::ostringstream out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(ATTUNE_SOURCE_DIR "/src")) {
        const auto name = entry.path().filename().string();
        if (!entry.is_regular_file() || name.starts_with("metric_table") || name.find("_test.") != std::string::npos)
            continue;
        out << std::ifstream(entry.path()).rdbuf();
    }
    return out.str();
}

bool is_of_a_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

TEST(MetricsReference, NamesNothingThatNobodyCounts) {
    const auto text = program_text();
    const auto names = metric_names();
    ASSERT_EQ(names.size(), kMetricCount);
    for (const auto& name : names) {
        const auto use = "Metric::" + name;
        auto at = text.find(use);
        while (at != std::string::npos && is_of_a_word(text[at + use.size()])) at = text.find(use, at + 1);
        EXPECT_NE(at, std::string::npos) << use << " has no user";
    }
}

} // namespace
} // namespace attune::app
