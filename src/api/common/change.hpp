#pragma once
#include "api/context.hpp"
#include "flow/touched.hpp"

/// What a write of a definition returns to commit(): the row, and what follows from it.
namespace attune::api {

template <class T>
Result<flow::Changed<T>> created(Result<T> row) {
    if (!row) return std::move(row).error();
    auto effects = flow::changed_definition<T>(nullptr, &*row);
    return flow::Changed<T>{*std::move(row), std::move(effects)};
}

template <class T>
Result<flow::Changed<T>> replaced(const T& before, Result<T> after) {
    if (!after) return std::move(after).error();
    auto effects = flow::changed_definition<T>(&before, &*after);
    return flow::Changed<T>{*std::move(after), std::move(effects)};
}

/// `done`: of the deletion.
template <class T>
Result<flow::Changed<T>> deleted(T row, Result<void> done) {
    CHECK(done);
    auto effects = flow::changed_definition<T>(&row, nullptr);
    return flow::Changed<T>{std::move(row), std::move(effects)};
}

} // namespace attune::api
