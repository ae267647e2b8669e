#pragma once
#include "api/notifications/notice.hpp"

namespace attune::api {

/// Decides what is news to those that listen: each thing is told once, in each state once, whether a doorbell or a look
/// at the newest rows found it. Its memory is bounded.
class NoticeLog {
public:
    /// How many of the newest rows of a kind are looked at.
    static constexpr std::int64_t kNewest = 1000;
    static constexpr std::size_t kRemembered = 65'536;
    explicit NoticeLog(std::size_t remembered = kRemembered) : events_(remembered), executions_(remembered) {}

    struct NewestEvent {
        EventId id;
        bool decided = false;
    };
    struct NewestExecution {
        ExecutionId id;
        ExecutionStatus status = ExecutionStatus::requested;
    };
    struct Newest {
        std::vector<NewestEvent> events; ///< newest first, like the others
        std::vector<NewestExecution> executions;
    };
    /// What there is when somebody begins to listen; nothing of it is news.
    void begin(const Newest& newest, Timestamp now);

    /// Those of the newest that have to be read.
    std::vector<std::int64_t> unknown_events(const std::vector<NewestEvent>& newest);
    std::vector<std::int64_t> unknown_executions(const std::vector<NewestExecution>& newest);

    /// `enforcements`: all of a decided event.
    std::vector<Notice> of_event(const NoticeEvent& event, const std::vector<NoticeEnforcement>& enforcements);
    std::vector<Notice> of_execution(const ExecutionRow& execution);

private:
    struct Told {
        bool recorded = false;
        bool decided = false;
    };
    bool is_new(std::int64_t id, std::int64_t known_from, Timestamp created) const {
        return id > known_from || created >= since_;
    }

    Recent<Told> events_;
    Recent<std::optional<ExecutionStatus>> executions_;
    // Of ids up to these, nothing is known of what was there at the beginning.
    std::int64_t known_events_from_ = 0;
    std::int64_t known_executions_from_ = 0;
    Timestamp since_;
};
BOOST_DESCRIBE_STRUCT(NoticeLog::NewestEvent, (), (id, decided))
BOOST_DESCRIBE_STRUCT(NoticeLog::NewestExecution, (), (id, status))

} // namespace attune::api
