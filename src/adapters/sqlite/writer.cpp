#include "adapters/sqlite/writer.hpp"

#include "base/log.hpp"

namespace attune::sqlite {
namespace {

constexpr auto kBulk = static_cast<std::size_t>(Lane::bulk);

} // namespace

Writer::Writer(std::unique_ptr<Connection> connection, const Options& options)
    : connection_(std::move(connection)), group_time_(options.group_time), queue_limit_(options.queue_limit),
      measures_(*options.metrics), thread_([this] { work(); }) {}

Writer::~Writer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

bool Writer::submit(Database::WriteOptions options, Database::Unit unit, driver::Completion completion) {
    {
        const std::lock_guard lock(mutex_);
        if (waiting_ >= queue_limit_ || stopping_) return false;
        lanes_[static_cast<std::size_t>(options.lane)].push_back(
            {std::move(unit), options, std::move(completion), std::chrono::steady_clock::now()});
        ++waiting_;
    }
    wake_.notify_one();
    return true;
}

void Writer::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return waiting_ > 0 || stopping_; });
        if (waiting_ == 0) return;
        run_group(lock);
    }
}

/// The next write, urgent first; of the bulk lane at most one a group, but that one also when the group's time is over:
/// a flow that never pauses must not keep it waiting for ever.
bool Writer::take_next(bool& has_bulk, bool is_over, Pending& out) {
    for (auto lane = is_over ? kBulk : 0; lane < lanes_.size(); ++lane) {
        if (lanes_[lane].empty() || (lane == kBulk && has_bulk)) continue;
        out = std::move(lanes_[lane].front());
        lanes_[lane].pop_front();
        --waiting_;
        has_bulk = has_bulk || lane == kBulk;
        return true;
    }
    return false;
}

void Writer::run_group(std::unique_lock<std::mutex>& lock) {
    driver::GroupTime time(group_time_);
    std::deque<Pending> taken;
    driver::WriteGroup group(*connection_);
    lock.unlock();
    const auto begun = connection_->begin();
    lock.lock();

    bool has_bulk = false;
    for (Pending next; !group.has_failed() && take_next(has_bulk, time.is_over(), next);) {
        measures_.taken(next.submitted);
        taken.push_back(std::move(next));
        lock.unlock();
        if (begun) group.add(taken.back().unit, taken.back().options.savepoint);
        time.ran(taken.back().options.lane);
        lock.lock();
    }

    lock.unlock();
    if (begun) {
        measures_.commit(group);
    } else {
        measures_.failed(taken.size());
        for (auto& one : taken) group.members().push_back({&one.unit, one.options.savepoint, begun.error(), false});
    }
    wal_pages_ = connection_->wal_pages();
    lock.lock();
    note_outcome(group);
    lock.unlock();
    complete(taken, group);
    lock.lock();
}

/// A write that failed for want of room or of the file is the database's trouble, until something is written again.
void Writer::note_outcome(driver::WriteGroup& group) {
    if (group.has_written()) {
        if (!trouble_.empty()) log::info("the database takes writes again");
        trouble_.clear();
        return;
    }
    for (const auto& member : group.members()) {
        if (member.outcome || member.outcome.error().code != Errc::unavailable) continue;
        if (trouble_.empty()) log::error("the database takes no writes: {}", member.outcome.error().message);
        trouble_ = member.outcome.error().message;
    }
}

void Writer::complete(std::deque<Pending>& taken, driver::WriteGroup& group) {
    std::vector<driver::Answer> answers;
    for (std::size_t i = 0; i < taken.size(); ++i) {
        answers.push_back({std::move(taken[i].completion), std::move(group.members()[i].outcome)});
    }
    driver::complete_all(std::move(answers));
}

std::optional<std::string> Writer::trouble() const {
    const std::lock_guard lock(mutex_);
    if (trouble_.empty()) return std::nullopt;
    return trouble_;
}

} // namespace attune::sqlite
