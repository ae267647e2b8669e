#include "app/cli/api_client.hpp"

#include "app/cli/key_commands.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace attune::app::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Answers from a script, and notes what was asked.
class FakeHttpClient final : public HttpClient {
public:
    std::vector<Result<HttpResponse>> answers;
    std::vector<std::string> asked;

    Result<HttpResponse> send(const HttpRequest& request) override {
        std::string token = "nobody";
        for (const auto& [name, value] : request.headers) {
            if (name == "Authorization") token = value;
        }
        asked.push_back(request.method + " " + request.url + " " + token + " " + request.body);
        if (answers.empty()) return HttpResponse{200, "{}"};
        auto next = answers.front();
        answers.erase(answers.begin());
        return next;
    }
};

HttpResponse tokens(const std::string& access) {
    return {200, R"({"data":{"access_token":")" + access + R"(","refresh_token":"r2"}})"};
}

class ApiClientTest : public testing::Test {
protected:
    FakeHttpClient http;
    Connection connection{.url = "http://s"};
    std::vector<std::string> kept;

    ApiClient client() {
        return ApiClient(http, connection, [this](const auto& got) { kept.push_back(got.access + " " + got.refresh); });
    }
};

TEST_F(ApiClientTest, SendsItsToken) {
    connection.access_token = "t1";
    ASSERT_TRUE(client().call({.path = "/x"}));
    EXPECT_THAT(http.asked, ElementsAre("GET http://s/x Bearer t1 "));
}

TEST_F(ApiClientTest, GetsNewTokensOnceWhenTheOldOnesAreRefused) {
    connection.access_token = "t1";
    connection.refresh_token = "r1";
    http.answers = {HttpResponse{401, "{}"}, tokens("t2"), HttpResponse{200, R"({"data":1})"}};

    ASSERT_TRUE(client().call({.path = "/x"}));

    EXPECT_THAT(http.asked,
                ElementsAre("GET http://s/x Bearer t1 ", R"(POST http://s/auth/refresh nobody {"refresh_token":"r1"})",
                            "GET http://s/x Bearer t2 "));
    EXPECT_THAT(kept, ElementsAre("t2 r2"));
}

TEST_F(ApiClientTest, LogsInByItselfWithNameAndPassword) {
    connection.username = "me";
    connection.password = "pw";
    http.answers = {tokens("t1")};

    ASSERT_TRUE(client().call({.path = "/x"}));

    EXPECT_THAT(http.asked, ElementsAre(R"(POST http://s/auth/login nobody {"login":"me","password":"pw"})",
                                        "GET http://s/x Bearer t1 "));
    EXPECT_TRUE(kept.empty());
}

TEST_F(ApiClientTest, GivesUpWhenTheNewTokensAreRefusedToo) {
    connection.access_token = "t1";
    connection.refresh_token = "r1";
    http.answers = {HttpResponse{401, "{}"}, HttpResponse{401, R"({"error":"Invalid refresh token"})"}};

    const auto answer = client().call({.path = "/x"});

    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Errc::unauthenticated);
    EXPECT_THAT(answer.error().message, HasSubstr("run 'attune login'"));
    EXPECT_EQ(http.asked.size(), 2U);
}

TEST_F(ApiClientTest, SaysWhatToDoWhenThereIsNoServer) {
    http.answers = {Error{Errc::unavailable, "Connection refused"}};
    const auto answer = client().call({.path = "/x"});
    ASSERT_FALSE(answer);
    EXPECT_THAT(answer.error().message, HasSubstr("cannot reach http://s: Connection refused"));
}

TEST_F(ApiClientTest, NoticesThatTheServerIsSomethingElse) {
    http.answers = {HttpResponse{200, "<html>"}};
    EXPECT_THAT(client().call({.path = "/x"}).error().message, HasSubstr("is it an Attune server?"));
}

TEST(ErrorOf, ReadsEveryFormOfError) {
    EXPECT_FALSE(error_of({201, ""}));
    EXPECT_EQ(error_of({404, R"({"error":"No such rule","code":"NOT_FOUND"})"})->message, "No such rule");
    EXPECT_EQ(error_of({401, R"({"error":{"code":401,"message":"Authentication token expired"}})"})->message,
              "Authentication token expired");
    EXPECT_EQ(error_of({422, "plain text"})->code, Errc::invalid);
    EXPECT_EQ(error_of({500, ""})->message, "the server answered 500");
    EXPECT_EQ(error_of({302, ""})->code, Errc::internal);
}

TEST(ResolveConnection, PrefersOptionsToTheEnvironmentToTheFile) {
    ProfileFile file;
    file.profiles["default"] = {.api_url = "http://file/", .auth_token = "t", .refresh_token = "r"};
    file.profiles["work"] = {.api_url = "https://work", .auth_token = "w"};

    EXPECT_EQ(resolve_connection({}, "", "", {})->url, "http://127.0.0.1:8080");
    EXPECT_EQ(resolve_connection(file, "", "", {})->url, "http://file");
    EXPECT_EQ(resolve_connection(file, "", "", {})->access_token, "t");
    EXPECT_EQ(resolve_connection(file, "work", "", {})->access_token, "w");
    EXPECT_EQ(resolve_connection(file, "", "", {{"ATTUNE_PROFILE", "work"}})->url, "https://work");
    EXPECT_EQ(resolve_connection(file, "", "", {{"ATTUNE_API_URL", "http://env"}})->url, "http://env");
    EXPECT_EQ(resolve_connection(file, "", "http://option", {{"ATTUNE_API_URL", "http://env"}})->url, "http://option");
    EXPECT_EQ(resolve_connection(file, "nobody", "", {}).error().code, Errc::not_found);
    EXPECT_EQ(resolve_connection(file, "", "file:///etc/passwd", {}).error().code, Errc::invalid);
}

