#include "gateway/identity/base64url.h"

#include <gtest/gtest.h>

namespace guichet::identity {
namespace {

TEST(Base64Url, ReadsBackWhatItWrote) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(decode_base64url(encode_base64url(bytes)), bytes) << i;
    bytes += static_cast<char>(i * 7);
  }
  EXPECT_EQ(encode_base64url("\xfb\xff\xfe"), "-__-");
}

TEST(Base64Url, HasOneTextForEachValue) {
  // Padding, the other alphabet, spaces, a digit too many, bits left over.
  for (const char* text : {"QQ==", "QQ=", "+/8", "QQ ", " QQ", "Q", "QUJDR", "QR", "QUJ", "Q\nQ"})
    EXPECT_EQ(decode_base64url(text), std::nullopt) << text;
  EXPECT_EQ(decode_base64url("QQ"), "A");
  EXPECT_EQ(decode_base64url(""), "");
}

}  // namespace
}  // namespace guichet::identity
