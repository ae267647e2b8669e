#include "app/process_measures.hpp"

#include "app/version.hpp"

#include <dirent.h>
#include <fstream>
#include <sys/resource.h>
#include <unistd.h>

namespace attune::app {
namespace {

std::int64_t resident_bytes() {
    std::int64_t whole = 0;
    std::int64_t resident = 0;
    std::ifstream("/proc/self/statm") >> whole >> resident;
    return resident * ::sysconf(_SC_PAGESIZE);
}

Duration processor_time() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto of = [](const timeval& time) { return std::chrono::seconds{time.tv_sec} + Duration{time.tv_usec}; };
    return of(used.ru_utime) + of(used.ru_stime);
}

/// Without the one that this opens.
std::int64_t open_descriptors() {
    DIR* folder = ::opendir("/proc/self/fd");
    if (folder == nullptr) return 0;
    std::int64_t count = -1;
    while (const auto* entry = ::readdir(folder)) count += entry->d_name[0] == '.' ? 0 : 1;
    ::closedir(folder);
    return count;
}

} // namespace

void measure_process(Metrics& metrics, Timestamp started) {
    metrics.gauge(Metric::process_start_time).set(started.time_since_epoch());
    metrics.collect([](Exposition& out) {
        out.sample(Metric::process_resident_memory, resident_bytes());
        out.sample(Metric::process_cpu, processor_time().count());
        out.sample(Metric::process_open_fds, open_descriptors());
        out.sample(Metric::build_info, {{"version", kVersion}}, 1);
    });
}

} // namespace attune::app
