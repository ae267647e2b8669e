#include "api/common/listing.hpp"

#include "base/text.hpp"

namespace attune::api {
namespace {

constexpr std::string_view kNever = "1 = 0";

/// The conditions under which one grant's constraints hold for a row.
class GrantCondition {
public:
    GrantCondition(ListFilter& filter, const Caller& caller, const TargetColumns& columns)
        : filter_(filter), caller_(caller), columns_(columns) {}

    std::string of(const GrantConstraints& c) {
        all_.clear();
        require(c.pack_refs, columns_.pack_ref);
        require(c.refs, columns_.ref);
        require(c.ids, columns_.id);
        require(c.owner_types, columns_.owner_type);
        require(c.owner_refs, columns_.owner_ref);
        if (c.owner) require_owner(*c.owner);
        if (c.encrypted) require_encrypted(*c.encrypted);
        // What no row of a list has; and what does not depend on the row.
        if (c.visibility || (c.execution_scope && *c.execution_scope != ExecutionScope::any)) all_.emplace_back(kNever);
        if (!logic::access::attributes_hold(c.attributes, caller_.attributes)) all_.emplace_back(kNever);
        return all_.empty() ? "1 = 1" : join(all_, " and ");
    }

private:
    template <class T>
    void require(const Omittable<std::vector<T>>& allowed, std::string_view column) {
        if (!allowed) return;
        all_.push_back(column.empty() ? std::string(kNever) : filter_.one_of(column, *allowed));
    }
    void require_owner(OwnerRule owner) {
        if (owner == OwnerRule::any) return;
        const auto column = columns_.owner_identity;
        if (column.empty()) {
            all_.emplace_back(kNever);
        } else if (owner == OwnerRule::none) {
            all_.push_back(fmt::format("{} is null", column));
        } else {
            all_.push_back(fmt::format("{} = {}", column, filter_.bind(caller_.identity)));
        }
    }
    void require_encrypted(bool encrypted) {
        all_.push_back(columns_.encrypted.empty()
                           ? std::string(kNever)
                           : fmt::format("{} = {}", columns_.encrypted, filter_.bind(encrypted)));
    }

    ListFilter& filter_;
    const Caller& caller_;
    const TargetColumns& columns_;
    std::vector<std::string> all_;
};

} // namespace

std::string allowed_condition(ListFilter& filter, const Caller& caller, Resource resource, Right right,
                              const TargetColumns& columns) {
    if (caller.may(resource, right)) return "1 = 1";
    std::vector<std::string> any;
    GrantCondition condition(filter, caller, columns);
    for (const auto& grant : caller.grants) {
        if (logic::access::names(grant, resource, right)) any.push_back("(" + condition.of(*grant.constraints) + ")");
    }
    return any.empty() ? std::string(kNever) : "(" + join(any, " or ") + ")";
}

void keep_allowed(ListFilter& filter, const Caller& caller, Resource resource, Right right,
                  const TargetColumns& columns) {
    if (!caller.may(resource, right)) filter.add(allowed_condition(filter, caller, resource, right, columns));
}

Error absent(std::string_view kind, std::string_view ref) {
    return Error{Errc::not_found, fmt::format("{} '{}' not found", kind, ref)};
}

} // namespace attune::api
