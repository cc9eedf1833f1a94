// Raw bytes of a connection, taken apart as gateway/http/connection.cpp does: header found, framing
// checked, Beast's parser, the fields that every request may carry; then the next request.

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "gateway/http/framing.h"
#include "gateway/http/header_fields.h"
#include "gateway/http/ids.h"
#include "gateway/http/list_question.h"
#include "gateway/http/query.h"
#include "gateway/http/routes.h"
#include "tests/fuzz/check.h"

namespace guichet::http {
namespace {

namespace beast = boost::beast;
using Parser = beast::http::request_parser<beast::http::empty_body>;

constexpr std::size_t kMostFields = 64;
constexpr std::size_t kMostHeader = 16 * 1024;
constexpr std::size_t kMostBody = 256 * 1024;

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

std::size_t lines_of(std::string_view header) {
  std::size_t lines = 0;
  for (std::size_t at = 0; (at = header.find("\r\n", at)) != std::string_view::npos; at += 2)
    ++lines;
  return lines;
}

/// What the check let through: Beast must read it, and read it in the same way.
void check_read_alike(std::string_view header, const Framing& framing) {
  Parser parser;
  parser.header_limit(kMostHeader);
  beast::error_code ec;
  parser.put(boost::asio::const_buffer(header.data(), header.size()), ec);
  if (ec) return;  // refused there: the connection is closed
  FUZZ_CHECK(parser.is_header_done());
  const auto& request = parser.get();
  FUZZ_CHECK(request.version() == 11);
  FUZZ_CHECK(request.target().starts_with('/'));
  FUZZ_CHECK(request.count(beast::http::field::transfer_encoding) == 0);
  FUZZ_CHECK(request.count(beast::http::field::upgrade) == 0);
  FUZZ_CHECK(request.count(beast::http::field::host) == 1);
  const std::size_t lengths = request.count(beast::http::field::content_length);
  FUZZ_CHECK(lengths <= 1);
  FUZZ_CHECK(!parser.chunked());
  FUZZ_CHECK(parser.content_length().value_or(0) == framing.body_bytes);
  // Of several Connection fields Beast reads the first; the server goes by the framing.
  FUZZ_CHECK(request.keep_alive() || framing.close);
  std::size_t fields = 0;
  for (const auto& field : request) {
    ++fields;
    FUZZ_CHECK(!field.name_string().empty());
    FUZZ_CHECK(view(field.value()).find_first_of(std::string_view("\r\n\0", 3)) ==
               std::string_view::npos);
  }
  // Nobody's line is part of another: as many fields as lines, less the first and the empty one.
  FUZZ_CHECK(fields + 2 == lines_of(header));
}

/// What the gateway reads of every request before it knows who asks for what.
void read_fields(std::string_view header) {
  preferred_language(raw_field(header, "Accept-Language"));
  accepts(raw_field(header, "Accept"), "application/json");
  is_json(raw_field(header, "Content-Type"));
  const auto wait = preferred_wait(raw_field(header, "Prefer"));
  FUZZ_CHECK(!wait || (wait->count() >= 0 && *wait <= kMaxPreferredWait));
  submission_of_etag(raw_field(header, "If-Match"));
  matches_etag(raw_field(header, "If-None-Match"), case_etag(1, 2));
  if (const auto position = parse_position(raw_field(header, "Guichet-After"))) {
    const auto again = parse_position(to_string(*position));
    FUZZ_CHECK(again && again->partition == position->partition &&
               again->position == position->position);
  }
  const std::string_view key = raw_field(header, "Idempotency-Key");
  FUZZ_CHECK(!is_idempotency_key(key) || (!key.empty() && key.size() <= kMaxIdempotencyKey));
  if (const auto actor = parse_actor(raw_field(header, "Guichet-Actor")))
    FUZZ_CHECK(actor->roles_size() <= int(kMaxRoles));
  const std::string trace = traceparent_for(raw_field(header, "traceparent"),
                                            "0123456789abcdef0123456789abcdef", "0123456789abcdef");
  FUZZ_CHECK(trace_of(trace).size() == 32);
}

void read_target(std::string_view header) {
  const std::size_t from = header.find(' ') + 1;
  const auto target = parse_target(header.substr(from, header.find(' ', from) - from));
  if (!target) return;
  const Found found = find_route(target->path);
  FUZZ_CHECK(found.route != Route::none || found.id.empty());
  read_list_question(target->query);
  if (const auto id = parse_uuid(found.id)) {
    const TypedNumber number = parse_number(short_number(*id));
    FUZZ_CHECK(number.looks_like_one && number.number == short_number(*id));
  }
  parse_number(found.id);
}

}  // namespace
}  // namespace guichet::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet::http;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  while (true) {
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos || end + 4 > kMostHeader) {
      raw_field(bytes, "Accept-Language");
      return 0;
    }
    const std::string_view header = bytes.substr(0, end + 4);
    const auto checked = check_framing(header, kMostFields);
    if (const FramingRefusal* why = std::get_if<FramingRefusal>(&checked)) {
      FUZZ_CHECK(!why->en.empty() && !why->fr.empty());
      raw_field(header, "Accept-Language");
      return 0;
    }
    const Framing& framing = std::get<Framing>(checked);
    check_read_alike(header, framing);
    read_fields(header);
    read_target(header);
    if (framing.close || framing.body_bytes > kMostBody) return 0;
    if (bytes.size() < header.size() + framing.body_bytes) return 0;
    bytes.remove_prefix(header.size() + framing.body_bytes);
  }
}
