#include "app/doctor/checks.hpp"
#include "app/http_client.hpp"
#include "app/version.hpp"
#include "base/text.hpp"

namespace attune::app::doctor {
namespace {

constexpr Duration kPatience = 5s;

std::string local_url(std::string host, std::uint16_t port) {
    if (host == "0.0.0.0") host = "127.0.0.1";
    if (host == "::")
        host = "[::1]";
    else if (host.find(':') != std::string::npos && !host.starts_with('['))
        host = "[" + host + "]";
    return fmt::format("http://{}:{}", host, port);
}

Result<HttpResponse> ask(std::string url) {
    HttpRequest request;
    request.url = std::move(url);
    request.timeout = kPatience;
    return make_http_client()->send(request);
}

void look_at_version(Findings& out, const json::value& told) {
    const auto* version = find_member(told, "version");
    const auto theirs = version != nullptr && version->is_string() ? std::string(version->get_string()) : "unknown";
    if (theirs == kVersion) return;
    out.warn("server", fmt::format("it runs version {}, and this program is {}", theirs, kVersion),
             "restart it, or use the program that it runs");
}

void look_at_parts(Findings& out, const json::value& told) {
    const auto* parts = find_member(told, "parts");
    if (parts == nullptr || !parts->is_array()) return;
    for (const auto& one : parts->get_array()) {
        const auto text = [&](std::string_view name) {
            const auto* found = find_member(one, name);
            return found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
        };
        const auto line = fmt::format("its part {} says: {}", text("part"), text("reason"));
        if (text("status") == "failed") out.fail("server", line, "see the server's log around now");
        if (text("status") == "degraded") out.warn("server", line, "see the server's log around now");
    }
}

} // namespace

void look_at_server(Findings& out, const Settings& settings) {
    const auto url = local_url(settings.server.host, settings.server.port);
    if (settings.server.port == 0) {
        out.ok("server", "server.port is 0: where it listens is not known here");
        return;
    }
    const auto answer = ask(url + "/health/detailed");
    if (!answer) {
        out.warn("server", fmt::format("no server answers at {} ({})", url, answer.error().message),
                 "start it with `attune serve`; when it listens elsewhere, give doctor the same settings");
        return;
    }
    const auto told = parse_json(answer->body);
    if (!told || find_member(*told, "status") == nullptr) {
        out.fail("server", fmt::format("what answers at {} is not Attune (status {})", url, answer->status),
                 "end that program, or choose another server.port");
        return;
    }
    out.ok("server", fmt::format("answers at {}", url));
    look_at_version(out, *told);
    look_at_parts(out, *told);
}

/// Not every installation has one on this machine: one that is not there is no finding.
void look_at_notifier(Findings& out, const Settings& settings) {
    if (settings.notifier.port == 0) return;
    const auto url = local_url(settings.notifier.host, settings.notifier.port);
    const auto answer = ask(url + "/health/detailed");
    if (!answer) return;
    const auto told = parse_json(answer->body);
    if (!told || find_member(*told, "parts") == nullptr) {
        out.warn("notifier", fmt::format("what answers at {} is not Attune (status {})", url, answer->status),
                 "choose another notifier.port, if a notifier is to run here");
        return;
    }
    out.ok("notifier", fmt::format("answers at {}", url));
    look_at_parts(out, *told);
}

} // namespace attune::app::doctor
