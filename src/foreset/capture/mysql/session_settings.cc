// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/session_settings.h"

#include <fmt/format.h>

namespace foreset::mysql {

// DEFAULT would be the server's global value, so each value is written out.
std::string CommonSettings(const ServerVersion& version, std::chrono::seconds lock_wait) {
  return fmt::format(
      "SET NAMES utf8mb4 COLLATE utf8mb4_general_ci, "
      // how many rows there are, and which: a limit of users' queries is none of a copy's
      "sql_select_limit = 18446744073709551615, max_join_size = 18446744073709551615, "
      "sql_big_selects = 1, sql_safe_updates = 0, sql_auto_is_null = 0, "
      // their order, by which chunks follow one another: longer values than this are not keys
      "max_sort_length = 8388608, "
      // what values look like
      "time_zone = '+00:00', sql_mode = '', group_concat_max_len = 4294967295, "
      "sql_quote_show_create = 1, lc_messages = 'en_US', lc_time_names = 'en_US', "
      "div_precision_increment = 4, default_week_format = 0, "
      // how long a session lives
      "net_write_timeout = 600, net_read_timeout = 600, wait_timeout = 28800, autocommit = 1, "
      "completion_type = 0, lock_wait_timeout = {0}, innodb_lock_wait_timeout = {0}, "
      // what a statement may use, the catalogue's own among them
      "tmp_table_size = 67108864, max_heap_table_size = 67108864, {1}"
      // what a writer may do
      "foreign_key_checks = 1, unique_checks = 1",
      lock_wait.count(),
      version.is_mariadb ? "tmp_disk_table_size = 18446744073709551615, max_statement_time = 0, "
                         : "max_execution_time = 0, ");
}

std::vector<SessionSetting> VersionSettings(const ServerVersion& version) {
  if (version.is_mariadb) {
    return {
        {"idle_transaction_timeout", "0", "0"},
        {"idle_readonly_transaction_timeout", "0", "0"},
        {"idle_write_transaction_timeout", "0", "0"},
        {"max_session_mem_used", "9223372036854775807", "9223372036854775807"},
        // Rows of the past. A session cannot unset it, but everything is of the present then.
        {"system_versioning_asof", "DEFAULT", "'2038-01-19 03:14:07'"},
        {"query_cache_type", "OFF", "0"},
        {"old_mode", "UTF8_IS_UTF8MB3", "'UTF8_IS_UTF8MB3'"},
        {"check_constraint_checks", "ON", "1"},
    };
  }
  return {
      // the key that the server makes up stands in the binlog
      {"show_gipk_in_create_table_and_information_schema", "ON", "1"},
      {"show_create_table_skip_secondary_engine", "ON", "1"},
      {"show_create_table_verbosity", "OFF", "0"},
      {"show_old_temporals", "OFF", "0"},
      // an engine beside InnoDB may lag
      {"use_secondary_engine", "OFF", "OFF"},
      {"information_schema_stats_expiry", "0", "0"},
  };
}

}  // namespace foreset::mysql
