#include "net/staple_period.hpp"

#include <string>

#include "catch.hpp"

using fdnprobe::net::staple_period;

// What is good is read off a real one in the tests of the binary.
TEST_CASE("what is no OCSP answer has no time") {
    // A SEQUENCE that says `successful` and carries no answer, and one that carries an empty one (RFC 6960, 4.2.1).
    const std::string no_answer{"\x30\x03\x0a\x01\x00", 5};
    const std::string empty_answer{
        "\x30\x14\x0a\x01\x00\xa0\x0f\x30\x0d\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x01\x04\x00", 22};
    for (const std::string& bytes : {std::string(), std::string("\x30", 1), std::string(3000, '\xff'), no_answer,
                                     empty_answer, empty_answer.substr(0, 12)}) {
        CHECK_FALSE(staple_period(bytes).from);
        CHECK_FALSE(staple_period(bytes).until);
    }
}
