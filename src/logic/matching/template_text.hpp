#pragma once
#include <string_view>
#include <vector>

namespace attune::logic::matching {

/// A stretch of a string: plain text, or the trimmed inside of one `{{ }}`.
struct TextPart {
    bool is_path = false;
    std::string_view text;
};

/// Cuts a string at its templates; the parts refer into it. A `{{` that is never closed is plain text.
std::vector<TextPart> split_templates(std::string_view text);

} // namespace attune::logic::matching
