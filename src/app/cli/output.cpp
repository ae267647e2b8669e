#include "app/cli/output.hpp"

#include "adapters/yaml/write_yaml.hpp"
#include "app/cli/table.hpp"

#include <fmt/core.h>

namespace attune::app::cli {
namespace {

const json::value& without_envelope(const json::value& answer) {
    for (const auto* name : {"data", "items"}) {
        if (const auto* inside = find_member(answer, name); inside != nullptr) return *inside;
    }
    return answer;
}

std::string render_list(const json::value& answer, const json::array& rows, const Command& command, std::size_t width) {
    if (rows.empty()) return "Nothing to show.\n";
    auto out = render_table(rows, command.columns, width);
    if (const auto next = next_page(answer)) out += fmt::format("(more: --page {})\n", *next);
    return out;
}

} // namespace

std::optional<std::int64_t> next_page(const json::value& answer) {
    const auto* pagination = find_member(answer, "pagination");
    const auto* next = pagination == nullptr ? nullptr : find_member(*pagination, "has_next");
    const auto* page = pagination == nullptr ? nullptr : find_member(*pagination, "page");
    const bool there_is = next != nullptr && next->is_bool() && next->get_bool();
    if (!there_is || page == nullptr || !page->is_int64()) return std::nullopt;
    return page->get_int64() + 1;
}

std::string render_answer(const json::value& answer, const Command& command, OutputForm form, std::size_t width) {
    const auto& value = without_envelope(answer);
    if (form == OutputForm::json) {
        auto text = to_pretty_text(value);
        if (!text.ends_with('\n')) text += '\n';
        return text;
    }
    if (form == OutputForm::yaml) return adapters::yaml::to_yaml(value);
    if (value.is_array() && !command.columns.empty()) return render_list(answer, value.get_array(), command, width);
    const auto* message = find_member(value, "message");
    if (find_member(value, "success") != nullptr && message != nullptr) return cell_text(*message) + "\n";
    return value.is_object() ? render_object(value.get_object()) : to_text(value) + "\n";
}

} // namespace attune::app::cli
