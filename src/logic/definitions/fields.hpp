#pragma once
#include "base/json.hpp"
#include "logic/schema/params.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What is asked of single fields of definitions, and of other things that clients write. Errors: `invalid`, with the
/// field and what was expected.
namespace attune::logic::definitions {

/// From `least` to `most` bytes.
Result<void> check_text(std::string_view field, std::string_view text, std::size_t least, std::size_t most);
/// At most 100 texts of 1 to 255 bytes.
Result<void> check_texts(std::string_view field, const std::vector<std::string>& texts);
Result<void> check_range(std::string_view field, std::int64_t value, std::int64_t least, std::int64_t most);

/// "label": 1 to 255 bytes, and not blanks alone.
Result<void> check_label(std::string_view label);
/// "description": at most 64 KiB, where there is one.
Result<void> check_description(const std::optional<std::string>& description);

/// "ref": of a pack.
Result<void> check_pack_ref(std::string_view ref);
/// "ref": of a component whose pack is `pack_ref`.
Result<void> check_component_ref(std::string_view ref, std::string_view pack_ref);
/// "version": MAJOR.MINOR.PATCH, the last two optional, with an optional -prerelease or +build.
Result<void> check_version(std::string_view version);

/// "artifact_retention_policy" and "artifact_retention_limit" (`what` is their first word), where they are given.
Result<void> check_retention(std::string_view what, const std::optional<std::string>& policy,
                             const std::optional<std::int64_t>& limit);
/// What an action or an execution asks of workers, where it is given: labels, tolerations and affinity.
Result<void> check_placement(const std::optional<json::object>& selector, const std::optional<json::array>& tolerations,
                             const std::optional<json::object>& affinity);
/// "param_schema", "out_schema", "conf_schema": a well-formed parameter schema.
Result<void> check_schema(const std::optional<json::object>& schema, std::string_view field);
/// `field` ("action_params"): what the schema says of parameters, where there is one.
Result<void> check_params(const std::optional<json::object>& param_schema, const json::object& params,
                          std::string_view field, schema::TemplatesAllowed templates);

} // namespace attune::logic::definitions
