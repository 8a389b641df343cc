# SPDX-License-Identifier: MIT
# Compiler, warnings, linker, cache and sanitizers: the same for every target.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # Sources are found relative to the tree, so that every checkout shares one cache.
  set(_launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
                CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${_launcher})
  set(CMAKE_C_COMPILER_LAUNCHER ${_launcher})
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor
                    -Woverloaded-virtual -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # g++ 12's std::stable_sort uses what its own headers call deprecated.
  add_compile_options(-Wno-gnu-statement-expression -Wno-deprecated-declarations)
  if(FORESET_THREAD_SAFETY)
    add_compile_options(-Wthread-safety)
  endif()
else()
  # g++ 12 reports false positives for these inside std::variant and std::string.
  add_compile_options(-Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow
                      -Wno-array-bounds -Wno-dangling-pointer)
  if(FORESET_UNITY)
    # To g++ a source that is compiled with others looks like a header.
    add_compile_options(-Wno-subobject-linkage)
  endif()
endif()
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")

if(FORESET_SANITIZE)
  # Optimising what sanitizers add takes longer than running it as it is.
  set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
  add_compile_options(-fsanitize=${FORESET_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${FORESET_SANITIZE})
endif()
if(FORESET_FUZZ)
  # One build serves the unit tests under the sanitizers and the fuzzers.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
