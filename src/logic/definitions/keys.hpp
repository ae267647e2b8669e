#pragma once
#include "domain/key.hpp"

/// Whether keys are valid. Pure. Errors: `invalid`, with the field and what was expected; `too_large` for a value.
namespace attune::logic::definitions {

/// What one owner has at most: an action is given all keys of three owners, for each of its runs.
inline constexpr std::int64_t kMostKeys = 200;
inline constexpr std::int64_t kMostKeyBytes = 256 * 1024; ///< of their values together, as JSON
inline constexpr std::size_t kMostValueBytes = 64 * 1024;

/// Its ref, its name, and the owner that its type asks for. `value` is the clear one.
Result<void> check_key(const Key& key, const json::value& value);

/// Whether there is room for it beside the `others` of its owner. Errors: `conflict`.
struct KeyRoom {
    std::int64_t keys = 0;
    std::int64_t bytes = 0;
};
Result<void> check_room(const Key& key, const KeyRoom& others);

} // namespace attune::logic::definitions
