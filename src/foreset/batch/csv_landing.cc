// SPDX-License-Identifier: MIT
#include "foreset/batch/csv_landing.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/errors/batch.h"
#include "foreset/base/json_writer.h"
#include "foreset/batch/column_types.h"
#include "foreset/batch/csv_dialect.h"
#include "foreset/batch/csv_reader.h"
#include "foreset/batch/input_files.h"
#include "foreset/delta/schema_json.h"
#include "foreset/lake/conform.h"
#include "foreset/sql/relation.h"

namespace foreset::batch {
namespace {

constexpr char kRead[] = "foreset_read";
// What a migration has written it reads, too: Arrow's texts end there.
constexpr std::size_t kLongestOwnRow = std::numeric_limits<std::int32_t>::max();

std::unexpected<Error> Damaged(const ObjectStore& store) {
  return Err(ErrorKind::kCorruption, ErrorCode::kProgressDamaged,
             fmt::format("{}/{} is damaged", store.Describe(), kLandingFile));
}

class LandingReader {
 public:
  LandingReader(const CsvLanding& landing, sql::Engine& engine) : engine_(engine) {
    columns_ = landing.columns;
    dialect_.longest_row = kLongestOwnRow;
    for (const auto& field : columns_->fields()) {
      const std::string type = SqlTypeOf(*field->type());
      const std::string name = sql::Quoted(field->name());
      std::string value = name;
      if (type == "BLOB") value = fmt::format("unhex({0}) AS {0}", name);
      // Vectors: their numbers are written otherwise than SQL writes them.
      if (field->type()->num_fields() > 0)
        value = fmt::format("CAST({0} AS {1}) AS {0}", name, type);
      dialect_.columns.push_back({field->name(), value == name ? type : "VARCHAR"});
      select_ += (select_.empty() ? "" : ", ") + value;
    }
  }

  Status Read(const LocalFile& file, const std::string& name,
              const std::function<Status(const arrow::RecordBatch&)>& sink) {
    const auto bad = [](const BadRow& row) {
      return Status(
          Err(ErrorKind::kInvalidInput, batch_error::kInputDamaged,
              fmt::format("{}: line {} cannot be read: {}", row.file, row.line, row.reason)));
    };
    CsvReader reader = TRY(CsvReader::Open(file, name, dialect_, engine_, bad));
    while (const auto batch = TRY(reader.Next())) {
      RETURN_IF_ERROR(engine_.Register({kRead}, sql::MakeBatchRelation(batch->schema(), {batch})));
      const auto rows = TRY(engine_.Query(fmt::format("SELECT {} FROM {}", select_, kRead)));
      while (const auto read = TRY(rows->Next())) {
        RETURN_IF_ERROR(sink(*TRY(lake::ConformBatch(*read, columns_))));
      }
    }
    return {};
  }

 private:
  sql::Engine& engine_;
  std::shared_ptr<arrow::Schema> columns_;
  CsvDialect dialect_;
  std::string select_;
};

}  // namespace

Result<CsvLanding> LoadLanding(const ObjectStore& store) {
  const std::string text = TRY(store.Read(kLandingFile));
  simdjson::dom::parser parser;
  simdjson::dom::array files;
  simdjson::dom::element state;
  simdjson::dom::element schema;
  const simdjson::padded_string padded(text);
  const auto root = parser.parse(padded);
  if (root["state"].get(state) != simdjson::SUCCESS ||
      root["files"].get(files) != simdjson::SUCCESS) {
    return Damaged(store);
  }
  CsvLanding landing;
  landing.state = TRY(CopyStateFromJson(simdjson::minify(state)));
  for (const auto file : files) {
    std::string_view name;
    if (file.get(name) != simdjson::SUCCESS) return Damaged(store);
    landing.files.emplace_back(name);
  }
  if (root["schema"].get(schema) == simdjson::SUCCESS) {
    landing.columns = TRY(delta::SchemaFromJson(simdjson::minify(schema)));
  }
  return landing;
}

Status SaveLanding(ObjectStore& store, const CsvLanding& landing) {
  JsonWriter json;
  json.BeginObject().Key("state").Raw(ToJson(landing.state)).Key("files").BeginArray();
  for (const std::string& file : landing.files) json.String(file);
  json.EndArray();
  if (landing.columns != nullptr) {
    json.Key("schema").Raw(TRY(delta::SchemaToJson(*landing.columns)));
  }
  json.EndObject();
  const std::string text = json.Take();
  return store.Put(kLandingFile, AsBytes(text));
}

Status ReadLanding(const std::shared_ptr<ObjectStore>& store, const CsvLanding& landing,
                   const JobSettings& job,
                   const std::function<Status(const arrow::RecordBatch&)>& sink) {
  const TemporaryFolder folder = TRY(TemporaryFolder::Make(job.temporary_folder, job.make_id()));
  const auto engine = TRY(OpenEngine(job, folder.path(), true));
  LandingReader reader(landing, *engine);
  for (const std::string& file : landing.files) {
    const std::string name = fmt::format("{}/{}", store->Describe(), file);
    const auto info = store->Stat(file);
    if (!info && info.error().kind == ErrorKind::kNotFound) {
      return Err(ErrorKind::kInvalidInput, batch_error::kInputMissing,
                 fmt::format("{} is gone", name));
    }
    if (!info) return std::unexpected(info.error());
    const InputFile input{.name = name,
                          .path = file,
                          .store = store,
                          .size_bytes = info->size_bytes,
                          .modified_us = info->modified_at.value()};
    const LocalFile local = TRY(LocalFile::Of(input, folder.path()));
    RETURN_IF_ERROR(reader.Read(local, name, sink));
  }
  return {};
}

}  // namespace foreset::batch
