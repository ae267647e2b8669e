#include "api/auth/standings.hpp"

#include "base/text.hpp"
#include "domain/identity.hpp"

#include <algorithm>

namespace attune::api {
namespace {

const QueryOf<Identity> kIdentity{"identity.by_id", "select {columns} from identity where id = $1"};
const QueryOf<PermissionSet> kSetsOfIdentity{
    "permission_set.of_identity",
    "select {columns} from permission_set where id in (select permset from permission_assignment where identity = $1)"
    " order by ref"};
const QueryOf<PermissionSet> kSet{"permission_set.of_ref", "select {columns} from permission_set where ref = $1"};

constexpr std::string_view kStandardSet = "standard";
constexpr std::size_t kMostSets = 100;

void add_set(Standing& standing, const PermissionSet& set) {
    for (auto& grant : logic::access::grants_of(set)) standing.grants.push_back(std::move(grant));
    standing.permission_set_refs.push_back(set.ref);
}

Result<Standing> read_identity(Session& session, IdentityId id) {
    TRY(const auto identity, session.find<Identity>(kIdentity, id));
    if (!identity) return Error{Errc::not_found, "identity not found"};
    Standing standing;
    standing.attributes = identity->attributes;
    standing.frozen = identity->frozen;
    TRY(const auto sets, session.all<PermissionSet>(kSetsOfIdentity, id));
    for (const auto& set : sets) add_set(standing, set);
    return standing;
}

Result<Standing> read_sets(Session& session, const std::vector<std::string>& refs) {
    Standing standing;
    std::vector<std::string> gone;
    for (const auto& ref : refs) {
        TRY(const auto set, session.find<PermissionSet>(kSet, ref));
        if (set)
            add_set(standing, *set);
        else
            gone.push_back(ref);
    }
    if (gone.empty()) return standing;
    return Error{Errc::forbidden, "Execution token references unavailable permission sets: " + join(gone, ", ")};
}

} // namespace

task<Result<Standing>> DatabaseStandings::of_identity(IdentityId identity) {
    co_return co_await db_.read([identity](Session& session) { return read_identity(session, identity); });
}

task<Result<Standing>> DatabaseStandings::of_sets(std::vector<std::string> refs) {
    if (refs.size() > kMostSets)
        co_return Error{Errc::forbidden, "Execution token references too many permission sets"};
    co_return co_await db_.read([&refs](Session& session) { return read_sets(session, refs); });
}

Result<void> check_delegation(Session& session, const Caller& caller, const std::vector<std::string>& refs,
                              std::string_view field) {
    for (std::size_t i = 0; i < refs.size(); ++i) {
        if (refs[i] == kStandardSet ||
            std::ranges::find(caller.permission_set_refs, refs[i]) != caller.permission_set_refs.end()) {
            continue;
        }
        TRY(const auto set, session.find<PermissionSet>(kSet, refs[i]));
        if (!set) return invalid(join_path(field, i), fmt::format("there is no permission set '{}'", refs[i]));
        if (!covers(caller.grants, logic::access::grants_of(*set))) {
            return Error{Errc::forbidden, fmt::format("the permission set '{}' allows more than you may do", refs[i]),
                         join_path(field, i)};
        }
    }
    return {};
}

} // namespace attune::api
