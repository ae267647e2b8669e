#pragma once
#include "domain/action.hpp"
#include "domain/calendar.hpp"
#include "domain/event.hpp"
#include "domain/execution.hpp"
#include "domain/identity.hpp"
#include "domain/pack.hpp"
#include "domain/rule.hpp"
#include "domain/sealed_value.hpp"
#include "domain/trigger.hpp"
#include "domain/worker.hpp"
#include "storage/sql_value.hpp"

namespace attune {

/// The table of a described struct. Its members are the columns, in order.
template <class T>
inline constexpr std::string_view table_name = "";
template <>
inline constexpr std::string_view table_name<Pack> = "pack";
template <>
inline constexpr std::string_view table_name<Runtime> = "runtime";
template <>
inline constexpr std::string_view table_name<Calendar> = "calendar";
template <>
inline constexpr std::string_view table_name<Trigger> = "trigger";
template <>
inline constexpr std::string_view table_name<Timer> = "timer";
template <>
inline constexpr std::string_view table_name<TimerSkip> = "timer_skip";
template <>
inline constexpr std::string_view table_name<Action> = "action";
template <>
inline constexpr std::string_view table_name<Rule> = "rule";
template <>
inline constexpr std::string_view table_name<Event> = "event";
template <>
inline constexpr std::string_view table_name<Enforcement> = "enforcement";
template <>
inline constexpr std::string_view table_name<Execution> = "execution";
template <>
inline constexpr std::string_view table_name<Placement> = "placement";
template <>
inline constexpr std::string_view table_name<OutputChunk> = "execution_output";
template <>
inline constexpr std::string_view table_name<SealedValue> = "execution_secret_value";
template <>
inline constexpr std::string_view table_name<Identity> = "identity";
template <>
inline constexpr std::string_view table_name<PermissionSet> = "permission_set";
template <>
inline constexpr std::string_view table_name<Worker> = "worker";

/// "id, ref, label, …", quoted where a name is a keyword of SQL.
template <Described T>
std::string columns(std::string_view prefix = {}) {
    std::string out;
    boost::mp11::mp_for_each<members_of<T>>([&](auto d) {
        if (!out.empty()) out += ", ";
        if (!prefix.empty()) out += fmt::format("{}.", prefix);
        out += fmt::format("\"{}\"", d.name);
    });
    return out;
}

template <Described T>
constexpr int column_count() {
    return static_cast<int>(boost::mp11::mp_size<members_of<T>>::value);
}

/// The struct from the columns that columns<T>() named, starting at `first`.
template <Described T>
Result<T> read_row(const Row& row, int first = 0) {
    T out{};
    std::optional<Error> failure;
    int column = first;
    boost::mp11::mp_for_each<members_of<T>>([&](auto d) {
        using Member = std::remove_cvref_t<decltype(out.*d.pointer)>;
        if (!failure) {
            auto value = SqlCodec<Member>::from(row, column);
            if (value) {
                out.*d.pointer = *std::move(value);
            } else {
                failure = Error{Errc::internal, fmt::format("column {}.{} cannot be read: {}", table_name<T>, d.name,
                                                            value.error().text())};
            }
        }
        ++column;
    });
    if (failure) return std::move(*failure);
    return out;
}

/// A struct as bound values, in the order of its columns.
template <Described T>
void bind_row(const T& value, std::vector<SqlValue>& out) {
    out.clear();
    boost::mp11::mp_for_each<members_of<T>>([&](auto d) { out.push_back(to_sql(value.*d.pointer)); });
}

} // namespace attune
