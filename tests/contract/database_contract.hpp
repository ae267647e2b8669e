#pragma once
#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/database.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>

namespace attune::test {

inline const Timestamp kNow = *parse_timestamp("2026-01-02T03:04:05.678901Z");

/// A directory that goes with the test.
class TemporaryDirectory {
public:
    TemporaryDirectory() {
        auto name = (std::filesystem::temp_directory_path() / "attune-contract-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a directory");
        path_ = name;
    }
    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    std::string file(std::string_view name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

/// Makes the databases that the contract is checked against. Another database adds another such class.
class SqliteFile {
public:
    Result<std::unique_ptr<Database>> open() {
        TRY(auto made, sqlite::SqliteDatabase::open({.path = path()}, kNow));
        return std::unique_ptr<Database>(std::move(made));
    }
    /// Why these databases cannot be made here; empty when they can.
    std::string missing() const { return {}; }
    std::string path() const { return directory_.file("attune.db"); }
    const TemporaryDirectory& directory() const { return directory_; }

private:
    TemporaryDirectory directory_;
};

/// Runs a coroutine to its end on a loop of its own; `make() -> task<R>`.
template <class F>
auto await_on_loop(F make) {
    using R = typename std::invoke_result_t<F&>::value_type;
    asio::io_context loop;
    std::optional<R> out;
    asio::co_spawn(
        loop, [&]() -> task<void> { out.emplace(co_await make()); },
        [](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
        });
    loop.run();
    return *std::move(out);
}

/// An open database of one kind.
template <class Factory>
class DatabaseTest : public testing::Test {
protected:
    void SetUp() override {
        if (const auto missing = factory.missing(); !missing.empty()) GTEST_SKIP() << missing;
        reopen();
    }
    void reopen() {
        db.reset();
        auto made = factory.open();
        ASSERT_TRUE(made) << made.error().text();
        db = *std::move(made);
    }

    template <class F>
    auto write(F fn, Database::WriteOptions options = {}) {
        return await_on_loop([&] { return db->write(fn, options); });
    }
    template <class F>
    auto read(F fn) {
        return await_on_loop([&] { return db->read(fn); });
    }

    Factory factory;
    std::unique_ptr<Database> db;
};

} // namespace attune::test
