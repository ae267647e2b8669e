#include "app/secret.hpp"

#include "base/reflect.hpp"

namespace attune::app {
namespace {

Result<void> decode(const json::value& from, const std::string& path, void* to) {
    // The value itself is never part of the message.
    if (!from.is_string()) return invalid(path, "expected a text (put quotes around it)");
    *static_cast<Secret*>(to) = Secret(std::string(from.get_string()));
    return {};
}

json::value encode(const void* from) {
    return json::value(static_cast<const Secret*>(from)->empty() ? "" : "***");
}

json::object schema() {
    return {{"type", "string"}, {"writeOnly", true}};
}

} // namespace

const CustomOps secret_ops{decode, encode, schema};

} // namespace attune::app
