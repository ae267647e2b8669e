#include "api/request_measures.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace attune::api {

RequestMeasures::RequestMeasures(Metrics& metrics, const Clock& clock)
    : clock_(clock), in_flight_(metrics.gauge(Metric::http_requests_in_flight)),
      took_(metrics.histogram(Metric::http_request)) {
    metrics.collect([counts = counts_](Exposition& out) {
        for (const auto& [key, by_class] : *counts) {
            const auto method = method_name(key.first);
            for (std::size_t digit = 1; digit < by_class.size(); ++digit) {
                if (by_class[digit] == 0) continue;
                const auto status = fmt::format("{}xx", digit);
                out.sample(Metric::http_requests, {{"method", method}, {"route", key.second}, {"status", status}},
                           static_cast<std::int64_t>(by_class[digit]));
            }
        }
    });
}

RequestMeasures::Measured::Measured(RequestMeasures& of, Method method, std::string_view pattern)
    : of_(of), method_(method), pattern_(pattern), since_(of.clock_.monotonic()) {
    of_.in_flight_.add(1);
}

RequestMeasures::Measured::~Measured() {
    of_.in_flight_.add(-1);
    of_.took_.observe(of_.clock_.monotonic() - since_);
    const auto digit = static_cast<std::size_t>(std::clamp(status_ / 100, 1, 5));
    ++(*of_.counts_)[{method_, pattern_}][digit];
}

} // namespace attune::api
