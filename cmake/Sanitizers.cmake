# ATTUNE_SANITIZE: empty, "address,undefined" or "thread".
set(ATTUNE_SANITIZE "" CACHE STRING "Sanitizers to build with")
if(ATTUNE_SANITIZE)
  add_compile_options(-fsanitize=${ATTUNE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${ATTUNE_SANITIZE})
  add_compile_definitions(ATTUNE_SANITIZED)
endif()

# Coverage for libFuzzer in all of our code; its main function only in the fuzz targets.
if(ATTUNE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
