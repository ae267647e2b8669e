# attune_module(name USES other modules... LINKS third-party targets... [COROUTINES] [HEADERS pch.hpp])
#
# One folder = one target = one namespace. Sources are the folder's *.cpp, tests its *_test.cpp (one binary a module).
# USES is the architecture rule: what is not listed is not linked, and tools/lint.py refuses its headers.
# COROUTINES: it is compiled with the precompiled headers of those; HEADERS: with its own, which cost as much as four
# files, so that it pays for modules of thirty that share what is expensive.
function(attune_module name)
  cmake_parse_arguments(ARG "COROUTINES" "HEADERS" "USES;LINKS;TEST_LINKS;TEST_LABELS" ${ARGN})
  file(GLOB_RECURSE all CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(tests ${all})
  list(FILTER all EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER all EXCLUDE REGEX "/(main|pch)\\.cpp$") # an executable's own
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")

  string(REPLACE "/" "_" target "attune_${name}")
  list(TRANSFORM ARG_USES PREPEND attune_)
  string(REPLACE "/" "_" uses "${ARG_USES}")
  add_library(${target} STATIC ${all})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${target} PUBLIC ${uses} ${ARG_LINKS} PRIVATE attune_warnings)
  set(coroutines)
  if(ARG_COROUTINES)
    set(coroutines COROUTINES)
  endif()
  if(ARG_HEADERS)
    target_precompile_headers(${target} PRIVATE ${ARG_HEADERS})
  elseif(ARG_COROUTINES)
    target_precompile_headers(${target} REUSE_FROM attune_coroutine_headers)
  else()
    target_precompile_headers(${target} REUSE_FROM attune_headers)
  endif()

  if(ATTUNE_TESTS AND tests)
    attune_test(${target}_test SOURCES ${tests} LINKS ${target} ${ARG_TEST_LINKS} LABELS unit ${ARG_TEST_LABELS} ${coroutines})
  endif()
endfunction()

# attune_test(target SOURCES ... LINKS ... LABELS ... [LOCK name] [COROUTINES]): one GoogleTest binary whose cases CTest runs one by
# one; of all cases with the same LOCK, one at a time.
function(attune_test target)
  cmake_parse_arguments(ARG "COROUTINES" "TIMEOUT;LOCK" "SOURCES;LINKS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${target} ${ARG_SOURCES})
  target_link_libraries(${target} PRIVATE ${ARG_LINKS} attune_warnings GTest::gmock GTest::gtest_main)
  if(ARG_COROUTINES)
    target_precompile_headers(${target} REUSE_FROM attune_coroutine_test_headers)
  else()
    target_precompile_headers(${target} REUSE_FROM attune_test_headers)
  endif()
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${target} PRIVATE ATTUNE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  set(lock)
  if(ARG_LOCK)
    set(lock RESOURCE_LOCK ${ARG_LOCK})
  endif()
  gtest_discover_tests(${target} DISCOVERY_MODE PRE_TEST
    PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT} ${lock})
endfunction()

# attune_precompiled(target header LINKS ...): compiles a header once, for all targets that reuse it.
function(attune_precompiled target header)
  cmake_parse_arguments(ARG "" "" "LINKS" ${ARGN})
  add_library(${target} OBJECT ${PROJECT_SOURCE_DIR}/src/base/pch.cpp)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${target} PRIVATE ${ARG_LINKS} fmt::fmt Boost::headers Boost::json spdlog::spdlog attune_warnings)
  target_precompile_headers(${target} PRIVATE ${header})
endfunction()
