#include "adapters/subprocess/child_process.hpp"

#include "adapters/subprocess/children.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <csignal>
#include <sys/wait.h>

namespace attune::adapters::subprocess {
namespace {

/// The last look into the pipes takes no more than this from each.
constexpr std::size_t kMostDrained = std::size_t{1024} * 1024;
/// After SIGKILL: about ten seconds at the longest pause. What lives on then is stuck in the kernel, or another user's.
constexpr int kMostLooks = 200;

Duration pause_before_look(int looks) {
    return std::min<Duration>(2ms * (looks + 1), 50ms);
}

void assign(asio::posix::stream_descriptor& descriptor, UniqueFd fd) {
    if (fd) descriptor.assign(fd.release());
}

void close(asio::posix::stream_descriptor& descriptor) {
    boost::system::error_code ignored;
    descriptor.close(ignored);
}

} // namespace

ChildProcess::ChildProcess(std::shared_ptr<RunnerState> state, const asio::any_io_executor& loop, ProcessSpec spec,
                           ProcessRunner::Watch watch)
    : state_(std::move(state)), loop_(loop), spec_(std::move(spec)), watch_(std::move(watch)), finished_(loop),
      exit_(loop), in_(loop), out_(loop), err_(loop), drain_timer_(loop), kill_timer_(loop), look_timer_(loop) {}

ChildProcess::~ChildProcess() {
    if (pid_ < 0 || outcome_) return;
    // The loop went away first.
    ::kill(-pid_, SIGKILL);
    children::reap_leader(exit_.native_handle(), pid_);
}

/// Runs `work` on the spawner thread and `then` with what it returned on the loop, which is kept running meanwhile.
template <class Work, class Then>
void ChildProcess::on_spawner(Work work, Then then) {
    spawner_busy_ = true;
    const auto kept_running = asio::prefer(loop_, asio::execution::outstanding_work.tracked);
    const bool submitted = state_->spawner.submit([self = shared_from_this(), kept_running, work, then]() mutable {
        // Held by a pointer because a job can be copied and a result cannot.
        auto made = std::make_shared<decltype(work())>(work());
        asio::post(kept_running, [self = std::move(self), made, then] {
            self->spawner_busy_ = false;
            then(std::move(*made));
        });
    });
    if (submitted) return;
    // The runner is being destroyed, and with its thread the program gets its parent-death signal.
    spawner_busy_ = false;
    stop_ = Stop::gone;
    if (pid_ < 0) finish(Error{Errc::unavailable, "the process runner is stopping"});
}

void ChildProcess::start() {
    on_spawner([this] { return spawn(spec_, state_->options.fallback_path); },
               [this](Result<Spawned> spawned) { on_spawned(std::move(spawned)); });
}

void ChildProcess::on_spawned(Result<Spawned> spawned) {
    if (!spawned) return finish(std::move(spawned).error());
    spec_.script = {};
    pid_ = spawned->pid;
    tree_.emplace(pid_, spec_.environment);
    assign(exit_, std::move(spawned->pidfd));
    assign(in_, std::move(spawned->in));
    assign(out_, std::move(spawned->out));
    assign(err_, std::move(spawned->err));
    if (watch_.started) watch_.started(pid_);
    if (in_.is_open()) write_input();
    read_output(OutputStream::out);
    read_output(OutputStream::err);
    exit_.async_wait(asio::posix::stream_descriptor::wait_read, [self = shared_from_this()](const auto& failure) {
        if (!failure) self->on_exit();
    });
    // Asked for while the process was being made.
    if (stop_ == Stop::killing) {
        look_at_tree();
    } else if (stop_ == Stop::terminating) {
        stop_ = Stop::none;
        stop();
    }
}

void ChildProcess::write_input() {
    in_.async_wait(asio::posix::stream_descriptor::wait_write, [self = shared_from_this()](const auto& failure) {
        if (failure || !self->in_.is_open()) return;
        const auto& input = self->spec_.input;
        const auto n = ::write(self->in_.native_handle(), input.data() + self->written_, input.size() - self->written_);
        if (n > 0) self->written_ += static_cast<std::size_t>(n);
        const bool may_go_on = n >= 0 || errno == EAGAIN || errno == EINTR;
        if (may_go_on && self->written_ < input.size()) return self->write_input();
        close(self->in_); // all is written, or nobody reads it
        self->spec_.input = {};
    });
}

asio::posix::stream_descriptor& ChildProcess::descriptor(OutputStream stream) {
    return stream == OutputStream::out ? out_ : err_;
}

void ChildProcess::read_output(OutputStream stream) {
    descriptor(stream).async_wait(asio::posix::stream_descriptor::wait_read,
                                  [self = shared_from_this(), stream](const auto& failure) {
                                      if (failure || !self->descriptor(stream).is_open()) return;
                                      if (self->read_some(stream)) return self->read_output(stream);
                                      self->finish_if_done();
                                  });
}

/// One read. False at the end of the stream, which is closed then.
bool ChildProcess::read_some(OutputStream stream) {
    auto& buffer = state_->buffer;
    const auto n = ::read(descriptor(stream).native_handle(), buffer.data(), buffer.size());
    if (n > 0) {
        if (watch_.output) watch_.output(stream, {buffer.data(), static_cast<std::size_t>(n)});
        return true;
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    close(descriptor(stream));
    return false;
}

/// What the program wrote before it ended is in the pipe; what holds the pipe open may write for ever.
void ChildProcess::drain_and_close(OutputStream stream) {
    auto& from = descriptor(stream);
    for (std::size_t taken = 0; from.is_open() && taken < kMostDrained;) {
        auto& buffer = state_->buffer;
        const auto n = ::read(from.native_handle(), buffer.data(), buffer.size());
        if (n <= 0) break;
        if (watch_.output) watch_.output(stream, {buffer.data(), static_cast<std::size_t>(n)});
        taken += static_cast<std::size_t>(n);
    }
    close(from);
}

void ChildProcess::on_exit() {
    siginfo_t info{};
    const auto id = static_cast<id_t>(exit_.native_handle());
    // Not reaped yet: its number, which is its group's, stays ours while others of the group are looked for.
    if (::waitid(P_PIDFD, id, &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
        exit_status_ = ProcessExit{};
    } else if (info.si_code == CLD_EXITED) {
        exit_status_ = ProcessExit{info.si_status, 0};
    } else {
        exit_status_ = ProcessExit{-1, info.si_status};
    }
    close(in_);
    if (stop_ == Stop::none || stop_ == Stop::gone) begin_drain();
    if (stop_ == Stop::terminating || stop_ == Stop::killing) look_at_tree();
    finish_if_done();
}

void ChildProcess::begin_drain() {
    drain_timer_.expires_after(state_->options.drain);
    drain_timer_.async_wait([self = shared_from_this()](const auto& failure) {
        if (!failure) self->end_drain();
    });
}

void ChildProcess::end_drain() {
    drain_and_close(OutputStream::out);
    drain_and_close(OutputStream::err);
    finish_if_done();
}

void ChildProcess::stop() {
    if (stop_ != Stop::none || is_finished()) return;
    stop_ = Stop::terminating;
    if (pid_ < 0) return; // on_spawned() goes on
    kill_timer_.expires_after(watch_.kill_after);
    kill_timer_.async_wait([self = shared_from_this()](const auto& failure) {
        if (!failure) self->kill_now();
    });
    // What has left the group is found by its parents, who may be gone after the signal: so they are noted first.
    on_spawner(
        [this] {
            tree_->scan();
            return ::kill(-pid_, SIGTERM);
        },
        [this](int) { look_again_after(pause_before_look(0)); });
}

void ChildProcess::abandon() {
    watch_.started = nullptr;
    watch_.output = nullptr;
    if (!is_finished()) kill_now();
}

void ChildProcess::kill_now() {
    if (stop_ == Stop::killing || stop_ == Stop::gone) return;
    stop_ = Stop::killing;
    kill_timer_.cancel();
    look_timer_.cancel();
    looks_ = 0;
    if (pid_ < 0) return; // on_spawned() goes on
    ::kill(-pid_, SIGKILL);
    look_at_tree();
}

/// Counts what lives and, when killing, kills it. A piece of work on its way looks again when it comes back.
void ChildProcess::look_at_tree() {
    if (spawner_busy_) return;
    on_spawner(
        [this, kills = stop_ == Stop::killing] {
            tree_->scan();
            if (kills) tree_->signal_all(SIGKILL);
            return std::pair{tree_->alive().size(), tree_->alive_in_group()};
        },
        [this](std::pair<std::size_t, std::size_t> alive) { on_tree(alive.first, alive.second); });
}

void ChildProcess::on_tree(std::size_t alive, std::size_t alive_in_group) {
    if (stop_ == Stop::terminating) {
        // The group has had its chance when it is empty; what left the group was never asked.
        if (exit_status_ && alive_in_group == 0) {
            stop_ = Stop::killing;
            looks_ = 0;
            kill_timer_.cancel();
        } else {
            return look_again_after(pause_before_look(looks_++));
        }
    }
    if (stop_ != Stop::killing) return;
    const bool is_gone = alive == 0 && exit_status_.has_value();
    if (!is_gone && (!exit_status_ || looks_ < kMostLooks)) {
        if (alive > 0 && looks_ == 0) return ++looks_, look_at_tree();
        return look_again_after(pause_before_look(looks_++));
    }
    if (!is_gone) log::warn("{} processes started by process {} survive SIGKILL", alive, pid_);
    stop_ = Stop::gone;
    begin_drain();
    finish_if_done();
}

void ChildProcess::look_again_after(Duration pause) {
    if (stop_ == Stop::killing && looks_ == 0) return look_at_tree(); // killing began meanwhile
    look_timer_.expires_after(pause);
    look_timer_.async_wait([self = shared_from_this()](const auto& failure) {
        if (!failure) self->look_at_tree();
    });
}

void ChildProcess::finish_if_done() {
    const bool is_stopped = stop_ == Stop::none || stop_ == Stop::gone;
    if (is_finished() || !exit_status_ || out_.is_open() || err_.is_open() || !is_stopped || spawner_busy_) return;
    children::reap_leader(exit_.native_handle(), pid_);
    close(exit_);
    state_->spawner.note_exit();
    finish(*exit_status_);
}

void ChildProcess::finish(Result<ProcessExit> outcome) {
    drain_timer_.cancel();
    kill_timer_.cancel();
    look_timer_.cancel();
    outcome_ = std::move(outcome);
    finished_.set();
}

} // namespace attune::adapters::subprocess
