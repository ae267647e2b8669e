#include "live/feed.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <unordered_set>

namespace attune::live {
namespace {

constexpr Duration kRetryPause = 1s;
constexpr Duration kLookEvery = 5s;
constexpr Duration kLookWithoutBus = 1s;
constexpr std::int64_t kMostRead = 20'000; ///< rows of a kind in one read
/// One more than is remembered: it is said when there are so many.
constexpr std::int64_t kMostOpen = Told::kRemembered + 1;

bool is_cut(const std::vector<Seen>& newest) {
    return std::ssize(newest) >= Feed::kNewest;
}

} // namespace

Listener::Listener(Feed& feed) : feed_(feed) {
    feed_.listeners_.push_back(this);
}

Listener::~Listener() {
    std::erase(feed_.listeners_, this);
}

bool Feed::has_clients() const {
    return std::ranges::any_of(listeners_, &Listener::has_clients);
}

task<Result<void>> Feed::start() {
    if (running_) co_return Result<void>{};
    Waiting waiting(ports_.bus, wake_); // before the read
    const auto now = ports_.clock.now();
    CO_TRY(const auto first, co_await ports_.db.read(&look_first));
    std::vector<Told> told;
    for (const auto kind : kAllKinds) {
        const auto& newest = first.newest[index_of(kind)];
        auto& one = told.emplace_back(row_of(kind));
        CO_CHECK(one.begin(newest, is_cut(newest), first.open[index_of(kind)], now));
    }
    if (ports_.group.is_stopping()) co_return Error{Errc::unavailable, "the server is stopping"};
    if (std::exchange(running_, true)) co_return Result<void>{}; // another client was faster
    waiting_.emplace(std::move(waiting));
    told_ = std::move(told);
    look_now_ = false;
    look_at_ = now + kLookEvery;
    ports_.group.spawn("change feed", [this] { return run(); });
    co_return Result<void>{};
}

task<void> Feed::run() {
    while (has_clients()) {
        if (!waiting_->collect()) look_now_ = true;
        const bool is_due = look_now_ || ports_.clock.now() >= look_at_;
        if (!is_due && waiting_->empty()) {
            co_await ports_.clock.wait_until(look_at_, &wake_);
            continue;
        }
        const auto done = is_due ? co_await look() : co_await tell_next();
        if (done) continue;
        log::warn("the change feed cannot read what happened: {}", done.error().text());
        look_now_ = true;
        co_await ports_.clock.sleep_for(kRetryPause);
    }
    waiting_.reset();
    told_.clear();
    running_ = false;
}

/// Finds what no doorbell told of.
task<Result<void>> Feed::look() {
    OpenIds open;
    for (const auto kind : kAllKinds) open[index_of(kind)] = told_[index_of(kind)].open();
    CO_TRY(const auto found, co_await ports_.db.read([&](Session& session) { return look_again(session, open); }));
    bool missed = waiting_->take_dropped();
    for (const auto kind : kAllKinds) {
        CO_TRY(const auto more, take_in(kind, found, open[index_of(kind)]));
        missed = missed || more;
    }
    if (missed) tell_missed();
    look_now_ = false;
    look_at_ = ports_.clock.now() + (ports_.bus.is_up() ? kLookEvery : kLookWithoutBus);
    co_return Result<void>{};
}

/// Whether more may have happened than was looked at, or than is remembered.
Result<bool> Feed::take_in(Kind kind, const Look& found, const std::vector<std::int64_t>& open) {
    auto& told = told_[index_of(kind)];
    Keys unknown;
    std::int64_t count = 0;
    for (const auto& one : found.newest[index_of(kind)]) {
        TRY(const auto is_news, told.is_news(one));
        if (!is_news || waiting_->contains(kind, one.key)) continue;
        unknown.insert(one.key);
        ++count;
    }
    std::unordered_set<std::int64_t> gone(open.begin(), open.end());
    for (const auto& one : found.open[index_of(kind)]) {
        gone.erase(one.id);
        TRY(const auto is_news, told.is_news(one));
        if (is_news) unknown.insert(one.key);
    }
    for (const auto id : gone) told.forget(id);
    waiting_->add(kind, unknown);
    return count >= kNewest || told.take_dropped();
}

task<Result<void>> Feed::tell_next() {
    const auto keys = waiting_->next_batch();
    const auto things = co_await ports_.db.read([&](Session& session) { return read(session, keys); });
    if (things) {
        tell(*things);
        co_return Result<void>{};
    }
    for (const auto kind : kAllKinds) waiting_->add(kind, keys[index_of(kind)]);
    co_return things.error();
}

Result<Feed::Look> Feed::look_first(Session& session) {
    Look out;
    for (const auto kind : kAllKinds) {
        const auto& row = row_of(kind);
        TRY(out.newest[index_of(kind)], session.all<Seen>(*row.newest, kNewest));
        if (row.open == nullptr) continue;
        TRY(out.open[index_of(kind)], session.all<Seen>(*row.open, kMostOpen));
    }
    return out;
}

Result<Feed::Look> Feed::look_again(Session& session, const OpenIds& open) {
    Look out;
    for (const auto kind : kAllKinds) {
        TRY(out.newest[index_of(kind)], session.all<Seen>(*row_of(kind).newest, kNewest));
        TRY(out.open[index_of(kind)], read_states(session, kind, open[index_of(kind)]));
    }
    return out;
}

/// The things of these keys, and the events that they follow from. In one transaction: of an execution that is there,
/// the event was decided.
Result<std::vector<Thing>> Feed::read(Session& session, KeysOfKinds keys) const {
    std::array<std::vector<Thing>, kKinds> found;
    for (auto i = kKinds; i-- > 0;) {
        const auto kind = static_cast<Kind>(i);
        TRY(found[i], read_things(session, kind, keys[index_of(row_of(kind).keyed_by)], kMostRead));
        for (const auto& thing : found[i]) {
            if (thing.cause && !told_[index_of(Kind::event)].is_over(thing.cause->value)) {
                keys[index_of(Kind::event)].insert(thing.cause->value);
            }
        }
    }
    std::vector<Thing> out;
    for (auto& things : found) std::ranges::move(things, std::back_inserter(out));
    return out;
}

void Feed::tell(const std::vector<Thing>& things) {
    for (const auto& thing : things) {
        const auto news = told_[index_of(thing.kind)].tell(thing);
        if (!news) continue;
        for (auto* listener : listeners_) listener->tell({thing, news->before, news->before_was_told});
    }
}

void Feed::tell_missed() {
    for (auto* listener : listeners_) listener->tell_missed();
}

} // namespace attune::live
