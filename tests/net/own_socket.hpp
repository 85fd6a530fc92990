// The other side of a socket under test.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include "catch.hpp"
#include "net/socket_address.hpp"

namespace fdnprobe::net {

inline const Address loopback = *Address::parse("127.0.0.1");

/// A socket of the test's own, bound to a port that the system chose. A stream that does not listen is a closed port,
/// and nobody else opens it meanwhile.
class Peer {
  public:
    explicit Peer(int type) : descriptor_(::socket(AF_INET, type | SOCK_CLOEXEC, 0)) {
        const NativeAddress any = to_native(SocketAddress{loopback, 0});
        REQUIRE(::bind(descriptor_, any.pointer(), any.length) == 0);
    }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;
    ~Peer() { ::close(descriptor_); }
    [[nodiscard]] SocketAddress address() const { return *local_address(descriptor_); }
    [[nodiscard]] int descriptor() const { return descriptor_; }

  private:
    int descriptor_;
};

}  // namespace fdnprobe::net
