#pragma once
#include "base/embedded.hpp"
#include "storage/session.hpp"

namespace attune {

/// The schema's steps, in order of their number (migrations/NNNN_name.sql).
namespace embedded {
std::span<const File> migration_files();
}

/// The version of the database's schema; its table of versions is there. 0: nothing was made yet.
Result<std::int64_t> schema_version(Session& session);

/// The version that this program needs.
std::int64_t newest_schema_version();

/// Brings the schema up to this program's version, inside the caller's transaction. Errors: `conflict` when the
/// database was made by a newer version: nothing is touched.
Result<void> migrate(Session& session, Timestamp now);

} // namespace attune
