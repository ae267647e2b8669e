#pragma once
#include "domain/pack.hpp"
#include "logic/packs/pack_files.hpp"

namespace attune::logic::packs {

/// The pack that a pack.yaml describes. Errors: `invalid`, with the member of the file.
Result<Pack> make_pack(PackFile file);

} // namespace attune::logic::packs
