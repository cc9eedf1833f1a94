// The server over TLS, and clients who show certificates.

#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include "gateway/cli/http_client.h"
#include "gateway/http/authentication.h"
#include "gateway/identity/sign.h"
#include "schemas/topics.h"
#include "tests/certificates.h"
#include "tests/gateway/http/served.h"

namespace guichet {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
namespace fs = std::filesystem;
namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;

const TestAuthority& authority() {
  static const TestAuthority authority("Ours");
  return authority;
}
const TestAuthority& stranger() {
  static const TestAuthority authority("Ours");  // by the same name
  return authority;
}

Issued server_certificate() {
  return authority().issue({.alternative_names = "DNS:localhost,IP:127.0.0.1"});
}

constexpr const char* kClients = R"({"clients": [
  {"name": "dns:payroll.example.ca", "subject": "payroll", "roles": ["partner"], "programs": ["ca-one"]},
  {"name": "subject:CN=van", "subject": "van-process", "roles": ["clerk"], "desk": "snb-grand-manan"}]})";

/// The files of a server, in a folder of the test's own.
struct Files {
  fs::path folder =
      fs::temp_directory_path() / ("guichet-tls-" + std::to_string(::getpid()) + "-" +
                                   ::testing::UnitTest::GetInstance()->current_test_info()->name());
  Files() {
    fs::create_directories(folder);
    put(server_certificate());
    write_file(folder / "ca.pem", authority().certificate());
    write_file(folder / "clients.json", kClients);
  }
  ~Files() { fs::remove_all(folder); }
  void put(const Issued& pair) const {
    write_file(folder / "server.pem", pair.certificate);
    write_file(folder / "server.key", pair.key);
  }
  http::TlsFiles options(bool clients) const {
    return {.certificate = folder / "server.pem",
            .key = folder / "server.key",
            .client_ca = clients ? folder / "ca.pem" : fs::path(),
            .look_every = 20ms};
  }
};

