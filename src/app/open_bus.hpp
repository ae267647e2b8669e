#pragma once
#include "app/settings.hpp"
#include "runtime/announcements.hpp"
#include "runtime/bus.hpp"
#include "runtime/random.hpp"

#include <functional>
#include <memory>

namespace attune::app {

/// The bus that the settings ask for.
struct OpenedBus {
    std::unique_ptr<Bus> bus;
    Announcements* announcements = nullptr;      ///< none without a message queue
    std::function<json::object()> message_queue; ///< its state, for /health/detailed; none without one
};

/// On the message queue that message_queue.url names, without waiting for it; else inside the process. `random`
/// outlives the bus. Errors: `invalid`, field message_queue.url.
Result<OpenedBus> open_bus(const Settings& settings, Random& random);

} // namespace attune::app
