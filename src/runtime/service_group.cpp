#include "runtime/service_group.hpp"

#include "base/log.hpp"
#include "base/result.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

namespace attune {

struct ServiceGroup::Member {
    std::string name;
    asio::cancellation_signal cancel;
};

namespace {

bool is_cancellation(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
        return error.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

std::string describe(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "an unknown exception";
    }
}

} // namespace

ServiceGroup::ServiceGroup(asio::any_io_executor loop, Clock& clock)
    : loop_(std::move(loop)), clock_(clock), ended_(loop_) {}

ServiceGroup::~ServiceGroup() {
    ATTUNE_ASSERT(running_.empty());
}

void ServiceGroup::spawn(std::string name, std::function<task<void>()> service) {
    auto supervised = supervise(name, std::move(service));
    start(std::move(name), std::move(supervised));
}

void ServiceGroup::spawn_once(std::string name, task<void> work) {
    start(std::move(name), std::move(work));
}

task<void> ServiceGroup::supervise(std::string name, std::function<task<void>()> service) {
    while (!stopping_) {
        std::exception_ptr failure;
        try {
            co_await service();
            co_return;
        } catch (...) {
            failure = std::current_exception();
        }
        if (is_cancellation(failure)) co_return;
        log::error("service {} failed and is started again: {}", name, describe(failure));
        co_await clock_.sleep_for(1s);
    }
}

void ServiceGroup::start(std::string name, task<void> work) {
    const auto member = running_.emplace_back(std::make_shared<Member>());
    member->name = std::move(name);
    const auto done = [this, self = std::prev(running_.end())](const std::exception_ptr& failure) {
        if (failure && !is_cancellation(failure)) log::error("{} failed: {}", (*self)->name, describe(failure));
        running_.erase(self);
        ended_.set();
    };
    asio::co_spawn(loop_, std::move(work), asio::bind_cancellation_slot(member->cancel.slot(), done));
    // What is stopped may start more before it reaches a wait of its own. This may have ended already.
    if (stopping_ && member.use_count() > 1) member->cancel.emit(asio::cancellation_type::terminal);
}

void ServiceGroup::request_stop() {
    stopping_ = true;
    // Emitting may end a member at once and take it out of the list.
    for (auto next = running_.begin(); next != running_.end();) {
        auto& member = **next++;
        member.cancel.emit(asio::cancellation_type::terminal);
    }
}

task<void> ServiceGroup::join() {
    while (!running_.empty()) co_await ended_.wait();
}

} // namespace attune
