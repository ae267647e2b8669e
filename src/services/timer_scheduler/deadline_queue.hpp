#pragma once
#include "base/timestamp.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace attune::services {

/// Small numbers (places in an array) in the order of their deadlines, each at most once; those of one instant in the
/// order of the numbers. A heap that knows where each number stands, so any can be moved or taken out in logarithmic
/// time. Takes 16 bytes a member and 4 bytes for every number up to the largest.
class DeadlineQueue {
public:
    /// Adds the number, or moves it.
    void set(std::uint32_t number, Timestamp deadline);
    /// Nothing happens when it is not there.
    void erase(std::uint32_t number);

    /// The earliest deadline.
    std::optional<Timestamp> first() const;
    /// The earliest members with a deadline at or before `now`, in order, at most `limit`.
    std::vector<std::uint32_t> until(Timestamp now, std::size_t limit) const;
    /// Nothing when the number is not there.
    std::optional<Timestamp> of(std::uint32_t number) const;
    std::size_t size() const { return heap_.size(); }

private:
    struct Entry {
        Timestamp deadline;
        std::uint32_t number = 0;
        friend auto operator<=>(const Entry&, const Entry&) = default;
    };
    static constexpr std::uint32_t kNowhere = UINT32_MAX;

    void place(std::size_t at, Entry entry);
    void sift_up(std::size_t at, Entry entry);
    void sift_down(std::size_t at, Entry entry);

    std::vector<Entry> heap_;           ///< a binary heap, the earliest first
    std::vector<std::uint32_t> places_; ///< of each number: its index in heap_, or kNowhere
};

} // namespace attune::services
