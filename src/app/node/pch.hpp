#pragma once
// Precompiled for the app: what the roles of a node read.
#include "app/node/infrastructure.hpp"
#include "runtime/pch.hpp"
