#pragma once

#include <string_view>

#include "guichet/v1/envelope.pb.h"

namespace guichet::http {

/// What a caller wants to do.
enum class Call {
  submit_application,
  read_application,
  list_applications,
  amend_application,
  withdraw_application,
  screen,
  read_programs,
  read_events,
};

/// To what. What is not known at the place of asking is empty.
struct Resource {
  std::string_view application_id;
  std::string_view desk;
  std::string_view program;
};

/// Whether this actor may make this call to this resource. Asked at every route; the owner of the
/// key asks again for writes. Everybody is allowed everything as long as no identity provider is
/// configured: the server then listens on loopback only.
bool authorize(const v1::Actor& actor, Call call, const Resource& resource);

}  // namespace guichet::http
