#include "runtime/loop_watch.hpp"

#include <boost/asio/post.hpp>
#include <fmt/core.h>

namespace attune {

void LoopWatch::add(std::string name, asio::any_io_executor loop) {
    auto& one = *loops_.emplace_back(std::make_shared<Watched>());
    one.name = std::move(name);
    one.loop = std::move(loop);
}

std::vector<LoopWatch::Seen> LoopWatch::look() {
    std::vector<Seen> out;
    const auto now = clock_.monotonic();
    for (const auto& one : loops_) {
        if (one->answered) {
            out.push_back({one->name, one->delay, false});
            one->answered = false;
            one->asked = now;
            asio::post(one->loop, [one, &clock = clock_] {
                one->delay = clock.monotonic() - one->asked;
                one->answered = true;
            });
            continue;
        }
        const auto silent = now - one->asked;
        out.push_back({one->name, std::max(silent, one->delay.load()), silent > kHangs});
    }
    return out;
}

std::string LoopWatch::trouble() {
    std::string out;
    for (const auto& one : look()) {
        if (!one.is_hung) continue;
        out += fmt::format("{}the loop {} has not answered for {}", out.empty() ? "" : "; ", one.name,
                           format_duration(std::chrono::floor<std::chrono::seconds>(one.delay)));
    }
    return out;
}

} // namespace attune
