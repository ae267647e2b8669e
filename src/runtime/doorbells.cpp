#include "runtime/doorbells.hpp"

#include <algorithm>
#include <mutex>

namespace attune {
namespace {

struct Listener {
    Signal* signal;
    Subscription::Rung rung;
};

} // namespace

struct Doorbells::Listeners {
    const std::size_t queue_limit;
    std::mutex mutex;
    std::array<std::vector<std::shared_ptr<Listener>>, kTopics> of_topic;
};

namespace {

class OwnSubscription final : public Subscription {
public:
    OwnSubscription(std::shared_ptr<Doorbells::Listeners> all, Topic topic, std::shared_ptr<Listener> own)
        : all_(std::move(all)), topic_(topic), own_(std::move(own)) {}
    ~OwnSubscription() override {
        const std::lock_guard lock(all_->mutex);
        std::erase(all_->of_topic[static_cast<std::size_t>(topic_)], own_);
    }
    Rung take() override {
        const std::lock_guard lock(all_->mutex);
        return std::exchange(own_->rung, {});
    }

private:
    std::shared_ptr<Doorbells::Listeners> all_;
    Topic topic_;
    std::shared_ptr<Listener> own_;
};

} // namespace

Doorbells::Doorbells(std::size_t queue_limit) : all_(std::make_shared<Listeners>(queue_limit)) {}

void Doorbells::ring(Topic topic, std::span<const std::int64_t> ids, bool missed) {
    const std::lock_guard lock(all_->mutex);
    for (const auto& listener : all_->of_topic[static_cast<std::size_t>(topic)]) {
        auto& queued = listener->rung.ids;
        queued.insert(queued.end(), ids.begin(), ids.end());
        if (queued.size() > all_->queue_limit) {
            queued.erase(queued.begin(), queued.end() - static_cast<std::ptrdiff_t>(all_->queue_limit));
            listener->rung.missed = true;
        }
        listener->rung.missed |= missed;
        listener->signal->post_set();
    }
}

void Doorbells::ring_missed() {
    for (std::size_t topic = 0; topic < kTopics; ++topic) ring(static_cast<Topic>(topic), {}, true);
}

std::unique_ptr<Subscription> Doorbells::subscribe(Topic topic, Signal& signal) {
    auto own = std::make_shared<Listener>(Listener{&signal, {}});
    const std::lock_guard lock(all_->mutex);
    all_->of_topic[static_cast<std::size_t>(topic)].push_back(own);
    return std::make_unique<OwnSubscription>(all_, topic, std::move(own));
}

} // namespace attune
