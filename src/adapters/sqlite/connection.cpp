#include "adapters/sqlite/connection.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <sqlite3.h>

namespace attune::sqlite {
namespace {

struct Token {
    std::string_view name;
    std::string_view text;
};
// One writer at a time: nothing to lock or skip.
constexpr Token kTokens[] = {
    {"{skip_locked}", ""}, {"{for_update}", ""}, {"{pk}", "integer primary key autoincrement"},
    {"{ts}", "text"},      {"{json}", "text"},   {"{bytes}", "blob"},
    {"{postgres:", "/*"},  {":postgres}", "*/"}, {"{sqlite:", ""},
    {":sqlite}", ""},
};

class SqliteRow final : public Row {
public:
    explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
    bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
    std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
    double real(int column) const override { return sqlite3_column_double(statement_, column); }
    bool boolean(int column) const override { return sqlite3_column_int(statement_, column) != 0; }
    std::string_view text(int column) const override {
        const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
        return bytes == nullptr
                   ? std::string_view{}
                   : std::string_view(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
    }
    Timestamp timestamp(int column) const override { return parse_timestamp(text(column)).value_or(Timestamp{}); }

private:
    sqlite3_stmt* statement_;
};

int bind(sqlite3_stmt* statement, int position, const SqlValue& value) {
    switch (value.kind()) {
    case SqlValue::Kind::null: return sqlite3_bind_null(statement, position);
    case SqlValue::Kind::boolean:
    case SqlValue::Kind::integer: return sqlite3_bind_int64(statement, position, value.as_integer());
    case SqlValue::Kind::real: return sqlite3_bind_double(statement, position, value.as_real());
    case SqlValue::Kind::text: {
        const auto text = value.as_text();
        return sqlite3_bind_text64(statement, position, text.data() == nullptr ? "" : text.data(), text.size(),
                                   SQLITE_STATIC, SQLITE_UTF8);
    }
    case SqlValue::Kind::timestamp: {
        char text[27];
        format_timestamp_to(value.as_timestamp(), text);
        return sqlite3_bind_text(statement, position, text, sizeof text, SQLITE_TRANSIENT);
    }
    }
    return SQLITE_MISUSE;
}

/// Resets the statement however the step ends, so that it neither holds a read mark nor refers to values that are gone.
struct Reset {
    sqlite3_stmt* statement;
    ~Reset() {
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
    }
};

} // namespace

std::string expand_tokens(std::string_view text) {
    std::string out(text);
    for (const auto& token : kTokens) out = replace_all(std::move(out), token.name, token.text);
    return out;
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Options options) {
    sqlite3* handle = nullptr;
    const int flags =
        (options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) | SQLITE_OPEN_NOMUTEX;
    const int status = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
    std::unique_ptr<Connection> connection(new Connection(handle));
    if (status != SQLITE_OK) {
        return Error{Errc::unavailable, fmt::format("cannot open the database {}: {}", path,
                                                    handle == nullptr ? "out of memory" : sqlite3_errmsg(handle))};
    }
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, 5000);
    if (auto done = connection->configure(options); !done) {
        auto error = std::move(done).error();
        error.message = fmt::format("cannot open the database {}: {}", path, error.message);
        return error;
    }
    sqlite3_wal_hook(
        handle,
        [](void* self, sqlite3*, const char*, int pages) {
            static_cast<Connection*>(self)->wal_pages_ = pages;
            return SQLITE_OK;
        },
        connection.get());
    return connection;
}

Result<void> Connection::configure(const Options& options) {
    CHECK(set_up("pragma foreign_keys = on"));
    CHECK(set_up("pragma temp_store = memory"));
    CHECK(set_up(fmt::format("pragma cache_size = -{}", options.cache_kib)));
    if (options.read_only) return {};
    CHECK(set_up("pragma journal_mode = wal"));
    CHECK(set_up("pragma synchronous = full"));
    // Checkpoints are made beside the writer: inside COMMIT they cost its latency tens of milliseconds.
    return set_up("pragma wal_autocheckpoint = 0");
}

Connection::~Connection() {
    for (auto& statement : statements_) sqlite3_finalize(statement.handle);
    for (auto& [text, statement] : controls_) sqlite3_finalize(statement.handle);
    sqlite3_close_v2(handle_);
}

Error Connection::failure(std::string_view doing) const {
    const int code = sqlite3_extended_errcode(handle_);
    const auto text = fmt::format("{}: {}", doing, sqlite3_errmsg(handle_));
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
        if (code == SQLITE_CONSTRAINT_CHECK || code == SQLITE_CONSTRAINT_NOTNULL) return Error{Errc::invalid, text};
        return Error{Errc::conflict, text};
    case SQLITE_FULL: return Error{Errc::unavailable, "the disk is full (" + text + ")"};
    case SQLITE_IOERR: return Error{Errc::unavailable, "the database file cannot be read or written (" + text + ")"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY: return Error{Errc::unavailable, text};
    default: return Error{Errc::internal, text};
    }
}

Result<void> Connection::control(const char* text) {
    auto found = std::ranges::find(controls_, std::string_view(text), &std::pair<std::string, Statement>::first);
    if (found == controls_.end()) {
        TRY(auto statement, prepare(text, "control"));
        found = controls_.insert(found, {std::string(text), std::move(statement)});
    }
    CHECK(step(found->second, {}, nullptr));
    return {};
}

/// Once, so that nothing is kept of it.
Result<void> Connection::set_up(const std::string& pragma) {
    if (sqlite3_exec(handle_, pragma.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return failure(pragma);
    return {};
}

bool Connection::in_transaction() const {
    return sqlite3_get_autocommit(handle_) == 0;
}

std::int64_t Connection::total_changes() const {
    return sqlite3_total_changes64(handle_);
}

Result<void> Connection::checkpoint() {
    const int status = sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if (status != SQLITE_OK && status != SQLITE_BUSY) return failure("checkpoint");
    return {};
}

Result<void> Connection::backup_to(const std::string& file) {
    const SqlValue target = SqlValue::text(file);
    TRY(const auto ignored, run_text("vacuum into $1", {&target, 1}, nullptr));
    (void)ignored;
    return {};
}

Result<Connection::Statement> Connection::prepare(std::string_view text, std::string_view name) {
    const auto expanded = expand_tokens(text);
    Statement out;
    const char* rest = nullptr;
    if (sqlite3_prepare_v3(handle_, expanded.c_str(), static_cast<int>(expanded.size()) + 1, SQLITE_PREPARE_PERSISTENT,
                           &out.handle, &rest) != SQLITE_OK) {
        return failure(fmt::format("query {}", name));
    }
    if (!trim(rest).empty()) return Error{Errc::internal, fmt::format("query {} is more than one statement", name)};
    if (out.handle == nullptr) return out; // all of it is for another database
    for (int i = 1; i <= sqlite3_bind_parameter_count(out.handle); ++i) {
        // SQLite numbers $n by first appearance, so the name says which value it is.
        const std::string_view parameter =
            sqlite3_bind_parameter_name(out.handle, i) == nullptr ? "" : sqlite3_bind_parameter_name(out.handle, i);
        std::size_t number = 0;
        const auto [end, status] = std::from_chars(parameter.data() + 1, parameter.data() + parameter.size(), number);
        if (!parameter.starts_with('$') || status != std::errc{} || end != parameter.data() + parameter.size() ||
            number == 0) {
            return Error{Errc::internal, fmt::format("query {}: the parameter {} is not $<number>", name, parameter)};
        }
        out.parameter.push_back(number - 1);
    }
    out.returns_rows = sqlite3_column_count(out.handle) > 0;
    return out;
}

Result<Connection::Statement*> Connection::prepared(const Query& query) {
    if (query.index() >= statements_.size()) statements_.resize(Query::all().size());
    auto& statement = statements_[query.index()];
    if (statement.handle == nullptr) {
        TRY(statement, prepare(query.text(), query.name()));
        if (statement.handle == nullptr) {
            return Error{Errc::internal, fmt::format("query {} is no statement", query.name())};
        }
    }
    return &statement;
}

Result<void> Connection::prepare_only(const Query& query) {
    TRY(const auto* statement, prepared(query));
    (void)statement;
    return {};
}

Result<std::int64_t> Connection::step(Statement& statement, std::span<const SqlValue> values, const RowSink* sink) {
    const Reset reset{statement.handle};
    for (std::size_t i = 0; i < statement.parameter.size(); ++i) {
        if (statement.parameter[i] >= values.size())
            return Error{Errc::internal, "a query has more parameters than values"};
        if (bind(statement.handle, static_cast<int>(i) + 1, values[statement.parameter[i]]) != SQLITE_OK)
            return failure("bind");
    }
    const auto before = sqlite3_total_changes64(handle_);
    for (;;) {
        const int status = sqlite3_step(statement.handle);
        if (status == SQLITE_DONE) return sqlite3_total_changes64(handle_) - before;
        if (status != SQLITE_ROW) return failure(sqlite3_sql(statement.handle));
        if (sink != nullptr) CHECK((*sink)(SqliteRow(statement.handle)));
    }
}

Result<std::int64_t> Connection::run(const Query& query, std::span<const SqlValue> values, const RowSink* sink) {
    TRY(auto* statement, prepared(query));
    return step(*statement, values, sink);
}

Result<std::vector<std::size_t>> Connection::run_many(const Query& query, std::size_t count, const RowSource& source) {
    TRY(auto* statement, prepared(query));
    std::vector<std::size_t> changed;
    std::vector<SqlValue> values;
    for (std::size_t i = 0; i < count; ++i) {
        values.clear();
        source(i, values);
        TRY(const auto rows, step(*statement, values, nullptr));
        if (rows > 0) changed.push_back(i);
    }
    return changed;
}

Result<std::int64_t> Connection::run_text(std::string_view text, std::span<const SqlValue> values,
                                          const RowSink* sink) {
    TRY(auto statement, prepare(text, "text"));
    if (statement.handle == nullptr) return 0;
    auto outcome = step(statement, values, sink);
    sqlite3_finalize(statement.handle);
    return outcome;
}

} // namespace attune::sqlite
