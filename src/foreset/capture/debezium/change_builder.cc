// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/change_builder.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <arrow/array/builder_base.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "foreset/capture/debezium/json_fields.h"
#include "foreset/capture/debezium/value_plan.h"
#include "foreset/capture/mysql/calendar.h"
#include "foreset/capture/mysql/image_builder.h"

namespace foreset::debezium {
namespace {

namespace ondemand = simdjson::ondemand;
using mysql::ImageBuilder;

// Of a row besides its values: operation, sequence, place, validity.
constexpr std::size_t kBytesPerRow = 48;
// Names up to so many bytes are compared in place: messages are padded by more than that.
constexpr std::size_t kQuickName = 256;
static_assert(kQuickName < kMessagePadding);

constexpr std::string_view kNoSuchColumn = "the table has no such column";
constexpr std::string_view kTooManyDigits = "more digits than the column has";
constexpr std::string_view kNotOfItsType = "not of the column's type";

std::unexpected<Error> Bad(ErrorCode code, std::string what) {
  return Err(ErrorKind::kInvalidInput, code, std::move(what));
}

std::unexpected<Error> OutOfRoom(const arrow::Status& status) {
  return Err(ErrorKind::kInternal, ErrorCode::kInternal, "building a batch: " + status.ToString());
}

// How a row image is read.
struct ImageRule {
  Conform conform = Conform::kExact;
  bool newest = true;     // its rescued values are kept, and it must have all values
  bool key_only = false;  // the other columns are NULL: the message does not have them
  bool unwrapped = false;
};

}  // namespace

class ChangeBuilder::Impl {
 public:
  Impl(std::shared_ptr<const TableSchema> schema, DebeziumModes modes, ImageBuilder before,
       ImageBuilder after)
      : schema_(std::move(schema)),
        modes_(std::move(modes)),
        before_(std::move(before)),
        after_(std::move(after)),
        filled_(schema_->columns.size(), 0) {
    for (const ColumnSchema& column : schema_->columns) keys_.push_back(column.name + '"');
    key_column_.resize(schema_->columns.size(), false);
    for (const std::size_t column : schema_->key) key_column_[column] = true;
  }

  Status Append(const Message& message, Sequence sequence, Conform conform) {
    RETURN_IF_ERROR(CheckImages(message));
    RETURN_IF_ERROR(UsePlans(message, conform));
    const std::size_t rescued = rescued_.size();
    Status status = AppendImages(message, conform);
    PushRow(message, sequence);
    if (status) {
      bytes_ += message.before.size() + message.after.size() + kBytesPerRow;
      return {};
    }
    dropped_.push_back(operations_.size() - 1);
    rescued_.resize(rescued);
    return status;
  }

  const std::shared_ptr<const TableSchema>& schema() const { return schema_; }
  std::size_t size() const { return operations_.size() - dropped_.size(); }
  std::size_t bytes() const { return bytes_; }

  Result<std::shared_ptr<ChangeBatch>> Finish() {
    const std::size_t kept = size();
    const ImageBuilder::Ranges keep = KeptRanges();
    auto batch = std::make_shared<ChangeBatch>();
    batch->before = TRY(before_.Finish(operations_.size(), keep));
    batch->after = TRY(after_.Finish(operations_.size(), keep));
    batch->schema = schema_;
    batch->operations = Kept(std::exchange(operations_, {}), keep);
    batch->sequences = Kept(std::exchange(sequences_, {}), keep);
    batch->event_rows = Kept(std::exchange(event_rows_, {}), keep);
    batch->event_offsets = Kept(std::exchange(event_offsets_, {}), keep);
    batch->transaction_of = Kept(std::exchange(transaction_of_, {}), keep);
    batch->transactions = std::exchange(transactions_, {});
    batch->rescued = KeptRescues();
    dropped_.clear();
    bytes_ = 0;
    if (kept == 0) return std::shared_ptr<ChangeBatch>();
    return batch;
  }

 private:
  Status CheckImages(const Message& message) const {
    if (!IsRow(message)) {
      return Bad(ErrorCode::kMessageUndecodable,
                 fmt::format("a record of kind {} is no row", NameOf(message.kind)));
    }
    if (message.operation == Operation::kTruncate) return {};
    const bool old =
        message.operation == Operation::kDelete ||
        (message.operation == Operation::kUpdate && message.kind == MessageKind::kChange);
    const bool is_new = message.operation != Operation::kDelete;
    if ((old && message.before.empty()) || (is_new && message.after.empty())) {
      return Bad(ErrorCode::kMessageUndecodable, fmt::format("operation '{}' without its row image",
                                                             static_cast<char>(message.operation)));
    }
    // Without a key, a row is known by its old values only. (A delete has them in any case.)
    if (message.kind == MessageKind::kUnwrapped && message.operation == Operation::kUpdate &&
        schema_->key_kind == KeyKind::kWholeRow) {
      return Err(
          ErrorKind::kUnsupported, ErrorCode::kBeforeImageMissing,
          fmt::format("{} has no key, and its messages lack the old row", schema_->id.ToString()));
    }
    return {};
  }

