#include "tests/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <stdexcept>

namespace guichet::testing {
namespace {

struct Release {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Key = std::unique_ptr<EVP_PKEY, Release>;
using Certificate = std::unique_ptr<X509, Release>;

Key make_key() {
  return Key(EVP_EC_gen("P-256"));
}

template <class Write>
std::string pem(Write write) {
  const std::unique_ptr<BIO, Release> out(BIO_new(BIO_s_mem()));
  write(out.get());
  const char* text = nullptr;
  const long length = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

void extend(X509* certificate, X509* issuer, int what, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str());
  if (extension == nullptr) throw std::runtime_error("no such extension: " + value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate begin(const std::string& name, EVP_PKEY* key, int from_days, int until_days) {
  static long serial = 1000;
  Certificate made(X509_new());
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), from_days * 86'400L);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), until_days * 86'400L);
  X509_set_pubkey(made.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return made;
}

Issued as_pem(X509* certificate, EVP_PKEY* key) {
  return {pem([&](BIO* out) { PEM_write_bio_X509(out, certificate); }), pem([&](BIO* out) {
            PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

}  // namespace

struct TestAuthority::Impl {
  Key key = make_key();
  Certificate certificate;
};

TestAuthority::TestAuthority(const std::string& name) : impl_(std::make_unique<Impl>()) {
  impl_->certificate = begin(name, impl_->key.get(), -1, 30);
  X509* own = impl_->certificate.get();
  X509_set_issuer_name(own, X509_get_subject_name(own));
  extend(own, own, NID_basic_constraints, "critical,CA:TRUE");
  extend(own, own, NID_key_usage, "critical,keyCertSign,cRLSign");
  X509_sign(own, impl_->key.get(), EVP_sha256());
  certificate_ = as_pem(own, impl_->key.get()).certificate;
}

TestAuthority::~TestAuthority() = default;

Issued TestAuthority::issue(const Wanted& wanted) const {
  const Key key = make_key();
  const Certificate made =
      begin(wanted.common_name, key.get(), wanted.from_days, wanted.until_days);
  X509_set_issuer_name(made.get(), X509_get_subject_name(impl_->certificate.get()));
  extend(made.get(), impl_->certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
  extend(made.get(), impl_->certificate.get(), NID_ext_key_usage, wanted.usage);
  if (!wanted.alternative_names.empty())
    extend(made.get(), impl_->certificate.get(), NID_subject_alt_name, wanted.alternative_names);
  X509_sign(made.get(), impl_->key.get(), EVP_sha256());
  return as_pem(made.get(), key.get());
}

void write_file(const std::filesystem::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
}

}  // namespace guichet::testing
