#pragma once
// Precompiled for the tests of modules with coroutines.
#include "runtime/pch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
