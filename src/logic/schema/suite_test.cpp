// The JSON Schema Test Suite, draft 7: every file in tests/data/json-schema/draft7 (its README says what is left out).
#include "logic/schema/validator.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <set>

namespace attune::logic::schema {
namespace {

namespace fs = std::filesystem;

std::string text_of(const json::value& value) {
    return std::string(value.get_string());
}

std::vector<fs::path> suite_files() {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(ATTUNE_SOURCE_DIR "/tests/data/json-schema/draft7")) {
        if (entry.path().extension() == ".json") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

json::value read(const fs::path& path) {
    std::ifstream in(path);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return parse_json(text).value();
}

class Draft7 : public testing::TestWithParam<fs::path> {};

TEST_P(Draft7, AgreesWithTheSuite) {
    static const std::set<std::string> kNotClaimed = {"remote ref, containing refs itself",
                                                      "Recursive references between schemas"};
    const auto groups = read(GetParam());
    for (const auto& group : groups.as_array()) {
        const auto name = text_of(group.at("description"));
        if (kNotClaimed.contains(name)) continue;
        const auto validator = Validator::compile(group.at("schema"), Dialect::draft7);
        ASSERT_TRUE(validator) << name << ": " << validator.error().text();
        for (const auto& test : group.at("tests").as_array()) {
            const auto problems = validator->validate(test.at("data"));
            EXPECT_EQ(problems.empty(), test.at("valid").as_bool()) << name << ": " << text_of(test.at("description"));
        }
    }
}

std::string name_of(const testing::TestParamInfo<fs::path>& info) {
    auto name = info.param.stem().string();
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Suite, Draft7, testing::ValuesIn(suite_files()), name_of);

TEST(Draft7Suite, IsThere) {
    EXPECT_GE(suite_files().size(), 40U);
}

} // namespace
} // namespace attune::logic::schema
