#pragma once
#include "base/reflect.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace attune {

/// One value to bind. Refers to the text it is made from, or owns it (JSON).
class SqlValue {
public:
    enum class Kind : std::uint8_t { null, boolean, integer, real, text, timestamp };

    static SqlValue null() { return {}; }
    static SqlValue boolean(bool v) { return {Kind::boolean, v ? 1 : 0}; }
    static SqlValue integer(std::int64_t v) { return {Kind::integer, v}; }
    static SqlValue real(double v) {
        SqlValue out{Kind::real, 0};
        out.real_ = v;
        return out;
    }
    static SqlValue timestamp(Timestamp v) { return {Kind::timestamp, v.time_since_epoch().count()}; }
    /// The text must outlive the value.
    static SqlValue text(std::string_view v) {
        SqlValue out{Kind::text, 0};
        out.view_ = v;
        return out;
    }
    static SqlValue owned(std::string v) {
        SqlValue out{Kind::text, 0};
        out.owned_ = std::move(v);
        out.is_owned_ = true;
        return out;
    }

    Kind kind() const { return kind_; }
    std::int64_t as_integer() const { return integer_; }
    double as_real() const { return real_; }
    std::string_view as_text() const { return is_owned_ ? std::string_view(owned_) : view_; }
    Timestamp as_timestamp() const { return Timestamp{Duration{integer_}}; }

    SqlValue() = default;

private:
    SqlValue(Kind kind, std::int64_t v) : kind_(kind), integer_(v) {}
    Kind kind_ = Kind::null;
    bool is_owned_ = false;
    std::int64_t integer_ = 0;
    double real_ = 0;
    std::string_view view_;
    std::string owned_;
};

/// One row of a result while the driver stands on it. Columns count from 0.
class Row {
public:
    virtual ~Row() = default;
    virtual bool is_null(int column) const = 0;
    virtual std::int64_t integer(int column) const = 0;
    virtual double real(int column) const = 0;
    virtual bool boolean(int column) const = 0;
    virtual std::string_view text(int column) const = 0;
    virtual Timestamp timestamp(int column) const = 0;
};

/// How a C++ type is one column. Types without a specialisation are stored as JSON text.
template <class T>
struct SqlCodec {
    static SqlValue to(const T& v) { return SqlValue::owned(to_text(to_json(v))); }
    static Result<T> from(const Row& row, int column) {
        TRY(const auto value, parse_json(row.text(column), {.depth = 256}));
        return from_json<T>(value);
    }
};

template <>
struct SqlCodec<bool> {
    static SqlValue to(bool v) { return SqlValue::boolean(v); }
    static Result<bool> from(const Row& row, int column) { return row.boolean(column); }
};
template <std::integral T>
struct SqlCodec<T> {
    static SqlValue to(T v) { return SqlValue::integer(static_cast<std::int64_t>(v)); }
    static Result<T> from(const Row& row, int column) { return static_cast<T>(row.integer(column)); }
};
template <>
struct SqlCodec<double> {
    static SqlValue to(double v) { return SqlValue::real(v); }
    static Result<double> from(const Row& row, int column) { return row.real(column); }
};
template <>
struct SqlCodec<std::string> {
    static SqlValue to(const std::string& v) { return SqlValue::text(v); }
    static Result<std::string> from(const Row& row, int column) { return std::string(row.text(column)); }
};
template <>
struct SqlCodec<std::string_view> {
    static SqlValue to(std::string_view v) { return SqlValue::text(v); }
};
template <class Tag>
struct SqlCodec<Id<Tag>> {
    static SqlValue to(Id<Tag> v) { return SqlValue::integer(v.value); }
    static Result<Id<Tag>> from(const Row& row, int column) { return Id<Tag>{row.integer(column)}; }
};
template <>
struct SqlCodec<Timestamp> {
    static SqlValue to(Timestamp v) { return SqlValue::timestamp(v); }
    static Result<Timestamp> from(const Row& row, int column) { return row.timestamp(column); }
};
template <DescribedEnum E>
struct SqlCodec<E> {
    static SqlValue to(E v) { return SqlValue::text(enum_name(v)); }
    static Result<E> from(const Row& row, int column) {
        if (const auto found = parse_enum<E>(row.text(column))) return *found;
        return Error{Errc::internal, fmt::format("the database holds '{}' where one of {} belongs", row.text(column),
                                                 enum_choices<E>())};
    }
};
template <class T>
struct SqlCodec<std::optional<T>> {
    static SqlValue to(const std::optional<T>& v) { return v ? SqlCodec<T>::to(*v) : SqlValue::null(); }
    static Result<std::optional<T>> from(const Row& row, int column) {
        if (row.is_null(column)) return std::optional<T>{};
        TRY(auto one, SqlCodec<T>::from(row, column));
        return std::optional<T>{std::move(one)};
    }
};

template <class T>
SqlValue to_sql(const T& v) {
    if constexpr (std::is_convertible_v<const T&, std::string_view> && !std::is_same_v<T, std::string>) {
        return SqlValue::text(std::string_view(v));
    } else {
        return SqlCodec<T>::to(v);
    }
}

} // namespace attune
