#pragma once
#include "logic/schedule/preview.hpp"

namespace attune::app::cli {

/// The sentence, the times a line each (local with the offset, UTC, what daylight saving does), and what the clock
/// changes do.
std::string render_preview(const logic::schedule::Preview& preview, logic::schedule::Direction direction);

/// The same for programs; `next` (or `prev`) has the bare instants, as in the batch form.
json::value preview_json(const logic::schedule::Preview& preview, logic::schedule::Direction direction);

} // namespace attune::app::cli
