#include "logic/definitions/source.hpp"

#include "logic/definitions/file_source.hpp"
#include "logic/definitions/timer_source.hpp"
#include "logic/definitions/webhook_source.hpp"

#include <algorithm>

namespace attune::logic::definitions {

std::span<const Source* const> sources() {
    static const Source* const kAll[] = {&timer_source(), &file_source(), &webhook_source()};
    return kAll;
}

const Source* source_of(const Trigger& trigger) {
    const auto all = sources();
    const auto found = std::ranges::find_if(all, [&](const Source* one) { return one->owns(trigger); });
    return found == all.end() ? nullptr : *found;
}

Source::Asked asked_of_source(const Trigger& trigger, const json::object& trigger_params) {
    const auto* source = source_of(trigger);
    return source == nullptr ? Source::Asked{} : source->asked(trigger, trigger_params);
}

} // namespace attune::logic::definitions
