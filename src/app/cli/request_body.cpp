#include "app/cli/request_body.hpp"

#include "app/cli/requests.hpp"
#include "base/text.hpp"

namespace attune::app::cli {

RequestBody& RequestBody::text(const std::string& member, const std::string& option) {
    if (args_.has(option)) object_[member] = args_.text(option);
    return *this;
}

RequestBody& RequestBody::integer(const std::string& member, const std::string& option) {
    if (!args_.has(option)) return *this;
    auto value = parse_json(args_.text(option));
    if (!value || !value->is_int64()) return fail("--" + option, "expected a whole number");
    object_[member] = *std::move(value);
    return *this;
}

RequestBody& RequestBody::boolean(const std::string& member, const std::string& option) {
    if (!args_.has(option)) return *this;
    const auto word = to_lower(args_.text(option));
    if (word != "true" && word != "false") fail("--" + option, "expected true or false");
    object_[member] = word == "true";
    return *this;
}

RequestBody& RequestBody::flag(const std::string& member, const std::string& option) {
    if (args_.has(option)) object_[member] = true;
    return *this;
}

RequestBody& RequestBody::texts(const std::string& member, const std::string& option) {
    if (!args_.has(option)) return *this;
    json::array out;
    for (const auto& one : args_.all(option)) out.emplace_back(one);
    object_[member] = std::move(out);
    return *this;
}

RequestBody& RequestBody::json(const std::string& member, const std::string& option) {
    if (!args_.has(option)) return *this;
    auto value = parse_json(args_.text(option));
    if (!value) return fail("--" + option, "expected JSON: " + value.error().message);
    object_[member] = *std::move(value);
    return *this;
}

RequestBody& RequestBody::object(const std::string& member, const std::string& whole, const std::string& single) {
    json(member, whole);
    if (args_.has(single) && object_.contains(member) && !object_[member].is_object())
        return fail("--" + whole, "expected a JSON object");
    return assignments(member, single, "--" + single);
}

RequestBody& RequestBody::assignments(const std::string& member, const std::string& option, const std::string& shown) {
    if (!args_.has(option)) return *this;
    auto given = read_assignments(args_.all(option), shown);
    if (!given) return fail(shown, given.error().message);
    auto& into = object_[member];
    if (into.is_null()) into = json::object{};
    if (!into.is_object()) return fail(shown, fmt::format("cannot stand beside a {} that is no object", member));
    for (auto& [key, value] : *given) into.get_object()[key] = std::move(value);
    return *this;
}

Result<json::value> RequestBody::take() {
    if (failure_) return *std::move(failure_);
    return json::value(std::move(object_));
}

Result<ApiRequest> with_body(ApiRequest request, RequestBody& body) {
    TRY(request.body, body.take());
    return request;
}

RequestBody& RequestBody::fail(std::string shown, std::string message) {
    if (!failure_) failure_ = invalid(std::move(shown), std::move(message));
    return *this;
}

} // namespace attune::app::cli
