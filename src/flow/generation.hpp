#pragma once
#include "storage/session.hpp"

namespace attune::flow {

/// The definition generation: how many changes of rules, triggers, actions, runtimes, packs and calendars were
/// committed, and how often a key was made or deleted. Caches are as new as the generation they were read at.
Result<std::int64_t> current_generation(Session& session);

/// Counts a change, in the change's own transaction; the new generation goes into the changed row.
Result<std::int64_t> next_generation(Session& session);

/// Makes every other change of definitions wait until this transaction has ended. For changes that read much before
/// they write.
Result<void> lock_definitions(Session& session);

/// Counts a deletion and leaves a row that says what is gone.
Result<void> note_deletion(Session& session, std::string_view kind, std::string_view ref, std::int64_t id,
                           Timestamp now);

/// Deletes the rows of deletions before this time, at most `limit` at once; how many.
Result<std::int64_t> forget_deletions(Session& session, Timestamp before, std::int64_t limit);
/// Who knows no more than an older generation than this cannot find out what was deleted since: it reads all again.
Result<std::int64_t> forgotten_generation(Session& session);

/// Makes the single row of instance data when the database is new; the instance's id. Idempotent.
Result<std::string> ensure_instance(Session& session, const std::string& uuid_if_new, Timestamp now);

} // namespace attune::flow
