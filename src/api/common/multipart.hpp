#pragma once
#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace attune::api {

/// One part of a form. `content` refers to the body that was parsed.
struct FormPart {
    std::string name;
    std::string filename; ///< empty for plain fields
    std::string_view content;
};

inline constexpr std::size_t kMostFormParts = 16;

/// Reads a multipart/form-data body (RFC 7578): header blocks of at most 8 KiB, at most kMostFormParts parts, in one
/// pass. Errors: `unsupported` for another content type, `bad_request` for what is no such body, `too_many` parts.
Result<std::vector<FormPart>> parse_multipart(std::string_view content_type, std::string_view body);

/// The part of that name, or null.
const FormPart* find_part(const std::vector<FormPart>& parts, std::string_view name);

} // namespace attune::api
