#include "system/openssl.hpp"

#include <cerrno>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "catch.hpp"

using namespace fdnprobe::system;

TEST_CASE("the first and the last error are taken, and none is left behind", "[system]") {
    const auto raise = [] {
        ERR_clear_error();
        ERR_raise(ERR_LIB_PEM, PEM_R_NO_START_LINE);
        ERR_raise(ERR_LIB_PEM, PEM_R_BAD_BASE64_DECODE);
    };
    raise();
    CHECK(reason_text(take_first_error()) == "no start line");
    CHECK(ERR_peek_error() == 0);
    raise();
    CHECK(reason_text(take_last_error()) == "bad base64 decode");
    CHECK(ERR_peek_error() == 0);
    CHECK(take_first_error() == 0);
    CHECK(take_last_error() == 0);
}

TEST_CASE("an error without words is said in others", "[system]") {
    ERR_clear_error();
    CHECK(reason_text(0).empty());
    CHECK(reason_text(0, "it does not say why") == "it does not say why");
    ERR_raise(ERR_LIB_NONE, 4711);
    CHECK(reason_text(take_first_error(), "it does not say why") == "it does not say why");
}

TEST_CASE("an error of the system is said in the system's words", "[system]") {
    ERR_clear_error();
    CHECK(Bio(BIO_new_file("/nowhere/ca.pem", "r")) == nullptr);
    CHECK(reason_text(take_first_error(), "it does not say why") == "No such file or directory");
}

TEST_CASE("what was written to memory is read whole", "[system]") {
    const Bio memory(BIO_new(BIO_s_mem()));
    CHECK(content_of(memory.get()).empty());
    BIO_write(memory.get(), "a\0b", 3);
    CHECK(content_of(memory.get()) == std::string_view("a\0b", 3));
}

TEST_CASE("a shared certificate outlives its first owner", "[system]") {
    Certificate first(X509_new());
    ASN1_INTEGER_set(X509_get_serialNumber(first.get()), 7);
    const Certificate second = share(first.get());
    CHECK(second.get() == first.get());
    first.reset();
    CHECK(ASN1_INTEGER_get(X509_get0_serialNumber(second.get())) == 7);
}
