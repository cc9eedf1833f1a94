#include "tests/end_to_end/partner_program.h"

#include <fstream>

namespace guichet::end_to_end {

PartnerProgram::PartnerProgram(const std::string& id, const std::string& deadline) {
  std::filesystem::create_directories(folder_.path() / id);
  std::ofstream(folder_.path() / id / "program.yaml") << "id: " << id << R"(
name: {en: Partner benefit, fr: Prestation d’un partenaire}
government: NB
administered_by: {en: A partner, fr: Un partenaire}
offered_in: all
per: household
needs: [residence.province, household.adults.net_income]
deadline: )" << deadline << R"(
benefit_year: 1
payments:
  months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
  day: 15
paid_by: guichet
answered_by: file
sources: [https://guichet.example/partner]
)";
}

}  // namespace guichet::end_to_end
