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

/// A value of the type as one column. What is no plain value is stored as JSON text. Texts are referred to.
SqlValue to_sql(const Type& type, const void* value);
/// Reads a column into a value of the type. Errors: `internal`, for what the database should not hold.
Result<void> from_sql(const Type& type, const Row& row, int column, void* value);

template <class T>
SqlValue to_sql(const T& value) {
    if constexpr (std::is_convertible_v<const T&, std::string_view>) {
        return SqlValue::text(std::string_view(value));
    } else {
        return to_sql(type_of<T>, &value);
    }
}

} // namespace attune
