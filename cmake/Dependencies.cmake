# Every third-party library, once. docs/dependencies.md says why each was chosen. Debian's "libboost-dev" is 1.74, so the
# versioned package is asked for.
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(SQLite3 REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(CURL REQUIRED)
find_package(LibArchive REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(ARGON2 REQUIRED IMPORTED_TARGET libargon2)
find_library(CCTZ_LIBRARY cctz REQUIRED)
if(ATTUNE_TESTS)
  find_package(GTest CONFIG REQUIRED)
endif()

add_library(attune_asio INTERFACE)
target_compile_definitions(attune_asio INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_SEPARATE_COMPILATION)
target_link_libraries(attune_asio INTERFACE Boost::headers Threads::Threads)
