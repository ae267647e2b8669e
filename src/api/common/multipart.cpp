#include "api/common/multipart.hpp"

#include "base/text.hpp"

#include <optional>

namespace attune::api {
namespace {

constexpr std::size_t kMostHeaderBytes = 8 * 1024;

Error malformed(std::string what) {
    return Error{Errc::bad_request, "the multipart body cannot be read: " + std::move(what)};
}

/// The value of a parameter of "type; a=b; c=\"d\"", unquoted. Nothing when it is not there or its quote never ends.
std::optional<std::string> parameter(std::string_view field, std::string_view wanted) {
    std::size_t at = field.find(';');
    while (at != std::string_view::npos) {
        const auto equals = field.find('=', at);
        if (equals == std::string_view::npos) return std::nullopt;
        const auto name = trim(field.substr(at + 1, equals - at - 1));
        std::string value;
        std::size_t end = equals + 1;
        if (end < field.size() && field[end] == '"') {
            for (++end; end < field.size() && field[end] != '"'; ++end) {
                if (field[end] == '\\' && end + 1 < field.size()) ++end;
                value += field[end];
            }
            if (end >= field.size()) return std::nullopt;
            at = field.find(';', end);
        } else {
            at = field.find(';', end);
            value = trim(field.substr(end, at == std::string_view::npos ? at : at - end));
        }
        if (to_lower(name) == wanted) return value;
    }
    return std::nullopt;
}

Result<std::string> boundary_of(std::string_view content_type) {
    if (to_lower(trim(content_type.substr(0, content_type.find(';')))) != "multipart/form-data") {
        return Error{Errc::unsupported, "expected the content type multipart/form-data"};
    }
    auto boundary = parameter(content_type, "boundary");
    if (!boundary || boundary->empty() || boundary->size() > 70) {
        return malformed("its content type has no boundary of 1 to 70 characters");
    }
    return *std::move(boundary);
}

/// Name and filename from the header lines of a part.
Result<FormPart> read_header(std::string_view header) {
    for (std::size_t at = 0; at < header.size();) {
        const auto end = std::min(header.find("\r\n", at), header.size());
        const auto line = header.substr(at, end - at);
        at = end + 2;
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || to_lower(trim(line.substr(0, colon))) != "content-disposition") continue;
        const auto name = parameter(line.substr(colon + 1), "name");
        if (!name) break;
        return FormPart{*name, parameter(line.substr(colon + 1), "filename").value_or(""), {}};
    }
    return malformed("a part has no name");
}

} // namespace

Result<std::vector<FormPart>> parse_multipart(std::string_view content_type, std::string_view body) {
    TRY(const auto boundary, boundary_of(content_type));
    const auto delimiter = "\r\n--" + boundary;
    // The first delimiter may stand at the very beginning, without its line break.
    const bool at_once = body.starts_with(std::string_view(delimiter).substr(2));
    const auto first = at_once ? 0 : body.find(delimiter);
    if (first == std::string_view::npos) return malformed("its boundary does not occur");
    auto at = first + delimiter.size() - (at_once ? 2 : 0);

    std::vector<FormPart> parts;
    while (!body.substr(at).starts_with("--")) {
        const auto line_end = body.find("\r\n", at);
        if (line_end == std::string_view::npos || !trim(body.substr(at, line_end - at)).empty()) {
            return malformed("a boundary is not followed by a line break");
        }
        if (parts.size() == kMostFormParts) {
            return Error{Errc::too_many, fmt::format("expected at most {} parts", kMostFormParts)};
        }
        const auto header_end = body.substr(0, line_end + kMostHeaderBytes).find("\r\n\r\n", line_end);
        if (header_end == std::string_view::npos) return malformed("the header of a part does not end");
        const auto header_begin = std::min(line_end + 2, header_end);
        TRY(auto part, read_header(body.substr(header_begin, header_end - header_begin)));
        // An empty content: its delimiter's line break is the one that ends the header.
        const auto next = body.find(delimiter, header_end + 2);
        if (next == std::string_view::npos) return malformed("the last boundary is missing");
        const auto content_begin = std::min(header_end + 4, next);
        part.content = body.substr(content_begin, next - content_begin);
        parts.push_back(std::move(part));
        at = next + delimiter.size();
    }
    return parts;
}

const FormPart* find_part(const std::vector<FormPart>& parts, std::string_view name) {
    for (const auto& part : parts) {
        if (part.name == name) return &part;
    }
    return nullptr;
}

} // namespace attune::api
