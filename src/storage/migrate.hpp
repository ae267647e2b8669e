#pragma once
#include "base/embedded.hpp"
#include "storage/session.hpp"

namespace attune {

/// The schema's steps, in order of their number (migrations/NNNN_name.sql).
namespace embedded {
std::span<const File> migration_files();
}

/// Brings the schema up to this program's version, inside the caller's transaction. Errors: `conflict` when the
/// database was made by a newer version: nothing is touched.
Result<void> migrate(Session& session, Timestamp now);

} // namespace attune
