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

Result<std::string> ensure_instance(Session& session, const std::string& uuid_if_new, Timestamp now) {
    CHECK(session.execute(kInsertInstance, uuid_if_new, now));
    TRY(auto uuid, session.scalar<std::string>(kInstance));
    if (!uuid) return no_instance();
    return *std::move(uuid);
}

} // namespace attune::flow
