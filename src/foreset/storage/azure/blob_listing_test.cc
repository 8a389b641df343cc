// SPDX-License-Identifier: MIT
#include "foreset/storage/azure/blob_listing.h"

#include <gtest/gtest.h>

#include "foreset/storage/azure/shared_key.h"
#include "foreset/storage/azure/url_text.h"

namespace foreset::azure {
namespace {

TEST(BlobListingTest, FoldersOfAHierarchicalNamespaceAreNoObjects) {
  const auto page = ParseBlobPage(
      "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults><Blobs>"
      "<Blob><Name>t</Name><Properties><Content-Length>0</Content-Length>"
      "<ResourceType>directory</ResourceType></Properties></Blob>"
      "<Blob><Name>u</Name><Properties><Content-Length>0</Content-Length></Properties>"
      "<Metadata><hdi_isfolder>true</hdi_isfolder></Metadata></Blob>"
      "<Blob><Name>t/a &amp; b</Name><Properties>"
      "<Last-Modified>Thu, 26 Nov 2026 05:41:08 GMT</Last-Modified>"
      "<Content-Length>12</Content-Length><ResourceType>file</ResourceType></Properties></Blob>"
      "<Blob><Name Encoded=\"true\">t/%EF%BF%BE</Name><Properties>"
      "<Content-Length>1</Content-Length></Properties></Blob>"
      "<BlobPrefix><Name>t/</Name></BlobPrefix></Blobs><NextMarker>more</NextMarker>"
      "</EnumerationResults>");
  ASSERT_TRUE(page);
  ASSERT_EQ(page->blobs.size(), 2U);
  EXPECT_EQ(page->blobs[0],
            (ObjectInfo{"t/a & b", 12, ParseHttpDate("Thu, 26 Nov 2026 05:41:08 GMT").value()}));
  EXPECT_EQ(page->blobs[1].path, "t/\xEF\xBF\xBE");
  EXPECT_EQ(page->prefixes, (std::vector<std::string>{"t/"}));
  EXPECT_EQ(page->next_marker, "more");
}

TEST(BlobListingTest, WhatIsNoListingIsCorrupt) {
  for (const char* xml :
       {"", "<html>", "<EnumerationResults>", "<Error><Code>x</Code></Error>",
        "<EnumerationResults><Blobs><Blob><Name>a</Name></Blob></Blobs></EnumerationResults>",
        "<EnumerationResults><Blobs><Blob><Name>a</Name><Properties><Content-Length>-1"
        "</Content-Length></Properties></Blob></Blobs></EnumerationResults>"}) {
    const auto page = ParseBlobPage(xml);
    ASSERT_FALSE(page) << xml;
    EXPECT_EQ(page.error().kind, ErrorKind::kCorruption);
  }
}

TEST(BlobListingTest, DatesOfHttpAreReadAndWritten) {
  const Timestamp time(1'795'671'668'000'000);
  EXPECT_EQ(FormatHttpDate(time), "Thu, 26 Nov 2026 05:41:08 GMT");
  EXPECT_EQ(ParseHttpDate(FormatHttpDate(time)), time);
  EXPECT_FALSE(ParseHttpDate("2026-11-26T05:41:08Z"));
  EXPECT_FALSE(ParseHttpDate("Thu, 26 Foo 2026 05:41:08 GMT"));
}

TEST(BlobListingTest, TextsOfUrlsAndBase64AreExact) {
  EXPECT_EQ(EscapePath("a b/\xC3\xBC+%.txt"), "a%20b/%C3%BC%2B%25.txt");
  EXPECT_EQ(EscapeUrl("a/b=c&d"), "a%2Fb%3Dc%26d");
  for (const std::string text : {"a", "ab", "abc", "abcd"}) {
    EXPECT_EQ(FromBase64(ToBase64(AsBytes(text))), text);
  }
  EXPECT_EQ(FromBase64("not base64"), "");
  EXPECT_EQ(SharedKeyAuthorization({"GET", "/c", {}, {}, 0}, "acc", Secret("?")), "");
}

}  // namespace
}  // namespace foreset::azure
