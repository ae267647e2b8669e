#include "flow/commit.hpp"

namespace attune::flow {

task<Result<void>> commit_change(Database& db, Outlets outlets, Actor* actor, Change change,
                                 Database::WriteOptions options) {
    CO_TRY(const auto* effects, co_await db.write(
                                    [&](Session& session) -> Result<const Effects*> {
                                        TRY(const auto* made, change(session));
                                        if (actor != nullptr) CHECK(record_touched(session, *actor, made->touched()));
                                        return made;
                                    },
                                    options));
    if (actor != nullptr) actor->recorded = true;
    effects->apply(outlets);
    co_return Result<void>{};
}

} // namespace attune::flow
