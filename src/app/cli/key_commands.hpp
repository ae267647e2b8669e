#pragma once
#include "app/cli/api_client.hpp"

namespace attune::app::cli {

/// `attune key set`: gives the key the value of --file, --value or stdin; makes it when there is none. The answer,
/// without the value. Errors: `invalid` with the option's name; those of the API.
Result<json::value> set_key(const Arguments& arguments, ApiClient& client);

/// The value alone of an answer that is a key: a text as it is, anything else as JSON. Errors: `forbidden` for an
/// encrypted one that the server does not show.
Result<std::string> raw_value(const json::value& answer);

} // namespace attune::app::cli
