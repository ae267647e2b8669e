#include "logic/packs/written_as.hpp"

namespace attune::logic::packs {

Result<void> as_written(Result<void> checked, const entities::Entity& entity) {
    if (checked) return {};
    auto error = std::move(checked).error();
    const auto head = error.field.substr(0, error.field.find_first_of(".["));
    const auto* member = entity.find(head);
    if (member != nullptr && !member->file.empty())
        error.field.replace(0, head.size(), member->file.substr(0, member->file.find('|')));
    return error;
}

} // namespace attune::logic::packs
