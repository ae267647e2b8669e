#pragma once
#include "adapters/rabbit_bus/connection.hpp"
#include "adapters/rabbit_bus/outbox.hpp"
#include "adapters/rabbit_bus/rabbit_bus.hpp"

#include <atomic>
#include <bitset>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace attune::rabbit {

/// The RabbitMQ thread: connects, for ever; sends what the outbox holds; hands on to the local doorbells what comes.
/// Public members are for all threads, and wait for nothing but the destructor.
class BusThread {
public:
    BusThread(Address address, std::string name, Outbox outbox, Doorbells& local, Random& random);
    /// As RabbitBus says.
    ~BusThread();
    BusThread(const BusThread&) = delete;
    BusThread& operator=(const BusThread&) = delete;

    void ring(Topic topic, std::span<const std::int64_t> ids);
    void announce(Outgoing message);
    /// Somebody here listens to the topic.
    void want(Topic topic);
    /// Why rings do not reach the others, or theirs us; nothing while they do.
    std::optional<std::string> trouble() const;
    Counts counts() const;

private:
    using Steady = std::chrono::steady_clock;
    using Topics = std::bitset<kTopics>;

    void run();
    Result<void> live();
    void arrive();
    void depart();
    Result<void> serve(Connection& connection);
    Result<void> bind_wanted(Connection& connection, bool tell);
    Result<void> send(Connection& connection);
    std::optional<Outgoing> next(Steady::time_point now);
    Result<void> check_silence() const;
    Result<bool> receive(Connection& connection);
    void take(const Delivery& delivery);
    void take(const Confirmation& confirmation);
    void take(const Blocked& blocked);
    void report(const Error& error);
    void pause();
    void wait(int socket);
    void wake();
    bool may_end() const;

    const Address address_;
    const std::string name_;
    Doorbells& local_;
    Random& random_;
    Interrupt interrupt_;
    const int wake_; ///< an eventfd
    std::atomic<bool> woken_ = false;

    // The thread's own.
    Topics bound_;
    std::uint64_t tag_ = 0;      ///< of the last message published on this connection
    Steady::time_point sent_at_; ///< the last of them
    Duration pause_{};           ///< before the next attempt
    Steady::time_point lost_at_ = Steady::now();

    mutable std::mutex mutex_; ///< of what follows
    std::condition_variable ending_;
    Outbox outbox_;
    Topics wanted_;
    Counts counts_;
    std::string trouble_ = "not connected yet";      ///< empty while connected
    std::string blocked_;                            ///< why the broker takes nothing; empty while it does
    std::optional<Steady::time_point> silent_since_; ///< the broker owes an answer since then
    std::optional<Steady::time_point> stop_at_;      ///< a stop was asked for; what waits may be sent until then
    bool ended_ = false;

    std::thread thread_;
};

} // namespace attune::rabbit
