#pragma once

#include <string_view>

#include "gateway/identity/principal.h"

namespace guichet::identity {

/// What a caller wants to do. schemas/access.json has a row for each.
enum class Call {
  submit_application,
  read_application,
  list_applications,
  search_clients,
  amend_application,
  withdraw_application,
  screen,
  read_programs,
  read_events,
  read_payments,
  read_payment_files,
  prepare_payment_run,
  release_payment_run,
  cancel_payment_run,
  stop_payments,
  resume_payments,
  read_ledger,
  read_settlements,
  read_audit,
  read_metrics,
};
inline constexpr int kCalls = 20;

std::string_view to_string(Call call);

/// To what. What is not known at the place of asking is empty, and is nobody's own.
struct Resource {
  std::string_view desk = {};
  std::string_view program = {};
  std::string_view government = {};
};

/// The role of who calls a server without an identity provider, which listens on loopback only: all
/// of them. No token can say it.
inline constexpr std::string_view kOwnerRole = "owner";

/// Whether this caller may make this call to this resource, by the table of schemas/access.json: a
/// cell of call and role says to which data, and what has no cell is denied. Asked at every route,
/// and of a write again by the owner of the case.
bool authorize(const Principal& caller, Call call, const Resource& resource);

/// Whether the caller may make this call to anything at all. Who may not learns that; who may, but
/// not to this, learns of it no more than that nothing is known there.
bool may_at_all(const Principal& caller, Call call);

/// Whether what the caller sees of this call ends with their desk: a clerk's list.
bool is_held_to_desk(const Principal& caller, Call call);

/// A role of the table, which a token may name.
bool is_role(std::string_view name);

/// The table itself: schemas/access.json as it was when this was built.
std::string_view access_json();

}  // namespace guichet::identity
