#include "gateway/identity/jose.h"

#include <openssl/err.h>

namespace guichet::identity {

Jwk import_jwk(const std::string& json) {
  cjose_err failed;
  Jwk key(cjose_jwk_import(json.data(), json.size(), &failed));
  ERR_clear_error();
  return key;
}

}  // namespace guichet::identity
