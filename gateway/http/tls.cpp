#include "gateway/http/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <ctime>

namespace guichet::http {

namespace ssl = boost::asio::ssl;

namespace {

// Mozilla's server side TLS, "intermediate", version 5.7.
constexpr const char* kSuites12 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kSuites13 =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* kGroups = "X25519:P-256:P-384";
constexpr int kSecurityLevel = 2;  // 112 bits: RSA of 2048 and more, no SHA-1
constexpr std::size_t kMaxNames = 64;

// Never a question on a terminal: a key with a passphrase is one that cannot be read.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

// Who offers protocols but not this one speaks another, and is not to be talked over.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length,
                    const unsigned char* offered, unsigned offered_length, void*) {
  static constexpr unsigned char kOurs[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, length, kOurs, sizeof kOurs, offered, offered_length) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

bool set_strength(SSL_CTX* context) {
  SSL_CTX_set_security_level(context, kSecurityLevel);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(context, kSuites12) == 1 &&
         SSL_CTX_set_ciphersuites(context, kSuites13) == 1 &&
         SSL_CTX_set1_groups_list(context, kGroups) == 1;
}

// Whom connections are asked to be certified by. A session that is taken up again would be let in
// though its certificate has ended since: none is.
bool ask_clients(ssl::context& context, const std::string& authorities) {
  boost::system::error_code ec;
  context.add_certificate_authority(boost::asio::buffer(authorities), ec);
  if (ec) return false;
  SSL_CTX* native = context.native_handle();
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(
      BIO_new_mem_buf(authorities.data(), static_cast<int>(authorities.size())), &BIO_free);
  while (X509* authority = PEM_read_bio_X509(text.get(), nullptr, no_passphrase, nullptr)) {
    SSL_CTX_add_client_CA(native, authority);
    X509_free(authority);
  }
  ERR_clear_error();
  SSL_CTX_set_verify(native, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(native, SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(native, 0);
  return true;
}

Result<std::shared_ptr<ssl::context>> context_of(const std::vector<std::string>& files) {
  const auto failure = [](const char* what) {
    ERR_clear_error();
    return Failure{what};
  };
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* native = context->native_handle();
  if (!set_strength(native)) return failure("the suites of this server are not to be had");
  boost::system::error_code ec;
  context->use_certificate_chain(boost::asio::buffer(files[0]), ec);
  if (ec)
    return failure(
        "the certificate is none, or too weak; it is PEM, the server's own first, RSA of 2048 bits "
        "or more or P-256");
  context->use_private_key(boost::asio::buffer(files[1]), ssl::context::pem, ec);
  if (ec || SSL_CTX_check_private_key(native) != 1)
    return failure(
        "the key is none, has a passphrase, or does not belong to the certificate; it is PEM");
  if (files.size() > 2 && !ask_clients(*context, files[2]))
    return failure("the CA of clients is none; it is PEM, one certificate or several");
  ERR_clear_error();
  return {boost::system::in_place_value, std::move(context)};
}

std::string text_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string subject_of(X509* certificate) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
  // RFC 2253, but with letters of other alphabets as they are.
  X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate), 0,
                     XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  const char* text = nullptr;
  const long length = BIO_get_mem_data(out.get(), &text);
  return length > 0 ? std::string(text, static_cast<std::size_t>(length)) : std::string();
}

void add_alternative_names(X509* certificate, std::vector<std::string>& names) {
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> all(
      static_cast<GENERAL_NAMES*>(
          X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      &GENERAL_NAMES_free);
  for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()) && names.size() < kMaxNames; ++i) {
    int type = 0;
    const void* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(all.get(), i), &type);
    const char* kind = type == GEN_DNS     ? "dns:"
                       : type == GEN_URI   ? "uri:"
                       : type == GEN_EMAIL ? "email:"
                                           : nullptr;
    if (kind != nullptr) names.push_back(kind + text_of(static_cast<const ASN1_STRING*>(value)));
  }
}

}  // namespace

Tls::Tls(const TlsFiles& files)
    : watch_(
          "TLS",
          files.client_ca.empty()
              ? std::vector<std::filesystem::path>{files.certificate, files.key}
              : std::vector<std::filesystem::path>{files.certificate, files.key, files.client_ca},
          [this](const std::vector<std::string>& contents) -> Result<void> {
            auto made = context_of(contents);
            if (!made) return made.error();
            const std::lock_guard lock(mutex_);
            context_ = std::move(*made);
            return {};
          },
          files.look_every) {}

std::shared_ptr<ssl::context> Tls::now() const {
  const std::lock_guard lock(mutex_);
  return context_;
}

std::optional<identity::Certificate> certificate_of(SSL* connection) {
  X509* shown = SSL_get0_peer_certificate(connection);
  if (shown == nullptr || SSL_get_verify_result(connection) != X509_V_OK) return std::nullopt;
  identity::Certificate certificate;
  certificate.names.push_back("subject:" + subject_of(shown));
  add_alternative_names(shown, certificate.names);
  std::tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(shown), &end) != 1) return std::nullopt;
  certificate.until = Instant(std::chrono::seconds(::timegm(&end)));
  return certificate;
}

}  // namespace guichet::http
