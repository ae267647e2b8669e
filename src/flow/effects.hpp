#pragma once
#include "base/id.hpp"
#include "base/json.hpp"
#include "runtime/announcements.hpp"
#include "runtime/bus.hpp"
#include "runtime/metrics.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace attune::flow {

/// Where effects go. All of it outlives the call.
struct Outlets {
    Bus& bus;
    Metrics& metrics;
    Announcements* announcements = nullptr; ///< none: nobody outside is told
};

/// A thing that a change touched, for the audit log: nothing before it was made, nothing after it was deleted. Secrets
/// are masked, or left out.
struct Touched {
    std::string type; ///< "rule"
    std::optional<std::int64_t> id;
    std::string ref;
    std::optional<json::object> before;
    std::optional<json::object> after;
};

/// What follows from a change once it is committed, as a value: doorbells, counts, messages to programs outside; and
/// what was touched. A function that changes something returns it; commit() records and applies it.
class Effects {
public:
    // Not in line: whatever changes something returns them.
    Effects();
    Effects(const Effects& other);
    Effects(Effects&& other) noexcept;
    Effects& operator=(const Effects& other);
    Effects& operator=(Effects&& other) noexcept;
    ~Effects();

    /// "Look now", without saying at what.
    void ring(Topic topic) { of(topic).rung = true; }
    template <class Tag>
    void ring(Topic topic, Id<Tag> id) {
        ring(topic);
        of(topic).ids.push_back(id.value);
    }
    /// Nothing when there are none.
    template <class Tag>
    void ring(Topic topic, const std::vector<Id<Tag>>& ids) {
        for (const auto id : ids) ring(topic, id);
    }

    /// `label`: one of the metric's table, or empty when it has none.
    void count(Metric metric, std::string_view label, std::uint64_t number = 1);
    void count(Metric metric, std::uint64_t number = 1) { count(metric, {}, number); }

    void announce(std::vector<Announcement> messages);
    void touch(Touched thing) { touched_.push_back(std::move(thing)); }
    const std::vector<Touched>& touched() const { return touched_; }

    Effects& operator+=(Effects other);

    /// After the commit, once.
    void apply(const Outlets& outlets) const;

private:
    static constexpr std::size_t kTopics = static_cast<std::size_t>(Topic::executions) + 1;
    struct Ring {
        bool rung = false;
        std::vector<std::int64_t> ids;
    };
    struct Count {
        Metric metric;
        std::string_view label; ///< of the table: lives for ever
        std::uint64_t number = 0;
    };
    Ring& of(Topic topic) { return rings_[static_cast<std::size_t>(topic)]; }

    std::array<Ring, kTopics> rings_;
    std::vector<Count> counts_;
    std::vector<Announcement> messages_;
    std::vector<Touched> touched_;
};

/// A change that returns something beside its effects.
template <class T>
struct Changed {
    T value;
    Effects effects;
};

} // namespace attune::flow
