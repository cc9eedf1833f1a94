#pragma once

#include <string>
#include <string_view>

namespace guichet::bank {

/// The id that a payment keeps through every message of every bank (ISO 20022 EndToEndId), made of
/// its meaning, so that it is the same on every try: 27 characters, and from the second attempt on
/// `-2` and so on. An attempt after the first is made only when the one before was rejected or
/// returned.
///
///   end_to_end_id("2026-01-20", "c_8f3a…")     // "G0T2V9…"
///   end_to_end_id("2026-01-20", "c_8f3a…", 2)  // "G0T2V9…-2"
///
/// It says nothing of the payee to one who does not have both.
std::string end_to_end_id(std::string_view run, std::string_view payee, int attempt = 1);

/// A file's id at the bank (MsgId), made of run and number. A bank refuses a second file with the
/// same (DUPL), so that a file that is sent again pays nobody again.
std::string message_id(std::string_view run, int number);

}  // namespace guichet::bank
