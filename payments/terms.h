#pragma once

#include <functional>
#include <memory>
#include <string>

#include "payments/digest.h"
#include "payments/due.h"
#include "rules/program/program.h"

namespace guichet::payments {

/// How the program of this id pays.
using TermsOf = std::function<Terms(const std::string& program)>;

/// Whether a bank can take a payment to this payee.
using FitsBank = bool (*)(const v1::Payee& payee);

/// What accounts and runs need from outside; the same in every process of a deployment.
struct Rules {
  TermsOf terms_of;
  FitsBank fits_bank = nullptr;
  Digest digest = nullptr;
};

/// As the manifests in force say. A program that is offered no longer pays what it still owes by
/// the rules of one that says nothing.
TermsOf terms_of(std::shared_ptr<const rules::Catalogue> catalogue);

}  // namespace guichet::payments
