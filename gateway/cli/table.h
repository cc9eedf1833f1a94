#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

namespace guichet::cli {

/// Rows under headings, aligned, no wider than the terminal: where they would be, the columns that
/// may wrap give way.
///
///   Table table({{"Program", Table::left, true}, {"A year", Table::right}});
///   table.row({"Canada Child Benefit", "$7,997.00"});
///   table.note("Your family income of $19,400.00 is …");  // under the row, over the whole width
///   table.print(std::cout, terminal_width());
class Table {
 public:
  enum Align { left, right };
  struct Column {
    std::string heading;
    Align align = left;
    bool may_wrap = false;
  };

  explicit Table(std::vector<Column> columns);

  void row(std::vector<std::string> cells);
  /// Wrapped text under the row before.
  void note(std::string text);
  /// An empty line.
  void gap();
  void print(std::ostream& out, std::size_t width) const;

 private:
  enum class Kind { row, note, gap };
  struct Line {
    Kind kind;
    std::vector<std::string> cells;
  };
  std::vector<std::size_t> widths(std::size_t width) const;
  void print_row(std::ostream& out, const std::vector<std::string>& cells,
                 const std::vector<std::size_t>& widths) const;

  std::vector<Column> columns_;
  std::vector<Line> lines_;
};

}  // namespace guichet::cli
