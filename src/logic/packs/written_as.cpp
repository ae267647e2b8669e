#include "logic/packs/written_as.hpp"

namespace attune::logic::packs {

Result<void> as_written(Result<void> checked, std::initializer_list<Spelling> spellings) {
    if (checked) return {};
    auto error = std::move(checked).error();
    const auto head = error.field.substr(0, error.field.find_first_of(".["));
    for (const auto& [member, key] : spellings) {
        if (head == member) error.field.replace(0, head.size(), key);
    }
    return error;
}

} // namespace attune::logic::packs
