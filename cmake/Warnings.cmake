option(ATTUNE_WERROR "Treat warnings as errors" ON)
add_library(attune_warnings INTERFACE)
target_compile_options(attune_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wswitch-enum
  -Wimplicit-fallthrough -Wunreachable-code -Wthread-safety
  $<$<BOOL:${ATTUNE_WERROR}>:-Werror>)
