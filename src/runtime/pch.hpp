#pragma once
// Precompiled for the modules with coroutines.
#include "base/pch.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
