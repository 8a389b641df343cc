# SPDX-License-Identifier: MIT
# Third-party libraries. Arrow and Parquet come from the pinned pyarrow wheel, librdkafka from the
# confluent-kafka wheel and DuckDB from a Go module, which scripts/setup unpacks outside the tree;
# everything else is the distribution's.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

if(NOT FORESET_CACHE)
  if(DEFINED ENV{FORESET_CACHE})
    set(FORESET_CACHE $ENV{FORESET_CACHE})
  elseif(DEFINED ENV{XDG_CACHE_HOME})
    set(FORESET_CACHE $ENV{XDG_CACHE_HOME}/foreset)
  else()
    set(FORESET_CACHE $ENV{HOME}/.cache/foreset)
  endif()
endif()
if(NOT PYARROW_DIR)
  file(GLOB PYARROW_DIR ${FORESET_CACHE}/venv/lib/python3*/site-packages/pyarrow)
endif()
find_package(ArrowWheel 26 REQUIRED)
if(NOT DUCKDB_DIR)
  set(DUCKDB_DIR ${FORESET_CACHE}/duckdb)
endif()
find_package(DuckDB REQUIRED)
if(NOT CONFLUENT_KAFKA_LIBS)
  file(GLOB CONFLUENT_KAFKA_LIBS
       ${FORESET_CACHE}/venv/lib/python3*/site-packages/confluent_kafka.libs)
endif()
# Before 2.6.1 its SCRAM repeats a nonce, which brokers take for wrong credentials.
find_package(RdkafkaWheel 2.6.1 REQUIRED)
# Another wheel's libraries may have other names.
set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
                                                         scripts/requirements-build.txt)

find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(simdjson REQUIRED)
# The wheel's libparquet carries and exports a simdjson and an OpenSSL of other versions. Named first,
# the distribution's are the ones that calls from here, and from libmariadb, reach.
add_link_options(LINKER:--push-state,--no-as-needed,-lsimdjson,-lssl,-lcrypto,--pop-state)
find_package(pugixml REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED COMPONENTS core)
find_package(GTest REQUIRED)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(zlib REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(mariadb REQUIRED IMPORTED_TARGET libmariadb)

# Debian's roaring-config.cmake refuses itself, so the library is named directly.
find_library(ROARING_LIBRARY roaring REQUIRED)
find_path(ROARING_INCLUDE_DIR roaring/roaring.h REQUIRED)
add_library(Roaring::roaring UNKNOWN IMPORTED)
set_target_properties(Roaring::roaring PROPERTIES IMPORTED_LOCATION ${ROARING_LIBRARY}
                                                  INTERFACE_INCLUDE_DIRECTORIES
                                                  ${ROARING_INCLUDE_DIR})
