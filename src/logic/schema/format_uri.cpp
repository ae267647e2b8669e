#include "logic/schema/format.hpp"

#include <boost/url/parse.hpp>

namespace attune::logic::schema {

bool is_uri(std::string_view text) {
    return boost::urls::parse_uri({text.data(), text.size()}).has_value();
}

bool is_uri_reference(std::string_view text) {
    return boost::urls::parse_uri_reference({text.data(), text.size()}).has_value();
}

} // namespace attune::logic::schema
