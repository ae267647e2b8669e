#include "adapters/rabbit_bus/bus_thread.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <bit>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace attune::rabbit {
namespace {

constexpr Duration kFirstPause = 200ms;
constexpr Duration kLongestPause = 5s;
constexpr Duration kProved = 10s;      ///< a connection that lived that long was a good one
constexpr Duration kLateAnswer = 2s;   ///< a broker that owes an answer for longer counts as away
constexpr int kHeartbeatsToAnswer = 2; ///< and after this many heartbeats its connection is given up
constexpr Duration kFarewell = 1s;     ///< for what waits at the end
constexpr Duration kLongestEnd = 3s;   ///< then the socket is shut down
constexpr int kHappeningsAtOnce = 512;

} // namespace

BusThread::BusThread(Address address, std::string name, Outbox outbox, Doorbells& local, Random& random)
    : address_(std::move(address)), name_(std::move(name)), local_(local), random_(random),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), outbox_(std::move(outbox)) {
    ATTUNE_ASSERT(wake_ >= 0);
    thread_ = std::thread([this] { run(); });
}

BusThread::~BusThread() {
    {
        std::unique_lock lock(mutex_);
        stop_at_ = Steady::now() + kFarewell;
        // While it connects there is nobody to say farewell to.
        if (!trouble_.empty()) interrupt_.interrupt();
        ending_.notify_all();
        wake();
        if (!ending_.wait_for(lock, kLongestEnd, [&] { return ended_; })) interrupt_.interrupt();
    }
    thread_.join();
    ::close(wake_);
    if (const auto lost = outbox_.announcements(); lost > 0) {
        log::warn("message queue: {} messages to other programs were not sent before the end", lost);
    }
}

void BusThread::ring(Topic topic, std::span<const std::int64_t> ids) {
    const std::lock_guard lock(mutex_);
    outbox_.ring(topic, ids);
    wake();
}

void BusThread::announce(Outgoing message) {
    const std::lock_guard lock(mutex_);
    outbox_.announce(std::move(message));
    wake();
}

void BusThread::want(Topic topic) {
    const std::lock_guard lock(mutex_);
    wanted_.set(static_cast<std::size_t>(topic));
    wake();
}

std::optional<std::string> BusThread::trouble() const {
    const std::lock_guard lock(mutex_);
    if (!trouble_.empty()) return trouble_;
    if (!blocked_.empty()) return "the broker takes nothing: " + blocked_;
    if (silent_since_ && Steady::now() - *silent_since_ > kLateAnswer) return "the broker does not answer";
    return std::nullopt;
}

Counts BusThread::counts() const {
    const std::lock_guard lock(mutex_);
    auto out = counts_;
    out.dropped_ids = outbox_.counts().dropped_ids;
    out.dropped_announcements = outbox_.counts().dropped_announcements;
    out.refused = outbox_.counts().refused;
    return out;
}

void BusThread::wake() {
    if (woken_.exchange(true)) return;
    const std::uint64_t one = 1;
    (void)!::write(wake_, &one, sizeof one); // full: it is awake
}

void BusThread::run() {
    for (;;) {
        const auto done = live();
        if (!done) report(done.error());
        const std::lock_guard lock(mutex_);
        if (!stop_at_) continue;
        ended_ = true;
        ending_.notify_all();
        return;
    }
}

/// One connection, from its beginning to its end, and the pause after a failure.
Result<void> BusThread::live() {
    pause();
    if (may_end()) return {};
    TRY(const auto connection, Connection::open(address_, name_, interrupt_));
    tag_ = 0;
    sent_at_ = Steady::now();
    bound_.reset();
    CHECK(bind_wanted(*connection, false));
    arrive();
    const auto began = Steady::now();
    const auto done = serve(*connection);
    if (Steady::now() - began > kProved) pause_ = kFirstPause;
    depart();
    if (done) connection->close();
    return done;
}

void BusThread::arrive() {
    {
        const std::lock_guard lock(mutex_);
        trouble_.clear();
        ++counts_.connections;
    }
    log::info("message queue: connected to {} after {}", address_.shown(),
              format_duration(std::chrono::floor<std::chrono::milliseconds>(Steady::now() - lost_at_)));
    local_.ring_missed();
}

void BusThread::depart() {
    lost_at_ = Steady::now();
    {
        const std::lock_guard lock(mutex_);
        trouble_ = "the connection is lost";
        blocked_.clear();
        silent_since_.reset();
        outbox_.lose_connection();
    }
    // They look for themselves now, more often: at once for the first time.
    local_.ring_missed();
}

/// Once for a reason: an outage is one line, or two.
void BusThread::report(const Error& error) {
    const std::lock_guard lock(mutex_);
    if (!stop_at_ && trouble_ != error.message) {
        log::warn("message queue: {}; until it is back, work is found by looking every second", error.message);
    }
    trouble_ = error.message;
}

void BusThread::pause() {
    if (pause_ > Duration{0}) {
        // Half of it is luck, so that not all processes come back at the same moment.
        const auto part = 0.5 + random_.uniform() / 2;
        const std::chrono::duration<double, std::micro> time(part * static_cast<double>(pause_.count()));
        std::unique_lock lock(mutex_);
        ending_.wait_for(lock, time, [&] { return stop_at_.has_value(); });
    }
    pause_ = std::clamp(pause_ * 2, kFirstPause, kLongestPause);
}

