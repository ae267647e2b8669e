#pragma once
#include "api/notifications/notice.hpp"
#include "base/enums.hpp"

#include <compare>

namespace attune::api {

/// Which notifications a client wants: `all`, `entity_type:<type>`, `entity:<type>:<id>`, `user:<identity id>` or
/// `notification_type:<channel>`.
struct NoticeFilter {
    enum class Kind : std::uint8_t { all, entity_type, entity, user, notification_type };
    Kind kind = Kind::all;
    std::string name = {}; ///< the type, or the channel
    std::int64_t id = 0;

    auto operator<=>(const NoticeFilter&) const = default;
    bool matches(const Notice& notice) const;
};

/// Errors: `invalid`, field `filter`, for a text that is none, and for types and channels that do not exist.
Result<NoticeFilter> parse_filter(std::string_view text);

/// Whether the caller may ask for it at all; what it then gets is what may_read() allows. Errors: `forbidden`.
Result<void> check_filter(const NoticeFilter& filter, const Caller& caller);

} // namespace attune::api
