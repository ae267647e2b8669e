#include "api/server/api.hpp"

#include "api/api_test_support.hpp"
#include "api/auth/standings.hpp"
#include "base/text.hpp"
#include "support/fake_pool.hpp"
#include "support/memory_pack_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::api {
namespace {

/// A database that is down: what needs one answers with 503.
class DownDatabase final : public Database {
public:
    std::optional<std::string> trouble() const override { return "the disk is full"; }

protected:
    static Error down() { return Error{Errc::unavailable, "the disk is full"}; }
    task<Result<void>> submit_read(Unit) override { co_return down(); }
    task<Result<void>> submit_write(WriteOptions, Unit) override { co_return down(); }
    Result<void> run_blocking(Unit) override { return down(); }
};

class StillClock final : public Clock {
public:
    Timestamp now() const override { return Timestamp{std::chrono::seconds{1'700'000'000}}; }
    Duration monotonic() const override { return 1s; }
    task<bool> wait_until(Timestamp, Signal*) override { co_return true; }
};

class NoBus final : public Bus {
public:
    void ring(Topic, std::span<const std::int64_t>) override {}
    std::unique_ptr<Subscription> subscribe(Topic, Signal&) override { return nullptr; }
    bool is_up() const override { return true; }
};

class Zeros final : public Random {
public:
    std::uint64_t next() override { return 0; }
    std::string bytes(std::size_t count) override { return std::string(count, '\0'); }
};

class PlainHasher final : public PasswordHasher {
public:
    Result<std::string> hash(const std::string& password) override { return password; }
    bool verify(const std::string& password, const std::string& phc) override { return password == phc; }
    void verify_nobody(const std::string&) override {}
};

class NoSigner final : public TokenSigner {
public:
    std::string sign(const Claims&) const override { return "token"; }
    Result<Claims> verify(std::string_view, Timestamp, std::initializer_list<TokenType>) const override {
        return Error{Errc::unauthenticated, std::string(kTokenInvalid)};
    }
};

class NoDigests final : public Digests {
public:
    std::string sha256(std::string_view) const override { return {}; }
    std::string hmac(HashAlgorithm, std::string_view, std::string_view) const override { return {}; }
    bool equal(std::string_view a, std::string_view b) const override { return a == b; }
};

/// Requests that end before the database is asked.
class ApiWithoutDatabase : public testing::Test {
protected:
    ApiWithoutDatabase() {
        api_.declare(router_);
        authenticator_.callers["nobody"].identity = {1};
        auto& author = authenticator_.callers["author"];
        author.identity = {2};
        GrantConstraints own;
        own.pack_refs.emplace({std::string("mine")});
        Grant grant{Resource::rules, {Right::read, Right::create}};
        grant.constraints.emplace(own);
        author.grants = {grant};
    }

    RawResponse call(Method method, std::string_view target, std::string body = {}, const std::string& token = {}) {
        return run_to_end(router_.handle(make_request(method, target, std::move(body), token)));
    }

    asio::io_context loop_;
    StillClock clock_;
    NoBus bus_;
    DownDatabase db_;
    Zeros random_;
    flow::IdAllocator ids_{db_};
    test::FakePool pool_;
    test::MemoryPackStore packs_;
    NoSigner signer_;
    PlainHasher hasher_;
    NoDigests digests_;
    Context ctx_{clock_, bus_, db_, random_, ids_, pool_, signer_, hasher_, digests_, packs_, loop_.get_executor(),
                 {},     {},   {}};
    FakeAuthenticator authenticator_;
    Router router_{authenticator_};
    ServiceGroup group_{loop_.get_executor(), clock_};
    LoopWatch loops_{clock_};
    Metrics metrics_;
    DatabaseStandings standings_{db_};
    live::Feed feed_{{clock_, bus_, db_, loop_.get_executor(), group_}};
    Api api_{ctx_, {db_, bus_, clock_, group_, loops_, metrics_}, feed_, standings_};
};

TEST_F(ApiWithoutDatabase, DeclaresEveryRouteInFull) {
    EXPECT_THAT(router_.undeclared(), testing::IsEmpty());
}

TEST_F(ApiWithoutDatabase, AsksEveryWriteForItsGrant) {
    int writes = 0;
    for (const auto& route : router_.routes()) {
        if (route.method == Method::get || !route.pattern.starts_with("/api/v1")) continue;
        if (route.pattern == "/api/v1/schedules/preview") continue; // writes nothing: for whoever is logged in
        if (route.declared.access == Access::open) continue;        // webhooks: their keys are in the path
        // What it asks for depends on the execution, which is in the database.
        if (route.pattern == "/api/v1/executions/{id}/cancel") continue;
        ++writes;
        std::string target = route.pattern;
        target = replace_all(replace_all(std::move(target), "{ref}", "mine.one"), "{id}", "7");
        EXPECT_EQ(call(route.method, target, "{}").status, 401) << route.pattern;
        EXPECT_EQ(call(route.method, target, "{}", "nobody").status, 403) << route.pattern;
    }
    EXPECT_GT(writes, 15);
}

TEST_F(ApiWithoutDatabase, NamesTheFieldThatIsWrongBeforeTouchingTheDatabase) {
    const auto post = [&](std::string_view body) {
        return call(Method::post, "/api/v1/rules", std::string(body), "author");
    };
    const auto missing = post(R"({"ref":"mine.r"})");
    EXPECT_EQ(missing.status, 422);
    EXPECT_THAT(missing.body, testing::HasSubstr("pack_ref"));
    const auto conditions = post(R"({"ref":"mine.r","pack_ref":"mine","label":"R","action_ref":"core.echo",
        "trigger_ref":"core.crontimer","conditions":[{"field":"a","operator":"like","value":1}]})");
    EXPECT_EQ(conditions.status, 422);
    EXPECT_THAT(conditions.body, testing::HasSubstr("conditions[0].operator"));
    const auto foreign = post(R"({"ref":"other.r","pack_ref":"other","label":"R","action_ref":"core.echo",
        "trigger_ref":"core.crontimer"})");
    EXPECT_EQ(foreign.status, 403);
}

TEST_F(ApiWithoutDatabase, RegistersNobodyUnlessThatIsAllowed) {
    const std::string body = R"({"login":"somebody","password":"long enough"})";
    EXPECT_EQ(call(Method::post, "/auth/register", body).status, 403);
    ctx_.options.allow_self_registration = true;
    EXPECT_EQ(call(Method::post, "/auth/register", body).status, 503);
    EXPECT_EQ(call(Method::post, "/auth/register", R"({"login":"somebody","password":"short"})").status, 422);
    EXPECT_EQ(call(Method::post, "/auth/register", R"({"login":" x ","password":"long enough"})").status, 422);
}

TEST_F(ApiWithoutDatabase, RefusesEmptyCredentials) {
    EXPECT_EQ(call(Method::post, "/auth/login", R"({"login":"","password":"x"})").status, 422);
    EXPECT_EQ(call(Method::post, "/auth/login", R"({"username":"admin","password":""})").status, 422);
    EXPECT_EQ(call(Method::post, "/auth/refresh").status, 401);
}

} // namespace
} // namespace attune::api
