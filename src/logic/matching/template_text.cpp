#include "logic/matching/template_text.hpp"

#include "base/text.hpp"

namespace attune::logic::matching {

std::vector<TextPart> split_templates(std::string_view text) {
    std::vector<TextPart> parts;
    while (!text.empty()) {
        const auto close = text.find("}}");
        // The innermost opening: in "{{ {{ a }}" the first one has no end of its own.
        const auto open = close == std::string_view::npos ? close : text.substr(0, close).rfind("{{");
        if (open == std::string_view::npos && close == std::string_view::npos) break;
        if (open == std::string_view::npos) {
            parts.push_back({false, text.substr(0, close + 2)});
        } else {
            if (open > 0) parts.push_back({false, text.substr(0, open)});
            parts.push_back({true, trim(text.substr(open + 2, close - open - 2))});
        }
        text.remove_prefix(close + 2);
    }
    if (!text.empty()) parts.push_back({false, text});
    return parts;
}

} // namespace attune::logic::matching
