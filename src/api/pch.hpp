#pragma once
// Precompiled for the API: what nearly every file of it reads.
#include "api/context.hpp"
#include "api/router.hpp"
#include "runtime/pch.hpp"
