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
#include "foreset/cli/output/row_writer.h"

namespace foreset::cli {
namespace {

// The widths are taken from so many rows; wider cells that come later push their line out.
constexpr std::size_t kRowsMeasured = 1000;
// A longer value is cut in a table; every other form shows it whole.
constexpr std::size_t kWidestCell = 60;

// Characters of UTF-8; good enough to align what most tables hold.
std::size_t Width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

// One line of harmless text, at most kWidestCell characters.
std::string OneLine(std::string_view text) {
  // What is cut off anyway need not be looked at: a character has four bytes at the most.
  std::string line = PrintableText(text.substr(0, 4 * (kWidestCell + 1)), "⏎");
  std::size_t width = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(line[i]) & 0xC0U) != 0x80U;
    if (begins && ++width > kWidestCell) return line.substr(0, i) + "…";
  }
  return line;
}

bool IsNumber(const arrow::DataType& type) {
  return arrow::is_integer(type.id()) || arrow::is_floating(type.id()) ||
         arrow::is_decimal(type.id());
}

class TableRowWriter final : public RowWriter {
 public:
  TableRowWriter(const std::shared_ptr<arrow::Schema>& schema, std::ostream& out) : out_(out) {
    for (const auto& field : schema->fields()) {
      names_.push_back(OneLine(field->name()));
      widths_.push_back(Width(names_.back()));
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
    out_ << fmt::format("({} row{})\n", rows_, rows_ == 1 ? "" : "s");
    return CheckStream(out_);
  }

 private:
  void Start() {
    started_ = true;
    for (const auto& cells : waiting_) {
      for (std::size_t i = 0; i < cells.size(); ++i) {
        widths_[i] = std::max(widths_[i], Width(cells[i]));
      }
    }
    Line(names_);
    std::string rule;
    for (const std::size_t width : widths_) {
      rule += rule.empty() ? "" : "  ";
      for (std::size_t i = 0; i < width; ++i) rule += "─";
    }
    out_ << rule << '\n';
    for (const auto& cells : waiting_) Line(cells);
    waiting_.clear();
  }

  void Line(const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) line += "  ";
      const std::size_t width = Width(cells[i]);
      const std::string padding(width < widths_[i] ? widths_[i] - width : 0, ' ');
      line += numeric_[i] ? padding + cells[i] : cells[i] + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out_ << line << '\n';
  }

  std::ostream& out_;
  std::vector<std::string> names_;
  std::vector<std::size_t> widths_;
  std::vector<bool> numeric_;
  std::vector<std::vector<std::string>> waiting_;
  std::size_t rows_ = 0;
  bool started_ = false;
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

std::unique_ptr<RowWriter> MakeTableWriter(std::shared_ptr<arrow::Schema> schema,
                                           std::ostream& out) {
  return std::make_unique<TableRowWriter>(schema, out);
}

std::unique_ptr<RowWriter> MakeMarkdownWriter(std::shared_ptr<arrow::Schema> schema,
                                              std::ostream& out) {
  return std::make_unique<MarkdownRowWriter>(schema, out);
}

}  // namespace foreset::cli
