#include "storage/query.hpp"

namespace attune {
namespace {

std::vector<const Query*>& registry() {
    static std::vector<const Query*> queries;
    return queries;
}

} // namespace

Query::Query(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)), index_(registry().size()) {
    registry().push_back(this);
}

const std::vector<const Query*>& Query::all() {
    return registry();
}

} // namespace attune
