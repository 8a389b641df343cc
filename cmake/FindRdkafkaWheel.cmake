# SPDX-License-Identifier: MIT
# librdkafka from an installed confluent-kafka wheel, which carries the shared library (under a name
# with a hash) but no header: that is the distribution's. CONFLUENT_KAFKA_LIBS is the wheel's folder
# of libraries in site-packages; RDKAFKA_LIBRARY names another library, say one with Kerberos.
# Target: RdkafkaWheel::rdkafka.
find_path(RdkafkaWheel_INCLUDE_DIR librdkafka/rdkafka.h)
set(RdkafkaWheel_LIBRARY ${RDKAFKA_LIBRARY})
if(NOT RdkafkaWheel_LIBRARY)
  file(GLOB RdkafkaWheel_LIBRARY ${CONFLUENT_KAFKA_LIBS}/librdkafka*.so.1)
endif()

# Only the library itself says its version. It must not be older than the header.
if(RdkafkaWheel_INCLUDE_DIR AND RdkafkaWheel_LIBRARY)
  try_run(
    _status _built
    SOURCE_FROM_CONTENT
      rdkafka_version.c
      "#include <stdio.h>
       #include <librdkafka/rdkafka.h>
       int main(void) {
         fputs(rd_kafka_version_str(), stdout);
         return rd_kafka_version() < RD_KAFKA_VERSION;
       }"
    CMAKE_FLAGS -DINCLUDE_DIRECTORIES=${RdkafkaWheel_INCLUDE_DIR}
    LINK_LIBRARIES ${RdkafkaWheel_LIBRARY}
    NO_CACHE
    COMPILE_OUTPUT_VARIABLE _output
    RUN_OUTPUT_STDOUT_VARIABLE RdkafkaWheel_VERSION)
  if(NOT _built)
    message(FATAL_ERROR "${RdkafkaWheel_LIBRARY} cannot be linked:\n${_output}")
  elseif(NOT _status EQUAL 0)
    message(FATAL_ERROR "${RdkafkaWheel_LIBRARY} (librdkafka ${RdkafkaWheel_VERSION}) cannot be used with the "
                        "newer header in ${RdkafkaWheel_INCLUDE_DIR} (${_status})")
  endif()
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  RdkafkaWheel
  REQUIRED_VARS RdkafkaWheel_LIBRARY RdkafkaWheel_INCLUDE_DIR
  VERSION_VAR RdkafkaWheel_VERSION
  REASON_FAILURE_MESSAGE "run scripts/setup build first")

if(NOT TARGET RdkafkaWheel::rdkafka)
  add_library(RdkafkaWheel::rdkafka SHARED IMPORTED GLOBAL)
  set_target_properties(
    RdkafkaWheel::rdkafka
    PROPERTIES IMPORTED_LOCATION ${RdkafkaWheel_LIBRARY}
               INTERFACE_INCLUDE_DIRECTORIES ${RdkafkaWheel_INCLUDE_DIR})
endif()
