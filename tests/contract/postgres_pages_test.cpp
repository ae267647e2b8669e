// Where PostgreSQL puts rows when the history is long.
#include "contract/postgres_server.hpp"

namespace attune::test {
namespace {

class PostgresPages : public PostgresTest {
protected:
    void insert(int first, int last, const std::string& result) {
        run(fmt::format("insert into execution (id, action_ref, enforcement, permission_set_refs, placement, status,"
                        " claim, result, retry_count, max_retries, created, updated) select n, 'core.null', n, '[]', 1,"
                        " 'completed', 1, {}, 0, 0, now(), now() from generate_series({}, {}) n",
                        result, first, last));
    }
    std::int64_t number(const std::string& text) {
        std::int64_t out = -1;
        const Session::RowSink sink = [&](const Row& row) -> Result<void> {
            out = row.integer(0);
            return {};
        };
        EXPECT_TRUE(connection->run_text(text, {}, &sink));
        return out;
    }
};

TEST_F(PostgresPages, NewExecutionsDoNotEachTakeTheGapOfAnotherOldPage) {
    for (int length = 60; length <= 100; length += 5) { // of some of these, a page has room for one that has just begun
        SCOPED_TRACE(length);
        run("truncate execution");
        insert(1, 5000, fmt::format("cast('\"' || repeat('x', {}) || '\"' as json)", length));
        run("vacuum execution");

        insert(5001, 5500, "null");

        EXPECT_LT(number("select count(distinct (ctid::text::point)[0]) from execution where id > 5000"), 50);
    }
}

} // namespace
} // namespace attune::test
