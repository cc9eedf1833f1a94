#include "rules/feel/regex.h"

#include <unicode/regex.h>

#include <memory>

namespace guichet::feel {

namespace {

constexpr std::int32_t kStackBytes = 4'000'000;

icu::UnicodeString to_icu(std::string_view text) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int>(text.size())));
}

std::string from_icu(const icu::UnicodeString& text) {
  std::string result;
  text.toUTF8String(result);
  return result;
}

/// XPath's flags as ICU's; nothing where one is unknown.
std::optional<std::uint32_t> read_flags(std::string_view flags) {
  std::uint32_t result = 0;
  for (const char flag : flags) {
    switch (flag) {
      case 's':
        result |= UREGEX_DOTALL;
        break;
      case 'm':
        result |= UREGEX_MULTILINE;
        break;
      case 'i':
        result |= UREGEX_CASE_INSENSITIVE;
        break;
      case 'x':
        result |= UREGEX_COMMENTS;
        break;
      case 'q':
        result |= UREGEX_LITERAL;
        break;
      default:
        return std::nullopt;
    }
  }
  return result;
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Where XPath and ICU write a pattern differently: with the flag x, white space outside of classes
/// counts for nothing; blocks are \\p{IsX}, in ICU \\p{InX}; classes are subtracted with "-[", in
/// ICU
/// "--["; no class holds a back reference. Nothing where the pattern is wrong.
std::optional<std::string> translate(std::string_view pattern, bool extended) {
  std::string result;
  int classes = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\' && i + 1 < pattern.size()) {
      const char escaped = pattern[++i];
      if (classes > 0 && escaped >= '0' && escaped <= '9') return std::nullopt;
      result += c;
      result += escaped;
      if ((escaped != 'p' && escaped != 'P') || i + 1 >= pattern.size() || pattern[i + 1] != '{')
        continue;
      std::string name;
      for (i += 2; i < pattern.size() && pattern[i] != '}'; ++i)
        if (!extended || !is_blank(pattern[i])) name += pattern[i];
      if (name.starts_with("Is")) name.replace(0, 2, "In");
      result += "{" + name + "}";
      continue;
    }
    if (extended && classes == 0 && is_blank(c)) continue;
    if (c == '[') {
      if (classes > 0 && !result.empty() && result.back() == '-') result += '-';
      ++classes;
    } else if (c == ']' && classes > 0) {
      --classes;
    }
    result += c;
  }
  return result;
}

std::unique_ptr<icu::RegexMatcher> matcher(const icu::UnicodeString& input,
                                           std::string_view pattern, std::string_view flags,
                                           std::int32_t limit) {
  const auto read = read_flags(flags);
  if (!read) return nullptr;
  const bool literal = (*read & UREGEX_LITERAL) != 0;
  const auto translated = literal ? std::optional(std::string(pattern))
                                  : translate(pattern, (*read & UREGEX_COMMENTS) != 0);
  if (!translated) return nullptr;
  UErrorCode status = U_ZERO_ERROR;
  auto result = std::make_unique<icu::RegexMatcher>(
      to_icu(*translated), *read & ~static_cast<std::uint32_t>(UREGEX_COMMENTS), status);
  if (U_FAILURE(status)) return nullptr;
  result->setTimeLimit(limit, status);
  result->setStackLimit(kStackBytes, status);
  result->reset(input);
  return U_FAILURE(status) ? nullptr : std::move(result);
}

/// XPath: "$1" to "$9…", "\$" and "\\"; anything else after "\" or "$" is an error.
bool append_replacement(std::string_view replacement, const icu::RegexMatcher& at,
                        icu::UnicodeString& out, bool literal) {
  if (literal) {
    out += to_icu(replacement);
    return true;
  }
  for (std::size_t i = 0; i < replacement.size();) {
    const char c = replacement[i];
    if (c == '\\') {
      if (i + 1 >= replacement.size() || (replacement[i + 1] != '\\' && replacement[i + 1] != '$'))
        return false;
      out += static_cast<char16_t>(replacement[i + 1]);
      i += 2;
    } else if (c == '$') {
      ++i;
      if (i >= replacement.size() || replacement[i] < '0' || replacement[i] > '9') return false;
      std::int32_t group = replacement[i++] - '0';
      while (i < replacement.size() && replacement[i] >= '0' && replacement[i] <= '9' &&
             group * 10 + (replacement[i] - '0') <= at.groupCount())
        group = group * 10 + (replacement[i++] - '0');
      UErrorCode status = U_ZERO_ERROR;
      if (group <= at.groupCount()) out += at.group(group, status);
    } else {
      std::size_t end = replacement.find_first_of("\\$", i);
      if (end == std::string_view::npos) end = replacement.size();
      out += to_icu(replacement.substr(i, end - i));
      i = end;
    }
  }
  return true;
}

}  // namespace

std::optional<bool> Regex::matches(std::string_view input, std::string_view pattern,
                                   std::string_view flags, std::int32_t limit) {
  const auto text = to_icu(input);
  const auto at = matcher(text, pattern, flags, limit);
  if (!at) return std::nullopt;
  UErrorCode status = U_ZERO_ERROR;
  const bool found = at->find(status);
  return U_FAILURE(status) ? std::nullopt : std::optional(found);
}

std::optional<std::string> Regex::replace(std::string_view input, std::string_view pattern,
                                          std::string_view replacement, std::string_view flags,
                                          std::int32_t limit, std::size_t longest) {
  const auto text = to_icu(input);
  const auto at = matcher(text, pattern, flags, limit);
  if (!at) return std::nullopt;
  const bool literal = flags.find('q') != std::string_view::npos;
  icu::UnicodeString out;
  std::int32_t end = 0;
  UErrorCode status = U_ZERO_ERROR;
  while (at->find(status) && U_SUCCESS(status)) {
    const std::int32_t start = at->start(status);
    out.append(text, end, start - end);
    if (!append_replacement(replacement, *at, out, literal)) return std::nullopt;
    end = at->end(status);
    if (static_cast<std::size_t>(out.length()) > longest) return std::nullopt;
  }
  if (U_FAILURE(status)) return std::nullopt;
  out.append(text, end, text.length() - end);
  return from_icu(out);
}

std::optional<std::vector<std::string>> Regex::split(std::string_view input,
                                                     std::string_view pattern, std::int32_t limit,
                                                     std::size_t most) {
  const auto text = to_icu(input);
  const auto at = matcher(text, pattern, "", limit);
  if (!at) return std::nullopt;
  std::vector<std::string> parts;
  std::int32_t end = 0;
  UErrorCode status = U_ZERO_ERROR;
  while (at->find(status) && U_SUCCESS(status)) {
    const std::int32_t start = at->start(status), next = at->end(status);
    if (next == start) return std::nullopt;  // XPath: a pattern that matches nothing is an error
    parts.push_back(from_icu(text.tempSubStringBetween(end, start)));
    end = next;
    if (parts.size() > most) return std::nullopt;
  }
  if (U_FAILURE(status)) return std::nullopt;
  parts.push_back(from_icu(text.tempSubStringBetween(end, text.length())));
  return parts;
}

}  // namespace guichet::feel
