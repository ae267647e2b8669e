#include "app/cli/key_commands.hpp"

#include "app/cli/file_arguments.hpp"
#include "app/cli/requests.hpp"
#include "app/cli/terminal.hpp"
#include "base/text.hpp"

#include <fmt/core.h>
#include <unistd.h>

namespace attune::app::cli {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20U; // the server takes less, and says how much

/// A line that is typed is not shown; one that comes from a program ends with a newline that it did not mean.
Result<std::string> text_of_stdin() {
    if (::isatty(STDIN_FILENO) != 0) return read_password("Value: ");
    TRY(auto text, read_input("-", "--file", kMostBytes));
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
    return text;
}

Result<std::string> given_text(const Arguments& arguments) {
    if (arguments.has("value") && arguments.has("file")) return invalid("--value", "cannot stand beside --file");
    if (arguments.has("value")) return arguments.text("value");
    if (arguments.has("file")) return read_input(arguments.text("file"), "--file", kMostBytes);
    return text_of_stdin();
}

Result<json::value> given_value(const Arguments& arguments) {
    TRY(const auto text, given_text(arguments));
    if (!arguments.has("as-json")) return json::value(json::string(text));
    auto value = parse_json(text);
    if (!value) return invalid("--as-json", "expected JSON: " + value.error().message);
    return value;
}

Result<bool> wants_encrypted(const Arguments& arguments) {
    const auto word = to_lower(arguments.text("encrypted", "true"));
    if (word == "true" || word == "false") return word == "true";
    return invalid("--encrypted", "expected true or false");
}

/// What a new key needs besides: its owner, by the option that names it.
Result<void> add_owner(const Arguments& arguments, json::object& body) {
    std::string type = "system";
    for (const auto* kind : {"pack", "action", "sensor"}) {
        if (!arguments.has(kind)) continue;
        type = kind;
        body[fmt::format("owner_{}_ref", kind)] = arguments.text(kind);
    }
    if (arguments.has("identity")) {
        auto id = parse_json(arguments.text("identity"));
        if (!id || !id->is_int64()) return invalid("--identity", "expected an id, which is a whole number");
        type = "identity";
        body["owner_identity"] = *std::move(id);
    }
    body["owner_type"] = arguments.text("owner-type", type);
    return {};
}

/// "token" of "ops.token".
std::string last_part(const std::string& ref) {
    return ref.substr(ref.rfind('.') + 1);
}

} // namespace

Result<json::value> set_key(const Arguments& arguments, ApiClient& client) {
    const auto ref = arguments.text("ref");
    json::object change;
    TRY(change["encrypted"], wants_encrypted(arguments));
    if (arguments.has("name")) change["name"] = arguments.text("name");
    auto made = change;
    CHECK(add_owner(arguments, made)); // before anything is asked for
    TRY(const auto value, given_value(arguments));
    change["value"] = made["value"] = value;
    auto request = item_request("PUT", "keys", ref);
    request.body = std::move(change);
    auto answer = client.call(request);
    if (!answer && answer.error().code == Errc::not_found) {
        made["ref"] = ref;
        if (!made.contains("name")) made["name"] = last_part(ref);
        answer = client.call({.method = "POST", .path = "/api/v1/keys", .body = std::move(made)});
    }
    if (!answer) return answer;
    if (auto* object = answer->if_object()) {
        auto* data = object->if_contains("data");
        if (data != nullptr && data->is_object()) data->get_object().erase("value");
    }
    return answer;
}

Result<std::string> raw_value(const json::value& answer) {
    const auto* data = find_member(answer, "data");
    const auto* value = data == nullptr ? nullptr : find_member(*data, "value");
    if (value == nullptr) return Error{Errc::internal, "the server's answer has no value"};
    const auto* encrypted = find_member(*data, "encrypted");
    if (value->is_null() && encrypted != nullptr && encrypted->is_bool() && encrypted->get_bool())
        return Error{Errc::forbidden, "the key is encrypted: its value is for those with the right keys:decrypt"};
    if (const auto* text = value->if_string()) return std::string(*text);
    return to_text(*value) + "\n";
}

} // namespace attune::app::cli
