#include "net/datagram.hpp"
#include "net/error_queue.hpp"

namespace fdnprobe::net {
namespace {

class UdpDatagrams final : public Datagrams {
  public:
    UdpDatagrams(Socket& socket, Recorder& recorder, const SocketAddress& destination)
        : Datagrams(socket, recorder), destination_(destination) {}

  private:
    int make(const DialOptions& options, std::string& failed_at) override {
        const Family family = destination_.address.family();
        failed_at = "socket";
        if (const int error = socket_.open(family, SOCK_DGRAM); error != 0) return error;
        watch_errors(socket_.descriptor(), family);
        failed_at = "bind";
        if (const int error = apply_origin(socket_.descriptor(), family, options); error != 0) return error;
        // The socket itself stays without an address of its own, which would keep answers from elsewhere out.
        if (const auto source = source_towards(destination_, options))
            recorder_.attempt().local = SocketAddress{source->address, 0};
        return 0;
    }

    std::string_view wrap(std::string_view payload, std::string&) override { return payload; }

    std::optional<std::string_view> unwrap(std::string_view packet, const sockaddr_storage& sender,
                                           Received& received) override {
        received.sender = from_native(sender);
        return packet;
    }

    [[nodiscard]] NativeAddress target() const override { return to_native(destination_); }

    SocketAddress destination_;
};

}  // namespace

std::unique_ptr<Datagrams> udp_datagrams(Socket& socket, Recorder& recorder, const SocketAddress& destination) {
    return std::make_unique<UdpDatagrams>(socket, recorder, destination);
}

}  // namespace fdnprobe::net
