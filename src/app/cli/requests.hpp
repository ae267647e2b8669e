#pragma once
#include "app/cli/command.hpp"

/// From arguments to requests. Pure. Errors: `invalid` with the option's name.
namespace attune::app::cli {

/// Percent-encodes everything but letters, digits and "-._~".
std::string url_encode(std::string_view text);

/// {"a":1,"b":"text"} from "a=1" and "b=text": what is JSON is taken as JSON, the rest as text.
Result<json::object> read_assignments(const std::vector<std::string>& assignments, const std::string& option);

/// GET <collection>?page=…&<size_name>=…, and the options in `filters` ({query name, option}) that are given.
using Filters = std::vector<std::pair<std::string, std::string>>;
Result<ApiRequest> list_request(const Arguments& args, std::string_view collection, std::string_view size_name,
                                const Filters& filters = {});

/// <method> <path below /api/v1>
ApiRequest collection_request(std::string_view method, std::string_view path);

/// <method> <collection>/<ref or id><suffix>
ApiRequest item_request(std::string_view method, std::string_view collection, const std::string& key,
                        std::string_view suffix = {});

Result<ApiRequest> register_pack(const Arguments& args);
Result<ApiRequest> upload_pack(const Arguments& args);
Result<ApiRequest> execute_action(const Arguments& args);
Result<ApiRequest> rerun_execution(const Arguments& args);
Result<ApiRequest> fire_trigger(const Arguments& args);
Result<ApiRequest> pause_timer(const Arguments& args);
Result<ApiRequest> cordon_worker(const Arguments& args);
Result<ApiRequest> backfill_timer(const Arguments& args);

} // namespace attune::app::cli
