#pragma once
#include "base/result.hpp"

#include <initializer_list>
#include <string_view>
#include <utility>

namespace attune::logic::packs {

/// A member of a definition, and the key it has in a pack's file.
using Spelling = std::pair<std::string_view, std::string_view>;

/// The result, with its error naming the key of the file: "parameters.x" for "param_schema.x".
Result<void> as_written(Result<void> checked, std::initializer_list<Spelling> spellings);

} // namespace attune::logic::packs