bool BusThread::may_end() const {
    const std::lock_guard lock(mutex_);
    if (!stop_at_) return false;
    return !trouble_.empty() || outbox_.is_empty() || Steady::now() >= *stop_at_;
}

Result<void> BusThread::serve(Connection& connection) {
    for (;;) {
        CHECK(bind_wanted(connection, true));
        CHECK(send(connection));
        TRY(const bool came, receive(connection));
        if (may_end()) return {};
        if (!came) wait(connection.socket());
    }
}

Result<void> BusThread::bind_wanted(Connection& connection, bool tell) {
    Topics missing;
    {
        const std::lock_guard lock(mutex_);
        missing = wanted_ & ~bound_;
    }
    for (std::size_t i = 0; i < kTopics; ++i) {
        if (!missing[i]) continue;
        CHECK(connection.bind(static_cast<Topic>(i)));
        bound_.set(i);
        if (tell) local_.ring(static_cast<Topic>(i), {}, true);
    }
    return {};
}

Result<void> BusThread::send(Connection& connection) {
    for (;;) {
        std::optional<Outgoing> message;
        {
            const std::lock_guard lock(mutex_);
            if (blocked_.empty()) message = next(Steady::now());
        }
        if (!message) return check_silence();
        CHECK(connection.publish(*message));
    }
}

/// Under the lock. When there has been nothing to send for a while, a probe: heartbeats alone prove that the broker
/// sends, and not that it does what it is told.
std::optional<Outgoing> BusThread::next(Steady::time_point now) {
    auto message = outbox_.next(tag_ + 1);
    if (!message && !outbox_.is_unconfirmed() && now - sent_at_ >= address_.heartbeat / 2) {
        message = outbox_.probe(tag_ + 1);
    }
    if (!message) return std::nullopt;
    ++tag_;
    sent_at_ = now;
    if (!silent_since_) silent_since_ = now;
    return message;
}

Result<void> BusThread::check_silence() const {
    const std::lock_guard lock(mutex_);
    const auto longest = std::max<Duration>(address_.heartbeat * kHeartbeatsToAnswer, kLateAnswer);
    if (!blocked_.empty() || !silent_since_ || Steady::now() - *silent_since_ < longest) return {};
    return Error{Errc::unavailable,
                 fmt::format("the connection is given up ({}): the broker does not answer", address_.shown())};
}

/// Whether anything came: there may be more then, or something that can be sent now.
Result<bool> BusThread::receive(Connection& connection) {
    std::uint64_t last = 0;
    int count = 0;
    for (; count < kHappeningsAtOnce; ++count) {
        TRY(const auto happening, connection.next());
        if (const auto* delivery = std::get_if<Delivery>(&happening)) {
            last = delivery->tag;
            take(*delivery);
        } else if (const auto* confirmation = std::get_if<Confirmation>(&happening)) {
            take(*confirmation);
        } else if (const auto* blocked = std::get_if<Blocked>(&happening)) {
            take(*blocked);
        } else {
            break;
        }
    }
    if (last != 0) CHECK(connection.acknowledge(last));
    return count > 0;
}

void BusThread::take(const Delivery& delivery) {
    const auto ring = delivery.too_long ? std::nullopt : decode_ring(delivery.routing_key, delivery.body);
    const std::lock_guard lock(mutex_);
    if (!ring) {
        // It is acknowledged with the others: nobody would make sense of it later.
        if (std::has_single_bit(++counts_.garbage)) {
            log::warn("message queue: {} messages so far were no rings of ours and are ignored", counts_.garbage);
        }
        return;
    }
    if (ring->from == outbox_.from()) return;
    ++counts_.received;
    local_.ring(ring->topic, ring->ids, ring->missed);
}

void BusThread::take(const Confirmation& confirmation) {
    const std::lock_guard lock(mutex_);
    outbox_.answered(confirmation.tag, confirmation.multiple, confirmation.accepted);
    silent_since_.reset();
    if (outbox_.is_unconfirmed()) silent_since_ = Steady::now();
}

void BusThread::take(const Blocked& blocked) {
    const std::lock_guard lock(mutex_);
    silent_since_.reset();
    blocked_ = blocked.is_blocked ? (blocked.reason.empty() ? "no reason given" : blocked.reason) : "";
    if (blocked.is_blocked) log::warn("message queue: the broker takes nothing for now: {}", blocked_);
    if (!blocked.is_blocked) log::info("message queue: the broker takes messages again");
    local_.ring_missed(); // they look for themselves now, more or less often than before
}

/// Until the broker sends, somebody here has something to send, or a heartbeat, a probe or the end may be due.
void BusThread::wait(int socket) {
    Duration longest = address_.heartbeat / 2;
    {
        const std::lock_guard lock(mutex_);
        if (stop_at_) longest = std::max(std::chrono::floor<Duration>(*stop_at_ - Steady::now()), Duration{0});
    }
    pollfd watched[] = {{socket, POLLIN, 0}, {wake_, POLLIN, 0}};
    (void)::poll(watched, 2, static_cast<int>(longest / 1ms) + 1);
    std::uint64_t ignored = 0;
    (void)!::read(wake_, &ignored, sizeof ignored);
    woken_ = false; // from here on, what is offered wakes again; what was offered before is seen by the next round
}

} // namespace attune::rabbit
