#pragma once
#include "base/embedded.hpp"
#include "storage/session.hpp"

namespace attune {

/// The schema's steps (migrations/NNNN_name.sql). Each is applied once, those that are missing in the order of their
/// numbers: also one that comes to be when others with higher numbers have been applied.
namespace embedded {
std::span<const File> migration_files();
}

/// How the steps that were applied to a database differ from those of this program. Texts for messages, such as
/// "16 (0016_x.sql), 18 (0018_y.sql)"; empty: none.
struct SchemaDifference {
    std::string missing; ///< steps that were not applied yet
    std::string unknown; ///< applied steps that this program does not have: a newer one made them

    bool none() const { return missing.empty() && unknown.empty(); }
};

/// The database's table of applied steps is there.
Result<SchemaDifference> compare_schema(Session& session,
                                        std::span<const embedded::File> steps = embedded::migration_files());

/// Applies the steps that are missing, inside the caller's transaction. Errors: `conflict` when a newer version has
/// applied others: nothing is touched.
Result<void> migrate(Session& session, Timestamp now,
                     std::span<const embedded::File> steps = embedded::migration_files());

} // namespace attune
