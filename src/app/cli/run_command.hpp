#pragma once
#include "app/cli/api_client.hpp"
#include "app/cli/parser.hpp"

namespace attune::app::cli {

/// `run`, `action execute` and `execution rerun`: makes the execution, and waits for its end when it is to. People see
/// its output as it comes; programs get the whole execution at the end. The exit code: that of the action for `run`,
/// when it ended with one; else 8 unless it completed.
class RunCommand {
public:
    /// `print` shows an answer in the form that was asked for. All of it outlives the call.
    RunCommand(const ParsedLine& line, ApiClient& client, bool for_people,
               std::function<void(const json::value&)> print)
        : line_(line), client_(client), for_people_(for_people), print_(std::move(print)) {}

    Result<int> run();

private:
    bool waits() const;
    Result<int> wait_for(const std::string& id, Duration timeout);
    Result<json::value> ended(const std::string& id, std::chrono::steady_clock::time_point until, Duration timeout);
    void stream_output(const std::string& id, std::chrono::steady_clock::time_point until);
    int show_end(const json::value& answer, const std::string& id);
    int exit_code_of(const json::value& execution, std::string_view status) const;

    const ParsedLine& line_;
    ApiClient& client_;
    bool for_people_;
    std::function<void(const json::value&)> print_;
};

} // namespace attune::app::cli