  Result<ValuePlan> PlanOf(const ConnectField& field, const ColumnSchema& column) const {
    const ColumnForm form = TRY(FormOf(field, modes_, column));
    return PlanValue(column, form, modes_.unavailable);
  }

  // The plans for the message's own schema, else for the declared modes.
  Status UsePlans(const Message& message, Conform conform) {
    const bool same = message.connect == connect_ && (conform == planned_for_ || !lenient_);
    if (!plans_.empty() && same) return {};
    std::vector<std::optional<ValuePlan>> plans;
    for (const ColumnSchema& column : schema_->columns) {
      if (message.connect == nullptr) {
        plans.emplace_back(TRY(PlanValue(column, FormUnder(modes_, column), modes_.unavailable)));
        continue;
      }
      const ConnectField* field = message.connect->Find(column.name);
      if (field == nullptr) {
        plans.emplace_back(std::nullopt);
        continue;
      }
      // Else the message is of a schema under which the column had another type.
      auto plan = PlanOf(*field, column);
      if (!plan && conform == Conform::kExact) return std::unexpected(std::move(plan).error());
      plans.emplace_back(plan ? std::optional(*std::move(plan)) : std::nullopt);
    }
    const auto lacks = [](const std::optional<ValuePlan>& plan) { return !plan; };
    lenient_ = std::ranges::any_of(plans, lacks);
    planned_for_ = conform;
    plans_ = std::move(plans);
    connect_ = message.connect;
    return {};
  }

  // On failure both images have the row all the same, with NULLs: it is dropped later.
  Status AppendImages(const Message& message, Conform conform) {
    const bool unwrapped = message.kind == MessageKind::kUnwrapped;
    Status old;
    Status newest;
    switch (message.operation) {
      case Operation::kTruncate:
        before_.SkipRow();
        after_.SkipRow();
        return {};
      case Operation::kDelete:
        old = AppendImage(message.before, before_, {conform, true, false, unwrapped});
        after_.SkipRow();
        return old;
      case Operation::kUpdate:
        old = unwrapped ? AppendImage(message.after, before_, {conform, false, true, true})
                        : AppendImage(message.before, before_, {conform, false, false, false});
        break;
      default:
        before_.SkipRow();
    }
    newest = AppendImage(message.after, after_, {conform, true, false, unwrapped});
    return old ? newest : old;
  }

  Status AppendImage(std::string_view json, ImageBuilder& image, const ImageRule& rule) {
    RETURN_IF_ERROR(image.BeginRow());
    ++stamp_;
    filled_count_ = 0;
    Status status = AppendFields(json, image, rule);
    if (status && filled_count_ != keys_.size()) status = CheckMissing(rule);
    if (filled_count_ != keys_.size()) {
      for (std::size_t i = 0; i < keys_.size(); ++i) {
        if (filled_[i] == stamp_) continue;
        if (const auto added = image.column(i).AppendNull(); !added.ok()) return OutOfRoom(added);
      }
    }
    return status;
  }

  Status CheckMissing(const ImageRule& rule) const {
    if (rule.conform == Conform::kByName || rule.key_only) return {};
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (filled_[i] == stamp_) continue;
      return Bad(ErrorCode::kSchemaMismatch,
                 fmt::format("table {}: a message lacks column {}", schema_->id.ToString(),
                             schema_->columns[i].name));
    }
    return {};
  }

  Status AppendFields(std::string_view json, ImageBuilder& image, const ImageRule& rule) {
    ondemand::document document;
    ondemand::object object;
    if (parser_.iterate(json.data(), json.size(), json.size() + simdjson::SIMDJSON_PADDING)
                .get(document) != simdjson::SUCCESS ||
        document.get_object().get(object) != simdjson::SUCCESS) {
      return Damaged();
    }
    std::size_t expected = 0;
    for (JsonField field : object) {
      ondemand::raw_json_string raw;
      if (field.key().get(raw) != simdjson::SUCCESS) return Damaged();
      std::optional<std::size_t> column;
      std::string_view name;
      if (expected < keys_.size() && keys_[expected].size() <= kQuickName &&
          std::memcmp(raw.raw(), keys_[expected].data(), keys_[expected].size()) == 0) [[likely]] {
        column = expected;
      } else {
        const auto key = KeyOf(field);
        if (!key) return Damaged();
        name = *key;
        column = schema_->FindColumn(name);
      }
      JsonValue value;
      if (field.value().get(value) != simdjson::SUCCESS) return Damaged();
      if (!column) {
        RETURN_IF_ERROR(TakeForeign(name, value, rule));
        continue;
      }
      RETURN_IF_ERROR(TakeValue(*column, value, image, rule));
      expected = *column + 1;
    }
    return {};
  }

