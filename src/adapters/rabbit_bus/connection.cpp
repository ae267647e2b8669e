#include "adapters/rabbit_bus/connection.hpp"

#include "adapters/rabbit_bus/amqp_text.hpp"
#include "base/enums.hpp"

#include <amqp.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <fmt/core.h>

namespace attune::rabbit {
namespace {

constexpr amqp_channel_t kChannel = 1;
constexpr std::size_t kLongestBody = 64 * 1024; ///< of a delivery
constexpr std::uint16_t kPrefetch = 256;
/// Rings that wait on the broker for a process that does not take them (stopped in a debugger, say); the oldest go.
constexpr std::int32_t kLongestQueue = 10'000;

struct Exchange {
    const char* name;
    const char* type;
};
/// Ours, and those that programs outside bind their queues to.
constexpr Exchange kExchanges[] = {{kDoorbells, "topic"},
                                   {"attune.events", "topic"},
                                   {"attune.executions", "topic"},
                                   {"attune.notifications", "fanout"},
                                   {"attune.dlx", "direct"}};

timeval timeval_of(Duration d) {
    return {d / 1s, static_cast<suseconds_t>((d % 1s) / 1us)};
}

class RabbitConnection final : public Connection {
public:
    RabbitConnection(const Address& address, Interrupt& interrupt)
        : address_(address), interrupt_(interrupt), state_(amqp_new_connection()) {}
    ~RabbitConnection() override {
        interrupt_.forget();
        amqp_destroy_connection(state_);
    }
    RabbitConnection(const RabbitConnection&) = delete;
    RabbitConnection& operator=(const RabbitConnection&) = delete;

    Result<void> open(const std::string& name);
    Result<bool> look();
    Result<void> bind(Topic topic) override;
    Result<void> publish(const Outgoing& message) override;
    Result<Happening> next() override;
    Result<void> acknowledge(std::uint64_t tag) override;
    void close() override;
    int socket() const override { return amqp_get_sockfd(state_); }

private:
    Result<void> open_channel(const std::string& name);
    Result<void> connect();
    Result<void> log_in(const std::string& name);
    Result<void> declare();
    Result<void> consume();
    Result<Happening> take(const amqp_frame_t& frame);
    Result<Happening> take_method(const amqp_method_t& method);
    Result<Happening> take_body_part(std::string_view part);
    Result<void> answered(std::string_view what) { return check(amqp_get_rpc_reply(state_), what); }
    Result<void> check(const amqp_rpc_reply_t& reply, std::string_view what) const;
    Result<void> check(int status, std::string_view what) const;
    Error failure(std::string_view what, std::string_view why) const {
        return {Errc::unavailable, fmt::format("{} ({}): {}", what, address_.shown(), why)};
    }

    const Address address_;
    Interrupt& interrupt_;
    amqp_connection_state_t state_;
    std::string queue_;
    enum class Part { method, header, body } expected_ = Part::method;
    Delivery delivery_;           ///< the one whose frames come in
    std::uint64_t body_left_ = 0; ///< bytes
};

Result<void> RabbitConnection::check(const amqp_rpc_reply_t& reply, std::string_view what) const {
    if (reply.reply_type == AMQP_RESPONSE_NORMAL) return {};
    if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION) return failure(what, reason_of(reply.reply));
    return check(reply.library_error, what);
}

Result<void> RabbitConnection::check(int status, std::string_view what) const {
    if (status == AMQP_STATUS_OK) return {};
    return failure(what, amqp_error_string2(status));
}

Result<void> RabbitConnection::open_channel(const std::string& name) {
    CHECK(connect());
    CHECK(log_in(name));
    const auto timeout = timeval_of(address_.connection_timeout);
    amqp_set_rpc_timeout(state_, &timeout);
    amqp_channel_open(state_, kChannel);
    return answered("no channel");
}

Result<bool> RabbitConnection::look() {
    CHECK(open_channel("attune doctor"));
    constexpr amqp_boolean_t kPassive = 1;
    amqp_exchange_declare(state_, kChannel, amqp_cstring_bytes(kDoorbells), amqp_cstring_bytes("topic"), kPassive, 1, 0,
                          0, amqp_empty_table);
    const auto reply = amqp_get_rpc_reply(state_);
    if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION && reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD &&
        static_cast<const amqp_channel_close_t*>(reply.reply.decoded)->reply_code == AMQP_NOT_FOUND) {
        return false;
    }
    CHECK(check(reply, "the exchange of the doorbells cannot be used"));
    close();
    return true;
}

