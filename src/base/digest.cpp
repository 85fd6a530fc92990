#include "base/digest.hpp"

#include <cstdint>

#include <nettle/hmac.h>
#include <nettle/md5.h>
#include <nettle/memops.h>
#include <nettle/sha2.h>

namespace fdnprobe {
namespace {

const std::uint8_t* octets(std::string_view bytes) { return reinterpret_cast<const std::uint8_t*>(bytes.data()); }
std::uint8_t* octets(std::string& bytes) { return reinterpret_cast<std::uint8_t*>(bytes.data()); }

}  // namespace

std::string md5(std::string_view bytes) {
    md5_ctx context;
    md5_init(&context);
    md5_update(&context, bytes.size(), octets(bytes));
    std::string digest(MD5_DIGEST_SIZE, '\0');
    md5_digest(&context, digest.size(), octets(digest));
    return digest;
}

std::string hmac_md5(std::string_view key, std::string_view bytes) {
    hmac_md5_ctx context;
    hmac_md5_set_key(&context, key.size(), octets(key));
    hmac_md5_update(&context, bytes.size(), octets(bytes));
    std::string digest(MD5_DIGEST_SIZE, '\0');
    hmac_md5_digest(&context, digest.size(), octets(digest));
    return digest;
}

std::string sha256(std::string_view bytes) {
    sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, bytes.size(), octets(bytes));
    std::string digest(SHA256_DIGEST_SIZE, '\0');
    sha256_digest(&context, digest.size(), octets(digest));
    return digest;
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
    hmac_sha256_ctx context;
    hmac_sha256_set_key(&context, key.size(), octets(key));
    hmac_sha256_update(&context, bytes.size(), octets(bytes));
    std::string digest(SHA256_DIGEST_SIZE, '\0');
    hmac_sha256_digest(&context, digest.size(), octets(digest));
    return digest;
}

bool same_digest(std::string_view one, std::string_view other) {
    return one.size() == other.size() && memeql_sec(one.data(), other.data(), one.size()) != 0;
}

}  // namespace fdnprobe
