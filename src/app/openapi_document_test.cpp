#include "app/openapi_document.hpp"

#include "app/golden_for_test.hpp"

#include <gtest/gtest.h>

namespace attune::app {
namespace {

TEST(OpenApiDocument, IsTheOneThatClientsWereTold) {
    const auto document = openapi_document();

    ASSERT_TRUE(document) << document.error().text();
    expect_golden("tests/golden/openapi.json", *document);
}

} // namespace
} // namespace attune::app
