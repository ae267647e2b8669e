#include "adapters/postgres/connection.hpp"

#include "adapters/postgres/text_format.hpp"
#include "base/text.hpp"

#include <charconv>
#include <libpq-fe.h>
#include <numeric>
#include <unordered_map>
#include <unordered_set>

namespace attune::postgres {
namespace {

constexpr std::size_t kRowsOfOneStatement = 2000;

struct ClearResult {
    void operator()(PGresult* result) const { PQclear(result); }
};
using Reply = std::unique_ptr<PGresult, ClearResult>;

std::int64_t number_of(std::string_view text) {
    std::int64_t out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
}

class PostgresRow final : public Row {
public:
    PostgresRow(const PGresult* result, int row) : result_(result), row_(row) {}
    bool is_null(int column) const override { return PQgetisnull(result_, row_, column) != 0; }
    std::int64_t integer(int column) const override { return number_of(text(column)); }
    double real(int column) const override { return std::strtod(PQgetvalue(result_, row_, column), nullptr); }
    bool boolean(int column) const override { return text(column) == "t"; }
    std::string_view text(int column) const override {
        return {PQgetvalue(result_, row_, column), static_cast<std::size_t>(PQgetlength(result_, row_, column))};
    }
    Timestamp timestamp(int column) const override { return timestamp_from(text(column)); }

private:
    const PGresult* result_;
    int row_;
};

/// The types that our columns have, by their fixed numbers in pg_type.
std::string type_name(Oid type) {
    switch (type) {
    case 16: return "boolean";
    case 17: return "bytea";
    case 20: return "bigint";
    case 23: return "integer";
    case 25: return "text";
    case 114: return "json";
    case 701: return "double precision";
    case 1184: return "timestamptz";
    default: return {};
    }
}

/// The message without its line break.
std::string one_line(const char* text) {
    std::string out(trim(text == nullptr ? "" : text));
    std::ranges::replace(out, '\n', ' ');
    return out;
}

Errc code_of(std::string_view state) {
    const auto kind = state.substr(0, 2);
    if (state == "23505" || state == "23503") return Errc::conflict;
    if (kind == "23" || kind == "22") return Errc::invalid;
    // Serialization failures and deadlocks; limits, operator intervention, system errors; locks; a server that reads
    // only (it was demoted); a statement whose table was changed by a newer version's migration.
    if (kind == "40" || kind == "53" || kind == "57" || kind == "58" || kind == "08" || kind == "55" ||
        state == "25006" || state == "0A000") {
        return Errc::unavailable;
    }
    return Errc::internal;
}

std::string key_of(std::span<const SqlValue> row, std::size_t columns) {
    std::string out;
    for (std::size_t i = 0; i < columns; ++i) {
        out += row[i].kind() == SqlValue::Kind::null ? 'n' : 'v';
        out += to_text_format(row[i]);
        out += '\x1f';
    }
    return out;
}

std::string key_of(const PGresult* result, int row, std::size_t columns) {
    const PostgresRow cells(result, row);
    std::string out;
    for (int i = 0; i < static_cast<int>(columns); ++i) {
        out += cells.is_null(i) ? 'n' : 'v';
        if (!cells.is_null(i) && type_name(PQftype(result, i)) == "timestamptz") {
            out += format_timestamp(cells.timestamp(i));
        } else {
            out += cells.text(i);
        }
        out += '\x1f';
    }
    return out;
}

/// Whether the rows differ in these leading columns, so that a row that comes back says which one it is.
bool are_told_apart(const std::vector<std::vector<SqlValue>>& rows, std::size_t columns) {
    std::unordered_set<std::string> seen;
    return std::ranges::all_of(rows, [&](const auto& row) { return seen.insert(key_of(row, columns)).second; });
}

} // namespace

Result<std::unique_ptr<Connection>> Connection::open(const Options& options) {
    // Those before dbname are defaults, which the url may replace. A host that vanished is noticed within 20 s.
    const char* const keys[] = {
        "connect_timeout",           "keepalives_idle", "tcp_user_timeout", "target_session_attrs",
        "fallback_application_name", "dbname",          "client_encoding",  nullptr};
    const char* const values[] = {
        "5", "10", "20000", options.for_writing ? "read-write" : "any", "attune", options.url.c_str(), "UTF8", nullptr};
    std::unique_ptr<Connection> connection(new Connection(PQconnectdbParams(keys, values, 1), options.traffic));
    if (PQstatus(connection->handle_) != CONNECTION_OK) {
        return Error{Errc::unavailable,
                     fmt::format("the database cannot be reached: {}", one_line(PQerrorMessage(connection->handle_)))};
    }
    CHECK(connection->configure(options));
    return connection;
}

Result<void> Connection::configure(const Options& options) {
    PQsetNoticeProcessor(handle_, [](void*, const char*) {}, nullptr);
    // Statements are prepared once, while their tables may still be small and their statistics missing: the plans must
    // be those that are right for large ones. An index finds the rows, in ascending order, which is also the order in
    // which rows are to be locked; hashing or merging would lock them in any order. A bitmap reads all rows of a filter
    // and sorts them, where the index in its order gives the few of a page.
    return control(fmt::format("set search_path = attune; set timezone = 'UTC'; set datestyle = 'ISO';"
                               "set standard_conforming_strings = on; set plan_cache_mode = force_generic_plan;"
                               "set enable_seqscan = off; set enable_bitmapscan = off; set enable_hashjoin = off; set "
                               "enable_mergejoin = off;"
                               "set jit = off; set statement_timeout = {}; set lock_timeout = {};"
                               "set idle_in_transaction_session_timeout = {}",
                               options.statement_timeout / 1ms, options.statement_timeout / 1ms,
                               options.silence_limit / 1ms)
                       .c_str());
}

Connection::~Connection() {
    PQfinish(handle_);
}

bool Connection::is_lost() const {
    return unusable_ || PQstatus(handle_) != CONNECTION_OK;
}

bool Connection::in_transaction() const {
    const auto status = PQtransactionStatus(handle_);
    return !is_lost() && (status == PQTRANS_INTRANS || status == PQTRANS_INERROR);
}

bool Connection::is_failed() const {
    return PQtransactionStatus(handle_) == PQTRANS_INERROR;
}

int Connection::backend() const {
    return PQbackendPID(handle_);
}

Error Connection::failure(const PGresult* result, std::string_view doing) {
    const char* field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const std::string_view state = field == nullptr ? "" : field;
    if (state.empty() || PQstatus(handle_) != CONNECTION_OK) {
        unusable_ = true;
        return Error{Errc::unavailable, fmt::format("the connection to the database was lost ({}): {}", doing,
                                                    one_line(PQerrorMessage(handle_)))};
    }
    if (state == "40001" || state == "40P01") conflict_ = true;
    if (state == "25006" || state == "0A000") unusable_ = true;
    return Error{code_of(state), fmt::format("{}: {} ({})", doing,
                                             one_line(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)), state)};
}

