#pragma once
#include "domain/trigger.hpp"

#include <deque>
#include <memory>
#include <unordered_map>

namespace attune::services {

/// Texts that many timers share, each kept once, under a number. Forgets nothing, and so takes no more than kLimit.
class TextTable {
public:
    static constexpr std::size_t kLimit = 65'536;

    /// The number of a text, which may be new here; nothing when the table is full.
    std::optional<std::size_t> number_of(std::string_view text);
    std::string_view text(std::size_t number) const { return texts_[number]; }

private:
    std::deque<std::string> texts_;
    std::unordered_map<std::string_view, std::size_t> numbers_; ///< keys are in texts_
};

/// A Timer, whole, in few bytes (about 70, against more than a thousand of the struct): numbers take the bytes they
/// need, instants are differences, configurations and trigger refs are shared. (The configuration of a one-shot names
/// its own instant, so it stands in the bytes.)
using PackedTimer = std::unique_ptr<char[]>;

PackedTimer pack_timer(const Timer& timer, TextTable& shared);
/// `shared` is the table that it was packed with.
Timer unpack_timer(const PackedTimer& packed, const TextTable& shared);

} // namespace attune::services
