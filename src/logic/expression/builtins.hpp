#pragma once
// Private to logic/expression: the functions of the language. One file a family; builtins.cpp has the table.
#include "base/text.hpp"
#include "logic/expression/operand.hpp"

#include <span>
#include <string_view>

namespace attune::logic::expression {

inline constexpr std::size_t kManyArguments = 64;
inline constexpr std::int64_t kMaxRange = 100'000; ///< elements that range() makes

/// One call: its arguments, each read with a check of its type. Errors name the function and the argument.
class Call {
public:
    Call(std::string_view name, std::span<Operand> arguments, Budget& steps)
        : budget(steps), name_(name), arguments_(arguments) {}

    std::size_t size() const { return arguments_.size(); }
    const json::value& operator[](std::size_t i) const { return arguments_[i].get(); }

    Result<std::string_view> text(std::size_t i) const;
    Result<const json::array*> list(std::size_t i) const;
    Result<const json::object*> object(std::size_t i) const;
    /// A whole number; 2.0 is one.
    Result<std::int64_t> integer(std::size_t i) const;
    Result<const json::value*> number(std::size_t i) const;

    /// Moves the argument out, or copies it when it is not ours.
    Result<json::value> take(std::size_t i) { return arguments_[i].take(budget); }
    /// Copies an element of an argument.
    Result<json::value> copy(const json::value& value) const;

    /// "name: what"
    Error error(std::string_view what) const;
    Error wrong(std::size_t i, std::string_view expected) const;

    Budget& budget;

private:
    std::string_view name_;
    std::span<Operand> arguments_;
};

struct Builtin {
    std::string_view name;
    std::string_view usage;
    std::size_t min_arguments;
    std::size_t max_arguments;
    Result<json::value> (*function)(Call&);
};

std::span<const Builtin> builtins();
const Builtin* find_builtin(std::string_view name);

namespace builtin {

// Of any value (builtins_values.cpp).
Result<json::value> string(Call&);
Result<json::value> number(Call&);
Result<json::value> to_int(Call&);
Result<json::value> to_bool(Call&);
Result<json::value> type_of(Call&);
Result<json::value> length(Call&);
Result<json::value> keys(Call&);
Result<json::value> values(Call&);
Result<json::value> merge(Call&);
// Of numbers (builtins_numbers.cpp).
Result<json::value> abs(Call&);
Result<json::value> floor(Call&);
Result<json::value> ceil(Call&);
Result<json::value> round(Call&);
Result<json::value> min(Call&);
Result<json::value> max(Call&);
Result<json::value> sum(Call&);
// Of strings (builtins_strings.cpp).
Result<json::value> lower(Call&);
Result<json::value> upper(Call&);
Result<json::value> trim(Call&);
Result<json::value> split(Call&);
Result<json::value> join(Call&);
Result<json::value> replace(Call&);
Result<json::value> starts_with(Call&);
Result<json::value> ends_with(Call&);
Result<json::value> match(Call&);
// Of lists, some of strings too (builtins_lists.cpp, builtins_parts.cpp).
Result<json::value> contains(Call&);
Result<json::value> reversed(Call&);
Result<json::value> sort(Call&);
Result<json::value> unique(Call&);
Result<json::value> flat(Call&);
Result<json::value> zip(Call&);
Result<json::value> range(Call&);
Result<json::value> slice(Call&);
Result<json::value> index_of(Call&);
Result<json::value> count(Call&);
Result<json::value> chunks(Call&);

} // namespace builtin

} // namespace attune::logic::expression
