#include "app/cli/file_arguments.hpp"

#include <cerrno>
#include <cstring>
#include <fmt/core.h>
#include <fstream>
#include <iostream>

namespace attune::app::cli {
namespace {

constexpr std::size_t kLongest = std::size_t{16} << 20U;

Result<std::string> read_all(std::istream& in, const std::string& option, std::string_view name) {
    std::string out;
    char piece[65536];
    while (in.read(piece, sizeof piece) || in.gcount() > 0) {
        out.append(piece, static_cast<std::size_t>(in.gcount()));
        if (out.size() > kLongest) return invalid(option, fmt::format("{} is longer than 16 MiB", name));
    }
    if (in.bad()) return invalid(option, fmt::format("{} cannot be read", name));
    return out;
}

} // namespace

Result<std::string> read_input(const std::string& name, const std::string& option, std::size_t most) {
    std::ifstream file;
    if (name != "-") {
        file.open(name, std::ios::binary);
        if (!file) return invalid(option, fmt::format("cannot read {}: {}", name, std::strerror(errno)));
    }
    auto& in = name == "-" ? std::cin : file;
    std::string text(most + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (in.bad()) return invalid(option, fmt::format("cannot read {}", name));
    if (text.size() > most) return invalid(option, fmt::format("expected at most {} bytes", most));
    return text;
}

Result<Arguments> read_file_arguments(const Command& command, Arguments arguments, std::istream& in) {
    bool in_used = false;
    for (const auto& parameter : command.parameters) {
        const auto name = parameter.name();
        const auto given = arguments.text(name);
        if (!parameter.from_file || !given.starts_with('@')) continue;
        const auto option = "--" + name;
        const auto path = given.substr(1);
        auto& value = arguments.values[name].front();
        if (path != "-") {
            std::ifstream file(path, std::ios::binary);
            if (!file) return invalid(option, fmt::format("the file '{}' cannot be read", path));
            TRY(value, read_all(file, option, fmt::format("the file '{}'", path)));
            continue;
        }
        if (std::exchange(in_used, true)) return invalid(option, "stdin (@-) can stand for one option only");
        TRY(value, read_all(in, option, "stdin"));
    }
    return arguments;
}

} // namespace attune::app::cli
