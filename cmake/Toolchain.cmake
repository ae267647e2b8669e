# The linker and the compiler cache: used when present, never required.
find_program(ATTUNE_LLD NAMES ld.lld-19)
if(ATTUNE_LLD)
  add_link_options(-fuse-ld=lld-19)
endif()
find_program(ATTUNE_CCACHE ccache)
if(ATTUNE_CCACHE)
  # A clang precompiled header is cacheable only without its timestamp and with these sloppinesses.
  set(launcher ${CMAKE_COMMAND} -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${ATTUNE_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
endif()
# All with the same options, so that libraries and programs can share precompiled headers.
set(CMAKE_CXX_COMPILE_OPTIONS_PIE ${CMAKE_CXX_COMPILE_OPTIONS_PIC})
add_compile_options(-pthread -fno-omit-frame-pointer -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-ffunction-sections -fdata-sections)
  add_link_options(-Wl,--gc-sections -Wl,--icf=safe -Wl,--as-needed)
endif()
