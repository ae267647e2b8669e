#include "adapters/rabbit_bus/outgoing.hpp"

#include "base/enums.hpp"
#include "base/text.hpp"

namespace attune::rabbit {
namespace {

/// A random UUID (RFC 9562, version 4).
std::string make_uuid(Random& random) {
    auto bytes = random.bytes(16);
    bytes[6] = static_cast<char>((bytes[6] & 0x0F) | 0x40);
    bytes[8] = static_cast<char>((bytes[8] & 0x3F) | 0x80);
    auto text = hex_encode(bytes);
    for (const std::size_t at : {8U, 13U, 18U, 23U}) text.insert(at, "-");
    return text;
}

} // namespace

Outgoing encode_ring(const Ring& ring) {
    json::object body{{"from", ring.from}, {"ids", json::array(ring.ids.begin(), ring.ids.end())}};
    if (ring.missed) body["missed"] = true;
    return {kDoorbells, std::string(enum_name(ring.topic)), to_text(json::value(std::move(body)))};
}

std::optional<Ring> decode_ring(std::string_view routing_key, std::string_view body) {
    const auto topic = parse_enum<Topic>(routing_key);
    const auto parsed = parse_json(body, {.depth = 4});
    if (!topic || !parsed) return std::nullopt;
    const auto* from = find_member(*parsed, "from");
    const auto* ids = find_member(*parsed, "ids");
    const auto* missed = find_member(*parsed, "missed");
    if (from == nullptr || !from->is_string() || ids == nullptr || !ids->is_array()) return std::nullopt;
    Ring ring{
        *topic, std::string(from->get_string()), {}, missed != nullptr && missed->is_bool() && missed->get_bool()};
    for (const auto& id : ids->get_array()) {
        if (!id.is_int64()) return std::nullopt;
        ring.ids.push_back(id.get_int64());
    }
    return ring;
}

Outgoing encode_announcement(const Announcement& announcement, Random& random) {
    const auto id = make_uuid(random);
    const json::object envelope{{"message_id", id},
                                {"correlation_id", id},
                                {"message_type", announcement.type},
                                {"version", "1.0"},
                                {"timestamp", format_timestamp(announcement.at)},
                                {"headers", json::object{{"retry_count", 0}, {"source_service", "attune"}}},
                                {"payload", announcement.payload}};
    return {announcement.exchange, announcement.routing_key, to_text(json::value(envelope)), true};
}

} // namespace attune::rabbit
