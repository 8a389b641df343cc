// SPDX-License-Identifier: MIT
// Aligned columns for people, and the same as Markdown.
#include <algorithm>
#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>

#include "foreset/base/printable_text.h"
#include "foreset/cli/output/cell_text.h"
#include "foreset/cli/output/column_widths.h"
#include "foreset/cli/output/row_writer.h"
#include "foreset/cli/output/text_width.h"

namespace foreset::cli {
namespace {

// The widths are taken from so many rows; wider cells that come later push their line out.
constexpr std::size_t kRowsMeasured = 1000;
// A longer value is cut in a table; every other form shows it whole.
constexpr std::size_t kWidestCell = 60;

// One line of harmless text, at most kWidestCell places.
std::string OneLine(std::string_view text) {
  // What is cut off anyway need not be looked at: a character has four bytes at the most.
  return CutToWidth(PrintableText(text.substr(0, 4 * (kWidestCell + 1)), "⏎"), kWidestCell + 1);
}

bool IsNumber(const arrow::DataType& type) {
  return arrow::is_integer(type.id()) || arrow::is_floating(type.id()) ||
         arrow::is_decimal(type.id());
}

class TableRowWriter final : public RowWriter {
 public:
  TableRowWriter(const std::shared_ptr<arrow::Schema>& schema, std::ostream& out,
                 std::size_t places)
      : out_(out), places_(places) {
    for (const auto& field : schema->fields()) {
      names_.push_back(OneLine(field->name()));
      widths_.push_back(DisplayWidth(names_.back()));
      numeric_.push_back(IsNumber(*field->type()));
    }
  }

  Status Write(const arrow::RecordBatch& batch) override {
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      std::vector<std::string> cells;
      for (int i = 0; i < batch.num_columns(); ++i) {
        cells.push_back(OneLine(CellText(*batch.column(i), row)));
      }
      ++rows_;
      if (started_) {
        Line(cells);
      } else {
        waiting_.push_back(std::move(cells));
        if (waiting_.size() == kRowsMeasured) Start();
      }
    }
    return CheckStream(out_);
  }

  Status Finish() override {
    if (!started_) Start();
    const std::string left_out =
        shown_ == names_.size()
            ? ""
            : fmt::format("; {} of {} columns fit, other forms show all", shown_, names_.size());
    out_ << fmt::format("({} row{}{})\n", rows_, rows_ == 1 ? "" : "s", left_out);
    return CheckStream(out_);
  }

 private:
  void FitTheTerminal() {
    std::vector<ColumnWidth> columns;
    for (std::size_t i = 0; i < names_.size(); ++i) columns.push_back({widths_[i], numeric_[i]});
    if (places_ > 0) FitColumns(columns, places_);
    shown_ = columns.size();
    for (std::size_t i = 0; i < shown_; ++i) {
      cut_ = cut_ || columns[i].cells < widths_[i];
      widths_[i] = columns[i].cells;
    }
    cut_ = cut_ || shown_ < names_.size();
  }

  void Start() {
    started_ = true;
    for (const auto& cells : waiting_) {
      for (std::size_t i = 0; i < cells.size(); ++i) {
        widths_[i] = std::max(widths_[i], DisplayWidth(cells[i]));
      }
    }
    FitTheTerminal();
    Line(names_);
    std::string rule;
    for (std::size_t i = 0; i < shown_; ++i) {
      rule += rule.empty() ? "" : "  ";
      for (std::size_t at = 0; at < widths_[i]; ++at) rule += "─";
    }
    out_ << rule << '\n';
    for (const auto& cells : waiting_) Line(cells);
    waiting_.clear();
  }

  void Line(const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t i = 0; i < shown_; ++i) {
      if (i > 0) line += std::string(kColumnGap, ' ');
      const std::string cell = cut_ ? CutToWidth(cells[i], widths_[i]) : cells[i];
      const std::size_t width = DisplayWidth(cell);
      const std::string padding(width < widths_[i] ? widths_[i] - width : 0, ' ');
      line += numeric_[i] ? padding + cell : cell + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out_ << line << '\n';
  }

  std::ostream& out_;
  std::vector<std::string> names_;
  std::vector<std::size_t> widths_;
  std::vector<bool> numeric_;
  std::vector<std::vector<std::string>> waiting_;
  std::size_t places_;
  std::size_t shown_ = 0;  // columns
  std::size_t rows_ = 0;
  bool started_ = false;
  bool cut_ = false;
};

class MarkdownRowWriter final : public RowWriter {
 public:
  MarkdownRowWriter(const std::shared_ptr<arrow::Schema>& schema, std::ostream& out) : out_(out) {
    std::string rule = "|";
    out_ << '|';
    for (const auto& field : schema->fields()) {
      out_ << ' ' << Escaped(field->name()) << " |";
      rule += IsNumber(*field->type()) ? " ---: |" : " --- |";
    }
    out_ << '\n' << rule << '\n';
  }

  Status Write(const arrow::RecordBatch& batch) override {
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      out_ << '|';
      for (const auto& column : batch.columns()) {
        out_ << ' ' << Escaped(CellText(*column, row)) << " |";
      }
      out_ << '\n';
    }
    return CheckStream(out_);
  }

  Status Finish() override { return CheckStream(out_); }

 private:
  static std::string Escaped(std::string_view text) {
    std::string escaped;
    for (const char c : PrintableText(text, "<br>")) {
      if (c == '|') escaped += '\\';
      escaped += c;
    }
    return escaped;
  }

  std::ostream& out_;
};

}  // namespace

std::unique_ptr<RowWriter> MakeTableWriter(std::shared_ptr<arrow::Schema> schema, std::ostream& out,
                                           std::size_t places) {
  return std::make_unique<TableRowWriter>(schema, out, places);
}

std::unique_ptr<RowWriter> MakeMarkdownWriter(std::shared_ptr<arrow::Schema> schema,
                                              std::ostream& out) {
  return std::make_unique<MarkdownRowWriter>(schema, out);
}

}  // namespace foreset::cli