Result<void> RabbitConnection::open(const std::string& name) {
    CHECK(open_channel(name));
    CHECK(declare());
    return consume();
}

Result<void> RabbitConnection::connect() {
    auto* socket = address_.tls ? amqp_ssl_socket_new(state_) : amqp_tcp_socket_new(state_);
    if (socket == nullptr) return failure("cannot connect", "no memory");
    if (address_.tls) {
        amqp_ssl_socket_set_verify_peer(socket, address_.verify ? 1 : 0);
        amqp_ssl_socket_set_verify_hostname(socket, address_.verify ? 1 : 0);
        amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST);
        if (address_.verify) {
            CHECK(check(amqp_ssl_socket_set_cacert(socket, address_.cacertfile.c_str()),
                        "cacertfile cannot be used: " + address_.cacertfile));
        }
        if (!address_.certfile.empty()) {
            CHECK(check(amqp_ssl_socket_set_key(socket, address_.certfile.c_str(), address_.keyfile.c_str()),
                        "certfile and keyfile cannot be used: " + address_.certfile));
        }
    }
    const auto timeout = timeval_of(address_.connection_timeout);
    CHECK(check(amqp_socket_open_noblock(socket, address_.host.c_str(), address_.port, &timeout), "cannot connect"));
    interrupt_.watch(amqp_get_sockfd(state_));
    return {};
}

Result<void> RabbitConnection::log_in(const std::string& name) {
    const auto timeout = timeval_of(address_.connection_timeout);
    amqp_set_handshake_timeout(state_, &timeout);
    amqp_table_entry_t abilities[] = {entry("consumer_cancel_notify", true), entry("connection.blocked", true)};
    amqp_table_entry_t properties[] = {entry("product", "Attune"), entry("connection_name", name.c_str()),
                                       entry("capabilities", amqp_table_t{2, abilities})};
    const amqp_table_t table{3, properties};
    return check(amqp_login_with_properties(state_, address_.vhost.c_str(), kChannel, AMQP_DEFAULT_FRAME_SIZE,
                                            static_cast<int>(address_.heartbeat / 1s), &table, AMQP_SASL_METHOD_PLAIN,
                                            address_.user.c_str(), address_.password.c_str()),
                 "cannot log in");
}

Result<void> RabbitConnection::declare() {
    for (const auto& exchange : kExchanges) {
        amqp_exchange_declare(state_, kChannel, amqp_cstring_bytes(exchange.name), amqp_cstring_bytes(exchange.type), 0,
                              1, 0, 0, amqp_empty_table);
        CHECK(answered(fmt::format("the exchange {} cannot be declared", exchange.name)));
    }
    amqp_table_entry_t arguments[] = {entry("x-max-length", kLongestQueue)};
    const auto* made = amqp_queue_declare(state_, kChannel, amqp_empty_bytes, 0, 0, 1, 1, amqp_table_t{1, arguments});
    CHECK(answered("no queue can be declared"));
    queue_ = std::string(view_of(made->queue));
    return {};
}

Result<void> RabbitConnection::consume() {
    amqp_basic_qos(state_, kChannel, 0, kPrefetch, 0);
    CHECK(answered("cannot limit what comes unasked"));
    amqp_confirm_select(state_, kChannel);
    CHECK(answered("no confirmations"));
    amqp_basic_consume(state_, kChannel, bytes_of(queue_), amqp_empty_bytes, 0, 0, 1, amqp_empty_table);
    return answered("cannot consume");
}

Result<void> RabbitConnection::bind(Topic topic) {
    const std::string key(enum_name(topic));
    amqp_queue_bind(state_, kChannel, bytes_of(queue_), amqp_cstring_bytes(kDoorbells), bytes_of(key),
                    amqp_empty_table);
    return answered(fmt::format("the topic {} cannot be bound", key));
}

Result<void> RabbitConnection::publish(const Outgoing& message) {
    amqp_basic_properties_t properties{};
    properties._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG;
    properties.content_type = amqp_cstring_bytes("application/json");
    properties.delivery_mode = message.persistent ? 2 : 1;
    return check(amqp_basic_publish(state_, kChannel, bytes_of(message.exchange), bytes_of(message.routing_key), 0, 0,
                                    &properties, bytes_of(message.body)),
                 "cannot publish");
}

