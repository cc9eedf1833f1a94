#pragma once

#include "gateway/identity/sign.h"

namespace guichet::identity {

// One key of each kind for all tests of a program: making one takes a while.

inline const SigningKey& rsa() {
  static const SigningKey key = make_signing_key(Algorithm::rs256, "rsa-1");
  return key;
}

inline const SigningKey& ec() {
  static const SigningKey key = make_signing_key(Algorithm::es256, "ec-1");
  return key;
}

}  // namespace guichet::identity
