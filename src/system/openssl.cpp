#include "system/openssl.hpp"

#include <system_error>

#include <openssl/err.h>

namespace fdnprobe::system {

Certificate share(X509* certificate) {
    X509_up_ref(certificate);
    return Certificate(certificate);
}

std::string_view content_of(BIO* memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    return size > 0 ? std::string_view(data, static_cast<std::size_t>(size)) : std::string_view();
}

unsigned long take_first_error() {
    const unsigned long error = ERR_peek_error();
    ERR_clear_error();
    return error;
}

unsigned long take_last_error() {
    const unsigned long error = ERR_peek_last_error();
    ERR_clear_error();
    return error;
}

std::string reason_text(unsigned long error, std::string_view otherwise) {
    // Those of the system have no words in OpenSSL: a file that is not there, for one.
    if (ERR_SYSTEM_ERROR(error)) return std::generic_category().message(ERR_GET_REASON(error));
    const char* const words = ERR_reason_error_string(error);
    return std::string(words == nullptr ? otherwise : words);
}

}  // namespace fdnprobe::system
