#include "runtime/metrics.hpp"

#include "base/enums.hpp"
#include "base/result.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace attune {
namespace {

constexpr std::size_t index_of(Metric metric) {
    return static_cast<std::size_t>(metric);
}

/// Backslash and line feed; in the value of a label the quote too.
std::string escaped(std::string_view text, bool quoted) {
    std::string out;
    for (const char c : text) {
        if (c == '\\')
            out += "\\\\";
        else if (c == '\n')
            out += "\\n";
        else if (c == '"' && quoted)
            out += "\\\"";
        else
            out += c;
    }
    return out;
}

std::string shown(const MetricSpec& spec, std::int64_t value) {
    if (!spec.is_time()) return std::to_string(value);
    // As text, not as a fraction: a time since 1970 in microseconds has more digits than are shown of a double.
    auto out =
        fmt::format("{}{}.{:06}", value < 0 ? "-" : "", std::abs(value / 1'000'000), std::abs(value % 1'000'000));
    out.erase(out.find_last_not_of('0') + 1);
    if (out.back() == '.') out.pop_back();
    return out;
}

std::string labels_text(Exposition::Labels labels) {
    std::string out;
    for (const auto& label : labels) {
        out += fmt::format("{}{}=\"{}\"", out.empty() ? "{" : ",", label.name, escaped(label.value, true));
    }
    return out.empty() ? out : out + "}";
}

/// Where the series of a metric begin among those of its kind.
constexpr auto first_series(const std::span<const MetricSpec, kMetricCount> table) {
    std::array<std::size_t, kMetricCount> out{};
    std::array<std::size_t, 3> next{};
    for (std::size_t i = 0; i < table.size(); ++i) {
        auto& of_kind = next[static_cast<std::size_t>(table[i].kind)];
        out[i] = of_kind;
        of_kind += table[i].series();
    }
    return out;
}

std::size_t series_of_kind(MetricKind kind) {
    std::size_t count = 0;
    for (const auto& spec : metric_table()) count += spec.kind == kind ? spec.series() : 0;
    return count;
}

} // namespace

void Histogram::observe(std::int64_t value) {
    value = std::max<std::int64_t>(value, 0);
    const auto bucket = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
    counts_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
}

std::uint64_t Histogram::count() const {
    std::uint64_t out = 0;
    for (const auto& one : counts_) out += one.load(std::memory_order_relaxed);
    return out;
}

Counter& CounterSet::of(std::string_view value) const {
    const auto at = std::ranges::find(spec_->label_values, value);
    ATTUNE_ASSERT(at != spec_->label_values.end() && !value.empty());
    return first_[at - spec_->label_values.begin()];
}

void Exposition::sample(Metric metric, Labels labels, std::int64_t value) {
    const auto& spec = spec_of(metric);
    lines_[index_of(metric)] += fmt::format("{}{} {}\n", spec.name, labels_text(labels), shown(spec, value));
}

void Exposition::sample(Metric metric, const Histogram& histogram) {
    const auto& spec = spec_of(metric);
    auto& out = lines_[index_of(metric)];
    std::uint64_t total = 0;
    const auto bounds = histogram.bounds();
    for (std::size_t i = 0; i < bounds.size(); ++i) {
        total += histogram.in_bucket(i);
        out += fmt::format("{}_bucket{{le=\"{}\"}} {}\n", spec.name, shown(spec, bounds[i]), total);
    }
    total += histogram.in_bucket(bounds.size());
    out += fmt::format("{0}_bucket{{le=\"+Inf\"}} {1}\n{0}_sum {2}\n{0}_count {1}\n", spec.name, total,
                       shown(spec, histogram.sum()));
}

std::string Exposition::text() const {
    std::string out;
    for (const auto& spec : metric_table()) {
        const auto& lines = lines_[index_of(spec.id)];
        if (lines.empty()) continue;
        out += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{3}", spec.name, escaped(spec.help, false),
                           enum_name(spec.kind), lines);
    }
    return out;
}

struct Metrics::Cells {
    std::array<std::size_t, kMetricCount> first = first_series(metric_table());
    std::vector<Counter> counters{series_of_kind(MetricKind::counter)};
    std::vector<Gauge> gauges{series_of_kind(MetricKind::gauge)};
    std::vector<Histogram> histograms{series_of_kind(MetricKind::histogram)};
    std::array<std::atomic<bool>, kMetricCount> used{};
};

Metrics::Metrics() : cells_(std::make_unique<Cells>()) {
    for (const auto& spec : metric_table()) {
        if (spec.kind == MetricKind::histogram)
            cells_->histograms[cells_->first[index_of(spec.id)]].use_bounds(bounds_of(spec));
    }
}

Metrics::~Metrics() = default;

std::size_t Metrics::use(Metric metric, MetricKind kind) {
    ATTUNE_ASSERT(spec_of(metric).kind == kind);
    cells_->used[index_of(metric)].store(true, std::memory_order_relaxed);
    return cells_->first[index_of(metric)];
}

Counter& Metrics::counter(Metric metric) {
    return cells_->counters[use(metric, MetricKind::counter)];
}
Gauge& Metrics::gauge(Metric metric) {
    return cells_->gauges[use(metric, MetricKind::gauge)];
}
Histogram& Metrics::histogram(Metric metric) {
    return cells_->histograms[use(metric, MetricKind::histogram)];
}
CounterSet Metrics::counters(Metric metric) {
    return {spec_of(metric), &cells_->counters[use(metric, MetricKind::counter)]};
}

void Metrics::show(Exposition& out, const MetricSpec& spec) const {
    const auto first = cells_->first[index_of(spec.id)];
    switch (spec.kind) {
    case MetricKind::histogram: return out.sample(spec.id, cells_->histograms[first]);
    case MetricKind::gauge: return out.sample(spec.id, cells_->gauges[first].value());
    case MetricKind::counter: break;
    }
    const auto count = [&](std::size_t i) { return static_cast<std::int64_t>(cells_->counters[first + i].value()); };
    if (spec.label.empty()) return out.sample(spec.id, count(0));
    for (std::size_t i = 0; i < spec.value_count(); ++i)
        out.sample(spec.id, {{spec.label, spec.label_values[i]}}, count(i));
}

std::string Metrics::text(const Source& more) const {
    Exposition out;
    for (const auto& spec : metric_table()) {
        if (cells_->used[index_of(spec.id)].load(std::memory_order_relaxed)) show(out, spec);
    }
    for (const auto& source : sources_) source(out);
    if (more) more(out);
    return out.text();
}

Metrics& Metrics::unread() {
    static Metrics nobody;
    return nobody;
}

} // namespace attune
