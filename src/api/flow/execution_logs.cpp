#include "api/flow/execution_logs.hpp"

#include "api/common/history_list.hpp"
#include "api/common/sse.hpp"
#include "api/flow/executions.hpp"
#include "base/text.hpp"
#include "domain/execution.hpp"

#include <algorithm>

namespace attune::api {

ATTUNE_FIELDS(LogPath, id, stream);
ATTUNE_FIELDS(LogQuery, offset, limit);
ATTUNE_FIELDS(LogOffset, offset);

namespace {

constexpr std::int64_t kPieces = 64;            ///< rows read at once
constexpr std::int64_t kStreamed = 64LL * 1024; ///< bytes in one message
constexpr Duration kFirstPause = 250ms;
constexpr Duration kLongestPause = 1s;

const QueryOf<OutputChunk> kPiecesFrom{
    "api.execution_output.from",
    "select {columns} from {table} where execution = $1 and stream = $2 and position >= coalesce((select max(position)"
    " from {table} where execution = $1 and stream = $2 and position <= $3), 0) order by position limit $4"};
const attune::Query kStatus{"api.execution.status", "select status from execution where id = $1"};
const attune::Query kResult{"api.execution.result", "select result from execution where id = $1"};

/// What a piece adds behind `offset`.
std::string_view behind(const OutputChunk& piece, std::int64_t offset) {
    const auto skip = std::max<std::int64_t>(offset - piece.position, 0);
    const std::string_view content = piece.content;
    return content.substr(std::min(static_cast<std::size_t>(skip), content.size()));
}

/// Adds text that stands at `at`, as far as it fits; whether it fitted whole.
bool take(OutputStretch& out, std::string_view text, std::int64_t at, std::int64_t limit) {
    if (text.empty()) return true;
    const auto room = static_cast<std::size_t>(limit) - std::min(out.text.size(), static_cast<std::size_t>(limit));
    auto cut = utf8_cut(text, std::min(room, text.size()));
    for (auto more = room; cut == 0 && out.text.empty();) cut = utf8_cut(text, std::min(++more, text.size()));
    out.text += text.substr(0, cut);
    if (cut > 0) out.next = at + static_cast<std::int64_t>(cut);
    return cut == text.size();
}

/// A short stdout is kept in the result alone.
Result<void> take_from_result(Session& session, const LogPath& path, std::int64_t limit, OutputStretch& out) {
    TRY(const auto result, session.scalar<std::optional<json::value>>(kResult, path.id));
    if (!result || !*result) return {};
    const auto* text = find_member(**result, path.stream);
    if (text == nullptr || !text->is_string()) return {};
    const OutputChunk whole{path.id, path.stream, 0, std::string(text->get_string())};
    take(out, behind(whole, out.next), out.next, limit);
    return {};
}

Result<void> check(const LogPath& path, std::int64_t offset) {
    if (path.stream != "stdout" && path.stream != "stderr") {
        return Error{Errc::bad_request, fmt::format("expected stdout or stderr, got '{}'", path.stream), "stream"};
    }
    if (offset < 0) return Error{Errc::bad_request, fmt::format("expected 0 or more, got {}", offset), "offset"};
    return {};
}

/// Where a browser that lost the connection goes on: it repeats the id of the last event it saw.
std::optional<std::int64_t> resumed_at(const RawRequest& request) {
    const auto offset = parse_integer(request.headers.get("last-event-id"));
    return offset >= 0 ? offset : std::nullopt;
}

/// Sends output as it is stored: `waiting`, `content`, `append`..., `done`. Polls, for doorbells ring at changes of
/// state alone, and only while somebody listens.
class LogStream final : public BodyStream {
public:
    LogStream(Context& context, LogPath path, std::int64_t offset)
        : context_(context), path_(std::move(path)), offset_(offset), wake_(context.loop),
          doorbell_(context.bus.subscribe(Topic::executions, wake_)), spoke_(context.clock.monotonic()) {}

