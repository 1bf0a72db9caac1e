// SHA-256 of what comes piece by piece.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

namespace lazaret::archive {

class Hasher {
 public:
  Hasher();
  void add(std::string_view bytes);
  std::string hex();  // once

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

std::string sha256_hex(std::string_view bytes);

}  // namespace lazaret::archive
