#pragma once
#include "runtime/metrics.hpp"
#include "storage/driver/write_group.hpp"

#include <chrono>

namespace attune::driver {

/// What the threads of a database count. From any of them.
class WriteMeasures {
public:
    using Instant = std::chrono::steady_clock::time_point;

    explicit WriteMeasures(Metrics& metrics)
        : repeats(metrics.counter(Metric::database_group_repeats)), groups_(metrics.counter(Metric::database_groups)),
          writes_(metrics.histogram(Metric::database_group_writes)),
          failures_(metrics.counter(Metric::database_group_failures)),
          commit_(metrics.histogram(Metric::database_commit)), wait_(metrics.histogram(Metric::database_write_wait)) {}

    /// A write was taken that had waited since then.
    void taken(Instant submitted) { wait_.observe(since(submitted)); }

    /// Commits the group, and counts it with what became of its members.
    void commit(WriteGroup& group) {
        const auto started = std::chrono::steady_clock::now();
        group.commit();
        commit_.observe(since(started));
        groups_.add();
        writes_.observe(static_cast<std::int64_t>(group.members().size()));
        for (const auto& member : group.members()) {
            if (!member.outcome && member.outcome.error().code == Errc::unavailable) failed(1);
        }
    }
    /// Writes that no transaction took, because none could be opened.
    void failed(std::size_t writes) { failures_.add(writes); }

    Counter& repeats;

    static Duration since(Instant started) {
        return std::chrono::floor<Duration>(std::chrono::steady_clock::now() - started);
    }

private:
    Counter& groups_;
    Histogram& writes_;
    Counter& failures_;
    Histogram& commit_;
    Histogram& wait_;
};

} // namespace attune::driver
