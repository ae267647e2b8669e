#pragma once
#include "base/reflect.hpp"

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

} // namespace attune::app

template <>
struct attune::JsonCodec<attune::app::Secret> {
    static Result<app::Secret> decode(const json::value& v, const std::string& path, DecodeOptions) {
        // The value itself is never part of the message.
        if (!v.is_string()) return invalid(path, "expected a text (put quotes around it)");
        return app::Secret(std::string(v.get_string()));
    }
    static json::value encode(const app::Secret& v) { return json::value(v.empty() ? "" : "***"); }
    static json::object schema() { return {{"type", "string"}, {"writeOnly", true}}; }
};
