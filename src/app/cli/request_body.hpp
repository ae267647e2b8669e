#pragma once
#include "app/cli/command.hpp"

namespace attune::app::cli {

/// The members of a request's body, from options; the first error stands. An option that is not given leaves its member
/// out.
class RequestBody {
public:
    explicit RequestBody(const Arguments& args) : args_(args) {}

    RequestBody& text(const std::string& member, const std::string& option);
    RequestBody& integer(const std::string& member, const std::string& option);
    RequestBody& boolean(const std::string& member, const std::string& option);
    RequestBody& flag(const std::string& member, const std::string& option);
    RequestBody& texts(const std::string& member, const std::string& option);
    RequestBody& json(const std::string& member, const std::string& option);
    /// An object from `whole` (JSON), with the assignments of `single` over it.
    RequestBody& object(const std::string& member, const std::string& whole, const std::string& single);

    /// Puts name=value over the object that the member is; `shown`: what errors call the option, or the argument.
    RequestBody& assignments(const std::string& member, const std::string& option, const std::string& shown);

    /// Errors: `invalid` with the option's name.
    Result<json::value> take();

private:
    RequestBody& fail(std::string shown, std::string message);

    const Arguments& args_;
    json::object object_;
    std::optional<Error> failure_;
};

/// The request with that body. Errors: those of take().
Result<ApiRequest> with_body(ApiRequest request, RequestBody& body);

} // namespace attune::app::cli
