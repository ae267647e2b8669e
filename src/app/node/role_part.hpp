#pragma once

namespace attune::app {

/// What one role adds to a process. The process's thread makes it, starts it before the loops run, and stops it while
/// they run; it is destroyed once they have ended.
class RolePart {
public:
    virtual ~RolePart() = default;
    /// Starts its services.
    virtual void start() = 0;
    /// Ends them, in a bounded time.
    virtual void stop() = 0;
    /// While stop() runs, from another thread: without the rest of any grace period.
    virtual void hurry() {}
};

} // namespace attune::app
