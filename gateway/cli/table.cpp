#include "gateway/cli/table.h"

#include <algorithm>
#include <numeric>
#include <ostream>

#include "gateway/cli/terminal.h"
#include "schemas/values/invariant.h"

namespace guichet::cli {
namespace {

constexpr std::size_t kBetween = 2;
constexpr std::size_t kNarrowestColumn = 8;
constexpr const char* kNoteIndent = "    ";

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::row(std::vector<std::string> cells) {
  GUICHET_INVARIANT(cells.size() == columns_.size());
  lines_.push_back({Kind::row, std::move(cells)});
}

void Table::note(std::string text) {
  lines_.push_back({Kind::note, {std::move(text)}});
}

void Table::gap() {
  lines_.push_back({Kind::gap, {}});
}

std::vector<std::size_t> Table::widths(std::size_t width) const {
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) widths.push_back(display_width(column.heading));
  for (const Line& line : lines_) {
    if (line.kind != Kind::row) continue;
    for (std::size_t i = 0; i < line.cells.size(); ++i)
      widths[i] = std::max(widths[i], display_width(line.cells[i]));
  }
  const std::size_t between = kBetween * (columns_.size() - 1);
  while (std::accumulate(widths.begin(), widths.end(), between) > width) {
    std::size_t widest = columns_.size();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (!columns_[i].may_wrap || widths[i] <= kNarrowestColumn) continue;
      if (widest == columns_.size() || widths[i] > widths[widest]) widest = i;
    }
    if (widest == columns_.size()) break;
    --widths[widest];
  }
  return widths;
}

void Table::print_row(std::ostream& out, const std::vector<std::string>& cells,
                      const std::vector<std::size_t>& widths) const {
  std::vector<std::vector<std::string>> wrapped;
  std::size_t height = 1;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    wrapped.push_back(columns_[i].may_wrap ? wrap(cells[i], widths[i])
                                           : std::vector<std::string>{cells[i]});
    height = std::max(height, wrapped.back().size());
  }
  for (std::size_t y = 0; y < height; ++y) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string text = y < wrapped[i].size() ? wrapped[i][y] : "";
      const std::size_t used = display_width(text);
      const std::string padding(widths[i] > used ? widths[i] - used : 0, ' ');
      if (i > 0) line.append(kBetween, ' ');
      line += columns_[i].align == right ? padding + text : text + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  }
}

void Table::print(std::ostream& out, std::size_t width) const {
  const auto columns = widths(width);
  std::vector<std::string> headings;
  std::vector<std::string> rules;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    headings.push_back(columns_[i].heading);
    std::string rule;
    for (std::size_t n = 0; n < columns[i]; ++n) rule += "─";
    rules.push_back(std::move(rule));
  }
  print_row(out, headings, columns);
  print_row(out, rules, columns);
  for (const Line& line : lines_) {
    switch (line.kind) {
      case Kind::row:
        print_row(out, line.cells, columns);
        break;
      case Kind::note:
        for (const std::string& text : wrap(line.cells[0], width - 4))
          out << kNoteIndent << text << '\n';
        break;
      case Kind::gap:
        out << '\n';
        break;
    }
  }
}

}  // namespace guichet::cli