    task<std::optional<std::string>> next() override {
        while (!done_) {
            const auto stretch = co_await context_.db.read(
                [this](Session& session) { return read_output(session, path_, offset_, kStreamed); });
            if (auto message = stretch ? describe(*stretch) : failed(stretch.error())) {
                spoke_ = context_.clock.monotonic();
                co_return message;
            }
            co_await pause();
            if (context_.clock.monotonic() - spoke_ >= kKeepAlive) {
                spoke_ = context_.clock.monotonic();
                co_return std::string(kKeepAliveComment);
            }
        }
        co_return std::nullopt;
    }

private:
    std::optional<std::string> describe(const OutputStretch& stretch) {
        if (!stretch.text.empty()) {
            offset_ = stretch.next;
            pause_ = kFirstPause;
            return message(std::exchange(started_, true) ? "append" : "content", stretch.text);
        }
        if (is_final(stretch.status)) {
            done_ = true;
            return message("done", enum_name(stretch.status));
        }
        if (!started_ && !std::exchange(told_to_wait_, true)) return message("waiting", enum_name(stretch.status));
        return std::nullopt;
    }
    std::string message(std::string_view event, std::string_view data) const {
        return sse_message(data, event, std::to_string(offset_));
    }
    /// A row that is gone ends the stream; a database that is busy does not.
    std::optional<std::string> failed(const Error& error) {
        if (error.retryable()) return std::nullopt;
        done_ = true;
        return message("done", error.code == Errc::not_found ? "gone" : "failed");
    }
    /// Until this execution changed, or a growing while.
    task<void> pause() {
        const auto due = context_.clock.now() + pause_;
        pause_ = std::min(pause_ * 2, kLongestPause);
        while (!co_await context_.clock.wait_until(due, &wake_)) {
            const auto rung = doorbell_->take();
            if (rung.missed || std::ranges::find(rung.ids, path_.id.value) != rung.ids.end()) co_return;
        }
    }

    Context& context_;
    LogPath path_;
    std::int64_t offset_;
    Signal wake_;
    std::unique_ptr<Subscription> doorbell_;
    Duration spoke_;
    Duration pause_ = kFirstPause;
    bool started_ = false;
    bool told_to_wait_ = false;
    bool done_ = false;
};

} // namespace

Result<OutputStretch> read_output(Session& session, const LogPath& path, std::int64_t offset, std::int64_t limit) {
    OutputStretch out;
    out.next = offset;
    TRY(const auto status, session.scalar<ExecutionStatus>(kStatus, path.id));
    if (!status) return no_such("Execution", path.id.value);
    out.status = *status;
    bool any = false;
    for (;;) {
        TRY(const auto pieces, session.all<OutputChunk>(kPiecesFrom, path.id, path.stream, out.next, kPieces));
        const auto before = out.next;
        any = any || !pieces.empty();
        for (const auto& piece : pieces) {
            const auto text = behind(piece, out.next);
            if (!take(out, text, std::max(out.next, piece.position), limit)) return out;
        }
        if (out.next == before) break;
    }
    if (!any) CHECK(take_from_result(session, path, limit, out));
    return out;
}

void LogRoutes::declare(Router& router) {
    router.get("/api/v1/executions/{id}/logs/{stream}", &LogRoutes::read, *this, context_)
        .summary("Read an execution's stdout or stderr")
        .description("At most 16 MiB at once: the header X-Next-Offset says where to go on.")
        .produces("text/plain")
        .authenticated();
    router.get("/api/v1/executions/{id}/logs/{stream}/stream", &LogRoutes::follow, *this)
        .summary("Follow an execution's stdout or stderr")
        .description("Events: waiting, content, append, done. The id of an event is the byte offset behind it; a "
                     "request with it in Last-Event-ID goes on there.")
        .produces("text/event-stream")
        .authenticated();
}

Result<Raw> LogRoutes::read(Session& session, const Path<LogPath>& path, const api::Query<LogQuery>& query,
                            const Caller& caller) {
    CHECK(check(*path, query->offset));
    if (query->limit < 1) {
        return Error{Errc::bad_request, fmt::format("expected 1 or more, got {}", query->limit), "limit"};
    }
    CHECK(readable_execution(session, path->id, caller));
    TRY(auto stretch, read_output(session, *path, query->offset, std::min(query->limit, kMostOutput)));
    Raw out;
    out.content_type = "text/plain; charset=utf-8";
    out.headers.add("X-Next-Offset", std::to_string(stretch.next));
    out.headers.add("X-Content-Type-Options", "nosniff");
    out.body = std::move(stretch.text);
    return out;
}

/// On the loop: the stream listens to doorbells from before it looks.
task<Result<Raw>> LogRoutes::follow(const Path<LogPath>& path, const api::Query<LogOffset>& query,
                                    const RawRequest& request, const Caller& caller) {
    const auto offset = resumed_at(request).value_or(query->offset);
    CO_CHECK(check(*path, offset));
    auto stream = std::make_unique<LogStream>(context_, *path, offset);
    CO_CHECK(
        co_await context_.db.read([&](Session& session) { return readable_execution(session, path->id, caller); }));
    co_return sse_response(std::move(stream));
}

} // namespace attune::api