Result<void> Connection::control(const char* statement) {
    const bool is_commit = std::string_view(statement).ends_with("commit");
    traffic_->round_trip();
    const Reply reply(PQexec(handle_, statement));
    const auto status = PQresultStatus(reply.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        auto error = failure(reply.get(), statement);
        if (is_lost() && is_commit)
            error.message += ". The answer to the commit was lost: whether it happened is not known.";
        return error;
    }
    // A failed transaction answers a commit with a rollback, and calls that a success.
    if (is_commit && std::string_view(PQcmdStatus(reply.get())) != "COMMIT")
        return Error{Errc::internal, "the database rolled back what was to be committed"};
    return {};
}

Result<void> Connection::commit(bool durable) {
    return control(durable ? "commit" : "set local synchronous_commit = off; commit");
}

Result<void> Connection::prepare(const std::string& name, const std::string& text) {
    traffic_->round_trip();
    const Reply reply(PQprepare(handle_, name.c_str(), text.c_str(), 0, nullptr));
    if (PQresultStatus(reply.get()) != PGRES_COMMAND_OK) return failure(reply.get(), text);
    return {};
}

Result<void> Connection::describe(const std::string& name, Statement& statement) {
    traffic_->round_trip();
    const Reply reply(PQdescribePrepared(handle_, name.c_str()));
    if (PQresultStatus(reply.get()) != PGRES_COMMAND_OK) return failure(reply.get(), name);
    statement.types.clear();
    for (int i = 0; i < PQnparams(reply.get()); ++i) statement.types.push_back(type_name(PQparamtype(reply.get(), i)));
    return {};
}

Result<Connection::Statement*> Connection::prepared(const Query& query) {
    if (query.index() >= statements_.size()) statements_.resize(Query::all().size());
    auto& statement = statements_[query.index()];
    if (statement.is_prepared) return &statement;
    const auto text = expand_tokens(query.text());
    const auto name = fmt::format("q{}", query.index());
    CHECK(prepare(name, text));
    CHECK(describe(name, statement));
    const bool typed = std::ranges::none_of(statement.types, &std::string::empty);
    if (typed) statement.bulk = make_bulk(text, statement.types);
    statement.is_prepared = true;
    return &statement;
}

Result<void> Connection::prepare_only(const Query& query) {
    TRY(auto* statement, prepared(query));
    if (statement->bulk) CHECK(prepare(fmt::format("check{}", query.index()), statement->bulk->text));
    return {};
}

