#include "api/route.hpp"

namespace attune::api {

Route& Route::summary(std::string text) {
    declared.summary = std::move(text);
    return *this;
}
Route& Route::description(std::string text) {
    declared.description = std::move(text);
    return *this;
}
Route& Route::tag(std::string name) {
    declared.tag = std::move(name);
    return *this;
}
Route& Route::status(int code) {
    declared.status = code;
    return *this;
}
Route& Route::body_limit(std::size_t bytes) {
    declared.body_limit = bytes;
    return *this;
}
Route& Route::produces(std::string media_type) {
    declared.media_type = std::move(media_type);
    return *this;
}

Route& Route::audited(std::string event_type, std::string resource) {
    declared.audit_event = std::move(event_type);
    declared.audit_resource = std::move(resource);
    return *this;
}
Route& Route::changes_nothing() {
    declared.changes_nothing = true;
    return *this;
}
bool Route::may_change() const {
    return method != Method::get && method != Method::head && method != Method::options && !declared.changes_nothing;
}

Route& Route::needs(Resource resource, Right right) {
    declared.access = Access::needs;
    declared.resource = resource;
    declared.right = right;
    // Whatever the kind of token: what it may do is in its grants.
    declared.token_types = {TokenType::access, TokenType::execution, TokenType::sensor, TokenType::worker};
    return *this;
}
Route& Route::needs_some(Resource resource, Right right) {
    needs(resource, right);
    declared.access = Access::needs_some;
    return *this;
}
Route& Route::authenticated() {
    declared.access = Access::authenticated;
    declared.token_types.insert({TokenType::access, TokenType::execution});
    return *this;
}
Route& Route::open() {
    declared.access = Access::open;
    return *this;
}
Route& Route::admits(TokenType type) {
    declared.token_types.insert(type);
    return *this;
}
Route& Route::only(TokenType type) {
    declared.access = Access::authenticated;
    declared.token_types = {type};
    return *this;
}

bool is_parameter(std::string_view segment) {
    return segment.starts_with('{') && segment.ends_with('}');
}
bool is_tail(std::string_view segment) {
    return is_parameter(segment) && segment.ends_with("...}");
}
std::string parameter_name(std::string_view segment) {
    segment = segment.substr(1, segment.size() - 2);
    if (segment.ends_with("...")) segment.remove_suffix(3);
    return std::string(segment);
}

std::vector<std::string> Route::parameter_names() const {
    std::vector<std::string> out;
    for (const auto& segment : segments) {
        if (is_parameter(segment)) out.push_back(parameter_name(segment));
    }
    return out;
}

} // namespace attune::api
