#pragma once
#include "adapters/rabbit_bus/rabbit_address.hpp"
#include "adapters/rabbit_bus/rabbit_bus.hpp"
#include "adapters/system_random/system_random.hpp"
#include "base/json.hpp"
#include "runtime/bus.hpp"

#include <chrono>
#include <cstdlib>
#include <gtest/gtest.h>
#include <optional>
#include <thread>

namespace attune::test {

/// Until the condition holds; the test fails after 20 s. Threads and brokers keep their own time.
template <class Condition>
bool eventually(const Condition& condition) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) {
            ADD_FAILURE() << "did not come true within 20 s";
            return false;
        }
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

/// The RabbitMQ server of ATTUNE_TEST_RABBIT_URL (scripts/test_servers.sh).
struct RabbitBroker {
    static std::string missing() {
        return std::getenv("ATTUNE_TEST_RABBIT_URL") == nullptr
                   ? "ATTUNE_TEST_RABBIT_URL is not set (scripts/test_servers.sh run ctest)"
                   : "";
    }
    static std::string url() { return std::getenv("ATTUNE_TEST_RABBIT_URL"); }
    static std::string tls_url() { return std::getenv("ATTUNE_TEST_RABBIT_TLS_URL"); }
    static rabbit::Address address() { return rabbit::parse_address(url()).value(); }
    /// The server's URL with another port, and parameters ("?heartbeat=1").
    static std::string url_with(std::uint16_t port, const std::string& parameters = {}) {
        auto out = url();
        const auto colon = out.rfind(':');
        const auto slash = out.find('/', colon);
        return out.replace(colon + 1, slash - colon - 1, std::to_string(port)) + parameters;
    }
    static std::unique_ptr<rabbit::RabbitBus> bus(const std::string& url, std::size_t queue_limit = 4096) {
        static SystemRandom random;
        auto made = rabbit::make_rabbit_bus({.url = url, .name = "test", .queue_limit = queue_limit}, random);
        EXPECT_TRUE(made) << made.error().text();
        return *std::move(made);
    }
    static std::unique_ptr<rabbit::RabbitBus> bus() { return bus(url()); }
};

/// Waits until rings of the topic go from one bus to a subscription of another. The rings that it takes for that have
/// the id 0.
inline void await_passage(Bus& from, Topic topic, Subscription& to) {
    eventually([&] {
        from.ring(topic, std::array{std::int64_t{0}});
        for (const auto id : to.take().ids) {
            if (id == 0) return true;
        }
        return false;
    });
}

/// What is rung next, without what await_passage left behind.
inline std::vector<std::int64_t> ids_of(Subscription::Rung rung) {
    std::erase(rung.ids, 0);
    return rung.ids;
}

} // namespace attune::test
