#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "eventlog/log.h"

// What tests of the log say often.

namespace guichet::eventlog {

/// A record as a test wants it.
Record record(std::string topic, std::string key, std::string id, std::string payload = "payload");
/// A state record that wants a tick then.
Record state(std::string topic, std::string key, std::string payload, std::int64_t wake_at_us = 0);

/// Appends and waits until it is durable. Tries again while there is no room.
void append(Log& log, std::vector<Record> records);

/// Everything durable in a partition, read in small pieces.
std::vector<Record> read_all(const Log& log, std::string_view topic, std::uint32_t partition = 0);

std::vector<std::string> ids(const std::vector<Record>& records);
std::vector<std::string> ids(const Polled& records);

/// How long nothing must come before there is nothing: on a home where records are on their way for
/// a while after they are durable. The contract suite sets it.
inline std::chrono::milliseconds settle_time{0};

/// Polls until there is nothing.
std::vector<Record> poll_all(Session& session, std::string_view group, std::size_t most = 100,
                             std::size_t expected = 0);
/// Polls once; where records may be on their way, until there is something, 10 s at most.
std::vector<Record> poll_some(Session& session, std::string_view group, std::size_t most);

/// Waits for the condition, 10 s at most.
bool eventually(const std::function<bool()>& condition);

}  // namespace guichet::eventlog
