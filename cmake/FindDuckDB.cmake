# SPDX-License-Identifier: MIT
# DuckDB as scripts/setup unpacks it: the C header and static libraries, extensions of its own included.
# DUCKDB_DIR is the folder. Target: DuckDB::duckdb.
find_path(DuckDB_INCLUDE_DIR duckdb.h PATHS ${DUCKDB_DIR} NO_DEFAULT_PATH)
file(GLOB _duckdb_libraries ${DUCKDB_DIR}/lib*.a)
# Its allocator would replace everybody's.
list(FILTER _duckdb_libraries EXCLUDE REGEX "jemalloc")
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  DuckDB REQUIRED_VARS DuckDB_INCLUDE_DIR _duckdb_libraries
  REASON_FAILURE_MESSAGE "run scripts/setup build first")
if(NOT TARGET DuckDB::duckdb)
  add_library(DuckDB::duckdb INTERFACE IMPORTED GLOBAL)
  set_target_properties(DuckDB::duckdb PROPERTIES INTERFACE_INCLUDE_DIRECTORIES
                                                  ${DuckDB_INCLUDE_DIR})
  target_link_libraries(
    DuckDB::duckdb INTERFACE -Wl,--start-group ${_duckdb_libraries} -Wl,--end-group
                             Threads::Threads ${CMAKE_DL_LIBS})
endif()
