// Which watches there are, and which of them this process has the seat of.
#include "base/log.hpp"
#include "flow/file_changes.hpp"
#include "services/file_watcher/file_sensor.hpp"

namespace attune::services {
namespace {

constexpr std::int64_t kForgottenAtOnce = 1'000; ///< rows of what has ended

} // namespace

void FileSensor::drop(FileSeatId seat) {
    watcher_.forget(seat.value);
    watches_.erase(seat);
    news_.erase(seat);
    noted_.erase(seat);
}

task<Result<void>> FileSensor::refresh() {
    if (!look_due_) co_return Result<void>{};
    struct Seen {
        flow::FileWatchSum sum;
        std::vector<FileWatch> watches;
        bool has_ended = false;
    };
    CO_TRY(auto seen, co_await ports_.db.read([&](Session& session) -> Result<Seen> {
        Seen out;
        TRY(out.sum, flow::file_watch_sum(session));
        if (out.sum != sum_) {
            TRY(out.watches, flow::armed_file_watches(session));
        }
        TRY(out.has_ended, flow::has_ended_seats(session));
        return out;
    }));
    if (seen.sum != sum_) {
        wanted_.clear();
        for (auto& watch : seen.watches) wanted_.emplace(watch.id, std::move(watch));
        sum_ = seen.sum;
        drop_changed();
    }
    CO_CHECK(co_await take_seats());
    look_due_ = false;
    if (!seen.has_ended) co_return Result<void>{};
    co_return co_await forget_ended();
}

/// Watches that are no longer as they were read.
void FileSensor::drop_changed() {
    std::vector<FileSeatId> gone;
    for (const auto& [seat, watch] : watches_) {
        const auto now = wanted_.find(watch.row().id);
        if (now == wanted_.end() || now->second.revision != watch.row().revision) gone.push_back(seat);
    }
    for (const auto seat : gone) drop(seat);
}

task<Result<void>> FileSensor::take_seats() {
    std::set<FileWatchId> have;
    for (const auto& [seat, watch] : watches_) have.insert(watch.row().id);
    std::vector<FileWatch> missing;
    for (const auto& [id, watch] : wanted_) {
        if (!have.contains(id)) missing.push_back(watch);
    }
    if (missing.empty()) co_return Result<void>{};
    CO_TRY(const auto seats,
           co_await ports_.db.read([&](Session& session) { return flow::file_seats(session, options_.host); }));
    for (const auto& watch : missing) CO_CHECK(co_await take_seat(watch, seats));
    co_return Result<void>{};
}

bool FileSensor::may_take(const FileSeat& seen) {
    if (options_.is_alone || seen.holder.empty() || seen.holder == holder_) return true;
    const flow::PackLock as_lock{.ref = {}, .holder = seen.holder, .beat = seen.beat, .settled = true, .taken = {}};
    return others_[seen.id].is_silent(as_lock, ports_.clock.monotonic());
}

task<Result<void>> FileSensor::take_seat(const FileWatch& wanted, const std::vector<FileSeat>& seats) {
    const auto config = logic::watch::read_config(wanted.config);
    if (!config) {
        log::error("the rule {} cannot be watched for: {}", wanted.rule_ref, config.error().text());
        co_return Result<void>{};
    }
    const auto host = config->each_host ? options_.host : std::string{};
    const auto seen =
        std::ranges::find_if(seats, [&](const FileSeat& one) { return one.watch == wanted.id && one.host == host; });
    if (seen != seats.end() && !may_take(*seen)) co_return Result<void>{};
    const auto now = ports_.clock.now();
    CO_TRY(auto seat, co_await ports_.db.write([&](Session& session) {
        return seen == seats.end() ? flow::make_file_seat(session, wanted, host, holder_, now)
                                   : flow::take_file_seat(session, wanted, *seen, holder_, now);
    }));
    if (!seat) co_return Result<void>{};
    if (seen != seats.end()) others_.erase(seen->id);
    CO_TRY(auto watch, SeatedWatch::make(wanted, *std::move(seat), options_.limits));
    CO_CHECK(co_await load(watch));
    watcher_.watch(watch.number(), watch.files());
    const auto id = watch.seat().id;
    watches_.emplace(id, std::move(watch));
    co_return Result<void>{};
}

/// What was told before, when that is of use.
task<Result<void>> FileSensor::load(SeatedWatch& watch) {
    if (!watch.is_settled() || !watch.config().catch_up) co_return Result<void>{};
    for (std::string after;;) {
        CO_TRY(auto page, co_await ports_.db.read([&](Session& session) {
            return flow::remembered_files(session, watch.seat().id, after, options_.page);
        }));
        watch.remember(std::move(page.files));
        if (page.next.empty()) co_return Result<void>{};
        after = std::move(page.next);
    }
}

/// A portion of what nobody needs any more, at each look.
task<Result<void>> FileSensor::forget_ended() {
    CO_CHECK(co_await ports_.db.write(
        [](Session& session) { return flow::forget_ended_seats(session, kForgottenAtOnce); }, {.lane = Lane::bulk}));
    co_return Result<void>{};
}

} // namespace attune::services
