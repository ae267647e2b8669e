#pragma once
#include "runtime/clock.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace attune {

/// Knows whether the loops of a process still run what they are given. Each is asked only when somebody wants to know,
/// so it costs an idle process nothing: a loop that is stuck is noticed by the second look. Belongs to one loop, on
/// which it is asked; it may be destroyed before the loops.
class LoopWatch {
public:
    /// Of a loop that has been silent for longer than this it is said that it hangs.
    static constexpr Duration kHangs{10'000'000};

    /// `clock` is only asked for elapsed time.
    explicit LoopWatch(const Clock& clock) : clock_(clock) {}

    /// `name` is for people: "timers". Before the first look.
    void add(std::string name, asio::any_io_executor loop);

    struct Seen {
        std::string name;
        Duration delay{}; ///< of its last answer, or since it was asked without an answer
        bool is_hung = false;
    };
    /// What is known of each, and asks anew those that have answered.
    std::vector<Seen> look();

    /// "the loop timers has not answered for 12s"; empty when none hangs.
    std::string trouble();

private:
    struct Watched {
        std::string name;
        asio::any_io_executor loop;
        std::atomic<Duration> delay = Duration{0};
        std::atomic<bool> answered = true;
        Duration asked{};
    };
    const Clock& clock_;
    std::vector<std::shared_ptr<Watched>> loops_;
};

} // namespace attune
