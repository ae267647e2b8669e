#pragma once
#include "base/type.hpp"

#include <string>
#include <utility>

namespace attune::app {

/// A setting that is never shown: it is written as "***" wherever settings are, and cannot be formatted.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string text) : text_(std::move(text)) {}
    const std::string& reveal() const { return text_; }
    bool empty() const { return text_.empty(); }

private:
    std::string text_;
};

extern const CustomOps secret_ops;
constexpr const CustomOps& custom_ops_of(const Secret*) {
    return secret_ops;
}

} // namespace attune::app
