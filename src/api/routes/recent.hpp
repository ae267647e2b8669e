#pragma once
#include <algorithm>
#include <cstdint>
#include <deque>
#include <unordered_map>

namespace attune::api {

/// A value of each of the ids that came last: a bounded memory.
template <class Value>
class Recent {
public:
    explicit Recent(std::size_t limit) : limit_(limit) {}

    Value* find(std::int64_t id) {
        const auto found = of_id_.find(id);
        return found == of_id_.end() ? nullptr : &found->second;
    }
    /// Made when it is new; those that are there for longest go then.
    Value& at(std::int64_t id) {
        const auto [found, is_new] = of_id_.try_emplace(id);
        auto& value = found->second; // stays where it is while others are erased
        if (is_new) order_.push_back(id);
        while (order_.size() > limit_) {
            forgotten_ = std::max(forgotten_, order_.front());
            of_id_.erase(order_.front());
            order_.pop_front();
        }
        return value;
    }
    /// Whether it is not there, and may have been.
    bool is_forgotten(std::int64_t id) const { return id <= forgotten_ && !of_id_.contains(id); }

private:
    std::size_t limit_;
    std::unordered_map<std::int64_t, Value> of_id_;
    std::deque<std::int64_t> order_;
    std::int64_t forgotten_ = 0; ///< the highest id that went
};

} // namespace attune::api
