#include "storage/session.hpp"

namespace attune {
namespace {

std::vector<SqlValue> bound(Params params) {
    std::vector<SqlValue> values;
    values.reserve(params.size());
    for (const auto& param : params) values.push_back(param.bound());
    return values;
}

} // namespace

Result<void> read_element(const Type& element, const Row& row, void* to) {
    return element.kind == Kind::structure ? read_row(element.structure(), row, 0, to) : from_sql(element, row, 0, to);
}

Result<std::int64_t> Session::run_bound(const Query& query, Params params, const RowSink* sink) {
    return run(query, bound(params), sink);
}

Result<void> Session::read_all(const Query& query, Params params, const Type& list, void* to) {
    const RowSink sink = [&](const Row& row) { return read_element(*list.element, row, list.list->append(to)); };
    CHECK(run_bound(query, params, &sink));
    return {};
}

Result<void> Session::read_first(const Query& query, Params params, const Type& optional, void* to) {
    const RowSink sink = [&](const Row& row) -> Result<void> {
        if (optional.optional->content(to) != nullptr) return {};
        return read_element(*optional.element, row, optional.optional->emplace(to));
    };
    CHECK(run_bound(query, params, &sink));
    return {};
}

Result<std::int64_t> Session::run_row(const Query& query, const Structure& structure, const void* row) {
    std::vector<SqlValue> values;
    bind_row(structure, row, values);
    return run(query, values, nullptr);
}

Result<void> Session::create_row(const Query& query, const Structure& structure, void* row) {
    std::vector<SqlValue> values;
    bind_row(structure, row, values);
    const auto& id = structure.fields.front();
    const RowSink sink = [&](const Row& made) { return from_sql(*id.type, made, 0, id.of(row)); };
    CHECK(run(query, std::span<const SqlValue>(values).subspan(1), &sink));
    return {};
}

Result<std::vector<std::size_t>> Session::insert_rows(const Query& query, const Structure& structure, const void* first,
                                                      std::size_t size, std::size_t count) {
    return run_many(query, count, [&](std::size_t i, std::vector<SqlValue>& values) {
        bind_row(structure, static_cast<const char*>(first) + i * size, values);
    });
}

} // namespace attune
