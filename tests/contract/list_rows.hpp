#pragma once
// A history of 20,000 rows of each kind, in the dialect that both databases share.
#include <fmt/core.h>
#include <string>
#include <vector>

namespace attune::test {

constexpr int kHistoryRows = 20'000;

/// `values`: of row n.
inline std::string insert_rows(std::string_view columns, std::string_view values) {
    return fmt::format("insert into {} with recursive s(n) as (select 1 union all select n + 1 from s where n < {})"
                       " select {} from s",
                       columns, kHistoryRows, values);
}

/// The inserts, by the values of row n.
inline std::vector<std::string> history_of(std::string_view event, std::string_view enforcement,
                                           std::string_view execution) {
    const auto with_times = [](std::string_view values, int count) {
        std::string out(values);
        for (int i = 0; i < count; ++i) out += ", '2026-03-01T00:00:00.000000Z'";
        return out;
    };
    return {insert_rows("event (id, trigger_ref, rule_ref, source, created, decided_at)", with_times(event, 2)),
            insert_rows("enforcement (id, rule, rule_ref, trigger_ref, event, payload, status, condition, conditions,"
                        " created)",
                        with_times(enforcement, 1)),
            insert_rows("execution (id, action_ref, rule_ref, trigger_ref, enforcement, executor, parent,"
                        " permission_set_refs, placement, status, claim, retry_count, max_retries, created, updated)",
                        with_times(execution, 2))};
}

/// No row has what filter_plans() ask for.
inline std::vector<std::string> history_of_others() {
    return history_of("n, 't.' || n % 5, 'r.' || n % 50, 2 + n % 3",
                      "n, 2 + n % 50, 'r.' || n % 50, 't.' || n % 5, n, '{}', 'disabled', 'all', '[]'",
                      "n, 'c.' || n % 20, 'r.' || n % 50, 't.' || n % 5, n, 2 + n % 3,"
                      " case n % 4 when 0 then n + 30000 end, '[]', 1, 'completed', 1, 0, 0");
}

/// Many rows have what filter_plans() ask for, and all the newest have something else.
inline std::vector<std::string> history_of_old_ones() {
    return history_of("n, case when n <= 8000 then 'a.b' else 't.' || n % 5 end,"
                      " case when n <= 4000 then 'a.b' when n <= 8000 then 'a.c' else 'r.' || n % 50 end,"
                      " case when n <= 8000 then 1 else 2 + n % 3 end",
                      "n, case when n <= 8000 then 1 else 2 + n % 50 end,"
                      " case when n <= 8000 then 'a.b' else 'r.' || n % 50 end,"
                      " case when n <= 8000 then 'a.b' else 't.' || n % 5 end, n, '{}',"
                      " case when n <= 8000 then 'processed' else 'disabled' end, 'all', '[]'",
                      "n, case when n <= 8000 then 'a.b' else 'c.' || n % 20 end,"
                      " case when n <= 8000 then 'a.b' else 'r.' || n % 50 end,"
                      " case when n <= 8000 then 'a.b' else 't.' || n % 5 end, n,"
                      " case when n <= 8000 then 1 else 2 + n % 3 end, case when n <= 8000 then 1 end, '[]', 1,"
                      " case when n <= 4000 then 'failed' else 'completed' end, 1, 0, 0");
}

} // namespace attune::test
