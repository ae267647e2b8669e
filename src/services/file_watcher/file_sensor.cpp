#include "services/file_watcher/file_sensor.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "flow/file_changes.hpp"
#include "services/outage.hpp"

namespace attune::services {
namespace {

using logic::watch::Change;

constexpr Duration kRenewEvery = flow::kFileSeatLease / 5;
constexpr Duration kNothingToDo = 1h;

} // namespace

FileSensor::FileSensor(Ports ports, FileWatcher& watcher, Options options)
    : ports_(ports), watcher_(watcher), options_(std::move(options)),
      recorded_(ports.metrics.counters(Metric::events_recorded).of("file")),
      holder_(hex_encode(ports.random.bytes(8))) {}

void FileSensor::wake_by(Signal* signal) {
    wake_ = signal;
    watcher_.listen(signal);
}

task<void> FileSensor::run() {
    Signal wake(co_await asio::this_coro::executor);
    const struct Listening {
        FileSensor& sensor;
        ~Listening() { sensor.wake_by(nullptr); }
    } listening{*this};
    wake_by(&wake);
    Outage outage("files");
    for (;;) {
        const auto told = co_await run_once();
        outage.note(told);
        const auto now = ports_.clock.now();
        if (told) {
            co_await ports_.clock.wait_until(next_due().value_or(now + kNothingToDo), &wake);
        } else {
            co_await ports_.clock.wait_until(now + kRetryPause, nullptr);
        }
    }
}

task<void> FileSensor::follow() {
    Signal bell(co_await asio::this_coro::executor);
    const auto doorbell = ports_.bus.subscribe(Topic::definitions, bell);
    Outage outage("the seats of watched files");
    Duration renewed{};
    for (;;) {
        const auto elapsed = ports_.clock.monotonic();
        const bool has_leases = !options_.is_alone && !watches_.empty();
        if (has_leases && elapsed - renewed >= kRenewEvery) {
            outage.note(co_await renew());
            renewed = elapsed;
        }
        look_due_ = true;
        if (wake_ != nullptr) wake_->set();
        auto next = next_tick(ports_, sweep_interval(ports_.bus));
        // Others' leases are read often enough to see that one is not renewed.
        if (!options_.is_alone && !wanted_.empty()) next = std::min(next, ports_.clock.now() + kRenewEvery);
        co_await ports_.clock.wait_until(next, &bell);
        doorbell->take();
    }
}

task<Result<bool>> FileSensor::renew() {
    CO_TRY(const auto held,
           co_await ports_.db.write([&](Session& session) { return flow::hold_file_seats(session, holder_); },
                                    {.lane = Lane::urgent}));
    const std::set<FileSeatId> ours(held.begin(), held.end());
    for (const auto& [seat, watch] : watches_) {
        if (!ours.contains(seat)) lost_.insert(seat);
    }
    co_return true;
}

task<void> FileSensor::leave() {
    const bool has_leases = !options_.is_alone && !watches_.empty();
    while (!watches_.empty()) drop(watches_.begin()->first);
    if (!has_leases) co_return;
    const auto left =
        co_await commit(ports_, [&](Session& session) { return flow::leave_file_seats(session, holder_); });
    if (left) co_return;
    log::warn("the seats of watched files are taken over once their lease has run out: {}", left.error().text());
}

task<Result<std::size_t>> FileSensor::run_once() {
    for (const auto seat : std::exchange(lost_, {})) drop(seat);
    CO_CHECK(co_await refresh());
    take_notices();
    std::vector<FileSeatId> seats;
    for (const auto& [seat, watch] : watches_) seats.push_back(seat);
    std::size_t told = 0;
    for (const auto seat : seats) {
        CO_TRY(const auto events, co_await work(seat));
        told += events;
    }
    CO_CHECK(co_await note_troubles());
    publish();
    co_return told;
}

void FileSensor::take_notices() {
    const auto elapsed = ports_.clock.monotonic();
    for (const auto& notice : watcher_.take()) {
        const auto watch = watches_.find(FileSeatId{notice.watch});
        if (watch != watches_.end()) watch->second.take(notice, elapsed);
    }
}

/// One watch: scans what is to be scanned, and tells a batch of what is to be told.
task<Result<std::size_t>> FileSensor::work(FileSeatId seat) {
    auto& watch = watches_.at(seat);
    co_await scan(watch);
    if (watch.has_begun() && !watch.is_settled()) {
        CO_TRY(const bool settled, co_await settle(watch));
        if (!settled) {
            drop(seat);
            co_return std::size_t{0};
        }
    }
    co_await look(watch);
    CO_TRY(const auto told, co_await tell(watch));
    if (watch.has_failed()) watcher_.forget(watch.number());
    if (!told) drop(seat);
    co_return told.value_or(0);
}

task<void> FileSensor::scan(SeatedWatch& watch) {
    while (const auto folder = watch.next_scan(ports_.clock.monotonic())) {
        if (watch.has_failed()) watcher_.watch(watch.number(), watch.files());
        auto found = co_await watcher_.scan(watch.number(), *folder);
        const auto elapsed = ports_.clock.monotonic();
        if (found) {
            watch.scanned(*folder, *std::move(found), ports_.clock.now(), elapsed);
        } else {
            watch.scan_failed(found.error(), elapsed);
        }
        if (watch.has_failed()) watcher_.forget(watch.number());
    }
}

/// What is there is remembered as told, all of it, before anything is told. False when the seat is another's.
task<Result<bool>> FileSensor::settle(SeatedWatch& watch) {
    std::vector<const FileStates::value_type*> portion;
    auto next = watch.known().begin();
    const auto end = watch.config().catch_up ? watch.known().end() : next;
    do {
        portion.clear();
        for (; next != end && portion.size() < static_cast<std::size_t>(options_.page); ++next)
            portion.push_back(&*next);
        const bool is_last = next == end;
        CO_TRY(const bool ours, co_await ports_.db.write(
                                    [&](Session& session) {
                                        return flow::remember_files(session, watch.seat().id, holder_, portion,
                                                                    is_last);
                                    },
                                    {.lane = Lane::bulk}));
        if (!ours) co_return false;
    } while (next != end);
    watch.note_settled();
    co_return true;
}

task<void> FileSensor::look(SeatedWatch& watch) {
    const auto due = watch.take_due(ports_.clock.monotonic());
    if (due.empty()) co_return;
    std::vector<std::string> paths;
    for (const auto& one : due) paths.push_back(one.path);
    const auto found = co_await watcher_.look(watch.number(), std::move(paths));
    watch.looked(due, found, ports_.clock.monotonic());
}

task<Result<FileSensor::News>> FileSensor::make_news(const SeatedWatch& watch) {
    News out;
    const auto& untold = watch.untold();
    const auto count = std::min(untold.size(), options_.batch);
    out.changes.assign(untold.begin(), untold.begin() + static_cast<std::ptrdiff_t>(count));
    const auto now = ports_.clock.now();
    for (const auto& change : logic::watch::asked_for(out.changes, watch.config())) {
        const auto old = change.old_path ? std::optional(watch.absolute(*change.old_path)) : std::nullopt;
        out.events.push_back(
            flow::file_event(watch.row(), change, watch.absolute(change.path), old, options_.host, now));
    }
    if (out.events.empty()) co_return out;
    CO_TRY(const auto ids, co_await ports_.ids.take<EventId>(out.events.size()));
    for (std::size_t i = 0; i < ids.size(); ++i) out.events[i].id = ids[i];
    co_return out;
}

/// Tells a batch; nothing when the seat is another's.
task<Result<std::optional<std::size_t>>> FileSensor::tell(SeatedWatch& watch) {
    if (watch.untold().empty()) co_return std::optional<std::size_t>(0);
    auto& news = news_[watch.seat().id];
    if (news.changes.empty()) {
        CO_TRY(news, co_await make_news(watch));
    }
    if (!news.events.empty() || watch.config().catch_up) {
        const flow::FileNews wanted{.seat = watch.seat().id,
                                    .holder = holder_,
                                    .changes = watch.config().catch_up ? std::span<const Change>(news.changes)
                                                                       : std::span<const Change>{},
                                    .events = news.events};
        CO_TRY(const auto told,
               co_await commit(ports_, [&](Session& session) { return flow::tell_file_changes(session, wanted); }));
        if (!told.value) co_return std::optional<std::size_t>{};
    }
    const auto elapsed = ports_.clock.monotonic();
    recorded_.add(news.events.size());
    watch.told(news.changes.size(), elapsed);
    const auto count = news.events.size();
    news_.erase(watch.seat().id);
    co_return std::optional(count);
}

/// Writes into the seats why some of it is not watched, so that everybody sees it.
task<Result<void>> FileSensor::note_troubles() {
    for (auto& [seat, watch] : watches_) {
        const auto noted = noted_.find(seat);
        if (!watch.has_begun() && !watch.has_failed()) continue;
        auto trouble = watch.trouble();
        if (noted != noted_.end() && noted->second == trouble) continue;
        if (trouble) log::warn("files of the rule {}: {}", watch.row().rule_ref, *trouble);
        const auto files = static_cast<std::int64_t>(watch.known().size());
        const auto now = ports_.clock.now();
        CO_CHECK(co_await ports_.db.write(
            [&](Session& session) { return flow::note_file_seat(session, seat, holder_, files, trouble, now); }));
        noted_[seat] = std::move(trouble);
    }
    co_return Result<void>{};
}

void FileSensor::publish() {
    State state{.watches = watches_.size()};
    for (const auto& [seat, watch] : watches_) {
        state.files += watch.known().size();
        if (const auto trouble = watch.trouble())
            state.troubles.push_back(fmt::format("{}: {}", watch.row().rule_ref, *trouble));
    }
    const std::lock_guard lock(mutex_);
    state_ = std::move(state);
}

FileSensor::State FileSensor::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

std::optional<Timestamp> FileSensor::next_due() const {
    std::optional<Duration> first;
    for (const auto& [seat, watch] : watches_) {
        const auto due = watch.next_due();
        if (due && (!first || *due < *first)) first = due;
    }
    if (!first) return std::nullopt;
    return ports_.clock.now() + std::max(Duration{0}, *first - ports_.clock.monotonic());
}

} // namespace attune::services
