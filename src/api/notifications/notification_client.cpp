#include "api/notifications/notification_client.hpp"

#include "domain/identity.hpp"

#include <algorithm>

namespace attune::api {
namespace {

Result<std::string_view> text_member(const json::value& message, std::string_view name) {
    const auto* found = find_member(message, name);
    if (found == nullptr || !found->is_string()) return invalid(std::string(name), "is required (string)");
    return std::string_view(found->get_string());
}

/// The word of the metrics for the code of an end.
std::string_view reason_of(std::uint16_t code) {
    switch (code) {
    case NotificationClient::kSlow: return "slow";
    case NotificationClient::kExpired: return "expired";
    case NotificationClient::kWithdrawn: return "withdrawn";
    default: return "stopping";
    }
}

} // namespace

NotificationClient::NotificationClient(NotificationOptions options, Clock& clock, asio::any_io_executor loop,
                                       NotifierMeasures measures, Identity identity)
    : options_(options), clock_(clock), measures_(measures), who_(std::move(identity)),
      look_at_(clock.now() + options.check_interval), wake_(std::move(loop)) {
    measures_.clients.add(1);
    push(to_text(json::object{
        {"type", "welcome"}, {"client_id", json::string(who_.name)}, {"message", "Connected to Attune Notifier"}}));
}

NotificationClient::~NotificationClient() {
    measures_.clients.add(-1);
}

bool NotificationClient::receive(std::string_view message, bool is_text) {
    const auto parsed = is_text ? parse_json(message) : Result<json::value>(invalid("message", "expected a text"));
    const auto done = parsed ? obey(*parsed) : Result<void>(parsed.error());
    if (!done) say_error(done.error().text());
    return !ending_;
}

Result<void> NotificationClient::obey(const json::value& message) {
    TRY(const auto type, text_member(message, "type"));
    if (type == "ping") return {};
    if (type != "subscribe" && type != "unsubscribe") {
        return invalid("type", fmt::format("expected subscribe, unsubscribe or ping, got '{}'", type));
    }
    TRY(const auto text, text_member(message, "filter"));
    if (type == "subscribe") return subscribe(text);
    TRY(const auto filter, parse_filter(text));
    filters_.erase(filter);
    return {};
}

Result<void> NotificationClient::subscribe(std::string_view text) {
    TRY(auto filter, parse_filter(text));
    CHECK(check_filter(filter, who_.caller));
    if (filters_.size() >= options_.filters && !filters_.contains(filter)) {
        return Error{
            Errc::conflict,
            fmt::format("this connection has {} filters already (setting notifier.max_subscriptions)", filters_.size()),
            "filter"};
    }
    filters_.insert(std::move(filter));
    return {};
}

bool NotificationClient::wants(const Notice& notice) const {
    if (ending_) return false;
    return std::ranges::any_of(filters_, [&](const NoticeFilter& one) { return one.matches(notice); }) &&
           may_read(who_.caller, notice);
}

void NotificationClient::push(std::string frame) {
    if (ending_) return;
    if (queue_.size() >= options_.queued) {
        return end(kSlow, fmt::format("too slow: {} messages wait", queue_.size()));
    }
    measures_.messages.add();
    queue_.push_back(std::move(frame));
    wake_.set();
}

void NotificationClient::say_error(std::string_view message) {
    push(to_text(json::object{{"type", "error"}, {"message", json::string(message)}}));
}

void NotificationClient::end(std::uint16_t code, std::string reason) {
    if (ending_) return;
    measures_.ended.of(reason_of(code)).add();
    ending_ = Outgoing{std::move(reason), code};
    queue_.clear();
    wake_.set();
}

task<WebSocketSession::Outgoing> NotificationClient::next() {
    for (;;) {
        if (!ending_ && clock_.now() >= look_at_) co_await look_at_token();
        if (ending_) co_return *ending_;
        if (!queue_.empty()) {
            Outgoing out{std::move(queue_.front())};
            queue_.pop_front();
            co_return out;
        }
        co_await clock_.wait_until(look_at_, &wake_);
    }
}

task<void> NotificationClient::look_at_token() {
    look_at_ = clock_.now() + options_.check_interval;
    if (who_.expires <= clock_.now()) co_return end(kExpired, "token expired");
    auto caller = co_await who_.look_again();
    if (caller) {
        who_.caller = *std::move(caller);
    } else if (caller.error().code == Errc::forbidden || caller.error().code == Errc::unauthenticated) {
        end(kWithdrawn, "access withdrawn");
    } // else the database is away: what was allowed is for now
}

} // namespace attune::api
