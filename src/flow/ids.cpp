#include "flow/ids.hpp"

#include <algorithm>

namespace attune::flow {
namespace {

constexpr std::int64_t kLargestBlock = 8192;

const Query kFirst{"id_block.first", "insert into id_block (kind, next) values ($1, 1) on conflict do nothing"};
const Query kTake{"id_block.take", "update id_block set next = next + $2 where kind = $1 returning next"};
const Query kGiveBack{"id_block.give_back", "update id_block set next = $2 where kind = $1 and next = $3"};

Result<std::int64_t> take_block(Session& session, const std::string& kind, std::int64_t size) {
    CHECK(session.execute(kFirst, kind));
    TRY(const auto end, session.scalar<std::int64_t>(kTake, kind, size));
    if (!end) return Error{Errc::internal, "no block of ids"};
    return *end;
}

void move_ids(std::int64_t& next, std::int64_t end, std::size_t count, std::vector<std::int64_t>& out) {
    while (next < end && out.size() < count) out.push_back(next++);
}

std::string kind_name(EventId) {
    return "event";
}
std::string kind_name(EnforcementId) {
    return "enforcement";
}
std::string kind_name(ExecutionId) {
    return "execution";
}
std::string kind_name(PlacementId) {
    return "placement";
}

} // namespace

template <class IdType>
task<Result<std::vector<IdType>>> IdAllocator::take(std::size_t count) {
    CO_TRY(const auto numbers, co_await take(kind_name(IdType{}), count));
    std::vector<IdType> out;
    out.reserve(numbers.size());
    for (const auto number : numbers) out.push_back(IdType{number});
    co_return out;
}

template <class IdType>
task<Result<IdType>> IdAllocator::take_one() {
    CO_TRY(const auto ids, co_await take<IdType>(1));
    co_return ids.front();
}

template task<Result<std::vector<EventId>>> IdAllocator::take(std::size_t);
template task<Result<std::vector<EnforcementId>>> IdAllocator::take(std::size_t);
template task<Result<std::vector<ExecutionId>>> IdAllocator::take(std::size_t);
template task<Result<EventId>> IdAllocator::take_one();
template task<Result<ExecutionId>> IdAllocator::take_one();
template task<Result<PlacementId>> IdAllocator::take_one();

task<Result<std::vector<std::int64_t>>> IdAllocator::take(std::string kind, std::size_t count) {
    std::vector<std::int64_t> out;
    out.reserve(count);
    std::int64_t size = 0;
    {
        const std::lock_guard lock(mutex_);
        auto& block = blocks_[kind];
        move_ids(block.next, block.end, count, out);
        if (out.size() == count) co_return out;
        size = std::max<std::int64_t>(block.size, static_cast<std::int64_t>(count - out.size()));
        block.size = std::min(block.size * 2, kLargestBlock);
    }
    CO_TRY(const auto end, co_await db_.write([&](Session& session) { return take_block(session, kind, size); },
                                              {.lane = Lane::urgent}));

    auto next = end - size;
    move_ids(next, end, count, out);
    const std::lock_guard lock(mutex_);
    // Another taker may have brought a block meanwhile: the one with more left is kept, the rest is a gap.
    auto& block = blocks_[kind];
    if (end - next > block.end - block.next) {
        block.next = next;
        block.end = end;
    }
    co_return out;
}

task<void> IdAllocator::give_back() {
    std::map<std::string, Block> blocks;
    {
        const std::lock_guard lock(mutex_);
        blocks.swap(blocks_);
    }
    for (const auto& [kind, block] : blocks) {
        if (block.next == block.end) continue;
        const auto given = co_await db_.write(
            [&](Session& session) { return session.execute(kGiveBack, kind, block.next, block.end); });
        (void)given; // a gap is harmless
    }
}

} // namespace attune::flow
