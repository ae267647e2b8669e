#pragma once
#include "base/result.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::postgres {

/// Fills in the dialect's tokens.
std::string expand_tokens(std::string_view text);

/// One statement for many rows, made from the statement for one: each parameter is an array with an element a row.
struct BulkStatement {
    enum class Kind { insert, change };
    Kind kind = Kind::insert;
    std::string text;
    /// insert: how many of the leading columns come back for each row that went in. change: 0, the row's number does.
    std::size_t key_columns = 0;
};

/// `text` is expanded; `types` are those of its parameters ("bigint"). Nothing for statements that do not have the one
/// of two forms: "insert into t (…) values ($1, …, $n) [on conflict do nothing]", and "update t set … where …" or
/// "delete from t where …" without a subquery or "returning".
std::optional<BulkStatement> make_bulk(std::string_view text, std::span<const std::string> types);

} // namespace attune::postgres
