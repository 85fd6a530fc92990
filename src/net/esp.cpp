#include <netinet/in.h>

#include <cerrno>

#include "net/datagram.hpp"
#include "net/error_queue.hpp"
#include "net/raw_socket.hpp"
#include "wire/packet_headers.hpp"

namespace fdnprobe::net {
namespace {

class EspDatagrams final : public Datagrams {
  public:
    EspDatagrams(Socket& socket, Recorder& recorder, const Address& destination, std::uint32_t spi)
        : Datagrams(socket, recorder), destination_(destination), spi_(spi) {}

  private:
    int make(const DialOptions& options, std::string& failed_at) override {
        const Family family = destination_.family();
        failed_at = raw_socket_name();
        if (const int error = socket_.open(family, SOCK_RAW, IPPROTO_ESP); error != 0) return error;
        watch_errors(socket_.descriptor(), family);
        failed_at = "bind";
        if (const int error = apply_origin(socket_.descriptor(), family, options); error != 0) return error;
        // Connected: the kernel then passes on what comes from the destination, and ICMP errors about packets to it.
        failed_at = "";
        const NativeAddress native = to_native(SocketAddress{destination_, 0});
        if (::connect(socket_.descriptor(), native.pointer(), native.length) != 0) return errno;
        if (const auto local = local_address(socket_.descriptor()))
            recorder_.attempt().local = SocketAddress{local->address, 0};
        return 0;
    }

    std::string_view wrap(std::string_view payload, std::string& packet) override {
        packet = wire::encode(wire::EspPacket{spi_, ++sequence_, payload});
        return packet;
    }

    std::optional<std::string_view> unwrap(std::string_view packet, const sockaddr_storage&, Received&) override {
        // raw(7): IPv4 comes with its header, IPv6 without.
        const auto carried = destination_.family() == Family::ipv4 ? wire::ipv4_payload(packet)
                                                                   : std::optional<std::string_view>(packet);
        const auto esp = carried ? wire::decode_esp(*carried) : std::nullopt;
        if (!esp) return std::nullopt;
        return esp->payload;
    }

    [[nodiscard]] NativeAddress target() const override { return {}; }

    Address destination_;
    std::uint32_t spi_;
    std::uint32_t sequence_ = 0;
};

}  // namespace

std::unique_ptr<Datagrams> esp_datagrams(Socket& socket, Recorder& recorder, const Address& destination,
                                         std::uint32_t spi) {
    return std::make_unique<EspDatagrams>(socket, recorder, destination, spi);
}

}  // namespace fdnprobe::net
