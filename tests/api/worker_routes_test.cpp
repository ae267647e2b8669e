#include "api/fakes.hpp"
#include "api/workers/workers.hpp"
#include "domain/execution.hpp"
#include "flow/workers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::api {
namespace {

class WorkerRoutesTest : public testing::Test {
protected:
    WorkerRoutesTest() {
        Caller operator_;
        operator_.identity = {1};
        operator_.grants = {{Resource::workers, {Right::read, Right::manage}}};
        authenticator_.callers["operator"] = operator_;
        Caller viewer;
        viewer.identity = {2};
        viewer.grants = {{Resource::workers, {Right::read}}};
        authenticator_.callers["viewer"] = viewer;
        routes_.declare(router_);
        services::ActionWorker::Options options;
        options.name = "one";
        options.host = "host";
        options.slots = 4;
        world.start_worker(std::move(options));
    }

    RawResponse call(Method method, const std::string& target, std::string body = {}, std::string token = "operator") {
        std::optional<RawResponse> out;
        asio::co_spawn(
            world.loop,
            [](task<RawResponse> inner, std::optional<RawResponse>& into) -> task<void> {
                into.emplace(co_await std::move(inner));
            }(router_.handle(make_request(method, target, std::move(body), token)), out),
            [](const std::exception_ptr& failure) {
                if (failure) std::rethrow_exception(failure);
            });
        world.clock.run_until_idle();
        EXPECT_TRUE(out) << target;
        return std::move(*out);
    }
    json::value data(Method method, const std::string& target, std::string body = {}) {
        const auto response = call(method, target, std::move(body));
        EXPECT_EQ(response.status, 200) << response.body;
        return parse_json(response.body)->at("data");
    }
    std::size_t count(const std::string& query) {
        return parse_json(call(Method::get, "/api/v1/workers" + query).body)->at("items").get_array().size();
    }

    test::World world;
    FakeAuthenticator authenticator_;
    Router router_{authenticator_};
    FakeContext fakes_{world};
    WorkerRoutes routes_{fakes_.context};
};

TEST_F(WorkerRoutesTest, ShowAWorkerWithItsLoadAndCapabilities) {
    world.add_action("core.long");
    world.processes.script("core.long", {{.takes = 1min}});
    world.execute("core.long");
    world.advance(5s);

    const auto worker = data(Method::get, "/api/v1/workers/one");

    EXPECT_EQ(worker.at("name"), "one");
    EXPECT_EQ(worker.at("worker_role"), "action");
    EXPECT_EQ(worker.at("status"), "busy");
    EXPECT_EQ(worker.at("health_state"), "busy");
    EXPECT_EQ(worker.at("heartbeat_stale"), false);
    EXPECT_EQ(worker.at("load").at("running"), 1);
    EXPECT_EQ(worker.at("load").at("total_active"), 1);
    EXPECT_EQ(worker.at("load").at("max_concurrent_executions"), 4);
    EXPECT_EQ(worker.at("load").at("utilization_percent"), 25);
    EXPECT_EQ(worker.at("capabilities").at("max_concurrent_executions"), 4);
    EXPECT_FALSE(worker.at("supported_runtimes").get_array().empty());
    const auto by_id = fmt::format("/api/v1/workers/{}", worker.at("id").get_int64());
    EXPECT_EQ(data(Method::get, by_id).at("name"), "one");
}

TEST_F(WorkerRoutesTest, FilterByWhatTheyShow) {
    EXPECT_EQ(count(""), 1U);
    EXPECT_EQ(count("?role=action&status=active&cordoned=false&health_state=active"), 1U);
    EXPECT_EQ(count("?role=sensor"), 0U);
    EXPECT_EQ(count("?status=inactive"), 0U);
    EXPECT_EQ(count("?cordoned=true"), 0U);
    EXPECT_EQ(count("?health_state=offline"), 0U);
    EXPECT_EQ(count("?page=2"), 0U);
    EXPECT_GE(call(Method::get, "/api/v1/workers?health_state=ill").status, 400U);

    world.crash_worker("one");
    world.advance(2min);
    EXPECT_EQ(count("?health_state=offline"), 1U);
}

TEST_F(WorkerRoutesTest, CordonKeepsNewWorkOffAndSaysWhoAndWhy) {
    world.add_action("core.quick");

    const auto cordoned = data(Method::post, "/api/v1/workers/one/cordon", R"({"reason":"new kernel"})");
    EXPECT_EQ(cordoned.at("cordoned"), true);
    EXPECT_EQ(cordoned.at("cordon_reason"), "new kernel");
    EXPECT_EQ(cordoned.at("cordoned_by"), 1);
    EXPECT_TRUE(cordoned.at("cordoned_at").is_string());
    EXPECT_EQ(cordoned.at("health_state"), "cordoned");
    world.execute("core.quick");
    world.advance(1min);
    EXPECT_EQ(world.executions().front().status, ExecutionStatus::scheduled);

    const auto free = data(Method::post, "/api/v1/workers/one/uncordon");
    EXPECT_EQ(free.at("cordoned"), false);
    EXPECT_TRUE(free.at("cordon_reason").is_null());
    world.advance(100ms);
    EXPECT_EQ(world.executions().front().status, ExecutionStatus::completed);
}

TEST_F(WorkerRoutesTest, CordonNeedsNoBodyAndRefusesALongReason) {
    EXPECT_EQ(call(Method::post, "/api/v1/workers/one/cordon").status, 200U);
    const auto refused =
        call(Method::post, "/api/v1/workers/one/cordon", R"({"reason":")" + std::string(2000, 'x') + R"("})");
    EXPECT_EQ(refused.status, 422U);
    EXPECT_THAT(refused.body, testing::HasSubstr("reason"));
}

TEST_F(WorkerRoutesTest, CordonNeedsItsRight) {
    EXPECT_EQ(call(Method::get, "/api/v1/workers/one", {}, "viewer").status, 200U);
    EXPECT_EQ(call(Method::post, "/api/v1/workers/one/cordon", "{}", "viewer").status, 403U);
    EXPECT_EQ(call(Method::post, "/api/v1/workers/one/uncordon", {}, "viewer").status, 403U);
    EXPECT_EQ(call(Method::get, "/api/v1/workers/999").status, 404U);
    EXPECT_EQ(call(Method::get, "/api/v1/workers/nobody").status, 404U);
}

} // namespace
} // namespace attune::api
