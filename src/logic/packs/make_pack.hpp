#pragma once
#include "base/json.hpp"
#include "domain/pack.hpp"

namespace attune::logic::packs {

/// The pack that a pack.yaml states. Errors: `invalid`, with the key of the file.
Result<Pack> make_pack(const json::value& file);

} // namespace attune::logic::packs
