#pragma once
// The embedded system without its API, over a SQLite file: what the programs of this folder measure. Each prints its
// numbers as one JSON object on the last line.
#include "adapters/memory_bus/memory_bus.hpp"
#include "adapters/sqlite/database.hpp"
#include "adapters/wall_clock/wall_clock.hpp"
#include "support/world.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdio>
#include <filesystem>
#include <thread>
#include <unistd.h>

namespace attune::bench {

inline Timestamp wall_now() {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

inline double seconds_since(std::chrono::steady_clock::time_point began) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

/// The value, or the end of the program with the error.
template <class T>
T must(Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "%s\n", result.error().text().c_str());
        std::exit(1);
    }
    return *std::move(result);
}

/// Ends the program when a measurement is worthless.
inline void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "%s\n", what);
    std::exit(1);
}

inline void report(const json::object& numbers) {
    std::printf("%s\n", to_text(numbers).c_str());
}

/// The p-th part (0 to 1) of the values, which are sorted.
inline double percentile(const std::vector<double>& sorted, double p) {
    require(!sorted.empty(), "there is nothing to take a percentile of");
    return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(p * static_cast<double>(sorted.size())))];
}

inline std::unique_ptr<sqlite::SqliteDatabase> open(const std::filesystem::path& file) {
    return must(sqlite::SqliteDatabase::open({.path = file.string()}, wall_now()));
}

/// A folder that goes with the program.
struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("attune-bench-" + std::to_string(::getpid()));
    Folder() { std::filesystem::create_directories(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
};

/// A loop with its thread.
struct Loop {
    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
    std::unique_ptr<Clock> clock = make_wall_clock(io.get_executor());
    ServiceGroup group{io.get_executor(), *clock};
    std::thread thread{[this] { io.run(); }};

    template <class T>
    T run(task<T> one) {
        return asio::co_spawn(io, std::move(one), asio::use_future).get();
    }
    void stop() {
        run([](ServiceGroup& all) -> task<void> {
            all.request_stop();
            co_await all.join();
        }(group));
        work.reset();
        thread.join();
    }
};

struct NoProcesses final : ProcessRunner {
    task<Result<ProcessExit>> run(ProcessSpec, Watch) override { co_return ProcessExit{0, 0}; }
};

/// Counts what is rung, and notes when each event was: a source rings once its commit is answered, so that is no
/// earlier than the commit itself.
class RecordingBus final : public Bus {
public:
    explicit RecordingBus(Bus& inner) : inner_(inner) {}
    void ring(Topic topic, std::span<const std::int64_t> ids) override {
        {
            const auto now = wall_now();
            const std::lock_guard lock(mutex_);
            ++rings_[topic];
            ids_[topic] += std::ssize(ids);
            for (const auto id : topic == Topic::events ? ids : std::span<const std::int64_t>{})
                rung_.emplace_back(id, now);
        }
        inner_.ring(topic, ids);
    }
    std::unique_ptr<Subscription> subscribe(Topic topic, Signal& signal) override {
        return inner_.subscribe(topic, signal);
    }
    bool is_up() const override { return inner_.is_up(); }
    std::vector<std::pair<std::int64_t, Timestamp>> rung() {
        const std::lock_guard lock(mutex_);
        return rung_;
    }
    std::int64_t rings(Topic topic) {
        const std::lock_guard lock(mutex_);
        return rings_[topic];
    }
    /// How many ids were named by those.
    std::int64_t ids(Topic topic) {
        const std::lock_guard lock(mutex_);
        return ids_[topic];
    }

private:
    Bus& inner_;
    std::mutex mutex_;
    std::vector<std::pair<std::int64_t, Timestamp>> rung_;
    std::map<Topic, std::int64_t> rings_;
    std::map<Topic, std::int64_t> ids_;
};

/// Matcher, worker and, when asked for, the timer scheduler; on loops as the server has them.
class System {
public:
    explicit System(Database& db) : db_(db) {}
    ~System() {
        timer_loop_.stop();
        flow_loop_.stop();
    }
    System(const System&) = delete;
    System& operator=(const System&) = delete;

    void start_timers() {
        timers_ = std::make_unique<services::TimerScheduler>(ports(timer_loop_), services::TimerScheduler::Options{});
        timer_loop_.group.spawn("timers", [this] { return timers_->run(); });
    }
    void start_flow() {
        matcher_ = std::make_unique<services::RuleMatcher>(ports(flow_loop_), services::RuleMatcher::Options{});
        services::ActionWorker::Options options;
        options.name = "bench";
        worker_ = std::make_unique<services::ActionWorker>(ports(flow_loop_), processes_, flow_loop_.group,
                                                           flow_loop_.io.get_executor(), options);
        flow_loop_.group.spawn("matcher", [this] { return matcher_->run(); });
        flow_loop_.group.spawn("worker", [this] { return worker_->run(); });
    }
    std::size_t armed() const { return timers_->armed(); }
    Loop& flow_loop() { return flow_loop_; }
    RecordingBus& bus() { return bus_; }
    flow::IdAllocator& ids() { return ids_; }

private:
    services::Ports ports(Loop& loop) { return {*loop.clock, bus_, db_, random_, ids_}; }

    Database& db_;
    std::unique_ptr<Bus> plain_bus_ = make_memory_bus();
    RecordingBus bus_{*plain_bus_};
    test::SeededRandom random_{1};
    flow::IdAllocator ids_{db_};
    NoProcesses processes_;
    Loop timer_loop_;
    Loop flow_loop_;
    std::unique_ptr<services::TimerScheduler> timers_;
    std::unique_ptr<services::RuleMatcher> matcher_;
    std::unique_ptr<services::ActionWorker> worker_;
};

} // namespace attune::bench
