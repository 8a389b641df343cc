// SPDX-License-Identifier: MIT
#include "foreset/batch/csv_evidence.h"

#include <initializer_list>

#include <gtest/gtest.h>

namespace foreset::batch {
namespace {

std::string TypeOf(std::initializer_list<std::string_view> values) {
  const ValueFormat format;
  TypeEvidence evidence(format);
  for (const std::string_view value : values) evidence.Add(value);
  return evidence.Type();
}

TEST(CsvEvidenceTest, NumbersGetATypeThatHoldsThem) {
  EXPECT_EQ(TypeOf({"1", "-20"}), "BIGINT");
  EXPECT_EQ(TypeOf({"123456789012345678"}), "BIGINT");
  EXPECT_EQ(TypeOf({"1", "18446744073709551615"}), "DECIMAL(38,0)");
  EXPECT_EQ(TypeOf({"1.50", "2"}), "DECIMAL(18,2)");
  EXPECT_EQ(TypeOf({"12345678901234567.89"}), "DECIMAL(38,2)");
  EXPECT_EQ(TypeOf({"9007199254740993", "1.5"}), "DECIMAL(18,1)");
  EXPECT_EQ(TypeOf({"1.5e10", "2"}), "DOUBLE");
}

TEST(CsvEvidenceTest, WhenInDoubtItIsText) {
  for (const std::string_view value : {"007",
                                       "1_000",
                                       "0x10",
                                       "NO",
                                       "F",
                                       "yes",
                                       "T",
                                       "10:30",
                                       "10-11-12",
                                       "'q'",
                                       "+4912345",
                                       "12E4",
                                       "NaN",
                                       "1.2.3",
                                       "31/12/2024",
                                       "2024-01-31 10:00:00.123456789",
                                       " 5 ",
                                       "-0",
                                       "5.",
                                       "123456789012345678901234567890123456789",
                                       "9007199254740993e0"}) {
    EXPECT_EQ(TypeOf({value}), "VARCHAR") << value;
  }
  EXPECT_EQ(TypeOf({"1", "x"}), "VARCHAR");
  EXPECT_EQ(TypeOf({"true", "1"}), "VARCHAR");
  EXPECT_EQ(TypeOf({"1.5e10", "12345678901234567.89"}), "VARCHAR");
  EXPECT_EQ(TypeOf({"2024-01-31 10:00:00", "2024-01-31 10:00:00Z"}), "VARCHAR");
  EXPECT_EQ(TypeOf({}), "VARCHAR");
}

TEST(CsvEvidenceTest, DatesTimesAndTruthAreFound) {
  EXPECT_EQ(TypeOf({"2024-01-31"}), "DATE");
  EXPECT_EQ(TypeOf({"2024-01-31", "2024-01-31 17:30:00.5"}), "TIMESTAMP");
  EXPECT_EQ(TypeOf({"2024-01-31T17:30:00Z", "2024-01-31 17:30:00+02:00"}),
            "TIMESTAMP WITH TIME ZONE");
  EXPECT_EQ(TypeOf({"true", "FALSE"}), "BOOLEAN");
}

TEST(CsvEvidenceTest, FormsOfDatesAreGuessedAndNotUsed) {
  const ValueFormat format;
  TypeEvidence evidence(format);
  evidence.Add("02/01/2024");
  EXPECT_EQ(evidence.DateFormats(), (std::vector<std::string>{"%d/%m/%Y", "%m/%d/%Y"}));
  evidence.Add("31/12/2024");
  EXPECT_EQ(evidence.DateFormats(), (std::vector<std::string>{"%d/%m/%Y"}));
  EXPECT_EQ(evidence.Type(), "VARCHAR");
  evidence.Add("x");
  EXPECT_TRUE(evidence.DateFormats().empty());
}

TEST(CsvEvidenceTest, FilesTogetherShowWhatOneShows) {
  const ValueFormat format;
  TypeEvidence first(format);
  TypeEvidence second(format);
  first.Add("100");
  first.Merge(second);
  EXPECT_EQ(first.Type(), "BIGINT");
  second.Add("2.25");
  first.Merge(second);
  EXPECT_EQ(first.Type(), "DECIMAL(18,2)");
}

}  // namespace
}  // namespace foreset::batch
