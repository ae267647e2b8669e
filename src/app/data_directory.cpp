#include "app/data_directory.hpp"

#include "base/text.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace attune::app {
namespace {

Result<void> make_directory(const std::string& path, std::string_view setting) {
    std::error_code failure;
    std::filesystem::create_directories(path, failure);
    if (failure)
        return Error{Errc::unavailable, fmt::format("cannot make the directory {}: {}", path, failure.message()),
                     std::string(setting)};
    return {};
}

} // namespace

Result<void> prepare_directories(const Settings& settings) {
    const bool fresh = !std::filesystem::exists(settings.data_dir);
    CHECK(make_directory(settings.data_dir, "data_dir"));
    if (fresh) ::chmod(settings.data_dir.c_str(), 0700);
    if (::access(settings.data_dir.c_str(), W_OK) != 0) {
        return Error{Errc::unavailable,
                     fmt::format("the directory {} cannot be written: {}", settings.data_dir, std::strerror(errno)),
                     "data_dir"};
    }
    return make_directory(settings.packs_dir, "packs_dir");
}

Result<void> write_private_file(const std::string& path, std::string_view content) {
    const auto partial = path + ".new";
    ::unlink(partial.c_str());
    const int descriptor = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return Error{Errc::unavailable, fmt::format("cannot write {}: {}", partial, std::strerror(errno))};
    const auto written = ::write(descriptor, content.data(), content.size());
    const bool synced = ::fsync(descriptor) == 0;
    ::close(descriptor);
    if (written != static_cast<ssize_t>(content.size()) || !synced || ::rename(partial.c_str(), path.c_str()) != 0) {
        return Error{Errc::unavailable, fmt::format("cannot write {}: {}", path, std::strerror(errno))};
    }
    return {};
}

Result<std::string> secret_or_generated(const Settings& settings, const Secret& given, const std::string& file,
                                        Random& random) {
    if (!given.empty()) return given.reveal();
    const auto path = settings.data_dir + "/" + file;
    if (std::ifstream in(path); in) {
        std::string secret;
        std::getline(in, secret);
        if (!secret.empty()) return secret;
    }
    auto secret = base64url_encode(random.bytes(32));
    CHECK(write_private_file(path, secret + "\n"));
    return secret;
}

} // namespace attune::app
