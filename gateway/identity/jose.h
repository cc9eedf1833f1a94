#pragma once

#include <cjose/cjose.h>

#include <memory>
#include <string>

// cjose's objects with an owner each. For .cpp files of this folder.

namespace guichet::identity {

struct JwkRelease {
  void operator()(cjose_jwk_t* key) const { cjose_jwk_release(key); }
};
using Jwk = std::unique_ptr<cjose_jwk_t, JwkRelease>;

struct JwsRelease {
  void operator()(cjose_jws_t* jws) const { cjose_jws_release(jws); }
};
using Jws = std::unique_ptr<cjose_jws_t, JwsRelease>;

/// Null where cjose does not take it.
Jwk import_jwk(const std::string& json);

}  // namespace guichet::identity
