#include "app/host_name.hpp"

#include <unistd.h>

namespace attune::app {

std::string host_name() {
    char name[256] = "localhost";
    ::gethostname(name, sizeof name - 1);
    return name;
}

} // namespace attune::app
