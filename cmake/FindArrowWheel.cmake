# SPDX-License-Identifier: MIT
# Arrow C++ and Parquet from an installed pyarrow wheel: it carries headers and shared libraries
# but no CMake configuration. PYARROW_DIR is the package's folder in site-packages.
# Targets: ArrowWheel::arrow, ArrowWheel::parquet, ArrowWheel::compute.
find_path(ArrowWheel_INCLUDE_DIR arrow/api.h PATHS ${PYARROW_DIR}/include NO_DEFAULT_PATH)
if(ArrowWheel_INCLUDE_DIR)
  file(STRINGS ${ArrowWheel_INCLUDE_DIR}/arrow/util/config.h _lines
       REGEX "ARROW_(SO_)?VERSION(_STRING)? +\"")
  string(REGEX REPLACE ".*ARROW_VERSION_STRING +\"([0-9.]+)\".*" "\\1" ArrowWheel_VERSION
         "${_lines}")
  string(REGEX REPLACE ".*ARROW_SO_VERSION +\"([0-9]+)\".*" "\\1" _so "${_lines}")
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  ArrowWheel
  REQUIRED_VARS ArrowWheel_INCLUDE_DIR
  VERSION_VAR ArrowWheel_VERSION
  REASON_FAILURE_MESSAGE "run scripts/setup build first")

function(_arrow_wheel_library name file)
  if(NOT TARGET ArrowWheel::${name})
    add_library(ArrowWheel::${name} SHARED IMPORTED GLOBAL)
    set_target_properties(
      ArrowWheel::${name}
      PROPERTIES IMPORTED_LOCATION ${PYARROW_DIR}/${file}.so.${_so}
                 INTERFACE_INCLUDE_DIRECTORIES ${ArrowWheel_INCLUDE_DIR})
    target_link_libraries(ArrowWheel::${name} INTERFACE ${ARGN})
  endif()
endfunction()
_arrow_wheel_library(arrow libarrow)
_arrow_wheel_library(parquet libparquet ArrowWheel::arrow)
_arrow_wheel_library(compute libarrow_compute ArrowWheel::arrow)