  Status TakeValue(std::size_t index, JsonValue& value, ImageBuilder& image,
                   const ImageRule& rule) {
    if (filled_[index] == stamp_) return Damaged();
    if (rule.key_only && !key_column_[index]) return {};
    arrow::ArrayBuilder& builder = image.column(index);
    std::string_view json = TokenOf(value);
    if (IsNull(json)) {
      if (const auto status = builder.AppendNull(); !status.ok()) return OutOfRoom(status);
      Filled(index);
      return {};
    }
    if (json.starts_with('{')) {
      ondemand::object object;
      if (value.get_object().get(object) != simdjson::SUCCESS ||
          object.raw_json().get(json) != simdjson::SUCCESS) {
        return Damaged();
      }
    } else if (json.starts_with('[')) {
      ondemand::array array;
      if (value.get_array().get(array) != simdjson::SUCCESS ||
          array.raw_json().get(json) != simdjson::SUCCESS) {
        return Damaged();
      }
    }
    const std::optional<ValuePlan>& plan = plans_[index];
    const ValueOutcome outcome =
        plan ? plan->append(*plan, json, builder, context_) : ValueOutcome::kWrong;
    if (outcome == ValueOutcome::kWrong) {
      if (rule.conform == Conform::kExact || key_column_[index]) return Wrong(index, json);
      return Rescue(index, json, image, rule);
    }
    Filled(index);
    if (outcome == ValueOutcome::kOk || !rule.newest) return {};
    const ColumnSchema& column = schema_->columns[index];
    if (outcome == ValueOutcome::kUnavailable) {
      return Bad(ErrorCode::kRowImageIncomplete,
                 fmt::format("table {}: the connector did not have column {}",
                             schema_->id.ToString(), column.name));
    }
    const bool decimal = column.type == SourceType::kDecimal;
    rescued_.push_back({operations_.size(), column.name, context_.text,
                        std::string(decimal ? kTooManyDigits : mysql::kNotACalendarDate)});
    return {};
  }

  // The rest of the row is of use.
  Status Rescue(std::size_t index, std::string_view json, ImageBuilder& image,
                const ImageRule& rule) {
    context_.problem.clear();
    if (const auto added = image.column(index).AppendNull(); !added.ok()) return OutOfRoom(added);
    Filled(index);
    if (!rule.newest) return {};
    rescued_.push_back({operations_.size(), schema_->columns[index].name,
                        std::string(ScalarOf(json)), std::string(kNotOfItsType)});
    return {};
  }

  // A field that is no column of the schema.
  Status TakeForeign(std::string_view name, JsonValue& value, const ImageRule& rule) {
    if (rule.unwrapped && name.starts_with(modes_.added_prefix)) return {};
    if (rule.conform == Conform::kExact) {
      return Bad(ErrorCode::kSchemaMismatch,
                 fmt::format("table {}: a message has column {}", schema_->id.ToString(), name));
    }
    const std::string_view token = TokenOf(value);
    if (!rule.newest || IsNull(token)) return {};
    std::string column(name);
    std::string_view json = token;
    ondemand::object object;
    ondemand::array array;
    if ((token.starts_with('{') && (value.get_object().get(object) != simdjson::SUCCESS ||
                                    object.raw_json().get(json) != simdjson::SUCCESS)) ||
        (token.starts_with('[') && (value.get_array().get(array) != simdjson::SUCCESS ||
                                    array.raw_json().get(json) != simdjson::SUCCESS))) {
      return Damaged();
    }
    rescued_.push_back({operations_.size(), std::move(column), std::string(ScalarOf(json)),
                        std::string(kNoSuchColumn)});
    return {};
  }

  void Filled(std::size_t index) {
    filled_[index] = stamp_;
    ++filled_count_;
  }

  Status Damaged() const {
    return Bad(ErrorCode::kMessageUndecodable,
               fmt::format("table {}: a row image is damaged", schema_->id.ToString()));
  }

  Status Wrong(std::size_t index, std::string_view json) {
    constexpr std::size_t kShown = 80;
    const ColumnSchema& column = schema_->columns[index];
    std::string_view shown = ScalarOf(json).substr(0, kShown);
    // Not within a character.
    while (!shown.empty() && (static_cast<std::uint8_t>(shown.back()) & 0x80U) != 0) {
      shown.remove_suffix(1);
    }
    const std::string problem = std::exchange(context_.problem, {});
    return Bad(ErrorCode::kMessageValue,
               fmt::format("table {} column {} {}: {}{}{}", schema_->id.ToString(), column.name,
                           column.declared_type, shown, problem.empty() ? "" : ": ", problem));
  }