Result<std::int64_t> Connection::finish(PGresult* result, const RowSink* sink, std::string_view doing) {
    traffic_->round_trip();
    traffic_->statement();
    const auto status = PQresultStatus(result);
    if (status == PGRES_EMPTY_QUERY) return 0; // all of it is for another database
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return failure(result, doing);
    if (sink != nullptr) {
        for (int row = 0; row < PQntuples(result); ++row) CHECK((*sink)(PostgresRow(result, row)));
    }
    if (std::string_view(PQcmdStatus(result)).starts_with("SELECT")) return 0;
    const auto changed = number_of(PQcmdTuples(result));
    total_changes_ += changed;
    return changed;
}

Result<std::int64_t> Connection::run(const Query& query, std::span<const SqlValue> values, const RowSink* sink) {
    TRY(const auto* statement, prepared(query));
    if (values.size() < statement->types.size())
        return Error{Errc::internal, fmt::format("query {} has more parameters than values", query.name())};
    const Parameters parameters(values.first(statement->types.size()));
    const Reply reply(PQexecPrepared(handle_, fmt::format("q{}", query.index()).c_str(), parameters.count(),
                                     parameters.values(), nullptr, nullptr, 0));
    return finish(reply.get(), sink, query.name());
}

Result<std::int64_t> Connection::run_text(std::string_view text, std::span<const SqlValue> values,
                                          const RowSink* sink) {
    // It runs once, so it is planned for its values (until the transaction ends): a rare one is found by its index.
    if (!values.empty() && in_transaction()) CHECK(control("set local plan_cache_mode = force_custom_plan"));
    const Parameters parameters(values);
    const Reply reply(PQexecParams(handle_, expand_tokens(text).c_str(), parameters.count(), nullptr,
                                   parameters.values(), nullptr, nullptr, 0));
    return finish(reply.get(), sink, text);
}

Result<std::vector<std::size_t>> Connection::run_each(const Query& query, const Rows& rows) {
    std::vector<std::size_t> changed;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        TRY(const auto count, run(query, rows[i], nullptr));
        if (count > 0) changed.push_back(i);
    }
    return changed;
}

Result<std::vector<std::size_t>> Connection::run_bulk(const Query& query, Statement& statement, const Rows& rows) {
    const auto& bulk = *statement.bulk;
    const auto name = fmt::format("m{}", query.index());
    if (!statement.bulk_is_prepared) {
        CHECK(prepare(name, bulk.text));
        statement.bulk_is_prepared = true;
    }
    std::vector<std::string> arrays(statement.types.size(), "{");
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < arrays.size(); ++i) append_element(arrays[i], row[i]);
    }
    for (auto& array : arrays) array += '}';
    const Parameters parameters(std::move(arrays));
    const Reply reply(
        PQexecPrepared(handle_, name.c_str(), parameters.count(), parameters.values(), nullptr, nullptr, 0));
    CHECK(finish(reply.get(), nullptr, query.name()));
    std::vector<std::size_t> changed;
    if (bulk.kind == BulkStatement::Kind::change) {
        for (int i = 0; i < PQntuples(reply.get()); ++i)
            changed.push_back(static_cast<std::size_t>(PostgresRow(reply.get(), i).integer(0)) - 1);
        return changed;
    }
    std::unordered_map<std::string, std::size_t> numbers;
    for (std::size_t i = 0; i < rows.size(); ++i) numbers.emplace(key_of(rows[i], bulk.key_columns), i);
    for (int i = 0; i < PQntuples(reply.get()); ++i) {
        const auto found = numbers.find(key_of(reply.get(), i, bulk.key_columns));
        if (found == numbers.end())
            return Error{Errc::internal, fmt::format("query {}: an unknown row came back", query.name())};
        changed.push_back(found->second);
    }
    return changed;
}

Result<std::vector<std::size_t>> Connection::run_many(const Query& query, std::size_t count, const RowSource& source) {
    std::vector<std::size_t> out;
    if (count == 0) return out;
    TRY(auto* statement, prepared(query));
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    Rows all(count);
    for (std::size_t i = 0; i < count; ++i) source(i, all[i]);
    const bool is_change = statement->bulk && statement->bulk->kind == BulkStatement::Kind::change;
    if (is_change && all[0][0].kind() == SqlValue::Kind::integer) {
        // Rows are locked in ascending order of their keys, so that two batches never wait for each other.
        std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(all[i][0].as_integer(), i); });
    }
    for (std::size_t first = 0; first < count; first += kRowsOfOneStatement) {
        const auto end = std::min(count, first + kRowsOfOneStatement);
        Rows rows;
        for (std::size_t i = first; i < end; ++i) rows.push_back(std::move(all[order[i]]));
        const bool fits = rows.size() > 1 && statement->bulk && rows[0].size() == statement->types.size() &&
                          are_told_apart(rows, is_change ? 1 : statement->bulk->key_columns);
        TRY(const auto changed, fits ? run_bulk(query, *statement, rows) : run_each(query, rows));
        for (const auto i : changed) out.push_back(order[first + i]);
    }
    std::ranges::sort(out);
    return out;
}

} // namespace attune::postgres
