#pragma once
#include "base/timestamp.hpp"
#include "runtime/metric_table.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

namespace attune {

/// Only goes up. One relaxed atomic addition; from any thread.
class Counter {
public:
    void add(std::uint64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_ = 0;
};

/// Goes up and down. From any thread.
class Gauge {
public:
    void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
    void set(Duration value) { set(value.count()); }
    void add(std::int64_t change) { value_.fetch_add(change, std::memory_order_relaxed); }
    std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::int64_t> value_ = 0;
};

/// Counts values by fixed buckets: a search among twenty bounds and two relaxed additions; from any thread.
class Histogram {
public:
    /// Called once, before it is used.
    void use_bounds(std::span<const std::int64_t> bounds) { bounds_ = bounds; }

    /// Negative ones (a clock was set back) count as 0.
    void observe(std::int64_t value);
    void observe(Duration value) { observe(value.count()); }

    std::span<const std::int64_t> bounds() const { return bounds_; }
    /// Of one bucket alone; the last one is for what exceeds every bound.
    std::uint64_t in_bucket(std::size_t index) const { return counts_[index].load(std::memory_order_relaxed); }
    std::uint64_t count() const;
    std::int64_t sum() const { return sum_.load(std::memory_order_relaxed); }

private:
    std::span<const std::int64_t> bounds_;
    std::array<std::atomic<std::uint64_t>, kMostBounds + 1> counts_{};
    std::atomic<std::int64_t> sum_ = 0;
};

/// The counters of one metric, one for each value of its label. A view into a Metrics.
class CounterSet {
public:
    CounterSet(const MetricSpec& spec, Counter* first) : spec_(&spec), first_(first) {}
    /// Of a value in the table; another one is a defect.
    Counter& of(std::string_view value) const;

private:
    const MetricSpec* spec_;
    Counter* first_;
};

/// What is shown of all metrics at one moment, in the Prometheus text format 0.0.4.
class Exposition {
public:
    struct Label {
        std::string_view name;
        std::string_view value;
    };
    using Labels = std::initializer_list<Label>;

    /// Values of times are in microseconds here too.
    void sample(Metric metric, Labels labels, std::int64_t value);
    void sample(Metric metric, std::int64_t value) { sample(metric, {}, value); }
    void sample(Metric metric, const Histogram& histogram);

    /// HELP, TYPE and samples of every metric that has some, in the order of the table.
    std::string text() const;

private:
    std::array<std::string, kMetricCount> lines_;
};

/// The numbers of one process. Whoever counts takes its handles once and keeps them; they live as long as this. A
/// metric is shown once somebody has taken a handle of it, or samples it: so a process shows what its roles count.
/// Thread-safe but for collect().
class Metrics {
public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// Of a metric without a label. The kind is that of the table; anything else is a defect.
    Counter& counter(Metric metric);
    Gauge& gauge(Metric metric);
    Histogram& histogram(Metric metric);
    /// Of a counter with a label.
    CounterSet counters(Metric metric);

    /// `source` is asked at each text(). Call before the first; what it refers to outlives the last.
    using Source = std::function<void(Exposition&)>;
    void collect(Source source) { sources_.push_back(std::move(source)); }

    /// What is shown now; with `more`, samples that were taken just before.
    std::string text(const Source& more = {}) const;

    /// For parts that are used without anybody who reads: their numbers go here.
    static Metrics& unread();

private:
    struct Cells;
    std::size_t use(Metric metric, MetricKind kind);
    void show(Exposition& out, const MetricSpec& spec) const;

    std::unique_ptr<Cells> cells_;
    std::vector<Source> sources_;
};

} // namespace attune