/// Why a handshake with these settings failed; empty: it did not.
std::string handshake(std::uint16_t port, const std::function<void(SSL_CTX*)>& set) {
  asio::io_context io;
  ssl::context context(ssl::context::tls_client);
  SSL_CTX_set_security_level(context.native_handle(), 0);
  set(context.native_handle());
  ssl::stream<asio::ip::tcp::socket> stream(io, context);
  stream.next_layer().connect({asio::ip::address_v4::loopback(), port});
  boost::system::error_code failed;
  stream.handshake(ssl::stream_base::client, failed);
  // In TLS 1.3 the server's refusal of a client comes after the client's part.
  std::array<char, 1> byte{};
  if (!failed) {
    asio::write(stream, asio::buffer("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 34), failed);
    if (!failed) asio::read(stream, asio::buffer(byte), failed);
  }
  return failed ? failed.message() : "";
}

class OverTls : public Served {
 protected:
  explicit OverTls(http::Limits limits = {}, bool clients = false)
      : OverTls(std::make_unique<Files>(), limits, clients) {}

  cli::HttpClient client(cli::TlsTrust trust = {}) const {
    if (trust.ca.empty()) trust.ca = files_->folder / "ca.pem";
    return cli::HttpClient(
        cli::ServerAddress{"127.0.0.1", std::to_string(server_->port()), true, trust});
  }
  unsigned status_of(cli::HttpClient client, const std::string& target = "/healthz") const {
    return client.send({"GET", target, {}, {}}, 5s).status;
  }
  /// Waits until the files that were written hold.
  template <class Holds>
  static bool soon(Holds holds) {
    for (int i = 0; i < 200; ++i, std::this_thread::sleep_for(20ms))
      if (holds()) return true;
    return false;
  }
  /// What the server shows to a new connection.
  long serial() const {
    long serial = 0;
    asio::io_context io;
    ssl::context context(ssl::context::tls_client);
    ssl::stream<asio::ip::tcp::socket> stream(io, context);
    stream.next_layer().connect({asio::ip::address_v4::loopback(), server_->port()});
    stream.handshake(ssl::stream_base::client);
    X509* shown = SSL_get0_peer_certificate(stream.native_handle());
    if (shown != nullptr) serial = ASN1_INTEGER_get(X509_get_serialNumber(shown));
    return serial;
  }

  std::unique_ptr<Files> files_;

 private:
  OverTls(std::unique_ptr<Files> files, http::Limits limits, bool clients)
      : Served(limits, {.tls = files->options(clients)}, clients ? known(*files) : nullptr),
        files_(std::move(files)) {
    start_processing();
  }
  static std::shared_ptr<const http::Authentication> known(const Files& files) {
    return std::make_shared<http::Authentication>(
        std::make_unique<http::KeySource>(
            []() -> Result<std::string> {
              return {boost::system::in_place_value, identity::jwk_set_of({key()})};
            },
            http::KeySourceOptions{.name = "test"}),
        identity::Expected{"https://id.example.ca", "guichet", "roles"},
        std::make_unique<http::Certificates>(files.folder / "clients.json", 20ms));
  }

 protected:
  static const identity::SigningKey& key() {
    static const auto key = identity::make_signing_key(identity::Algorithm::es256, "key");
    return key;
  }
};

TEST_F(OverTls, AnswersAsOverPlainHttp) {
  auto over_tls = client();
  EXPECT_EQ(over_tls.send({"GET", "/v1/programs", {}, {}}, 5s).status, 200);
  const cli::HttpRequest apply{"POST",
                               "/v1/applications",
                               {{"Content-Type", "application/json"}, {"Idempotency-Key", "a"}},
                               as_text(example_application())};
  const auto answer = over_tls.send(apply, 5s);
  EXPECT_EQ(answer.status, 202) << answer.body;
  // The next on the same connection, and large ones both ways.
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(over_tls.send({"GET", answer.header("Location"), {}, {}}, 5s).status, 200);
  EXPECT_GT(over_tls.send({"GET", "/openapi.json", {}, {}}, 5s).body.size(), 40'000U);
  const auto large = over_tls.send({"POST",
                                    "/v1/applications",
                                    {{"Content-Type", "application/json"}},
                                    std::string(200'000, ' ')},
                                   5s);
  EXPECT_EQ(large.status, 400);
  const auto too_large = client().send({"POST",
                                        "/v1/applications",
                                        {{"Content-Type", "application/json"}},
                                        std::string(300'000, ' ')},
                                       5s);
  EXPECT_EQ(too_large.status, 413);
}

TEST_F(OverTls, AClientTrustsOnlyTheCaThatItWasTold) {
  write_file(files_->folder / "other.pem", stranger().certificate());
  EXPECT_THROW(status_of(client({.ca = files_->folder / "other.pem"})), cli::CannotReach);
  auto by_name = cli::HttpClient(cli::ServerAddress{
      "localhost", std::to_string(server_->port()), true, {.ca = files_->folder / "ca.pem"}});
  EXPECT_EQ(status_of(std::move(by_name)), 200);
  files_->put(authority().issue({.common_name = "x", .alternative_names = "DNS:other.example.ca"}));
  const long before = serial();
  ASSERT_TRUE(soon([&] { return serial() != before; }));
  EXPECT_THROW(status_of(client()), cli::CannotReach) << "a certificate for another name";
}

TEST_F(OverTls, SpeaksNothingOlderThanTls12) {
  for (const int version : {SSL3_VERSION, TLS1_VERSION, TLS1_1_VERSION})
    EXPECT_NE(handshake(server_->port(),
                        [&](SSL_CTX* context) {
                          SSL_CTX_set_min_proto_version(context, version);
                          SSL_CTX_set_max_proto_version(context, version);
                        }),
              "")
        << version;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION})
    EXPECT_EQ(handshake(server_->port(),
                        [&](SSL_CTX* context) {
                          SSL_CTX_set_min_proto_version(context, version);
                          SSL_CTX_set_max_proto_version(context, version);
                        }),
              "")
        << version;
}

TEST_F(OverTls, TakesNoWeakSuite) {
  const auto with = [this](const char* suites) {
    return handshake(server_->port(), [&](SSL_CTX* context) {
      SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
      SSL_CTX_set_cipher_list(context, suites);
    });
  };
  for (const char* weak :
       {"AES128-GCM-SHA256", "AES256-SHA", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384",
        "ECDHE-ECDSA-AES128-CCM", "ECDH-NULL", "aNULL", "eNULL", "PSK"})
    EXPECT_NE(with(weak), "") << weak;
  for (const char* good : {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
                           "ECDHE-ECDSA-CHACHA20-POLY1305"})
    EXPECT_EQ(with(good), "") << good;
}

TEST_F(OverTls, TalksToNobodyWhoSpeaksAnotherProtocol) {
  const auto offering = [this](std::vector<unsigned char> protocols) {
    return handshake(server_->port(), [&](SSL_CTX* context) {
      SSL_CTX_set_alpn_protos(context, protocols.data(), static_cast<unsigned>(protocols.size()));
    });
  };
  EXPECT_NE(offering({2, 'h', '2'}), "");
  EXPECT_NE(offering({3, 'f', 't', 'p'}), "");
  EXPECT_EQ(offering({2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'}), "");
}

TEST_F(OverTls, PlainHttpIsClosed) {
  Client plain = connect();
  plain.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_FALSE(plain.receive(1s)) << "no answer in the clear";
}

TEST_F(OverTls, ANewPairIsTakenWithoutARestart) {
  auto open = client();
  EXPECT_EQ(open.send({"GET", "/healthz", {}, {}}, 5s).status, 200);
  const long before = serial();
  files_->put(server_certificate());
  EXPECT_TRUE(soon([&] { return serial() != before; }));
  EXPECT_EQ(open.send({"GET", "/healthz", {}, {}}, 5s).status, 200) << "who is there stays";
  EXPECT_EQ(status_of(client()), 200);
}

TEST_F(OverTls, APairThatDoesNotFitKeepsTheOldOne) {
  const long before = serial();
  const Issued next = server_certificate();
  write_file(files_->folder / "server.pem", next.certificate);  // its key is not there yet
  std::this_thread::sleep_for(200ms);
  EXPECT_EQ(serial(), before);
  write_file(files_->folder / "server.key", "rubbish");
  std::this_thread::sleep_for(200ms);
  EXPECT_EQ(serial(), before);
  fs::remove(files_->folder / "server.key");
  std::this_thread::sleep_for(200ms);
  EXPECT_EQ(serial(), before);
  write_file(files_->folder / "server.key", next.key);
  EXPECT_TRUE(soon([&] { return serial() != before; }));
}

class HalfHandshakes : public OverTls {
 protected:
  HalfHandshakes() : OverTls({.connections = 20, .handshake_time = 500ms}) {}
};

TEST_F(HalfHandshakes, EndAndCountAsConnectionsUntilThen) {
  std::vector<Client> halves;
  for (int i = 0; i < 20; ++i) {
    halves.push_back(connect());
    halves.back().send(
        std::string_view("\x16\x03\x01\x02\x00\x01", 6));  // a hello that does not end
  }
  std::this_thread::sleep_for(100ms);
  EXPECT_TRUE(connect().is_closed(1s)) << "there is no room for one more";
  for (Client& half : halves) EXPECT_TRUE(half.is_closed(2s));
  EXPECT_TRUE(soon([&] {
    try {
      return status_of(client()) == 200;
    } catch (const cli::CannotReach&) {
      return false;
    }
  }));
  EXPECT_THAT(client().send({"GET", "/metrics", {}, {}}, 5s).body,
              HasSubstr("guichet_http_handshakes_failed_total 2"));
}

class ByCertificate : public OverTls {
 protected:
  ByCertificate() : OverTls({}, true) {}

  cli::HttpClient as(const Issued& pair) const {
    write_file(files_->folder / "client.pem", pair.certificate);
    write_file(files_->folder / "client.key", pair.key);
    return client({.ca = {},
                   .certificate = files_->folder / "client.pem",
                   .key = files_->folder / "client.key"});
  }
  static Issued of(const TestAuthority& by, Wanted wanted) {
    if (wanted.usage == "serverAuth") wanted.usage = "clientAuth";
    return by.issue(wanted);
  }
  const Wanted payroll{.common_name = "x", .alternative_names = "DNS:payroll.example.ca"};
};

TEST_F(ByCertificate, KnowsWhoItIsOf) {
  EXPECT_EQ(status_of(as(of(authority(), payroll)), "/v1/events?program=ca-one"), 200);
  EXPECT_EQ(status_of(as(of(authority(), payroll)), "/v1/events?program=nb-two"), 403);
  EXPECT_EQ(status_of(as(of(authority(), payroll)), "/v1/applications"), 403);
}

TEST_F(ByCertificate, RecordsSayHowTheyWereKnown) {
  auto van = as(of(authority(), {.common_name = "van"}));
  const auto sent = van.send({"POST",
                              "/v1/applications",
                              {{"Content-Type", "application/json"}},
                              as_text(example_application())},
                             5s);
  ASSERT_EQ(sent.status, 202) << sent.body;
  const auto history = van.send({"GET", sent.header("Location") + "/history", {}, {}}, 5s);
  EXPECT_THAT(history.body, HasSubstr(R"("name":"van-process")"));
  EXPECT_THAT(history.body, HasSubstr(R"("desk":"snb-grand-manan")"));
}

TEST_F(ByCertificate, AnUnknownOneIsRefused) {
  EXPECT_THROW(status_of(as(of(stranger(), payroll))), cli::CannotReach);
}

TEST_F(ByCertificate, AnExpiredOneIsRefused) {
  Wanted old = payroll;
  old.from_days = -10;
  old.until_days = -1;
  EXPECT_THROW(status_of(as(of(authority(), old))), cli::CannotReach);
}

TEST_F(ByCertificate, OneThatIsNotValidYetIsRefused) {
  Wanted early = payroll;
  early.from_days = 2;
  EXPECT_THROW(status_of(as(of(authority(), early))), cli::CannotReach);
}

TEST_F(ByCertificate, OneForAnotherNameIsNobodys) {
  for (const char* other : {"DNS:other.example.ca", "DNS:payroll.example.ca.evil.example",
                            "URI:payroll.example.ca", "DNS:*.example.ca"}) {
    auto by =
        as(of(authority(), {.common_name = "payroll.example.ca", .alternative_names = other}));
    const auto answer = by.send({"GET", "/v1/programs", {}, {}}, 5s);
    EXPECT_EQ(answer.status, 401) << other;
    EXPECT_THAT(answer.body, HasSubstr("certificate-refused"));
  }
  EXPECT_EQ(status_of(as(of(authority(), {.common_name = "van\", \"x"})), "/v1/programs"), 401);
}

TEST_F(ByCertificate, AServersIsNoClients) {
  const Issued server = authority().issue(payroll);
  EXPECT_THROW(status_of(as(server)), cli::CannotReach);
}

TEST_F(ByCertificate, WhoIsTakenOutOfTheTableIsNobodyAtOnce) {
  auto open = as(of(authority(), payroll));
  EXPECT_EQ(open.send({"GET", "/v1/programs", {}, {}}, 5s).status, 200);
  write_file(files_->folder / "clients.json", R"({"clients": [)");  // half written
  std::this_thread::sleep_for(200ms);
  EXPECT_EQ(open.send({"GET", "/v1/programs", {}, {}}, 5s).status, 200);
  write_file(files_->folder / "clients.json", R"({"clients": []})");
  EXPECT_TRUE(soon([&] { return open.send({"GET", "/v1/programs", {}, {}}, 5s).status == 401; }));
}

TEST_F(ByCertificate, WithoutOneATokenIsAskedFor) {
  EXPECT_EQ(status_of(client()), 200) << "a probe is nobody";
  EXPECT_EQ(status_of(client(), "/v1/programs"), 401);
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  const std::string token = *identity::sign_token(
      key().private_jwk,
      R"({"iss":"https://id.example.ca","aud":"guichet","sub":"a","roles":"auditor","exp":)" +
          std::to_string(now + 60) + "}");
  const cli::HttpRequest by_token{
      "GET", "/v1/applications", {{"Authorization", "Bearer " + token}}, {}};
  EXPECT_EQ(client().send(by_token, 5s).status, 200);
  EXPECT_EQ(as(of(authority(), payroll)).send(by_token, 5s).status, 200)
      << "where there are both, the token says who calls";
  const cli::HttpRequest bad{"GET", "/v1/programs", {{"Authorization", "Bearer x"}}, {}};
  EXPECT_EQ(as(of(authority(), payroll)).send(bad, 5s).status, 401)
      << "and a bad one is not made good by a certificate";
}

TEST(Tls, AStartWithFilesThatDoNotFitSaysSo) {
  const Files files;
  const auto wrong = [&] {
    try {
      eventlog::MemoryLog log({.topics = topics::all({"ca-one"})});
      const http::Server server(
          {.port = 0, .tls = files.options(true)},
          {log, nullptr, three_programs(), test_secrets(), [] { return Instant(); }});
      return std::string();
    } catch (const std::runtime_error& failed) {
      return std::string(failed.what());
    }
  };
  EXPECT_EQ(wrong(), "");
  write_file(files.folder / "server.key", server_certificate().key);
  EXPECT_THAT(wrong(), HasSubstr("does not belong to the certificate"));
  write_file(files.folder / "server.pem", "no certificate");
  EXPECT_THAT(wrong(), HasSubstr("the certificate is none"));
  files.put(server_certificate());
  write_file(files.folder / "ca.pem", "");
  EXPECT_THAT(wrong(), HasSubstr("CA of clients"));
  fs::remove(files.folder / "ca.pem");
  EXPECT_THAT(wrong(), HasSubstr("cannot be read"));
}

TEST(Tls, OfTheServerBeyondThisMachineIsNeeded) {
  const Files files;
  eventlog::MemoryLog log({.topics = topics::all({"ca-one"})});
  for (const bool tls : {false, true}) {
    http::ServerOptions options{.address = "0.0.0.0", .port = 0};
    if (tls) options.tls = files.options(false);
    EXPECT_THROW(http::Server(options, {log, nullptr, three_programs(), test_secrets(),
                                        [] { return Instant(); }}),
                 std::runtime_error)
        << "nobody knows who calls";
  }
}

}  // namespace
}  // namespace guichet
