#pragma once
#include "api/notifications/notice_filter.hpp"
#include "api/notifications/notifier_measures.hpp"
#include "domain/identity.hpp"
#include "runtime/clock.hpp"

#include <deque>
#include <functional>
#include <set>

namespace attune::api {

/// Every bound of the notifications.
struct NotificationOptions {
    std::size_t clients = 500;     ///< connected at once; more are refused with 503
    std::size_t filters = 100;     ///< of one client; more are refused with an error frame
    std::size_t queued = 1000;     ///< messages that wait for one client; then it is closed
    Duration check_interval = 30s; ///< how often a client's token and rights are looked at
};

/// One client of the notifications: its filters, its rights, and what waits to be sent to it.
class NotificationClient final : public WebSocketSession {
public:
    // Codes of the end, beside those of RFC 6455.
    static constexpr std::uint16_t kSlow = 1008;
    static constexpr std::uint16_t kExpired = 4401;
    static constexpr std::uint16_t kWithdrawn = 4403;

    struct Identity {
        std::string name; ///< "client_1"
        Caller caller;
        Timestamp expires;                                ///< of its token
        std::function<task<Result<Caller>>()> look_again; ///< who holds the token now
    };
    NotificationClient(NotificationOptions options, Clock& clock, asio::any_io_executor loop, NotifierMeasures measures,
                       Identity identity);
    ~NotificationClient() override;
    NotificationClient(const NotificationClient&) = delete;
    NotificationClient& operator=(const NotificationClient&) = delete;

    bool receive(std::string_view message, bool is_text) override;
    task<Outgoing> next() override;
    void end(std::uint16_t code, std::string reason) override;

    bool wants(const Notice& notice) const;
    /// Queues a frame. A client that leaves too many waiting is ended.
    void push(std::string frame);
    void say_error(std::string_view message);
    std::size_t filters() const { return filters_.size(); }

private:
    Result<void> obey(const json::value& message);
    Result<void> subscribe(std::string_view text);
    task<void> look_at_token();

    const NotificationOptions options_;
    Clock& clock_;
    NotifierMeasures measures_;
    Identity who_;
    std::set<NoticeFilter> filters_;
    std::deque<std::string> queue_;
    std::optional<Outgoing> ending_;
    Timestamp look_at_;
    Signal wake_;
};

} // namespace attune::api
