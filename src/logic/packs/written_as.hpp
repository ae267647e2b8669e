#pragma once
#include "base/result.hpp"
#include "logic/entities/entity.hpp"

namespace attune::logic::packs {

/// The result, with its error naming the key of the file: "parameters.x" for "param_schema.x".
Result<void> as_written(Result<void> checked, const entities::Entity& entity);

} // namespace attune::logic::packs
