#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <filesystem>

#include "adapters/http_client/http_client.h"
#include "adapters/http_client/test_server.h"

namespace lazaret::http_client {
namespace {

using Got = Result<ports::HttpAnswer>;

struct Identity {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  // For this host, signed by itself. `days`: that it is good for, from now on.
  Identity(const std::string& host, int days) {
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -10 * 86400);
    X509_gmtime_adj(X509_getm_notAfter(certificate), days * 86400L);
    X509_set_pubkey(certificate, key);
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("a test"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_EXTENSION* names =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, ("DNS:" + host).c_str());
    X509_add_ext(certificate, names, -1);
    X509_EXTENSION_free(names);
    X509_sign(certificate, key, EVP_sha256());
  }
  ~Identity() {
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  SSL_CTX* server() const {
    SSL_CTX* made = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(made, certificate);
    SSL_CTX_use_PrivateKey(made, key);
    return made;
  }
};

class Tls : public ::testing::Test {
 protected:
  // The first https request of this process reads what is trusted.
  static void SetUpTestSuite() {
    const std::string file = ::testing::TempDir() + "lazaret-trusted-" + std::to_string(getpid());
    FILE* out = fopen(file.c_str(), "w");
    for (const Identity* one : {&good(), &other_name(), &expired()}) {
      PEM_write_X509(out, one->certificate);
    }
    fclose(out);
    setenv("SSL_CERT_FILE", file.c_str(), 1);
    against(good());
    std::filesystem::remove(file);
  }
  static const Identity& good() {
    static const Identity it("localhost", 1);
    return it;
  }
  static const Identity& other_name() {
    static const Identity it("elsewhere.example", 1);
    return it;
  }
  static const Identity& expired() {
    static const Identity it("localhost", -1);
    return it;
  }
  static const Identity& stranger() {
    static const Identity it("localhost", 1);
    return it;
  }
  static Got get(const std::string& url, std::string body = {}, int times = 1) {
    boost::asio::io_context io;
    HttpClient client(io);
    Got got = fail(ErrorCode::internal, "never");
    for (int i = 0; i < times; ++i) {
      bool done = false;
      client.send({.method = "POST", .url = url, .body = body}, std::chrono::seconds(20),
                  [&](Got answer) {
                    got = std::move(answer);
                    done = true;
                  });
      io.restart();
      while (!done) io.run_one();
    }
    return got;
  }
  static Got against(const Identity& who) {
    SSL_CTX* context = who.server();
    Got got = fail(ErrorCode::internal, "never");
    {
      TestServer server(
          [](Peer& peer) {
            peer.request();
            peer.answer("x");
          },
          context);
      got = get(server.url());
    }
    SSL_CTX_free(context);
    return got;
  }
};

TEST_F(Tls, RequestsAreCarriedAndConnectionsKept) {
  SSL_CTX* context = good().server();
  {
    TestServer server(
        [](Peer& peer) {
          for (std::string request; !(request = peer.request()).empty();) {
            peer.answer(request.substr(request.find("\r\n\r\n") + 4));
          }
        },
        context);
    const std::string body(300'000, 'b');
    const Got got = get(server.url("/x"), body, 5);
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_TRUE(got->body == body);
    EXPECT_EQ(server.connections(), 1);
  }
  SSL_CTX_free(context);
}

TEST_F(Tls, OnlyWhoProvesItsNameIsSpokenTo) {
  ASSERT_TRUE(against(good()));
  for (const Identity* one : {&other_name(), &expired(), &stranger()}) {
    const Got got = against(*one);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::unavailable);
    EXPECT_NE(got.error().message.find("certificate"), std::string::npos) << got.error().message;
  }
}

TEST_F(Tls, WhoSpeaksNoTlsIsAnError) {
  TestServer plain([](Peer& peer) {
    peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    peer.wait_for_end();
  });
  const std::string url = "https" + plain.url().substr(4);
  const Got got = get(url);
  ASSERT_FALSE(got);
  EXPECT_NE(got.error().message.find("TLS"), std::string::npos) << got.error().message;
}

}  // namespace
}  // namespace lazaret::http_client
