#pragma once
// Precompiled for the tests of modules without coroutines.
#include "base/pch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
