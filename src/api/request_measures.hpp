#pragma once
#include "api/http_message.hpp"
#include "runtime/clock.hpp"
#include "runtime/metrics.hpp"

#include <array>
#include <map>
#include <memory>

namespace attune::api {

/// Counts requests by method, template of the route and class of the status. Lives on the HTTP loop; the metrics show
/// what it holds, and keep it alive for that.
class RequestMeasures {
public:
    RequestMeasures(Metrics& metrics, const Clock& clock);

    /// One request while it is answered. Without ends(): the handler threw, which is a defect and answered with 500.
    class Measured {
    public:
        Measured(RequestMeasures& of, Method method, std::string_view pattern);
        ~Measured();
        Measured(const Measured&) = delete;
        Measured& operator=(const Measured&) = delete;
        void ends(int status) { status_ = status; }

    private:
        RequestMeasures& of_;
        Method method_;
        std::string_view pattern_;
        Duration since_;
        int status_ = 500;
    };
    /// `pattern`: of the route, which outlives this; empty when no route matches.
    Measured begin(Method method, std::string_view pattern) { return {*this, method, pattern}; }

private:
    using ByClass = std::array<std::uint64_t, 6>; ///< by the first digit of the status
    using Counts = std::map<std::pair<Method, std::string_view>, ByClass>;

    const Clock& clock_;
    Gauge& in_flight_;
    Histogram& took_;
    std::shared_ptr<Counts> counts_ = std::make_shared<Counts>();
};

} // namespace attune::api
