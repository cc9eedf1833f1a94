#include "gateway/cases/texts.h"

#include <string>

namespace guichet::cases {
namespace {

v1::Reason reason(std::string en, std::string fr) {
  v1::Reason reason;
  reason.mutable_text()->set_en(std::move(en));
  reason.mutable_text()->set_fr(std::move(fr));
  return reason;
}

v1::DeterminationLine line(std::string_view beneficiary, v1::DeterminationStatus status,
                           v1::Reason why) {
  v1::DeterminationLine line;
  line.set_beneficiary(std::string(beneficiary));
  line.set_status(status);
  *line.add_reasons() = std::move(why);
  return line;
}

}  // namespace

v1::DeterminationLine no_consent_line(const v1::ProgramCase& program,
                                      std::string_view beneficiary) {
  const std::string& id = program.program();
  v1::DeterminationLine missing = line(
      beneficiary, v1::NEEDS_INFORMATION,
      reason("We did not ask this program, because there is no consent to share your information "
             "with it: the consent for “" +
                 program.name().en() + "” (" + id +
                 "), purpose “eligibility”. Add this consent to your application to be considered.",
             "Nous n’avons pas interrogé ce programme, faute de consentement à lui communiquer vos "
             "renseignements\u00A0: le consentement pour «\u00A0" +
                 program.name().fr() + "\u00A0» (" + id +
                 "), à la fin «\u00A0eligibility\u00A0». Ajoutez ce consentement à votre demande "
                 "pour qu’elle soit examinée."));
  missing.add_missing_fields("consents");
  return missing;
}

v1::DeterminationLine not_offered_line(std::string_view beneficiary) {
  return line(beneficiary, v1::INELIGIBLE,
              reason("This program is not offered where you live.",
                     "Ce programme n’est pas offert là où vous habitez."));
}

const v1::Reason& unavailable_reason() {
  static const v1::Reason kReason =
      reason("This program did not answer in time; we will add its answer when it comes.",
             "Ce programme n’a pas répondu à temps; nous ajouterons sa réponse dès qu’elle "
             "arrivera.");
  return kReason;
}

const v1::Reason& not_screened_reason() {
  static const v1::Reason kReason = reason(
      "This program cannot be screened: its own government answers for it. Apply to have its "
      "answer.",
      "Ce programme ne peut pas faire l’objet d’une évaluation préalable\u00A0: son "
      "gouvernement y répond lui-même. Présentez une demande pour obtenir sa réponse.");
  return kReason;
}

}  // namespace guichet::cases
