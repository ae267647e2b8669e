#pragma once
#include "base/json.hpp"
#include "base/result.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The command line: commands are data (command_table.cpp), their requests are pure functions (requests.cpp), the
/// parser is made of the table (parser.cpp), and program.cpp does what a command says.
namespace attune::app::cli {

/// One request to the API.
struct ApiRequest {
    std::string method = "GET";
    std::string path; ///< with its query, encoded
    std::optional<json::value> body = {};
    std::string upload = {}; ///< a file to send as the multipart field "pack"; empty = none
    std::vector<std::pair<std::string, std::string>> fields = {}; ///< further multipart fields
};

/// What was given on the command line, by the parameter's name ("ref", "trigger").
class Arguments {
public:
    std::map<std::string, std::vector<std::string>> values;

    bool has(const std::string& name) const { return values.contains(name); }
    /// The (first) value, or the fallback.
    std::string text(const std::string& name, std::string fallback = {}) const;
    std::vector<std::string> all(const std::string& name) const;
};

/// An option ("-t,--trigger"), a flag, or a positional argument ("ref").
struct Parameter {
    enum class Kind { one, many, flag };

    std::string spelling;
    std::string text;
    Kind kind = Kind::one;
    bool required = false;
    bool from_file = false; ///< "@path" stands for that file's text, "@-" for what comes on stdin

    bool is_positional() const { return spelling.front() != '-'; }
    /// "trigger" for "-t,--trigger".
    std::string name() const;
};

/// One column of a table: its title, and the member of the row that fills it.
struct Column {
    std::string title;
    std::string member;
};

struct Command {
    std::string path; ///< "rule create"
    std::string text;
    std::vector<Parameter> parameters = {};
    /// Makes the request; empty for commands that are more than one request (program.cpp).
    std::function<Result<ApiRequest>(const Arguments&)> request = {};
    std::vector<Column> columns = {}; ///< of the list that it answers; none = one object
};

/// Every command, groups together.
const std::vector<Command>& command_table();

/// What a group of commands ("rule") is about.
std::string group_text(std::string_view group);

/// --page and --limit.
const std::vector<Parameter>& paging_options();

/// Null when there is none of that path.
const Command* find_command(std::string_view path);

} // namespace attune::app::cli
