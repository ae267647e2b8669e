#include "adapters/rabbit_bus/rabbit_address.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>
#include <fmt/core.h>
#include <optional>

namespace attune::rabbit {
namespace {

constexpr std::uint16_t kTlsPort = 5671;

Error wrong(std::string expected) {
    return invalid("", std::move(expected));
}

Result<std::int64_t> read_number(std::string_view name, std::string_view text, std::int64_t low, std::int64_t high) {
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure == std::errc{} && end == text.data() + text.size() && number >= low && number <= high) return number;
    return wrong(fmt::format("expected {} to be a number from {} to {}", name, low, high));
}

Result<void> read_verify(Address& out, std::string_view text) {
    if (text != "verify_peer" && text != "verify_none")
        return wrong("expected verify to be verify_peer or verify_none");
    out.verify = text == "verify_peer";
    return {};
}

Result<void> read_parameter(Address& out, const std::string& name, std::string value) {
    if (name == "heartbeat") {
        TRY(const auto seconds, read_number(name, value, 1, 300));
        out.heartbeat = std::chrono::seconds(seconds);
        return {};
    }
    if (name == "connection_timeout") {
        TRY(const auto milliseconds, read_number(name, value, 100, 60'000));
        out.connection_timeout = std::chrono::milliseconds(milliseconds);
        return {};
    }
    if (!out.tls) return wrong(fmt::format("the parameter {} is not known, or is for amqps:// alone", name));
    if (name == "verify") return read_verify(out, value);
    for (const auto& [known, into] : {std::pair{"cacertfile", &out.cacertfile}, std::pair{"certfile", &out.certfile},
                                      std::pair{"keyfile", &out.keyfile}}) {
        if (name != known) continue;
        if (!value.starts_with('/')) return wrong(fmt::format("expected {} to be an absolute path", name));
        *into = std::move(value);
        return {};
    }
    return wrong(fmt::format("the parameter {} is not known (there are heartbeat, connection_timeout, cacertfile, "
                             "certfile, keyfile, verify)",
                             name));
}

Result<void> read_port(Address& out, boost::urls::url_view url) {
    if (out.tls) out.port = kTlsPort;
    if (!url.has_port()) return {};
    TRY(const auto port, read_number("the port", std::string(url.port()), 1, 65535));
    out.port = static_cast<std::uint16_t>(port);
    return {};
}

/// "/name" and "/%2fname"; nothing is the broker's default, "/".
Result<void> read_vhost(Address& out, boost::urls::url_view url) {
    const auto segments = url.segments();
    if (segments.size() > 1) return wrong("expected one vhost after the host (%2f stands for a slash in its name)");
    if (!segments.empty() && !(*segments.begin()).empty()) out.vhost = *segments.begin();
    return {};
}

} // namespace

std::string Address::shown() const {
    return fmt::format("{}:{}", host, port);
}

Result<Address> parse_address(const std::string& text) {
    const auto parsed = boost::urls::parse_uri(text);
    if (!parsed || (parsed->scheme() != "amqp" && parsed->scheme() != "amqps")) {
        return wrong("expected amqp://<user>:<password>@<host>:<port>/<vhost> or amqps://…, with %-escapes for what "
                     "means something in a URL");
    }
    Address out;
    out.tls = parsed->scheme() == "amqps";
    out.host = parsed->host_address();
    if (out.host.empty()) return wrong("expected a host");
    if (parsed->has_userinfo()) out.user = parsed->user();
    if (parsed->has_password()) out.password = parsed->password();
    CHECK(read_port(out, *parsed));
    CHECK(read_vhost(out, *parsed));
    for (const auto& parameter : parsed->params()) CHECK(read_parameter(out, parameter.key, parameter.value));
    if (out.certfile.empty() != out.keyfile.empty()) return wrong("expected certfile and keyfile together");
    return out;
}

} // namespace attune::rabbit
