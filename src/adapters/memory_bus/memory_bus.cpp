#include "adapters/memory_bus/memory_bus.hpp"

#include <algorithm>
#include <array>
#include <boost/describe/enumerators.hpp>
#include <boost/mp11/list.hpp>
#include <mutex>

namespace attune {
namespace {

struct Listener {
    Signal* signal;
    Subscription::Rung rung;
};

struct Listeners {
    std::mutex mutex;
    std::array<std::vector<std::shared_ptr<Listener>>,
               boost::mp11::mp_size<boost::describe::describe_enumerators<Topic>>::value>
        of_topic;
};

class MemorySubscription final : public Subscription {
public:
    MemorySubscription(std::shared_ptr<Listeners> all, Topic topic, std::shared_ptr<Listener> own)
        : all_(std::move(all)), topic_(topic), own_(std::move(own)) {}
    ~MemorySubscription() override {
        const std::lock_guard lock(all_->mutex);
        std::erase(all_->of_topic[static_cast<std::size_t>(topic_)], own_);
    }
    Rung take() override {
        const std::lock_guard lock(all_->mutex);
        return std::exchange(own_->rung, {});
    }

private:
    std::shared_ptr<Listeners> all_;
    Topic topic_;
    std::shared_ptr<Listener> own_;
};

class MemoryBus final : public Bus {
public:
    MemoryBus(std::size_t queue_limit, bool reaches_all) : queue_limit_(queue_limit), reaches_all_(reaches_all) {}

    void ring(Topic topic, std::span<const std::int64_t> ids) override {
        const std::lock_guard lock(all_->mutex);
        for (const auto& listener : all_->of_topic[static_cast<std::size_t>(topic)]) {
            auto& queued = listener->rung.ids;
            queued.insert(queued.end(), ids.begin(), ids.end());
            if (queued.size() > queue_limit_) {
                queued.erase(queued.begin(), queued.end() - static_cast<std::ptrdiff_t>(queue_limit_));
                listener->rung.missed = true;
            }
            listener->signal->post_set();
        }
    }

    std::unique_ptr<Subscription> subscribe(Topic topic, Signal& signal) override {
        auto own = std::make_shared<Listener>(Listener{&signal, {}});
        const std::lock_guard lock(all_->mutex);
        all_->of_topic[static_cast<std::size_t>(topic)].push_back(own);
        return std::make_unique<MemorySubscription>(all_, topic, std::move(own));
    }

    bool is_up() const override { return reaches_all_; }

private:
    std::size_t queue_limit_;
    const bool reaches_all_;
    std::shared_ptr<Listeners> all_ = std::make_shared<Listeners>();
};

} // namespace

std::unique_ptr<Bus> make_memory_bus(std::size_t queue_limit, bool reaches_all) {
    return std::make_unique<MemoryBus>(queue_limit, reaches_all);
}

} // namespace attune
