#pragma once
#include "live/kinds.hpp"

#include <deque>
#include <map>
#include <unordered_set>

namespace attune::live {

/// What listeners were told of the things of one kind, so that each of its states is told once. Bounded: of the things
/// that are over, and of those that are not, so many are remembered; older ones count as told.
class Told {
public:
    static constexpr std::size_t kRemembered = 65'536;
    explicit Told(const KindRow& kind, std::size_t remembered = kRemembered) : kind_(&kind), remembered_(remembered) {}

    /// What there is when somebody begins to listen: nothing of it is news, nor what is older than the last of `newest`
    /// when `is_cut`, unless it is `open`. Errors: a state that is none.
    Result<void> begin(const std::vector<Seen>& newest, bool is_cut, const std::vector<Seen>& open, Timestamp now);

    /// Notes that the thing is told. Nothing when it is no news.
    struct News {
        std::optional<State> before; ///< none: the thing is new
        bool before_was_told = true; ///< false: it was there at the beginning
    };
    std::optional<News> tell(const Thing& thing);
    /// Whether telling it would be news.
    Result<bool> is_news(const Seen& seen) const;

    /// Whether it is remembered as over: nothing of it can be news.
    bool is_over(std::int64_t id) const { return over_.contains(id); }
    /// Those of which more is to come.
    std::vector<std::int64_t> open() const;
    /// It is gone.
    void forget(std::int64_t id) { open_.erase(id); }
    /// Whether things that are not over had to be forgotten since the last call.
    bool take_dropped() { return std::exchange(dropped_, false); }

private:
    struct Open {
        State state = 0;
        Timestamp created;
        bool was_told = true;
    };
    /// What is not remembered and lies behind it counts as told. Of both: an id may have been taken long before its
    /// thing was made.
    struct Horizon {
        std::int64_t id = 0;
        Timestamp created;
        void include(std::int64_t further, Timestamp later);
    };
    bool is_behind(std::int64_t id, Timestamp created) const { return id <= past_.id && created <= past_.created; }
    void keep(std::int64_t id, const Open& one);

    const KindRow* kind_;
    std::size_t remembered_;
    std::map<std::int64_t, Open> open_;
    std::unordered_set<std::int64_t> over_;
    std::deque<std::pair<std::int64_t, Timestamp>> over_order_;
    Horizon past_;
    bool dropped_ = false;
};

} // namespace attune::live
