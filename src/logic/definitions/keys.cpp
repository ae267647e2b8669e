#include "logic/definitions/keys.hpp"

#include "domain/sealed_value.hpp"
#include "logic/definitions/fields.hpp"

#include <algorithm>

namespace attune::logic::definitions {
namespace {

bool is_ref_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
}

Result<void> check_ref(std::string_view ref) {
    CHECK(check_text("ref", ref, 1, 255));
    const bool is_plain = std::ranges::all_of(ref, is_ref_character) && ref.front() != '.' && ref.front() != '-';
    if (!is_plain)
        return invalid("ref", "expected letters, digits, '.', '_' and '-', of which the last and '.' are not first");
    return {};
}

/// It becomes the name of a parameter, of all formats.
Result<void> check_name(std::string_view name) {
    CHECK(check_text("name", name, 1, 255));
    const bool is_held = std::ranges::any_of(
        name, [](char c) { return c == '=' || c == '\x7f' || static_cast<unsigned char>(c) < 0x20; });
    if (is_held) return invalid("name", "cannot hold '=' or control characters");
    return {};
}

struct OwnerMember {
    KeyOwner type;
    std::string_view field;
    bool given;
};

Result<void> check_owner(const Key& key) {
    const OwnerMember members[] = {
        {KeyOwner::identity, "owner_identity", key.owner_identity.has_value()},
        {KeyOwner::pack, "owner_pack", key.owner_pack.has_value()},
        {KeyOwner::pack, "owner_pack_ref", key.owner_pack_ref.has_value()},
        {KeyOwner::action, "owner_action", key.owner_action.has_value()},
        {KeyOwner::action, "owner_action_ref", key.owner_action_ref.has_value()},
        {KeyOwner::sensor, "owner_sensor", key.owner_sensor.has_value()},
        {KeyOwner::sensor, "owner_sensor_ref", key.owner_sensor_ref.has_value()},
    };
    bool is_named = key.owner_type == KeyOwner::system;
    std::string_view wanted;
    for (const auto& member : members) {
        if (member.type == key.owner_type) {
            is_named = is_named || member.given;
            wanted = member.field;
        } else if (member.given) {
            return invalid(std::string(member.field),
                           fmt::format("expected none, as the owner_type is {}", enum_name(key.owner_type)));
        }
    }
    if (is_named) return {};
    return invalid(std::string(wanted), fmt::format("is required, as the owner_type is {}", enum_name(key.owner_type)));
}

} // namespace

Result<void> check_key(const Key& key, const json::value& value) {
    CHECK(check_ref(key.ref));
    CHECK(check_name(key.name));
    CHECK(check_owner(key));
    const auto* text = value.if_string();
    if (text != nullptr && std::string_view(*text) == kMask)
        return invalid("value", "is the mask of a secret, not its value: give the value");
    if (to_text(value).size() <= kMostValueBytes) return {};
    return Error{Errc::too_large, fmt::format("expected at most {} bytes of JSON", kMostValueBytes), "value"};
}

Result<void> check_room(const Key& key, const KeyRoom& others) {
    if (others.keys >= kMostKeys) {
        return Error{Errc::conflict, fmt::format("this owner has {} keys, and can have no more", others.keys),
                     "owner_type"};
    }
    if (others.bytes + key.bytes <= kMostKeyBytes) return {};
    return Error{Errc::conflict,
                 fmt::format("the values of this owner's other keys have {} bytes of JSON, and all can have no more "
                             "than {}",
                             others.bytes, kMostKeyBytes),
                 "value"};
}

} // namespace attune::logic::definitions
