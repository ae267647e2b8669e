#pragma once
#include "api/common/entity_routes.hpp"

/// Lists below the thing that others belong to, or name.
namespace attune::api {

inline EntityRoutes::ListBelow below_packs(std::string_view summary) {
    return {"packs", "pack_ref", summary, [](Session& session, const std::string& ref) -> Result<void> {
                CHECK(flow::get_pack(session, ref));
                return {};
            }};
}

} // namespace attune::api
