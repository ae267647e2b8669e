#include "adapters/sqlite/database.hpp"

#include "adapters/sqlite/file_lock.hpp"
#include "adapters/sqlite/readers.hpp"
#include "adapters/sqlite/writer.hpp"
#include "base/log.hpp"
#include "storage/migrate.hpp"

#include <filesystem>
#include <future>
#include <sys/stat.h>

namespace attune::sqlite {
namespace {

/// Copies the log into the database file whenever it has grown, beside the writer.
class Checkpointer {
public:
    Checkpointer(std::unique_ptr<Connection> connection, const Writer& writer)
        : connection_(std::move(connection)), writer_(writer), thread_([this] { work(); }) {}
    ~Checkpointer() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        wake_.notify_one();
        thread_.join();
    }
    void look() {
        if (writer_.wal_pages() < kPages) return;
        {
            const std::lock_guard lock(mutex_);
            asked_ = true;
        }
        wake_.notify_one();
    }

private:
    static constexpr int kPages = 4000; ///< growing the file on each commit costs more than a large log
    void work() {
        std::unique_lock lock(mutex_);
        for (;;) {
            wake_.wait(lock, [this] { return asked_ || stopping_; });
            if (stopping_) return;
            asked_ = false;
            lock.unlock();
            if (auto done = connection_->checkpoint(); !done) log::warn("{}", done.error().message);
            lock.lock();
        }
    }
    std::unique_ptr<Connection> connection_;
    const Writer& writer_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool asked_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

class FileDatabase final : public SqliteDatabase {
public:
    FileDatabase(FileLock lock, std::unique_ptr<Connection> writing, std::unique_ptr<Connection> checkpointing,
                 std::vector<std::unique_ptr<Connection>> reading, const Options& options)
        : lock_(std::move(lock)), writer_(std::move(writing), options),
          checkpointer_(std::move(checkpointing), writer_),
          readers_(std::move(reading), options.queue_limit, options.metrics->histogram(Metric::database_read_wait)) {}

    std::optional<std::string> trouble() const override { return writer_.trouble(); }

protected:
    task<Result<void>> submit_read(Unit unit) override {
        auto start = [&](driver::Completion completion) {
            auto copy = completion;
            if (!readers_.submit(std::move(unit), std::move(completion))) driver::refuse(std::move(copy), "reads");
        };
        co_return co_await driver::await_completion(start);
    }

    task<Result<void>> submit_write(WriteOptions options, Unit unit) override {
        auto start = [&](driver::Completion completion) {
            auto copy = completion;
            if (!writer_.submit(options, std::move(unit), std::move(completion)))
                driver::refuse(std::move(copy), "writes");
        };
        auto outcome = co_await driver::await_completion(start);
        checkpointer_.look();
        co_return outcome;
    }

    Result<void> run_blocking(Unit unit) override {
        const auto answer = std::make_shared<std::promise<Result<void>>>();
        const driver::Completion completion{{},
                                            [answer](Result<void> result) { answer->set_value(std::move(result)); }};
        if (!writer_.submit({.lane = Lane::flow, .savepoint = true}, std::move(unit), completion))
            return Error{Errc::unavailable, "too many writes are waiting"};
        return answer->get_future().get();
    }

private:
    FileLock lock_;
    Writer writer_;
    Checkpointer checkpointer_;
    Readers readers_;
};

Result<void> migrate_now(Connection& connection, Timestamp now) {
    CHECK(connection.control("begin immediate"));
    auto done = migrate(connection, now);
    CHECK(connection.control(done ? "commit" : "rollback"));
    return done;
}

} // namespace

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::open(Options options, Timestamp now) {
    std::error_code ignored;
    const auto resolved = std::filesystem::weakly_canonical(options.path, ignored);
    if (!ignored && !resolved.empty()) options.path = resolved.string();
    TRY(auto lock, FileLock::acquire(options.path + ".lock"));
    TRY(auto writing, Connection::open(options.path, {}));
    ::chmod(options.path.c_str(), 0600);
    CHECK(migrate_now(*writing, now));
    TRY(auto checkpointing, Connection::open(options.path, {.read_only = false, .cache_kib = 256}));
    std::vector<std::unique_ptr<Connection>> reading;
    for (int i = 0; i < options.readers; ++i) {
        TRY(auto reader, Connection::open(options.path, {.read_only = true, .cache_kib = 2048}));
        reading.push_back(std::move(reader));
    }
    return std::unique_ptr<SqliteDatabase>(std::make_unique<FileDatabase>(
        std::move(lock), std::move(writing), std::move(checkpointing), std::move(reading), options));
}

Result<void> SqliteDatabase::backup(const std::string& from, const std::string& to) {
    if (!std::filesystem::exists(from)) return Error{Errc::not_found, fmt::format("there is no database at {}", from)};
    if (std::filesystem::exists(to))
        return Error{Errc::conflict, fmt::format("{} exists already: a backup never overwrites", to)};
    TRY(auto connection, Connection::open(from, {.read_only = true}));
    const auto partial = to + ".partial";
    std::error_code ignored;
    std::filesystem::remove(partial, ignored);
    const auto old_mask = ::umask(0077);
    auto done = connection->backup_to(partial);
    ::umask(old_mask);
    if (!done) {
        std::filesystem::remove(partial, ignored);
        return done;
    }
    std::filesystem::rename(partial, to, ignored);
    if (ignored)
        return Error{Errc::unavailable, fmt::format("cannot rename {} to {}: {}", partial, to, ignored.message())};
    return {};
}

} // namespace attune::sqlite
