#include "net/privilege.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "catch.hpp"

using fdnprobe::net::may_send_raw;

namespace {

/// What the kernel itself says to who asks.
bool raw_socket_opens() {
    const int descriptor = ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    if (descriptor < 0) return false;
    ::close(descriptor);
    return true;
}

}  // namespace

TEST_CASE("who may open raw sockets knows it, and who may not does too", "[net][privilege]") {
    CHECK(may_send_raw() == raw_socket_opens());
    if (::geteuid() != 0) return;
    // Root that acts as somebody else (65534 is nobody) has no capabilities meanwhile.
    REQUIRE(::seteuid(65534) == 0);
    const bool may = may_send_raw();
    const bool opens = raw_socket_opens();
    REQUIRE(::seteuid(0) == 0);
    CHECK_FALSE(may);
    CHECK_FALSE(opens);
}
