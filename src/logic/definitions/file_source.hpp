#pragma once
#include "logic/definitions/source.hpp"

namespace attune::logic::definitions {

/// Files: rules on core.file_changed say which.
const Source& file_source();

bool is_file_trigger(std::string_view trigger_ref);

} // namespace attune::logic::definitions
