# Writes a C++ file with a function NAME, declared in HEADER and of the namespace SPACE, that gives the
# text of FROM, in pieces that every compiler takes.
file(READ ${FROM} text)
string(LENGTH "${text}" length)
set(pieces "")
set(at 0)
while(at LESS length)
  string(SUBSTRING "${text}" ${at} 8000 piece)
  string(APPEND pieces "    R\"guichet(${piece})guichet\"\n")
  math(EXPR at "${at} + 8000")
endwhile()
file(WRITE ${TO} "#include \"${HEADER}\"

namespace ${SPACE} {

std::string_view ${NAME}() {
  static constexpr std::string_view text =
${pieces};
  return text;
}

}  // namespace ${SPACE}
")
