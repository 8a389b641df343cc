// SPDX-License-Identifier: MIT
#include "foreset/model/arrow_status.h"

#include <cstring>
#include <memory>
#include <string>

namespace foreset {
namespace {

constexpr const char* kDetailType = "foreset::Error";

class CarriedError final : public arrow::StatusDetail {
 public:
  explicit CarriedError(Error error) : error_(std::move(error)) {}
  const char* type_id() const override { return kDetailType; }
  std::string ToString() const override { return error_.ToString(); }
  const Error& error() const { return error_; }

 private:
  Error error_;
};

}  // namespace

Error ErrorFromArrow(const arrow::Status& status, ArrowBlame blame) {
  const auto& detail = status.detail();
  if (detail != nullptr && std::strcmp(detail->type_id(), kDetailType) == 0) {
    return static_cast<const CarriedError&>(*detail).error();
  }
  if (status.IsOutOfMemory()) blame.kind = ErrorKind::kTransient;
  return Error{blame.kind, blame.code, status.message(), {}};
}

arrow::Status ToArrow(Error error) {
  const std::string message = error.message;
  return {arrow::StatusCode::IOError, message, std::make_shared<CarriedError>(std::move(error))};
}

}  // namespace foreset
