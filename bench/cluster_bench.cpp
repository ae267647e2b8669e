// The flow over PostgreSQL: core.null executions from event to final state, with what the database was asked for them.
//
//     cluster_bench prepare URL       the schema, the core pack and a rule, in an empty database
//     cluster_bench rate URL COUNT    that many events through the flow, in this process
//     cluster_bench feed URL COUNT    records them alone, for servers that stand beside
#include "adapters/postgres/database.hpp"
#include "flow_run.hpp"

namespace attune::bench {
namespace {

std::unique_ptr<postgres::PostgresDatabase> open_url(const std::string& url) {
    return must(postgres::PostgresDatabase::open({.url = url}, wall_now()));
}

void prepare(const std::string& url) {
    const auto db = open_url(url);
    must(db->write_blocking([](Session& session) { return test::prepare_null_rule(session, wall_now()); }));
    report({});
}

void rate(const std::string& url, std::int64_t count) {
    const auto db = open_url(url);
    const auto before = db->traffic();
    const auto run = run_flow(*db, count);
    const auto after = db->traffic();
    const auto each = [&](std::int64_t from, std::int64_t to) {
        return static_cast<double>(to - from) / static_cast<double>(count);
    };
    report({{"per_s", run.per_second},
            {"executions", count},
            {"events_per_decision", run.events_per_decision},
            {"runs_per_completion", run.runs_per_completion},
            {"round_trips_each", each(before.round_trips, after.round_trips)},
            {"statements_each", each(before.statements, after.statements)},
            {"commits_each", each(before.commits, after.commits)}});
}

void feed_alone(const std::string& url, std::int64_t count) {
    const auto db = open_url(url);
    System system(*db);
    const auto began = std::chrono::steady_clock::now();
    require(system.flow_loop().run(feed(*db, system.bus(), system.ids(), count)), "events were not recorded");
    report({{"seconds", seconds_since(began)}, {"events", count}});
}

} // namespace
} // namespace attune::bench

int main(int argc, char** argv) {
    const std::string_view what = argc > 2 ? argv[1] : "";
    const auto count = argc > 3 ? std::stoll(argv[3]) : 50'000;
    if (what == "prepare") {
        attune::bench::prepare(argv[2]);
    } else if (what == "rate") {
        attune::bench::rate(argv[2], count);
    } else if (what == "feed") {
        attune::bench::feed_alone(argv[2], count);
    } else {
        std::fprintf(stderr, "usage: cluster_bench prepare URL | rate URL [COUNT] | feed URL [COUNT]\n");
        return 2;
    }
    return 0;
}
