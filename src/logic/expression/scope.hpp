#pragma once
#include "base/json.hpp"

#include <string_view>
#include <vector>

namespace attune::logic::expression {

/// What an expression can name. Holds references only: names and values must outlive it. Lookup is linear, which is the
/// fastest for the handful of names there are.
class Scope {
public:
    /// A root variable.
    Scope& add(std::string_view name, const json::value& value) { return put({Kind::variable, name, {}, &value}); }

    /// A member of a root object that exists nowhere as a whole: add_member("event", "payload", p) makes
    /// `event.payload` readable without copying p. `event` alone is put together when an expression asks for it.
    Scope& add_member(std::string_view root, std::string_view name, const json::value& value) {
        return put({Kind::member, root, name, &value});
    }

    /// A function without arguments that is not built in, such as a workflow's succeeded().
    Scope& add_function(std::string_view name, const json::value& result) {
        return put({Kind::function, name, {}, &result});
    }

    /// Each is null when the name is not known.
    const json::value* variable(std::string_view name) const { return find(Kind::variable, name, {}); }
    const json::value* member(std::string_view root, std::string_view name) const {
        return find(Kind::member, root, name);
    }
    const json::value* function(std::string_view name) const { return find(Kind::function, name, {}); }

    bool has_members(std::string_view root) const;
    json::object assemble(std::string_view root) const;

    std::vector<std::string_view> variable_names() const;
    std::vector<std::string_view> function_names() const;

private:
    enum class Kind { variable, member, function };
    struct Entry {
        Kind kind;
        std::string_view root;
        std::string_view name;
        const json::value* value;
    };
    Scope& put(Entry entry) {
        entries_.push_back(entry);
        return *this;
    }
    const json::value* find(Kind kind, std::string_view root, std::string_view name) const;

    std::vector<Entry> entries_;
};

} // namespace attune::logic::expression
