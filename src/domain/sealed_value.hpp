#pragma once
#include "base/reflect.hpp"

namespace attune {

enum class SealedIn { rule, pack, event, enforcement, execution, key, trigger };
ATTUNE_ENUM(SealedIn, rule, pack, event, enforcement, execution, key, trigger)

/// Who gave a secret: a definition (a pack's configuration, a rule's parameters, a key), an event, a rule that matched,
/// a request to run an action, an action's result, or rows of a version that stored it in clear.
enum class SecretSource { definition, event, rule, request, result, upgrade };
ATTUNE_ENUM(SecretSource, definition, event, rule, request, result, upgrade)

/// What stands in the place of a secret.
inline constexpr std::string_view kMask = "********";

/// One secret value of a row, sealed for its place there. The row's JSON has kMask instead.
struct SealedValue {
    SealedIn entity_type = SealedIn::execution;
    std::int64_t entity_id = 0;
    std::string json_path; ///< RFC 6901, below the row: "/config/password"
    SecretSource source_kind = SecretSource::request;
    std::string source_ref; ///< the definition that it came through
    std::string encrypted_value;
    Timestamp created;
};
ATTUNE_STRUCT(SealedValue);

} // namespace attune
