#include "app/cli/table.hpp"

#include "base/text.hpp"
#include "base/timestamp.hpp"

#include <algorithm>
#include <numeric>

namespace attune::app::cli {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowest = 6; ///< no column is cut below this
constexpr std::string_view kCut = "…";

/// Calls fn(the character's bytes, its columns) for each character of valid UTF-8.
template <class Fn>
void each_character(std::string_view text, const Fn& fn) {
    while (!text.empty()) {
        const auto lead = static_cast<unsigned char>(text.front());
        const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        const auto one = text.substr(0, bytes);
        unsigned code = lead < 0x80 ? lead : lead & (0xFFU >> (bytes + 1));
        for (std::size_t i = 1; i < one.size(); ++i) code = (code << 6U) | (static_cast<unsigned char>(one[i]) & 0x3FU);
        const bool combining = (code >= 0x300 && code <= 0x36F) || code == 0x200D || (code >= 0xFE00 && code <= 0xFE0F);
        const bool wide = (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) ||
                          (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
                          (code >= 0xFE30 && code <= 0xFE6F) || (code >= 0xFF00 && code <= 0xFF60) ||
                          (code >= 0x1F300 && code <= 0x1FAFF);
        fn(one, combining ? std::size_t{0} : wide ? std::size_t{2} : std::size_t{1});
        text.remove_prefix(std::min(bytes, text.size()));
    }
}

/// What cannot move the cursor or change colours.
std::string harmless(std::string_view text) {
    auto out = to_valid_utf8(text);
    for (auto& c : out) {
        if (c == '\n' || c == '\t' || c == '\r') c = ' ';
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
    }
    // U+0080 to U+009F are control characters, too.
    for (std::size_t at = out.find('\xC2'); at != std::string::npos; at = out.find('\xC2', at + 1)) {
        if (static_cast<unsigned char>(out[at + 1]) < 0xA0) out.replace(at, 2, "?");
    }
    return out;
}

/// Cuts the widest column, step by step, until the table fits.
void shrink(std::vector<std::size_t>& widths, std::size_t width) {
    const auto total = [&] {
        return std::accumulate(widths.begin(), widths.end(), std::size_t{0}) + kGap * (widths.size() - 1);
    };
    while (total() > width) {
        const auto widest = std::ranges::max_element(widths);
        if (*widest <= kNarrowest) return;
        --*widest;
    }
}

std::string row_line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const auto text = fit(cells[i], widths[i]);
        line += text;
        if (i + 1 < cells.size()) line.append(widths[i] - display_width(text) + kGap, ' ');
    }
    return line + "\n";
}

} // namespace

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    each_character(text, [&](std::string_view, std::size_t columns) { width += columns; });
    return width;
}

std::string fit(std::string_view text, std::size_t width) {
    const auto clean = harmless(text);
    if (display_width(clean) <= width) return clean;
    std::string out;
    std::size_t used = 0;
    bool full = false;
    each_character(clean, [&](std::string_view one, std::size_t columns) {
        full = full || used + columns + 1 > width;
        if (full) return;
        out += one;
        used += columns;
    });
    return width == 0 ? std::string{} : out + std::string(kCut);
}

std::string cell_text(const json::value& value) {
    if (value.is_null()) return "-";
    if (!value.is_string()) return to_text(value);
    const std::string_view text(value.get_string());
    // Only the fixed-width form of the API is a time; a label that begins with a date is not.
    if (text.size() == 27 && text[10] == 'T' && text.back() == 'Z' && parse_timestamp(text)) {
        return std::string(text.substr(0, 19)) + "Z";
    }
    return std::string(text);
}

std::string render_table(const json::array& rows, const std::vector<Column>& columns, std::size_t width) {
    std::vector<std::vector<std::string>> lines(1);
    std::vector<std::size_t> widths;
    for (const auto& column : columns) {
        lines.front().push_back(column.title);
        widths.push_back(column.title.size());
    }
    for (const auto& row : rows) {
        auto& cells = lines.emplace_back();
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const auto* member = find_member(row, columns[i].member);
            cells.push_back(harmless(member == nullptr ? "-" : cell_text(*member)));
            widths[i] = std::max(widths[i], display_width(cells.back()));
        }
    }
    if (width > 0 && !widths.empty()) shrink(widths, width);
    std::string out;
    for (const auto& cells : lines) out += row_line(cells, widths);
    return out;
}

namespace {

bool is_plain(const json::value& value) {
    return !value.is_object() && !value.is_array();
}

/// Whether a list reads well as a table: objects of plain members.
bool is_tabular(const json::value& value) {
    const auto* list = value.if_array();
    return list != nullptr && !list->empty() && std::ranges::all_of(*list, [](const json::value& row) {
               const auto* object = row.if_object();
               return object != nullptr &&
                      std::ranges::all_of(*object, [](const auto& member) { return is_plain(member.value()); });
           });
}

/// The members of the rows, but for those that are empty in all of them.
std::vector<Column> columns_of(const json::array& rows) {
    std::vector<Column> out;
    for (const auto& row : rows) {
        for (const auto& [key, member] : row.get_object()) {
            const std::string name(key);
            if (member.is_null() || std::ranges::find(out, name, &Column::member) != out.end()) continue;
            auto title = name;
            std::ranges::transform(title, title.begin(), [](char c) {
                return c == '_' ? ' ' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
            });
            out.push_back({std::move(title), name});
        }
    }
    return out;
}

std::string nested_text(const json::value& value) {
    if (!is_tabular(value)) return to_pretty_text(value);
    const auto& rows = value.get_array();
    return render_table(rows, columns_of(rows), 0);
}

} // namespace

std::string render_object(const json::object& object) {
    std::size_t width = 0;
    for (const auto& [key, member] : object) width = std::max(width, display_width(key));
    std::string out;
    for (const auto& [key, member] : object) {
        const bool nested =
            (member.is_object() && !member.get_object().empty()) || (member.is_array() && !member.get_array().empty());
        out += harmless(key) + ":";
        if (!nested) {
            out += std::string(width - display_width(key) + 1, ' ') + harmless(cell_text(member)) + "\n";
            continue;
        }
        out += '\n';
        const auto text = nested_text(member);
        for (const auto line : split(trim(text), '\n')) out += "  " + std::string(line) + "\n";
    }
    return out;
}

} // namespace attune::app::cli
