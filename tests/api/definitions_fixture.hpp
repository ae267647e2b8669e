#pragma once
#include "api/bootstrap.hpp"
#include "api/fakes.hpp"
#include "flow/timers.hpp"

#include <gtest/gtest.h>

namespace attune::api {

/// The routes of definitions over a real database with the core pack and an administrator.
class DefinitionRoutes : public testing::Test {
protected:
    DefinitionRoutes() {
        world_.write([&](Session& session) {
            return create_first_admin(session, "admin", "first password", world_.clock.now());
        });
        const auto standing = run_to_end(api_.standings.of_identity({1}));
        auto& admin = authenticator_.callers["admin"];
        admin.identity = {1};
        admin.grants = standing->grants;
        auto& author = authenticator_.callers["author"];
        author.identity = {2};
        author.grants = {{Resource::rules, {Right::create, Right::update}, {}}};
        call(Method::post, "/api/v1/packs", R"({"ref":"mine","label":"Mine","version":"1.0.0"})");
        call(Method::post, "/api/v1/actions",
             R"({"ref":"mine.act","pack_ref":"mine","label":"A","entrypoint":"echo","runtime_ref":"core.shell",
                 "param_schema":{"n":{"type":"integer","required":true}}})");
    }

    RawResponse call(Method method, std::string_view target, std::string body = {},
                     const std::string& token = "admin") {
        return run_to_end(router_.handle(make_request(method, target, std::move(body), token)));
    }
    RawResponse post_rule(const std::string& ref, const std::string& members, const std::string& token = "admin") {
        return call(Method::post, "/api/v1/rules",
                    fmt::format(R"({{"ref":"{}","pack_ref":"mine","label":"R","action_ref":"mine.act",)"
                                R"("trigger_ref":"core.intervaltimer",{}}})",
                                ref, members),
                    token);
    }
    static std::string field_of(const RawResponse& response) {
        const auto body = *parse_json(response.body);
        const auto* field = find_member(body, "field");
        return field == nullptr ? "" : std::string(field->get_string());
    }
    std::int64_t armed() {
        return world_.write([](Session& session) { return flow::count_armed_timers(session); });
    }

    static constexpr const char* kGood = R"("trigger_params":{"unit":"seconds","interval":5},"action_params":{"n":1})";

    test::World world_;
    FakeContext fakes_{world_};
    Context& ctx_ = fakes_.context;
    FakeApi api_{world_, ctx_};
    FakeAuthenticator& authenticator_ = api_.authenticator;
    Router& router_ = api_.router;
};

} // namespace attune::api
