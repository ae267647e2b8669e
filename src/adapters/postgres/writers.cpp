#include "adapters/postgres/writers.hpp"

#include "base/log.hpp"

namespace attune::postgres {
namespace {

constexpr int kTries = 5; ///< of a write that others were in the way of
constexpr Duration kStagger = 20ms;
constexpr auto kBulk = static_cast<std::size_t>(Lane::bulk);

} // namespace

Writers::Writers(const Connection::Options& connection, const Options& options)
    : traffic_(connection.traffic), group_time_(options.group_time), queue_limit_(options.queue_limit),
      measures_(*options.metrics) {
    for (int i = 0; i < options.writers; ++i) links_.emplace_back(connection, *options.metrics);
    for (auto& link : links_) threads_.emplace_back([this, &link] { work(link); });
}

Writers::~Writers() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_) thread.join();
}

bool Writers::submit(Database::WriteOptions options, Database::Unit unit, driver::Completion completion) {
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

void Writers::work(Link& link) {
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            const auto has_work = [this] { return waiting_ > (bulk_runs_ ? lanes_[kBulk].size() : 0); };
            wake_.wait(lock, [&] { return has_work() || (stopping_ && waiting_ == 0); });
            if (!has_work()) return;
        }
        run_group(link);
    }
}

/// The next write, urgent first; of the bulk lane at most one a group, and not while the other writer has one, but that
/// one also when the group's time is over: a flow that never pauses must not keep it waiting for ever.
bool Writers::take_next(bool& has_bulk, bool is_over, Pending& out) {
    const std::lock_guard lock(mutex_);
    for (auto lane = is_over ? kBulk : 0; lane < lanes_.size(); ++lane) {
        if (lanes_[lane].empty() || (lane == kBulk && bulk_runs_)) continue;
        out = std::move(lanes_[lane].front());
        lanes_[lane].pop_front();
        --waiting_;
        if (lane == kBulk) has_bulk = bulk_runs_ = true;
        return true;
    }
    return false;
}

Writers::Taken Writers::take_all() {
    const std::lock_guard lock(mutex_);
    Taken out;
    for (auto& lane : lanes_) {
        std::move(lane.begin(), lane.end(), std::back_inserter(out));
        lane.clear();
    }
    waiting_ = 0;
    return out;
}

void Writers::run_group(Link& link) {
    const auto connection = link.begin("begin");
    if (!connection) {
        {
            const std::lock_guard lock(mutex_);
            note_trouble(connection.error());
        }
        std::vector<driver::Answer> answers;
        for (auto& one : take_all()) answers.push_back({std::move(one.completion), connection.error()});
        measures_.failed(answers.size());
        driver::complete_all(std::move(answers));
        return;
    }
    driver::WriteGroup group(**connection);
    auto taken = run_units(group);
    note_outcome(group);
    repeat_conflicts(link, group);
    finish(std::move(taken), group);
}

Writers::Taken Writers::run_units(driver::WriteGroup& group) {
    driver::GroupTime time(group_time_);
    Taken taken;
    bool has_bulk = false;
    for (Pending next; !group.has_failed() && take_next(has_bulk, time.is_over(), next);) {
        measures_.taken(next.submitted);
        taken.push_back(std::move(next));
        group.add(taken.back().unit, taken.back().options.savepoint, taken.back().options.durable);
        time.ran(taken.back().options.lane);
    }
    measures_.commit(group);
    if (has_bulk) {
        const std::lock_guard lock(mutex_);
        bulk_runs_ = false;
    }
    if (has_bulk) wake_.notify_one();
    return taken;
}

/// What a deadlock ended is run again in a transaction of its own. Nothing of it was committed: the savepoint was
/// undone. An answer to a commit that was lost is no conflict, and is not repeated.
void Writers::repeat_conflicts(Link& link, driver::WriteGroup& group) {
    for (auto& member : group.members()) {
        for (int attempt = 1; attempt < kTries && member.must_repeat; ++attempt) {
            link.stagger(kStagger * attempt);
            const auto connection = link.begin("begin");
            if (!connection) break;
            measures_.repeats.add();
            driver::WriteGroup alone(**connection);
            alone.add(*member.unit, true);
            alone.commit();
            note_outcome(alone);
            member = alone.members().front();
        }
    }
}

void Writers::finish(Taken taken, driver::WriteGroup& group) {
    std::vector<driver::Answer> answers;
    for (std::size_t i = 0; i < taken.size(); ++i) {
        auto& outcome = group.members()[i].outcome;
        answers.push_back({std::move(taken[i].completion), std::move(outcome)});
    }
    driver::complete_all(std::move(answers));
}

/// A write that failed for want of the server or of room is the database's trouble, until something is written again.
/// What is run again because others were in its way is no trouble.
void Writers::note_outcome(driver::WriteGroup& group) {
    const std::lock_guard lock(mutex_);
    if (group.has_written()) {
        traffic_->commit(std::ssize(group.members()));
        if (!trouble_.empty()) log::info("the database takes writes again");
        trouble_.clear();
        return;
    }
    for (const auto& member : group.members()) {
        if (member.outcome || member.must_repeat || member.outcome.error().code != Errc::unavailable) continue;
        note_trouble(member.outcome.error());
    }
}

void Writers::note_trouble(const Error& error) {
    if (trouble_.empty()) log::error("the database takes no writes: {}", error.message);
    trouble_ = error.message;
}

std::optional<std::string> Writers::trouble() const {
    const std::lock_guard lock(mutex_);
    if (trouble_.empty()) return std::nullopt;
    return trouble_;
}

} // namespace attune::postgres
