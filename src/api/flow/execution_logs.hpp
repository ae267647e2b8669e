#pragma once
#include "api/context.hpp"
#include "api/router.hpp"
#include "domain/execution.hpp"

namespace attune::api {

struct LogPath {
    ExecutionId id;
    std::string stream; ///< "stdout" or "stderr"
};
ATTUNE_STRUCT(LogPath);

/// The most bytes of output in one answer.
inline constexpr std::int64_t kMostOutput = 16LL * 1024 * 1024;

struct LogQuery {
    std::int64_t offset = 0; ///< bytes from the start
    std::int64_t limit = kMostOutput;
};
ATTUNE_STRUCT(LogQuery);

struct LogOffset {
    std::int64_t offset = 0;
};
ATTUNE_STRUCT(LogOffset);

/// A stretch of an execution's output.
struct OutputStretch {
    std::string text;
    std::int64_t next = 0; ///< the offset behind it
    ExecutionStatus status = ExecutionStatus::requested;
};

/// Reads from `offset` on, at most about `limit` bytes: stored pieces, else what the result holds of the stream.
/// Errors: `not_found`.
Result<OutputStretch> read_output(Session& session, const LogPath& path, std::int64_t offset, std::int64_t limit);

/// The output of executions, whole and as it comes.
class LogRoutes {
public:
    explicit LogRoutes(Context& context) : context_(context) {}
    void declare(Router& router);

    Result<Raw> read(Session& session, const Path<LogPath>& path, const api::Query<LogQuery>& query,
                     const Caller& caller);
    task<Result<Raw>> follow(const Path<LogPath>& path, const api::Query<LogOffset>& query, const RawRequest& request,
                             const Caller& caller);

private:
    Context& context_;
};

} // namespace attune::api