Result<void> RabbitConnection::acknowledge(std::uint64_t tag) {
    return check(amqp_basic_ack(state_, kChannel, tag, 1), "cannot acknowledge");
}

Result<Happening> RabbitConnection::next() {
    for (;;) {
        amqp_maybe_release_buffers(state_);
        amqp_frame_t frame;
        const timeval none{};
        const int status = amqp_simple_wait_frame_noblock(state_, &frame, &none);
        if (status == AMQP_STATUS_TIMEOUT) return Happening{NothingYet{}};
        CHECK(check(status, "the connection is lost"));
        TRY(auto happening, take(frame));
        if (!std::holds_alternative<NothingYet>(happening)) return happening;
    }
}

Result<Happening> RabbitConnection::take(const amqp_frame_t& frame) {
    if (frame.frame_type == AMQP_FRAME_HEARTBEAT) return Happening{NothingYet{}};
    if (frame.frame_type == AMQP_FRAME_METHOD && frame.channel == 0) return take_method(frame.payload.method);
    if (frame.frame_type == AMQP_FRAME_METHOD && expected_ == Part::method) return take_method(frame.payload.method);
    if (frame.frame_type == AMQP_FRAME_HEADER && expected_ == Part::header) {
        body_left_ = frame.payload.properties.body_size;
        delivery_.too_long = body_left_ > kLongestBody;
        expected_ = Part::body;
        return take_body_part({});
    }
    if (frame.frame_type == AMQP_FRAME_BODY && expected_ == Part::body) {
        return take_body_part(view_of(frame.payload.body_fragment));
    }
    return failure("the connection is given up", "the broker sent a frame out of order");
}

Result<Happening> RabbitConnection::take_body_part(std::string_view part) {
    if (part.size() > body_left_) return failure("the connection is given up", "the broker sent too long a body");
    body_left_ -= part.size();
    if (!delivery_.too_long) delivery_.body += part;
    if (body_left_ > 0) return Happening{NothingYet{}};
    expected_ = Part::method;
    return Happening{std::exchange(delivery_, {})};
}

Result<Happening> RabbitConnection::take_method(const amqp_method_t& method) {
    switch (method.id) {
    case AMQP_BASIC_DELIVER_METHOD: {
        const auto* deliver = static_cast<const amqp_basic_deliver_t*>(method.decoded);
        delivery_.tag = deliver->delivery_tag;
        delivery_.routing_key = std::string(view_of(deliver->routing_key));
        expected_ = Part::header;
        return Happening{NothingYet{}};
    }
    case AMQP_BASIC_ACK_METHOD: {
        const auto* ack = static_cast<const amqp_basic_ack_t*>(method.decoded);
        return Happening{Confirmation{ack->delivery_tag, ack->multiple != 0, true}};
    }
    case AMQP_BASIC_NACK_METHOD: {
        const auto* nack = static_cast<const amqp_basic_nack_t*>(method.decoded);
        return Happening{Confirmation{nack->delivery_tag, nack->multiple != 0, false}};
    }
    case AMQP_CONNECTION_BLOCKED_METHOD: {
        const auto* blocked = static_cast<const amqp_connection_blocked_t*>(method.decoded);
        return Happening{Blocked{true, printable(view_of(blocked->reason))}};
    }
    case AMQP_CONNECTION_UNBLOCKED_METHOD: return Happening{Blocked{}};
    case AMQP_BASIC_CANCEL_METHOD: return failure("the connection is given up", "our queue was deleted");
    default: return failure("the broker ended the connection", reason_of(method));
    }
}

void RabbitConnection::close() {
    const auto timeout = timeval_of(1s);
    amqp_set_rpc_timeout(state_, &timeout);
    amqp_connection_close(state_, AMQP_REPLY_SUCCESS);
}

} // namespace

Result<bool> Connection::look(const Address& address, Interrupt& interrupt) {
    return RabbitConnection(address, interrupt).look();
}

Result<std::unique_ptr<Connection>> Connection::open(const Address& address, const std::string& name,
                                                     Interrupt& interrupt) {
    auto made = std::make_unique<RabbitConnection>(address, interrupt);
    CHECK(made->open(name));
    return std::unique_ptr<Connection>(std::move(made));
}

} // namespace attune::rabbit
