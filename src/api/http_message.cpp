#include "api/http_message.hpp"

#include "base/enums.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace attune::api {
namespace {

bool same_name(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

Result<void> parse_query(std::string_view text, RawRequest& into) {
    for (const auto pair : split(text, '&')) {
        if (pair.empty()) continue;
        const auto equals = pair.find('=');
        TRY(auto name, percent_decode(pair.substr(0, equals), true));
        TRY(auto value,
            percent_decode(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1), true));
        into.query.emplace_back(std::move(name), std::move(value));
    }
    return {};
}

/// "http://host/path" (a request sent as to a proxy) -> "/path".
std::string_view without_authority(std::string_view target) {
    const auto scheme = target.find("://");
    if (target.starts_with('/') || scheme == std::string_view::npos) return target;
    const auto path = target.find_first_of("/?", scheme + 3);
    return path == std::string_view::npos ? "/" : target.substr(path);
}

} // namespace

std::string method_name(Method method) {
    return to_upper(enum_name(method));
}

Method parse_method(std::string_view name) {
    for (const auto method :
         {Method::get, Method::head, Method::post, Method::put, Method::patch, Method::delete_, Method::options}) {
        if (method_name(method) == name) return method;
    }
    return Method::other;
}

const std::string* Headers::find(std::string_view name) const {
    const auto found =
        std::find_if(fields_.begin(), fields_.end(), [&](const auto& field) { return same_name(field.first, name); });
    return found == fields_.end() ? nullptr : &found->second;
}

std::string_view Headers::get(std::string_view name) const {
    const auto* value = find(name);
    return value == nullptr ? std::string_view{} : std::string_view(*value);
}

std::size_t Headers::count(std::string_view name) const {
    return static_cast<std::size_t>(
        std::count_if(fields_.begin(), fields_.end(), [&](const auto& field) { return same_name(field.first, name); }));
}

std::string_view RawRequest::cookie(std::string_view name) const {
    for (const auto& [field, value] : headers.all()) {
        if (!same_name(field, "cookie")) continue;
        for (const auto pair : split(value, ';')) {
            const auto one = trim(pair);
            const auto equals = one.find('=');
            if (equals != std::string_view::npos && one.substr(0, equals) == name) return one.substr(equals + 1);
        }
    }
    return {};
}

Result<std::string> percent_decode(std::string_view text, bool plus_is_blank) {
    auto out = percent_decode_bytes(text, plus_is_blank);
    if (!out) return Error{Errc::bad_request, "the request target has a '%' that two hexadecimal digits do not follow"};
    if (out->find('\0') != std::string::npos || !is_valid_utf8(*out)) {
        return Error{Errc::bad_request, "the request target is not text in UTF-8"};
    }
    return *std::move(out);
}

Result<void> parse_target(std::string_view target, RawRequest& into) {
    into.target = target;
    auto rest = without_authority(target);
    rest = rest.substr(0, rest.find('#'));
    const auto question = rest.find('?');
    if (question != std::string_view::npos) CHECK(parse_query(rest.substr(question + 1), into));
    const auto path = rest.substr(0, question);
    TRY(into.path, percent_decode(path));
    if (!into.path.starts_with('/')) into.path.insert(0, 1, '/');
    for (const auto part : split(path, '/')) {
        if (part.empty()) continue;
        TRY(auto segment, percent_decode(part));
        if (segment == "." || segment == "..") {
            return Error{Errc::bad_request, "the request path must not have '.' or '..' as a part"};
        }
        into.segments.push_back(std::move(segment));
    }
    return {};
}

task<std::optional<RawResponse>> HttpHandler::refuse(const RawRequest&) {
    co_return std::nullopt;
}

} // namespace attune::api
