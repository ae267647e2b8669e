#pragma once
#include "api/router.hpp"

namespace attune::api {

/// The OpenAPI 3.1 document of a route table: pure, and the same on each call, so that it can be kept as a golden file.
json::object openapi_document(const std::deque<Route>& routes);

/// GET /api-spec/openapi.json and the page /docs that shows it. The router outlives it.
class DocsRoutes {
public:
    explicit DocsRoutes(const Router& router) : router_(router) {}
    task<Result<Raw>> document();
    task<Result<Raw>> page();
    void declare(Router& r);

private:
    const Router& router_;
    std::string text_; ///< made at the first request
};

} // namespace attune::api
