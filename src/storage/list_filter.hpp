#pragma once
#include "base/text.hpp"
#include "storage/session.hpp"

namespace attune {

/// The conditions of a list, put together while the program runs: fixed fragments of SQL in which "$?" stands for the
/// value. Text of a client only ever becomes a bound value.
class ListFilter {
public:
    /// A condition without a value.
    ListFilter& add(std::string_view condition) {
        where_ += where_.empty() ? " where " : " and ";
        where_ += condition;
        return *this;
    }
    /// Every "$?" of the condition is this one value.
    template <class T>
    ListFilter& add(std::string_view condition, const T& value) {
        values_.push_back(bound(value));
        return add(numbered(condition, values_.size()));
    }
    /// Only when the value is there.
    template <class T>
    ListFilter& add(std::string_view condition, const std::optional<T>& value) {
        if (value) add(condition, *value);
        return *this;
    }

    /// Every "$?" of the condition is this one value.
    ListFilter& add_bound(std::string_view condition, const SqlValue& value);
    /// A value for a condition that is put together elsewhere; the text that stands for it there.
    template <class T>
    std::string bind(const T& value) {
        values_.push_back(bound(value));
        return fmt::format("${}", values_.size());
    }
    /// `column in (…)`; of an empty list nothing is left.
    template <class T>
    std::string one_of(std::string_view column, const std::vector<T>& values) {
        std::vector<std::string> bound;
        for (const auto& value : values) bound.push_back(bind(value));
        return bound.empty() ? "1 = 0" : fmt::format("{} in ({})", column, join(bound, ", "));
    }
    /// Any of the columns has the text somewhere, whatever its case.
    ListFilter& mentions(std::initializer_list<std::string_view> columns, std::string_view text);

    /// `column = value`, when the value is there. The first of these (and of drive()) is what an index is to be used
    /// for; the others are written so that no index of theirs looks better to a database that has no statistics. So ask
    /// for the most selective first.
    template <class T>
    ListFilter& equals(std::string_view column, const std::optional<T>& value) {
        if (!value) return *this;
        if (!driven_) return drive_by(column, *value);
        constexpr bool is_text = std::is_convertible_v<const T&, std::string_view> || DescribedEnum<T>;
        return add(fmt::format(is_text ? "{} || '' = $?" : "{} + 0 = $?", column), value);
    }
    /// A condition of any form that an index serves.
    template <class T>
    ListFilter& drive(std::string_view condition, const std::optional<T>& value) {
        driven_ = driven_ || value.has_value();
        return add(condition, value);
    }
    /// Whether an index serves it already.
    bool driven() const { return driven_; }

    /// " order by …": the highest id first, along the index that serves the filter.
    std::string newest_first() const {
        return ranged_.empty() ? " order by id desc"
                               : fmt::format(" order by {{postgres:{} desc, :postgres}}id desc", ranged_);
    }

    /// " where a = $1 and b > $2", or nothing.
    const std::string& where() const { return where_; }
    std::span<const SqlValue> values() const { return values_; }

    /// `head`: "select a, b from t"; `tail`: " order by id desc"; at most `limit` rows after the first `offset`.
    template <Described T>
    Result<std::vector<T>> select(Session& session, std::string_view head, std::string_view tail, std::int64_t limit,
                                  std::int64_t offset) const {
        auto values = values_;
        values.push_back(SqlValue::integer(limit));
        values.push_back(SqlValue::integer(offset));
        std::vector<T> out;
        const Session::RowSink sink = [&](const Row& row) {
            return read_row(structure_of<T>(), row, 0, &out.emplace_back());
        };
        CHECK(session.run_text(text(head, tail), values, &sink));
        return out;
    }
    /// What select() runs.
    std::string text(std::string_view head, std::string_view tail) const {
        return fmt::format("{}{}{} limit ${} offset ${}", head, where_, tail, values_.size() + 1, values_.size() + 2);
    }

    Result<std::int64_t> count(Session& session, std::string_view table) const;

    /// `text` for "like ... escape '\'": its own wildcards stand for themselves.
    static std::string like_literal(std::string_view text);

private:
    /// In the order of an index on (column, id); on PostgreSQL as a range of one value. It takes an equal column out of
    /// the order: then the primary key has that order too, and looks cheap for a frequent value however far back its
    /// newest row is. SQLite would use `status in (…)` instead of a range, and walk the other states.
    template <class T>
    ListFilter& drive_by(std::string_view column, const T& value) {
        driven_ = true;
        ranged_ = column;
        constexpr auto kEqual = "{{sqlite:{0} = $?:sqlite}}{{postgres:{0} >= $? and {0} <= $?:postgres}}";
        return add(fmt::format(kEqual, column), value);
    }
    template <class T>
    static SqlValue bound(const T& value) {
        if constexpr (std::is_convertible_v<const T&, std::string_view>) {
            return SqlValue::owned(std::string(std::string_view(value)));
        } else {
            return to_sql(value);
        }
    }
    static std::string numbered(std::string_view condition, std::size_t number) {
        return replace_all(std::string(condition), "$?", fmt::format("${}", number));
    }
    std::string where_;
    std::vector<SqlValue> values_;
    std::string ranged_; ///< the column of which an index gives the order
    bool driven_ = false;
};

} // namespace attune
