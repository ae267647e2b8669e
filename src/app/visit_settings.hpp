#pragma once
#include "base/type.hpp"

#include <functional>
#include <string>

namespace attune::app {

struct Settings;

/// Called with the path of one setting ("server.port"), its type and its value.
using SettingVisitor = std::function<void(const std::string& path, const Type& type, const void* value)>;

/// Visits every setting (a leaf of the described struct), in their order.
void visit_settings(const Settings& settings, const SettingVisitor& visitor);

} // namespace attune::app
