#include "api/common/multipart.hpp"

#include <gtest/gtest.h>

namespace attune::api {
namespace {

constexpr std::string_view kType = "multipart/form-data; boundary=\"xYz\"";

Errc code_of(const Result<std::vector<FormPart>>& result) {
    EXPECT_FALSE(result.has_value());
    return result ? Errc::internal : result.error().code;
}

TEST(Multipart, ReadsFieldsAndFiles) {
    const auto parts =
        parse_multipart(kType, "--xYz\r\nContent-Disposition: form-data; name=\"force\"\r\n\r\ntrue\r\n"
                               "--xYz\r\ncontent-disposition: form-data; name=pack; filename=\"a;b.tgz\"\r\n"
                               "Content-Type: application/gzip\r\n\r\n\x1f\r\n--x\r\n\r\n--xYz--\r\n");
    ASSERT_TRUE(parts.has_value()) << parts.error().text();
    ASSERT_EQ(parts->size(), 2U);
    EXPECT_EQ(find_part(*parts, "force")->content, "true");
    EXPECT_EQ(find_part(*parts, "pack")->content, "\x1f\r\n--x\r\n");
    EXPECT_EQ(find_part(*parts, "pack")->filename, "a;b.tgz");
    EXPECT_EQ(find_part(*parts, "other"), nullptr);
}

TEST(Multipart, ReadsAnEmptyPartAndSkipsThePreamble) {
    const auto parts =
        parse_multipart(kType, "preamble\r\n--xYz  \r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--xYz--");
    ASSERT_TRUE(parts.has_value()) << parts.error().text();
    ASSERT_EQ(parts->size(), 1U);
    EXPECT_EQ(parts->front().content, "");
}

TEST(Multipart, RefusesAnotherContentType) {
    EXPECT_EQ(code_of(parse_multipart("application/json", "{}")), Errc::unsupported);
    EXPECT_EQ(code_of(parse_multipart("multipart/form-data", "--x--")), Errc::bad_request);
    EXPECT_EQ(code_of(parse_multipart("multipart/form-data; boundary=\"x", "--x--")), Errc::bad_request);
}

TEST(Multipart, RefusesEveryTruncation) {
    const std::string body = "--xYz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nv\r\n--xYz--";
    ASSERT_TRUE(parse_multipart(kType, body).has_value());
    for (std::size_t n = 0; n < body.size(); ++n) {
        EXPECT_EQ(code_of(parse_multipart(kType, body.substr(0, n))), Errc::bad_request) << n;
    }
}

TEST(Multipart, RefusesPartsWithoutNameAndTooMany) {
    EXPECT_EQ(code_of(parse_multipart(kType, "--xYz\r\nX: y\r\n\r\nv\r\n--xYz--")), Errc::bad_request);
    EXPECT_EQ(code_of(parse_multipart(kType, "--xYz\r\n\r\nv\r\n--xYz--")), Errc::bad_request);
    std::string many;
    for (int i = 0; i < 17; ++i) many += "--xYz\r\nContent-Disposition: form-data; name=a\r\n\r\nv\r\n";
    EXPECT_EQ(code_of(parse_multipart(kType, many + "--xYz--")), Errc::too_many);
}

TEST(Multipart, RefusesAHeaderWithoutEnd) {
    EXPECT_EQ(code_of(parse_multipart(kType, "--xYz\r\nA: " + std::string(20'000, 'x') + "\r\n\r\nv\r\n--xYz--")),
              Errc::bad_request);
}

} // namespace
} // namespace attune::api
