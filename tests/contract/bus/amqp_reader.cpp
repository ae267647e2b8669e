#include "contract/bus/amqp_reader.hpp"

#include "contract/bus/rabbit_broker.hpp"

#include <amqp_tcp_socket.h>

namespace attune::test {
namespace {

std::string text_of(amqp_bytes_t bytes) {
    return {static_cast<const char*>(bytes.bytes), bytes.len};
}

} // namespace

AmqpReader::AmqpReader(const char* exchange, const char* routing_key) : state_(amqp_new_connection()) {
    const auto address = RabbitBroker::address();
    auto* socket = amqp_tcp_socket_new(state_);
    EXPECT_EQ(amqp_socket_open(socket, address.host.c_str(), address.port), AMQP_STATUS_OK);
    const auto in = amqp_login(state_, address.vhost.c_str(), 0, AMQP_DEFAULT_FRAME_SIZE, 0, AMQP_SASL_METHOD_PLAIN,
                               address.user.c_str(), address.password.c_str());
    EXPECT_EQ(in.reply_type, AMQP_RESPONSE_NORMAL);
    amqp_channel_open(state_, 1);
    const auto* made = amqp_queue_declare(state_, 1, amqp_empty_bytes, 0, 0, 1, 1, amqp_empty_table);
    const auto queue = amqp_bytes_malloc_dup(made->queue);
    amqp_queue_bind(state_, 1, queue, amqp_cstring_bytes(exchange), amqp_cstring_bytes(routing_key), amqp_empty_table);
    EXPECT_EQ(amqp_get_rpc_reply(state_).reply_type, AMQP_RESPONSE_NORMAL) << "the exchange is not there";
    amqp_basic_consume(state_, 1, queue, amqp_empty_bytes, 0, 1, 1, amqp_empty_table);
    amqp_bytes_free(queue);
}

AmqpReader::~AmqpReader() {
    amqp_destroy_connection(state_);
}

std::optional<AmqpReader::Message> AmqpReader::read(std::chrono::microseconds longest) {
    amqp_maybe_release_buffers(state_);
    amqp_envelope_t envelope;
    const timeval timeout{longest / 1s, static_cast<suseconds_t>((longest % 1s) / 1us)};
    const auto reply = amqp_consume_message(state_, &envelope, &timeout, 0);
    if (reply.reply_type != AMQP_RESPONSE_NORMAL) return std::nullopt;
    const auto& properties = envelope.message.properties;
    Message out{text_of(envelope.routing_key), text_of(envelope.message.body), text_of(properties.content_type),
                properties.delivery_mode};
    amqp_destroy_envelope(&envelope);
    return out;
}

void AmqpReader::publish(const char* exchange, const char* routing_key, const std::string& body) {
    amqp_basic_publish(state_, 1, amqp_cstring_bytes(exchange), amqp_cstring_bytes(routing_key), 0, 0, nullptr,
                       {body.size(), const_cast<char*>(body.data())});
}

} // namespace attune::test
