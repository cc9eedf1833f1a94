#include "gateway/cli/program_text.h"

#include <ostream>

#include "gateway/cli/json_access.h"
#include "gateway/cli/table.h"

namespace guichet::cli {

void print_programs(std::ostream& out, const boost::json::value& value, const Words& words,
                    std::size_t width) {
  Table table({{std::string(words.id), Table::left},
               {std::string(words.program), Table::left, true},
               {std::string(words.government), Table::left, true}});
  for (const auto& item : items(at(value, "items")))
    table.row(
        {text_at(item, "id"), text_at(item, "name"), place(text_at(item, "government"), words)});
  table.print(out, width);
}

void print_program(std::ostream& out, const boost::json::value& value, const Words& words,
                   std::size_t width) {
  out << text_at(value, "name") << words.id << width;
}

}  // namespace guichet::cli
