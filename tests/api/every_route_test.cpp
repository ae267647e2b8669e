// What holds of every route alike: who may call it, and what it does with a body that is none.
#include "api/bootstrap.hpp"
#include "api/fakes.hpp"

#include <gtest/gtest.h>

namespace attune::api {
namespace {

class EveryRoute : public testing::Test {
protected:
    EveryRoute() {
        world_.write([&](Session& session) {
            return create_first_admin(session, "admin", "first password", world_.clock.now());
        });
        auto& all = authenticator_.callers["all"];
        all.identity = {1};
        for (const auto& resource : described_values<Resource>()) {
            all.grants.push_back({resource, described_values<Right>(), {}});
        }
        authenticator_.callers["none"].identity = {1};
        auto& worker = authenticator_.callers["worker"];
        worker.token_type = TokenType::worker;
        auto& sensor = authenticator_.callers["sensor"];
        sensor.token_type = TokenType::sensor;
        execution_ = world_.execute("core.echo");
    }

    template <class E>
    static std::vector<E> described_values() {
        std::vector<E> out;
        for (const auto value : enum_values<E>()) out.push_back(value);
        return out;
    }
    static std::string name_of(const Route& route) { return method_name(route.method) + " " + route.pattern; }
    /// A target of the route's pattern, of things that exist where that is possible.
    std::string target_of(const Route& route) const {
        std::string out;
        for (const auto& segment : route.segments) {
            const auto name = is_parameter(segment) ? parameter_name(segment) : "";
            const bool is_pack = out.ends_with("/packs");
            out += "/" + (name.empty()       ? segment
                          : name == "ref"    ? (is_pack ? "core" : "core.echo")
                          : name == "id"     ? std::to_string(execution_.value)
                          : name == "stream" ? "stdout"
                          : name == "status" ? "completed"
                                             : "x");
        }
        return out;
    }
    RawResponse call(const Route& route, std::string body, const std::string& token,
                     const char* content_type = "application/json") {
        auto request = make_request(route.method, target_of(route), {}, token);
        if (!body.empty()) request.headers.add("Content-Type", content_type);
        request.body = std::move(body);
        return run_to_end(router_.handle(std::move(request)));
    }
    /// The answer to JSON of another form; the contract has its own for those who report to a webhook.
    static int wrong_member_status(const Route& route) { return route.pattern == "/api/v1/webhooks/{key}" ? 400 : 422; }
    std::string everything() {
        return world_.write([](Session& session) -> Result<std::string> {
            std::string out;
            const Session::RowSink sink = [&](const Row& row) -> Result<void> {
                out += std::to_string(row.integer(0)) + " ";
                return {};
            };
            for (const auto* table : {"identity", "pack", "runtime", "\"trigger\"", "action", "rule", "timer", "event",
                                      "enforcement", "execution", "definition_change"}) {
                CHECK(session.run_text(fmt::format("select count(*) from {}", table), {}, &sink));
            }
            CHECK(session.run_text("select generation from instance", {}, &sink));
            return out;
        });
    }

