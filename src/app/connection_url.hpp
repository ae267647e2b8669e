#pragma once
#include "base/reflect.hpp"

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

} // namespace attune::app

template <>
struct attune::JsonCodec<attune::app::ConnectionUrl> {
    static Result<app::ConnectionUrl> decode(const json::value& v, const std::string& path, DecodeOptions) {
        // The value itself is never part of the message.
        if (!v.is_string()) return invalid(path, "expected a text (put quotes around it)");
        return app::ConnectionUrl(std::string(v.get_string()));
    }
    static json::value encode(const app::ConnectionUrl& v) { return json::value(json::string(v.shown())); }
    static json::object schema() { return {{"type", "string"}}; }
};
