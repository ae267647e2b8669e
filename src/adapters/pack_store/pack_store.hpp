#pragma once
#include "runtime/pack_store.hpp"

#include <memory>

namespace attune {

/// Packs below one folder, <packs_dir>/<ref>. What an installation or a removal needs beside a place is called
/// ".<ref>.new-<who>", ".<ref>.old-<who>" (empty: nothing stood there before) and ".<ref>.gone-<who>".
std::unique_ptr<PackStore> make_pack_store(std::string packs_dir);

} // namespace attune
