#include "web/security.hpp"

#include <openssl/sha.h>

#include "base/base64.hpp"

namespace fdnprobe::web {

std::string policy_for_own_style(std::string_view document) {
    constexpr std::string_view open = "<style>";
    std::string policy =
        "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    const std::size_t begin = document.find(open);
    if (begin == std::string_view::npos) return policy;
    const std::size_t end = document.find("</style>", begin);
    if (end == std::string_view::npos) return policy;
    const std::string_view style = document.substr(begin + open.size(), end - begin - open.size());
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(style.data()), style.size(), digest.data());
    return policy + "; style-src 'sha256-" + base64({reinterpret_cast<const char*>(digest.data()), digest.size()}) +
           "'";
}

}  // namespace fdnprobe::web
