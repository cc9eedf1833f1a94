// What this machine allows, without Guichet: the least that an application costs in HTTP and on the
// disk. One line a figure, "name value".
//
//   limits_bench beast SECONDS          POSTs a second of Boost.Beast alone over loopback,
//                                       64 connections, server and client on a thread each
//   limits_bench sqlite SECONDS FOLDER  commits a second of SQLite alone, WAL and FULL, each of
//                                       64 rows of 1 KiB

#include <SQLiteCpp/SQLiteCpp.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "gateway/cli/bench_application.h"

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using Clock = std::chrono::steady_clock;
using asio::awaitable;
using asio::ip::tcp;

constexpr int kConnections = 64;
constexpr int kRowsPerCommit = 64;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

awaitable<void> serve(tcp::socket socket) {
  beast::flat_buffer buffer;
  try {
    while (true) {
      bhttp::request<bhttp::string_body> request;
      co_await bhttp::async_read(socket, buffer, request, asio::use_awaitable);
      bhttp::response<bhttp::string_body> response(bhttp::status::ok, 11);
      response.set(bhttp::field::content_type, "application/json");
      response.body() = "{}";
      response.prepare_payload();
      co_await bhttp::async_write(socket, response, asio::use_awaitable);
    }
  } catch (const boost::system::system_error&) {
  }  // the client has gone
}

awaitable<void> accept_all(tcp::acceptor& acceptor) {
  while (true) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    socket.set_option(tcp::no_delay(true));
    asio::co_spawn(acceptor.get_executor(), serve(std::move(socket)), asio::detached);
  }
}

awaitable<void> post(tcp::endpoint server, std::uint64_t& posts) {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect(server, asio::use_awaitable);
  socket.set_option(tcp::no_delay(true));
  beast::flat_buffer buffer;
  bhttp::request<bhttp::string_body> request(bhttp::verb::post, "/v1/applications", 11);
  request.set(bhttp::field::host, "127.0.0.1");
  request.set(bhttp::field::content_type, "application/json");
  request.body() = guichet::cli::bench_application(1, {});
  request.prepare_payload();
  while (true) {
    co_await bhttp::async_write(socket, request, asio::use_awaitable);
    bhttp::response<bhttp::string_body> response;
    co_await bhttp::async_read(socket, buffer, response, asio::use_awaitable);
    ++posts;
  }
}

void beast_alone(double seconds) {
  asio::io_context serving;
  tcp::acceptor acceptor(serving, {asio::ip::address_v4::loopback(), 0});
  asio::co_spawn(serving, accept_all(acceptor), asio::detached);
  std::jthread server([&] { serving.run(); });
  asio::io_context posting;
  std::uint64_t posts = 0;
  for (int i = 0; i < kConnections; ++i)
    asio::co_spawn(posting, post(acceptor.local_endpoint(), posts), asio::detached);
  const auto time = std::chrono::duration<double>(seconds);
  posting.run_for(std::chrono::duration_cast<Clock::duration>(time) / 10);
  posts = 0;
  const auto start = Clock::now();
  posting.run_for(std::chrono::duration_cast<Clock::duration>(time));
  std::printf("beast_posts_per_second %.0f\n", static_cast<double>(posts) / seconds_since(start));
  serving.stop();
}

void sqlite_alone(double seconds, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const std::filesystem::path file = folder / "limits.db";
  std::filesystem::remove(file);
  SQLite::Database database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  database.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
  database.exec("CREATE TABLE rows (position INTEGER PRIMARY KEY, bytes BLOB)");
  SQLite::Statement insert(database, "INSERT INTO rows (bytes) VALUES (?)");
  const std::string row(1024, 'x');
  std::uint64_t commits = 0;
  const auto start = Clock::now();
  for (; seconds_since(start) < seconds; ++commits) {
    database.exec("BEGIN");
    for (int i = 0; i < kRowsPerCommit; ++i) {
      insert.bindNoCopy(1, row.data(), static_cast<int>(row.size()));
      insert.exec();
      insert.reset();
    }
    database.exec("COMMIT");
  }
  const double rate = static_cast<double>(commits) / seconds_since(start);
  std::printf("sqlite_commits_per_second %.0f\n", rate);
  std::printf("sqlite_rows_per_second %.0f\n", rate * kRowsPerCommit);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 2 ? argv[1] : "";
  if (what == "beast") {
    beast_alone(std::atof(argv[2]));
  } else if (what == "sqlite" && argc > 3) {
    sqlite_alone(std::atof(argv[2]), argv[3]);
  } else {
    std::fprintf(stderr, "usage: limits_bench beast SECONDS | sqlite SECONDS FOLDER\n");
    return 2;
  }
  return 0;
}
