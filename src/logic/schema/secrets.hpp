#pragma once
#include "base/json.hpp"
#include "domain/sealed_value.hpp"
#include "logic/schema/validator.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

/// Which values a parameter schema marks `secret: true`: whole parameters, members of their `properties` and
/// `additionalProperties`, and `items`, at any depth. (Inside `anyOf`, `$ref` and the like the mark means nothing.)
namespace attune::logic::schema {

/// A secret value, and where it was.
struct SecretPart {
    std::string pointer; ///< RFC 6901, below the values: "/auth/tokens/0"
    std::string path;    ///< the same for people: "auth.tokens[0]"
    json::value value;
};

struct TakenSecrets {
    std::vector<SecretPart> parts;
    std::vector<SecretPart> masked; ///< places of secrets where the mask itself stands
};

/// Takes the secrets out of `values` and leaves kMask. Null stays. With `templates`, a text that is one template stays:
/// it says where the secret comes from.
TakenSecrets take_secrets(const json::value& param_schema, json::object& values,
                          TemplatesAllowed templates = TemplatesAllowed::no);

/// Whether there is a secret in the schema at all.
bool declares_secrets(const json::value& param_schema);
bool declares_secrets(const std::optional<json::object>& param_schema);

/// How a place stands to the schema's secrets.
enum class Secrecy { open, holds_secret, secret };
Secrecy secrecy_at(const json::value& param_schema, std::span<const std::string_view> segments);

bool is_mask(const json::value& value);
/// Whether kMask stands anywhere in the value: whether there may be something to put back.
bool has_mask(const json::value& value);
bool has_mask(const json::object& values);

/// The value at a pointer, or null.
json::value* at_pointer(json::object& values, std::string_view pointer);

/// Takes the values at these pointers, whatever the schema says; those that hold nothing or the mask are left out.
std::vector<SecretPart> take_at(json::object& values, const std::vector<std::string>& pointers);

/// Leaves out of each problem's message what would show a secret. Paths are those below `values`.
void hide_secrets(const json::value& param_schema, json::object values, std::vector<Problem>& problems);

/// The first template of a rule's action_params that leads a secret of the event's payload or of the pack's
/// configuration into a parameter that is not secret. Schemas may be null.
std::optional<Problem> find_leak(const json::object& action_params, const json::value& param_schema,
                                 const json::value& out_schema, const json::value& conf_schema);

} // namespace attune::logic::schema
