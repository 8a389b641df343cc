# SPDX-License-Identifier: MIT
# One module = one static library, its unit tests, and a link test that proves it needs nothing
# beyond what it declares.
#
#   foreset_module(delta
#     SOURCES snapshot.cc …          explicit, no globbing
#     TESTS snapshot_test.cc …       gtest sources, one binary foreset_<name>_test
#     USES columnar storage …        Foreset modules that it may include
#     LIBRARIES PkgConfig::roaring)  third-party targets (PUBLIC only when headers need them)
#
# Sources of one folder are compiled a few at a time (FORESET_UNITY): parsing the headers costs more
# than the code. So names in unnamed namespaces are unique in their folder, which tools/tidy.py checks.
set(FORESET_UNITY_FILES 4)

function(foreset_group_sources lib)
  set_target_properties(${lib} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  foreach(source IN LISTS ARGN)
    get_filename_component(folder ${source} DIRECTORY)
    string(MAKE_C_IDENTIFIER "in_${folder}" folder)
    math(EXPR ${folder} "${${folder}} + 1")
    math(EXPR group "(${${folder}} - 1) / ${FORESET_UNITY_FILES}")
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${folder}_${group})
  endforeach()
endfunction()

function(foreset_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;TESTS;USES;LIBRARIES;PUBLIC_LIBRARIES" ${ARGN})
  set(lib foreset_${name})
  add_library(${lib} STATIC ${ARG_SOURCES})
  if(FORESET_UNITY)
    foreset_group_sources(${lib} ${ARG_SOURCES})
  endif()
  target_include_directories(${lib} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  list(TRANSFORM ARG_USES PREPEND foreset_)
  target_link_libraries(
    ${lib}
    PUBLIC ${ARG_USES} ${ARG_PUBLIC_LIBRARIES}
    PRIVATE ${ARG_LIBRARIES})

  add_executable(${lib}_alone ${PROJECT_SOURCE_DIR}/cmake/link_alone.cc)
  target_link_libraries(${lib}_alone PRIVATE -Wl,--whole-archive ${lib} -Wl,--no-whole-archive)
  add_test(NAME ${lib}_alone COMMAND ${lib}_alone)

  if(ARG_TESTS)
    add_executable(${lib}_test ${ARG_TESTS})
    target_link_libraries(${lib}_test PRIVATE ${lib} ${ARG_LIBRARIES} GTest::gmock_main)
    add_test(NAME ${lib}_test COMMAND ${lib}_test
             WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  endif()
endfunction()
