#pragma once
#include "domain/pack.hpp"
#include "logic/packs/pack_files.hpp"

namespace attune::logic::packs {

/// The pack that a pack.yaml describes. Errors: `invalid` for a missing or malformed `ref` or `version`.
Result<Pack> make_pack(PackFile file);

} // namespace attune::logic::packs
