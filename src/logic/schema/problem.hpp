#pragma once
#include <string>

namespace attune::logic::schema {

/// One thing that is wrong with a value: where ("headers.accept[0]", empty for the whole) and what was expected there.
struct Problem {
    std::string path;
    std::string message;

    friend bool operator==(const Problem&, const Problem&) = default;
};

} // namespace attune::logic::schema