TEST(ResolveConnection, GivesAProfilesTokenToItsServerAlone) {
    ProfileFile file;
    file.profiles["default"] = {.api_url = "http://file", .auth_token = "t", .refresh_token = "r"};
    const auto other = resolve_connection(file, "", "http://evil", {});
    ASSERT_TRUE(other);
    EXPECT_TRUE(other->access_token.empty());
    EXPECT_TRUE(other->refresh_token.empty());
}

TEST(ProfileFile, IsWrittenForItsOwnerAlone) {
    const auto folder = std::filesystem::temp_directory_path() / ("attune-profile-" + std::to_string(::getpid()));
    const auto path = (folder / "attune" / "config.yaml").string();
    ProfileFile file;
    file.profile = "work";
    file.profiles["work"] = {.api_url = "http://x", .auth_token = "a.b", .username = "yes"};

    ASSERT_TRUE(write_profiles(path, file));
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    const auto read = read_profiles(path);
    std::filesystem::remove_all(folder);

    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->profile, "work");
    EXPECT_EQ(read->profiles.at("work").username, "yes");
    EXPECT_FALSE(read->profiles.at("work").refresh_token);
}

TEST(ProfileFile, IsEmptyWhenItIsNotThere) {
    EXPECT_EQ(read_profiles("/nonexistent/config.yaml")->profile, "default");
    EXPECT_EQ(profile_path({{"HOME", "/h"}}), "/h/.config/attune/config.yaml");
    EXPECT_EQ(profile_path({{"HOME", "/h"}, {"XDG_CONFIG_HOME", "/c"}}), "/c/attune/config.yaml");
    EXPECT_EQ(profile_path({}), "");
}

Arguments arguments(std::map<std::string, std::vector<std::string>> values) {
    return {std::move(values)};
}

TEST_F(ApiClientTest, SetsAKeyThatIsThere) {
    connection.access_token = "t";
    http.answers = {HttpResponse{200, R"({"data":{"ref":"ops.token","value":"s3"}})"}};
    auto used = client();
    const auto answer = set_key(arguments({{"ref", {"ops.token"}}, {"value", {"s3"}}, {"pack", {"ops"}}}), used);
    EXPECT_THAT(http.asked,
                ElementsAre(R"(PUT http://s/api/v1/keys/ops.token Bearer t {"encrypted":true,"value":"s3"})"));
    EXPECT_EQ(to_text(*answer), R"({"data":{"ref":"ops.token"}})") << "the value is not shown";
}

TEST_F(ApiClientTest, MakesAKeyThatIsNotThere) {
    connection.access_token = "t";
    http.answers = {HttpResponse{404, R"({"error":"none"})"}, HttpResponse{201, R"({"data":{}})"}};
    auto used = client();
    ASSERT_TRUE(set_key(arguments({{"ref", {"ops.limits"}},
                                   {"value", {"[1, 2]"}},
                                   {"as-json", {""}},
                                   {"encrypted", {"false"}},
                                   {"action", {"ops.act"}}}),
                        used));
    ASSERT_EQ(http.asked.size(), 2U);
    EXPECT_EQ(http.asked[1], R"(POST http://s/api/v1/keys Bearer t {"encrypted":false,"owner_action_ref":"ops.act",)"
                             R"("owner_type":"action","value":[1,2],"ref":"ops.limits","name":"limits"})");
}

TEST_F(ApiClientTest, RefusesAKeyThatIsWrongBeforeItIsSent) {
    auto used = client();
    const auto field_of = [&](std::map<std::string, std::vector<std::string>> more) {
        more["ref"] = {"k"};
        more["value"] = {"{"};
        return set_key(arguments(more), used).error().field;
    };
    EXPECT_EQ(field_of({{"as-json", {""}}}), "--as-json");
    EXPECT_EQ(field_of({{"encrypted", {"maybe"}}}), "--encrypted");
    EXPECT_EQ(field_of({{"identity", {"ann"}}}), "--identity");
    EXPECT_EQ(field_of({{"file", {"f"}}}), "--value");
    EXPECT_TRUE(http.asked.empty());
}

TEST(RawValue, IsTheValueAlone) {
    const auto raw = [](const char* data) {
        const auto value = raw_value(json::object{{"data", *parse_json(data)}});
        return value ? *value : value.error().message;
    };
    EXPECT_EQ(raw(R"({"value":"a\n","encrypted":true})"), "a\n");
    EXPECT_EQ(raw(R"({"value":{"a":[1]},"encrypted":false})"), "{\"a\":[1]}\n");
    EXPECT_EQ(raw(R"({"value":null,"encrypted":false})"), "null\n");
    EXPECT_THAT(raw(R"({"value":null,"encrypted":true})"), HasSubstr("keys:decrypt"));
}

} // namespace
} // namespace attune::app::cli
