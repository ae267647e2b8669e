#include "api/audit_log.hpp"

#include "base/log.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace attune::api {
namespace {

constexpr std::string_view kRequestId = "x-request-id";
constexpr std::size_t kUuid = 36;

bool is_uuid(std::string_view text) {
    if (text.size() != kUuid) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const char c = text[i];
        const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (dash ? c != '-' : !hex) return false;
    }
    return true;
}

/// A random UUID (version 4).
std::string make_uuid(Random& random) {
    auto bytes = random.bytes(16);
    bytes[6] = static_cast<char>((static_cast<unsigned char>(bytes[6]) & 0x0FU) | 0x40U);
    bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3FU) | 0x80U);
    const auto hex = hex_encode(bytes);
    return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4), hex.substr(16, 4),
                       hex.substr(20));
}

/// By the first word of the event's type.
AuditCategory category_of(std::string_view event_type) {
    return parse_enum<AuditCategory>(event_type.substr(0, event_type.find('.'))).value_or(AuditCategory::api);
}

std::optional<std::string> some(std::string_view text) {
    return text.empty() ? std::nullopt : std::optional(std::string(text));
}

/// The text in an error's body, or null.
json::value member_of(const json::value& body, std::string_view name) {
    const auto* found = find_member(body, name);
    return found == nullptr || !found->is_string() ? json::value(nullptr) : *found;
}

/// The code and the field alone: the text may say what was sent, and that may be secret.
json::object error_of(const RawResponse& response) {
    json::object out;
    const auto body = parse_json(response.body);
    if (!body) return out;
    for (const auto* name : {"code", "field"}) {
        auto value = member_of(*body, name);
        if (!value.is_null()) out[name] = std::move(value);
    }
    return out;
}

void add_detail(AuditEvent& row, std::string_view name, json::value value) {
    if (!row.details) row.details.emplace();
    (*row.details)[name] = std::move(value);
}

/// Of a request that was denied, or failed.
AuditEvent refused(const flow::Actor& actor, const RawResponse& response) {
    const bool is_login = actor.category == AuditCategory::auth;
    const bool limited = response.status == 429;
    const bool denied = limited || (!is_login && (response.status == 401 || response.status == 403));
    auto out = flow::audit_event_of(actor, denied ? AuditOutcome::denied : AuditOutcome::failure);
    if (auto error = error_of(response); !error.empty()) out.details = std::move(error);
    if (!denied) return out;
    out.category = limited ? AuditCategory::auth : AuditCategory::rbac;
    out.event_type = limited ? "security.rate_limited" : "rbac.denied";
    add_detail(out, "attempted", json::string(actor.event_type));
    return out;
}

} // namespace

void RequestTrail::names(const std::string& login, std::optional<IdentityId> identity) {
    actor.login = login;
    actor.identity = identity;
}

bool is_unrecorded(const Caller& caller) {
    return caller.token_type == TokenType::sensor;
}

flow::Actor* actor_of(const Caller& caller) {
    return caller.trail == nullptr || is_unrecorded(caller) ? nullptr : &caller.trail->actor;
}

AuditLog::AuditLog(Database& db, const Clock& clock, Random& random, Metrics& metrics, Options options)
    : db_(db), clock_(clock), random_(random), dropped_(metrics.counter(Metric::audit_events_dropped)),
      options_(options), for_strangers_{options.burst, clock.monotonic()}, for_known_(for_strangers_) {}

RequestTrail AuditLog::begin(const Route& route, const RawRequest& request) {
    RequestTrail out;
    auto& actor = out.actor;
    const auto given = request.headers.get(kRequestId);
    actor.at = clock_.now();
    actor.address = some(request.peer);
    actor.user_agent = some(request.headers.get("user-agent"));
    actor.request_id = is_uuid(given) ? to_lower(given) : make_uuid(random_);
    actor.http_method = method_name(request.method);
    actor.http_path = request.path;
    actor.event_type = route.declared.audit_event;
    actor.category = category_of(actor.event_type);
    actor.resource = some(route.declared.audit_resource);
    for (std::size_t i = 0; i < route.segments.size() && i < request.segments.size(); ++i) {
        if (is_parameter(route.segments[i])) actor.resource_ref = request.segments[i];
    }
    return out;
}

void AuditLog::identify(RequestTrail& trail, const Caller& caller) {
    if (!caller.identity && caller.login.empty()) return;
    if (caller.identity) trail.actor.identity = caller.identity;
    trail.actor.login = some(caller.login);
    trail.actor.token_type = std::string(enum_name(caller.token_type));
}

bool AuditLog::take(Room& room) const {
    const auto now = clock_.monotonic();
    const auto waited = std::chrono::duration<double, std::ratio<60>>(now - std::exchange(room.filled_at, now));
    room.left = std::min(options_.burst, room.left + waited.count() * options_.per_minute);
    if (room.left < 1) return false;
    room.left -= 1;
    return true;
}

void AuditLog::drop() {
    ++unrecorded_;
    dropped_.add();
}

task<void> AuditLog::end(RequestTrail& trail, const Caller& caller, const RawResponse& response) {
    const bool succeeded = response.status < 400;
    if (succeeded && (trail.actor.recorded || is_unrecorded(caller))) co_return;
    if (!succeeded) {
        // 503: nothing was done, and most often there is no database to say so in.
        const bool fits = response.status != 503 && take(trail.actor.token_type ? for_known_ : for_strangers_);
        if (!fits) {
            drop();
            co_return;
        }
    }
    auto row = succeeded ? flow::audit_event_of(trail.actor, AuditOutcome::success) : refused(trail.actor, response);
    row.http_status = response.status;
    const auto missed = succeeded ? 0 : std::exchange(unrecorded_, 0);
    if (missed > 0) add_detail(row, "unrecorded_before", missed);
    const auto written = co_await db_.write([&](Session& session) -> Result<bool> {
        CHECK(flow::record_audit(session, row));
        return true;
    });
    if (written) co_return;
    unrecorded_ += missed;
    drop();
    log::warn("the audit log misses {} by {} ({}): {}", trail.actor.event_type, trail.actor.login.value_or("nobody"),
              trail.actor.request_id.value_or("?"), written.error().text());
}

} // namespace attune::api
