#pragma once
#include "adapters/subprocess/process_runner.hpp"
#include "adapters/subprocess/process_tree.hpp"
#include "adapters/subprocess/spawn.hpp"
#include "adapters/subprocess/spawner.hpp"

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>

namespace attune::adapters::subprocess {

/// What the runs of one runner share.
struct RunnerState {
    Options options;
    Spawner spawner;
    std::array<char, std::size_t{64} * 1024> buffer; ///< for reading, on the loop
};

/// One program from its start until it is reaped. Lives on the loop; kept alive by what it waits for, so that a program
/// whose awaiter was cancelled is still killed and reaped. Pieces of work on the spawner thread keep it too, and only
/// they touch `tree_`, one at a time.
class ChildProcess : public std::enable_shared_from_this<ChildProcess> {
public:
    ChildProcess(std::shared_ptr<RunnerState> state, const asio::any_io_executor& loop, ProcessSpec spec,
                 ProcessRunner::Watch watch);
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    void start();

    /// SIGTERM to the group; SIGKILL to the whole tree after `kill_after`, or once the group has gone.
    void stop();

    /// SIGKILL to the whole tree. The watch's functions are not called any more.
    void abandon();

    /// Set when is_finished() became true.
    Signal& finished() { return finished_; }
    bool is_finished() const { return outcome_.has_value(); }
    Result<ProcessExit> take_outcome() { return *std::move(outcome_); }

private:
    enum class Stop { none, terminating, killing, gone };

    void on_spawned(Result<Spawned> spawned);
    void write_input();
    void read_output(OutputStream stream);
    bool read_some(OutputStream stream);
    void drain_and_close(OutputStream stream);
    void on_exit();
    void begin_drain();
    void end_drain();
    void kill_now();
    void look_at_tree();
    void on_tree(std::size_t alive, std::size_t alive_in_group);
    void look_again_after(Duration pause);
    void finish_if_done();
    void finish(Result<ProcessExit> outcome);
    asio::posix::stream_descriptor& descriptor(OutputStream stream);

    template <class Work, class Then>
    void on_spawner(Work work, Then then);

    std::shared_ptr<RunnerState> state_;
    asio::any_io_executor loop_;
    ProcessSpec spec_;
    ProcessRunner::Watch watch_;
    Signal finished_;

    pid_t pid_ = -1;
    asio::posix::stream_descriptor exit_; ///< the pidfd
    asio::posix::stream_descriptor in_;
    asio::posix::stream_descriptor out_;
    asio::posix::stream_descriptor err_;
    asio::steady_timer drain_timer_;
    asio::steady_timer kill_timer_;
    asio::steady_timer look_timer_;

    std::size_t written_ = 0;
    std::optional<ProcessExit> exit_status_; ///< it has ended; it is reaped at the very end
    std::optional<Result<ProcessExit>> outcome_;
    std::optional<ProcessTree> tree_;
    Stop stop_ = Stop::none;
    bool spawner_busy_ = false;
    int looks_ = 0;
};

} // namespace attune::adapters::subprocess
