#include "net/origin.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "net/socket_address.hpp"
#include "system/descriptor.hpp"

namespace fdnprobe::net {

int apply_origin(int descriptor, Family family, const DialOptions& options) {
    if (!options.interface.empty()) {
        if (setsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, options.interface.c_str(),
                       static_cast<socklen_t>(options.interface.size())) != 0)
            return errno;
    }
    if (options.source && options.source->family() == family) {
        // The port is chosen when the destination is known, so that ports are shared between destinations.
        const int on = 1;
        setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
        const NativeAddress native = to_native(SocketAddress{*options.source, 0});
        if (bind(descriptor, native.pointer(), native.length) != 0) return errno;
    }
    return 0;
}

/// A datagram socket is asked: its connect looks the route up, takes no port that others may need, and sends nothing.
Expected<SocketAddress, int> source_towards(const SocketAddress& destination, const DialOptions& options) {
    const Family family = destination.address.family();
    const system::Descriptor socket(::socket(native_family(family), SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket.is_open()) return Unexpected<int>(errno);
    const NativeAddress native = to_native(destination);
    int error = apply_origin(socket.number(), family, options);
    if (error == 0 && ::connect(socket.number(), native.pointer(), native.length) != 0) error = errno;
    const auto local = error == 0 ? local_address(socket.number()) : std::nullopt;
    if (local) return *local;
    return Unexpected<int>(error);
}

}  // namespace fdnprobe::net
