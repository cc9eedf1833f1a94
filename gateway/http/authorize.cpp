#include "gateway/http/authorize.h"

namespace guichet::http {

bool authorize(const v1::Actor& actor, Call, const Resource&) {
  return !actor.subject().empty();
}

}  // namespace guichet::http
