#include "flow/generation.hpp"

namespace attune::flow {
namespace {

const Query kCurrent{"generation.current", "select generation from instance where id = 1"};
const Query kNext{"generation.next",
                  "update instance set generation = generation + 1 where id = 1 returning generation"};
const Query kLock{"generation.lock", "select generation from instance where id = 1 {for_update}"};
const Query kNoteDeletion{
    "generation.note_deletion",
    "insert into definition_change (generation, kind, ref, row_id, created) values ($1, $2, $3, $4, $5)"};
const Query kOldDeletions{"generation.old_deletions",
                          "select generation from definition_change where created < $1 order by generation limit $2"};
const Query kForgetDeletions{"generation.forget_deletions",
                             "delete from definition_change where generation < $1 and created < $2"};
const Query kMarkForgotten{"generation.mark_forgotten", "update definition_change set kind = 'forgotten', ref = '',"
                                                        " row_id = 0 where generation = $1"};
const Query kForgotten{"generation.forgotten",
                       "select coalesce(max(generation), 0) from definition_change where kind = 'forgotten'"};
const Query kInsertInstance{
    "instance.insert",
    "insert into instance (id, uuid, generation, created) values (1, $1, 1, $2) on conflict do nothing"};
const Query kInstance{"instance.uuid", "select uuid from instance where id = 1"};

Error no_instance() {
    return Error{Errc::internal, "the database has no instance row"};
}

} // namespace

Result<std::int64_t> current_generation(Session& session) {
    TRY(const auto generation, session.scalar<std::int64_t>(kCurrent));
    if (!generation) return no_instance();
    return *generation;
}

Result<std::int64_t> next_generation(Session& session) {
    TRY(const auto generation, session.scalar<std::int64_t>(kNext));
    if (!generation) return no_instance();
    return *generation;
}

Result<void> lock_definitions(Session& session) {
    TRY(const auto generation, session.scalar<std::int64_t>(kLock));
    if (!generation) return no_instance();
    return {};
}

Result<void> note_deletion(Session& session, std::string_view kind, std::string_view ref, std::int64_t id,
                           Timestamp now) {
    TRY(const auto generation, next_generation(session));
    CHECK(session.execute(kNoteDeletion, generation, kind, ref, id, now));
    return {};
}

Result<std::int64_t> forget_deletions(Session& session, Timestamp before, std::int64_t limit) {
    TRY(const auto old, session.column<std::int64_t>(kOldDeletions, before, limit));
    if (old.empty()) return std::int64_t{0};
    TRY(const auto deleted, session.execute(kForgetDeletions, old.back(), before));
    // The last one stays, and says up to where there were others.
    CHECK(session.execute(kMarkForgotten, old.back()));
    return deleted;
}

Result<std::int64_t> forgotten_generation(Session& session) {
    TRY(const auto generation, session.scalar<std::int64_t>(kForgotten));
    return generation.value_or(0);
}

Result<std::string> ensure_instance(Session& session, const std::string& uuid_if_new, Timestamp now) {
    CHECK(session.execute(kInsertInstance, uuid_if_new, now));
    TRY(auto uuid, session.scalar<std::string>(kInstance));
    if (!uuid) return no_instance();
    return *std::move(uuid);
}

} // namespace attune::flow
