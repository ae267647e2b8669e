#include "logic/action/secret_masker.hpp"

#include <gmock/gmock.h>

namespace attune::logic::action {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string masked(std::vector<json::value> secrets, std::string_view text) {
    return SecretMasker(secrets).mask(text);
}

TEST(SecretMasker, MasksEveryOccurrence) {
    EXPECT_EQ(masked({"hunter2"}, "hunter2, and 'hunter2' again"), "********, and '********' again");
    EXPECT_EQ(masked({"hunter2"}, "hunter hunte2"), "hunter hunte2");
}

TEST(SecretMasker, FindsSecretsAcrossPiecesOfAnySize) {
    const std::string text = "a hunhunter2hunter2b hunter and ununterhunter2";
    for (std::size_t size = 1; size < text.size(); ++size) {
        SecretMasker masker(std::vector<json::value>{"hunter2"});
        std::string out;
        for (std::size_t at = 0; at < text.size(); at += size) {
            out += masker.feed(std::string_view(text).substr(at, size));
            EXPECT_THAT(out, Not(HasSubstr("hunter2"))) << size;
        }
        out += masker.finish();
        EXPECT_EQ(out, "a hun********b hunter and ununter********") << size;
    }
}

TEST(SecretMasker, MasksOverlappingSecretsWhole) {
    EXPECT_EQ(masked({"abcdef", "defghi"}, "xabcdefghiy"), "x********y");
    EXPECT_EQ(masked({"aaaa"}, "baaaaaab"), "b********b");
    EXPECT_EQ(masked({"abcd", "abcdefgh"}, "abcdefgh abcdef"), "******** ********ef");
}

TEST(SecretMasker, KeepsBackOnlyWhatMayBecomeASecret) {
    SecretMasker masker(std::vector<json::value>{"hunter2"});

    EXPECT_EQ(masker.feed("plain text"), "plain text");
    EXPECT_EQ(masker.feed("x hun"), "x ");
    EXPECT_EQ(masker.feed("gry"), "hungry");
}

TEST(SecretMasker, FindsTheFormsOfStructuredSecrets) {
    const json::value secret =
        json::object{{"key", "line one\nline two\n"}, {"pin", 123456}, {"list", json::array{"in\"side"}}};

    EXPECT_EQ(masked({secret}, "line two"), "********");
    EXPECT_EQ(masked({secret}, R"({"k":"line one\nline two\n"})"), R"({"k":"********"})");
    EXPECT_EQ(masked({secret}, "pin=123456"), "pin=********");
    EXPECT_EQ(masked({secret}, R"("in\"side" in"side)"), R"("********" ********)");
}

TEST(SecretMasker, LeavesWhatIsTooShortToBeTold) {
    EXPECT_TRUE(SecretMasker(std::vector<json::value>{"abc", 12, true, nullptr, ""}).is_idle());
    EXPECT_EQ(masked({"abc"}, "abc"), "abc");
}

TEST(SecretMasker, FindsEachOfVeryMany) {
    std::vector<json::value> secrets;
    for (std::size_t i = 0; i < 2'000; ++i)
        secrets.emplace_back(fmt::format("secret-{}-{}", i, std::string(i % 50, 'x')));
    SecretMasker masker(secrets);
    for (const auto& one : secrets) EXPECT_EQ(masker.mask("a" + std::string(one.get_string()) + "b"), "a********b");
    auto copy = masker;
    EXPECT_EQ(copy.mask("secret-7-x secret-7-xxxxxxx"), "secret-7-x ********");
}

TEST(SecretMasker, FindsASecretWithinTheBeginningOfAnother) {
    EXPECT_EQ(masked({"abcdefgh", "cdef"}, "abcdefg"), "ab********g");
    EXPECT_EQ(masked({"abcdefgh", "bcde", "cdefg"}, "xabcdefy"), "xa********fy");
}

TEST(SecretMasker, TakesTimeInProportionToTheText) {
    const std::string secret = std::string(30'000, 'a') + "b";
    SecretMasker masker(std::vector<json::value>{json::value(json::string(secret))});
    std::string out;
    for (int i = 0; i < 30; ++i) out += masker.feed(std::string(10'000, 'a'));
    out += masker.finish();

    EXPECT_EQ(out.size(), 300'000U);
}

} // namespace
} // namespace attune::logic::action
