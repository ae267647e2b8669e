#include "api/api_test_support.hpp"
#include "api/auth/bearer.hpp"
#include "api/auth/execution_claims.hpp"
#include "domain/execution.hpp"

#include <gtest/gtest.h>

namespace attune::api {
namespace {

/// Tokens are the JSON of their claims; "expired" is expired.
class PlainSigner final : public TokenSigner {
public:
    std::string sign(const Claims& claims) const override { return to_text(to_json(claims)); }
    Result<Claims> verify(std::string_view token, Timestamp, std::initializer_list<TokenType> accepted) const override {
        if (token == "expired") return Error{Errc::unauthenticated, std::string(kTokenExpired)};
        TRY(const auto value, parse_json(token));
        TRY(auto claims, from_json<Claims>(value));
        for (const auto type : accepted) {
            if (type == claims.type()) return claims;
        }
        return Error{Errc::unauthenticated, std::string(kTokenInvalid)};
    }
};

class StillClock final : public Clock {
public:
    Timestamp now() const override { return {}; }
    Duration monotonic() const override { return {}; }
    task<bool> wait_until(Timestamp, Signal*) override { co_return true; }
};

class FakeStandings final : public StandingSource {
public:
    task<Result<Standing>> of_identity(IdentityId identity) override {
        if (identity.value != 5 && identity.value != 6) co_return Error{Errc::not_found, "no such identity"};
        Standing standing;
        standing.grants = {{Resource::packs, {Right::read}, {}}};
        standing.frozen = identity.value == 6;
        co_return standing;
    }
    task<Result<Standing>> of_sets(std::vector<std::string> refs) override {
        Standing standing;
        standing.permission_set_refs = std::move(refs);
        co_return standing;
    }
};

class BearerTest : public testing::Test {
protected:
    Result<Caller> ask(Claims claims) { return ask(signer.sign(claims)); }
    Result<Caller> ask(const std::string& token) {
        RawRequest request;
        if (!token.empty()) request.headers.add("authorization", "bearer " + token);
        return run_to_end(bearer.authenticate(request));
    }
    static Claims claims_of(TokenType type, const char* metadata = "{}") {
        Claims claims{"5", "ann", 0, 0, {}, {}, {}};
        claims.token_type.emplace(type);
        claims.metadata.emplace(parse_json(metadata)->as_object());
        return claims;
    }
    PlainSigner signer;
    FakeStandings standings;
    StillClock clock;
    BearerAuthenticator bearer{signer, standings, clock};
};

TEST_F(BearerTest, GivesAnIdentityItsGrants) {
    const auto caller = ask(Claims{"5", "ann", 0, 0, {}, {}, {}});

    ASSERT_TRUE(caller);
    EXPECT_EQ(caller->identity.value, 5);
    EXPECT_TRUE(caller->may(Resource::packs, Right::read));
}

TEST_F(BearerTest, TellsMissingInvalidAndExpiredApart) {
    EXPECT_EQ(ask("").error().message, kTokenMissing);
    EXPECT_EQ(ask("expired").error().message, kTokenExpired);
    EXPECT_EQ(ask(claims_of(TokenType::refresh)).error().message, kTokenInvalid);
    for (const auto* sub : {"", "x", "7", "-5", "5x", "0"}) {
        EXPECT_EQ(ask(Claims{sub, "ann", 0, 0, {}, {}, {}}).error().message, kTokenInvalid) << sub;
    }
}

TEST_F(BearerTest, RefusesAFrozenIdentity) {
    EXPECT_EQ(ask(Claims{"6", "bob", 0, 0, {}, {}, {}}).error().code, Errc::forbidden);
}

TEST_F(BearerTest, GivesSensorsAndWorkersTheRightsOfTheirKindAlone) {
    const auto sensor = ask(claims_of(TokenType::sensor));
    const auto worker = ask(claims_of(TokenType::worker));

    EXPECT_TRUE(sensor->may(Resource::events, Right::create));
    EXPECT_TRUE(sensor->may(Resource::rules, Right::read));
    EXPECT_FALSE(sensor->may(Resource::packs, Right::read));
    EXPECT_TRUE(worker->grants.empty());
}

TEST_F(BearerTest, LimitsAnExecutionToItsSetsAndItsOwnKeys) {
    const auto caller = ask(claims_of(TokenType::execution, R"({"execution_id":9,"permission_set_refs":["standard",
        "core.viewer"],"standard_access_action_refs":["core.echo"],"standard_access_pack_refs":["core"]})"));

    ASSERT_TRUE(caller);
    EXPECT_EQ(caller->permission_set_refs, (std::vector<std::string>{"core.viewer", "standard"}));
    EXPECT_EQ(*caller->about("execution_id"), 9);
    EXPECT_TRUE(caller->may(Resource::keys, Right::decrypt, {.owner_type = "pack", .owner_ref = "core"}));
    EXPECT_FALSE(caller->may(Resource::keys, Right::decrypt, {.owner_type = "pack", .owner_ref = "other"}));
    EXPECT_FALSE(caller->may(Resource::keys, Right::update, {.owner_type = "pack", .owner_ref = "core"}));
    EXPECT_FALSE(caller->may(Resource::packs, Right::read));
}

TEST_F(BearerTest, TakesAnExecutionForWhomeverItRunsFor) {
    Execution execution;
    execution.id = {9};
    execution.action_ref = "core.echo";
    execution.executor = IdentityId{5};

    const auto caller = ask(execution_claims(execution, clock.now(), 300s));

    ASSERT_TRUE(caller) << caller.error().text();
    EXPECT_EQ(caller->acting(), IdentityId{5});
    EXPECT_EQ(caller->own_execution(), ExecutionId{9});
}

TEST_F(BearerTest, TakesAnExecutionThatRunsForNobodyForNoIdentity) {
    Execution execution;
    execution.id = {9};
    execution.action_ref = "core.echo";

    const auto caller = ask(execution_claims(execution, clock.now(), 300s));

    ASSERT_TRUE(caller) << caller.error().text();
    EXPECT_EQ(caller->acting(), std::nullopt);
    EXPECT_EQ(caller->own_execution(), ExecutionId{9});
}

TEST_F(BearerTest, TakesTheBrowsersCookie) {
    RawRequest request;
    request.headers.add("Cookie", "a=b; attune_access_token=" + std::string("abc; c=d"));

    EXPECT_EQ(bearer_token(request), "abc");
}

} // namespace
} // namespace attune::api
