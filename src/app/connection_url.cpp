#include "app/connection_url.hpp"

namespace attune::app {
namespace {

/// Hides what stands between the first colon of "user:password@" and the last @ before the host ends.
void hide_user_password(std::string& url) {
    const auto authority = url.find("://");
    if (authority == std::string::npos) return;
    const auto start = authority + 3;
    const auto query = std::min(url.find('?', start), url.size());
    const auto at = url.rfind('@', query);
    const auto colon = url.find(':', start);
    if (at == std::string::npos || at < start || colon == std::string::npos || colon > at) return;
    url.replace(colon + 1, at - colon - 1, "***");
}

/// Hides the value of "password=…" and "sslpassword=…" among the parameters.
void hide_parameter(std::string& url) {
    constexpr std::string_view kName = "password=";
    for (auto at = url.find(kName); at != std::string::npos; at = url.find(kName, at)) {
        at += kName.size();
        const auto end = std::min(url.find('&', at), url.size());
        url.replace(at, end - at, "***");
    }
}

Result<void> decode(const json::value& from, const std::string& path, void* to) {
    // The value itself is never part of the message.
    if (!from.is_string()) return invalid(path, "expected a text (put quotes around it)");
    *static_cast<ConnectionUrl*>(to) = ConnectionUrl(std::string(from.get_string()));
    return {};
}

json::value encode(const void* from) {
    return json::value(json::string(static_cast<const ConnectionUrl*>(from)->shown()));
}

json::object schema() {
    return {{"type", "string"}};
}

} // namespace

const CustomOps connection_url_ops{decode, encode, schema};

std::string ConnectionUrl::shown() const {
    auto out = text_;
    hide_user_password(out);
    hide_parameter(out);
    return out;
}

} // namespace attune::app
