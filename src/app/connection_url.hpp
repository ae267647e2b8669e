#pragma once
#include "base/type.hpp"

#include <string>
#include <utility>

namespace attune::app {

/// An address that may hold a password: wherever settings are shown, "***" stands for it.
class ConnectionUrl {
public:
    ConnectionUrl() = default;
    explicit ConnectionUrl(std::string text) : text_(std::move(text)) {}
    /// The address as it was given.
    const std::string& reveal() const { return text_; }
    /// The address for people.
    std::string shown() const;
    bool empty() const { return text_.empty(); }

private:
    std::string text_;
};

extern const CustomOps connection_url_ops;
constexpr const CustomOps& custom_ops_of(const ConnectionUrl*) {
    return connection_url_ops;
}

} // namespace attune::app