  void PushRow(const Message& message, Sequence sequence) {
    const SourceBlock& source = message.source;
    const bool same =
        !transactions_.empty() && transactions_.back().gtid == source.gtid &&
        transactions_.back().file == source.file &&
        transactions_.back().committed_at == source.committed_at &&
        (!source.gtid.empty() || transactions_.back().offset == source.position.value_or(0)) &&
        (message.transaction.id.empty() || transactions_.back().id == message.transaction.id);
    if (!same) transactions_.push_back(TransactionOf(source, message.transaction.id));
    operations_.push_back(message.operation);
    sequences_.push_back(sequence);
    event_rows_.push_back(static_cast<std::uint32_t>(sequence.row()));
    event_offsets_.push_back(sequence.position());
    transaction_of_.push_back(static_cast<std::uint32_t>(transactions_.size() - 1));
  }

  ImageBuilder::Ranges KeptRanges() const {
    ImageBuilder::Ranges keep;
    std::size_t next = 0;
    for (const std::size_t row : dropped_) {
      if (next < row) keep.emplace_back(next, row);
      next = row + 1;
    }
    if (next < operations_.size()) keep.emplace_back(next, operations_.size());
    return keep;
  }

  template <typename T>
  std::vector<T> Kept(std::vector<T> all, const ImageBuilder::Ranges& keep) const {
    if (dropped_.empty()) return all;
    std::vector<T> kept;
    for (const auto& [first, last] : keep) {
      kept.insert(kept.end(), all.begin() + static_cast<std::ptrdiff_t>(first),
                  all.begin() + static_cast<std::ptrdiff_t>(last));
    }
    return kept;
  }

  std::vector<RescuedValue> KeptRescues() {
    for (RescuedValue& value : rescued_) {
      const auto before = std::ranges::lower_bound(dropped_, value.row) - dropped_.begin();
      value.row -= static_cast<std::size_t>(before);
    }
    return std::exchange(rescued_, {});
  }

  std::shared_ptr<const TableSchema> schema_;
  DebeziumModes modes_;
  ImageBuilder before_;
  ImageBuilder after_;
  std::vector<std::string> keys_;  // names with the closing quote, as they stand in JSON
  std::vector<bool> key_column_;
  std::shared_ptr<const ConnectSchema> connect_;  // what the plans are for
  Conform planned_for_ = Conform::kExact;
  bool lenient_ = false;  // columns lack plans, under which only kByName reads
  std::vector<std::optional<ValuePlan>> plans_;
  ondemand::parser parser_;
  ValueContext context_;
  // Columns of the image under way that have a value: those with the current stamp.
  std::vector<std::uint64_t> filled_;
  std::uint64_t stamp_ = 0;
  std::size_t filled_count_ = 0;

  std::vector<Operation> operations_;
  std::vector<Sequence> sequences_;
  std::vector<std::uint32_t> event_rows_;
  std::vector<std::uint64_t> event_offsets_;
  std::vector<std::uint32_t> transaction_of_;
  std::vector<SourceTransaction> transactions_;
  std::vector<RescuedValue> rescued_;
  std::vector<std::size_t> dropped_;  // rows whose decoding failed, ascending
  std::size_t bytes_ = 0;
};

ChangeBuilder::ChangeBuilder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ChangeBuilder::~ChangeBuilder() = default;
ChangeBuilder::ChangeBuilder(ChangeBuilder&&) noexcept = default;
ChangeBuilder& ChangeBuilder::operator=(ChangeBuilder&&) noexcept = default;

Result<ChangeBuilder> ChangeBuilder::Open(std::shared_ptr<const TableSchema> schema,
                                          DebeziumModes modes, DateTimeAs datetime) {
  auto before = TRY(ImageBuilder::Open(ArrowSchemaOf(*schema, datetime)));
  auto after = TRY(ImageBuilder::Open(ArrowSchemaOf(*schema, datetime)));
  return ChangeBuilder(std::make_unique<Impl>(std::move(schema), std::move(modes),
                                              std::move(before), std::move(after)));
}

Status ChangeBuilder::Append(const Message& message, Sequence sequence, Conform conform) {
  return impl_->Append(message, sequence, conform);
}

const std::shared_ptr<const TableSchema>& ChangeBuilder::schema() const { return impl_->schema(); }
std::size_t ChangeBuilder::size() const { return impl_->size(); }
std::size_t ChangeBuilder::bytes() const { return impl_->bytes(); }

Result<std::shared_ptr<ChangeBatch>> ChangeBuilder::Finish() { return impl_->Finish(); }

}  // namespace foreset::debezium
