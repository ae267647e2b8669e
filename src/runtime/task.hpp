#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace attune {

namespace asio = boost::asio;

/// A lazy coroutine on an Asio loop. Parameters are values or references that outlive the await. Cancellation surfaces
/// as boost::system::system_error(operation_aborted), which nobody catches but ServiceGroup.
template <class T = void>
using task = asio::awaitable<T>;

} // namespace attune