    test::World world_;
    ExecutionId execution_;
    FakeContext fakes_{world_};
    FakeApi api_{world_, fakes_.context};
    FakeAuthenticator& authenticator_ = api_.authenticator;
    Router& router_ = api_.router;
};

TEST_F(EveryRoute, SaysWhoMayCallItAndWhatItIs) {
    EXPECT_TRUE(router_.undeclared().empty()) << router_.undeclared().front();
    EXPECT_GT(router_.routes().size(), 70U);
}

TEST_F(EveryRoute, AsksForATokenUnlessItIsOpen) {
    for (const auto& route : router_.routes()) {
        if (route.declared.access == Access::open) continue;
        EXPECT_EQ(call(route, "{}", "").status, 401) << name_of(route);
        EXPECT_EQ(call(route, "{}", "unknown").status, 401) << name_of(route);
    }
}

TEST_F(EveryRoute, IsClosedToSomebodyWithoutGrants) {
    // Their own account, packs that are everybody's, and what a schedule would do, which tells of nothing stored.
    const std::set<std::string> own{"GET /auth/me",
                                    "PUT /auth/me",
                                    "POST /auth/change-password",
                                    "GET /api/v1/packs",
                                    "GET /api/v1/packs/{ref}",
                                    "POST /api/v1/schedules/preview"};
    const auto before = everything();
    for (const auto& route : router_.routes()) {
        if (route.declared.access == Access::open || own.contains(name_of(route))) continue;
        EXPECT_EQ(call(route, {}, "none").status, 403) << name_of(route);
    }
    EXPECT_EQ(everything(), before);
}

TEST_F(EveryRoute, IsClosedToTokensOfOtherKinds) {
    const auto before = everything();
    for (const auto& route : router_.routes()) {
        if (route.declared.access == Access::open) continue;
        EXPECT_EQ(call(route, {}, "worker").status, 403) << name_of(route);
        if (route.pattern != "/api/v1/events") EXPECT_EQ(call(route, {}, "sensor").status, 403) << name_of(route);
    }
    EXPECT_EQ(everything(), before);
}

TEST_F(EveryRoute, RefusesABodyThatIsNone) {
    const auto before = everything();
    std::size_t with_body = 0;
    for (const auto& route : router_.routes()) {
        if (route.signature.body == nullptr) continue;
        ++with_body;
        const auto token = route.declared.token_types.contains(TokenType::access) ? "all" : "sensor";
        const auto refuse = [&](std::string body, int status, const char* type = "application/json") {
            const auto answer = call(route, body, token, type);
            EXPECT_EQ(answer.status, status) << name_of(route) << " " << body.substr(0, 40) << ": " << answer.body;
            const auto said = parse_json(answer.body);
            EXPECT_TRUE(said && find_member(*said, "code") != nullptr) << name_of(route);
        };
        if (!route.signature.body->is_optional()) refuse({}, 415);
        refuse("{}", 415, "text/plain");
        refuse("{}", 415, "application/x-www-form-urlencoded");
        refuse("{", 400);
        refuse("{} {}", 400);
        refuse("{\"a\":\"\xff\"}", 400);
        refuse(std::string(100'000, '['), 400);
        for (const auto* other : {"[]", "7", "\"text\""}) refuse(other, wrong_member_status(route));
    }
    EXPECT_GT(with_body, 15U);
    EXPECT_EQ(everything(), before);
}

TEST_F(EveryRoute, NamesTheMemberOfAWrongType) {
    const auto before = everything();
    for (const auto& route : router_.routes()) {
        if (route.signature.body == nullptr) continue;
        const auto token = route.declared.token_types.contains(TokenType::access) ? "all" : "sensor";
        json::object components;
        const auto reference = schema_ref(*route.signature.body, components);
        const auto* name = find_member(reference, "$ref");
        ASSERT_NE(name, nullptr) << name_of(route);
        const auto schema = components.at(std::string_view(name->as_string()).substr(21)).as_object();
        for (const auto& [member, of] : schema.at("properties").as_object()) {
            const auto* type = find_member(of, "type");
            if (type == nullptr) continue; // anything goes
            const bool is_list = to_text(*type).find("array") != std::string::npos;
            const auto wrong = is_list ? json::value(7) : json::value(json::array{json::object{}});
            const auto answer = call(route, to_text(json::value(json::object{{member, wrong}})), token);
            // Some member that is required may be missed first.
            const auto body = *parse_json(answer.body);
            EXPECT_EQ(answer.status, wrong_member_status(route))
                << name_of(route) << " " << std::string_view(member) << ": " << answer.body;
            EXPECT_NE(find_member(body, "field"), nullptr) << name_of(route) << ": " << answer.body;
        }
    }
    EXPECT_EQ(everything(), before);
}

} // namespace
} // namespace attune::api
