#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "net/datagram.hpp"
#include "net/interfaces.hpp"
#include "net/raw_socket.hpp"

namespace fdnprobe::net {
namespace {

class EthernetDatagrams final : public Datagrams {
  public:
    EthernetDatagrams(Socket& socket, Recorder& recorder, std::uint16_t ethertype, std::optional<Address> near)
        : Datagrams(socket, recorder), ethertype_(ethertype), near_(near) {}

  private:
    int make(const DialOptions& options, std::string& failed_at) override {
        failed_at = raw_socket_name();
        // Of no protocol until it is bound: frames of all interfaces would come in meanwhile.
        if (const int error = socket_.open_native(AF_PACKET, SOCK_DGRAM, 0); error != 0) return error;
        failed_at = "interface";
        const auto chosen = choose_ethernet(options, near_);
        if (!chosen) {
            // One that was named and is not there is a mistake; that none could be told is a question.
            if (options.interface.empty()) return ENODEV;
            failed_at = "bind";
            return if_nametoindex(options.interface.c_str()) == 0 ? ENODEV : ENETDOWN;
        }
        interface_ = chosen->name;
        index_ = chosen->index;
        failed_at = "bind";
        const NativeAddress own = link_address(HardwareAddress());
        return ::bind(socket_.descriptor(), own.pointer(), own.length) == 0 ? 0 : errno;
    }

    std::string_view wrap(std::string_view payload, std::string&) override { return payload; }

    std::optional<std::string_view> unwrap(std::string_view packet, const sockaddr_storage& sender,
                                           Received& received) override {
        sockaddr_ll link{};
        std::memcpy(&link, &sender, sizeof link);
        if (link.sll_pkttype == PACKET_OUTGOING) return std::nullopt;
        HardwareAddress from;
        std::copy_n(std::begin(link.sll_addr), from.bytes.size(), from.bytes.begin());
        received.hardware_sender = from;
        return packet;
    }

    [[nodiscard]] NativeAddress target() const override {
        return link_address(HardwareAddress{{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}});
    }

    [[nodiscard]] NativeAddress link_address(const HardwareAddress& address) const {
        sockaddr_ll link{};
        link.sll_family = AF_PACKET;
        link.sll_protocol = htons(ethertype_);
        link.sll_ifindex = index_;
        link.sll_halen = static_cast<unsigned char>(address.bytes.size());
        std::copy(address.bytes.begin(), address.bytes.end(), std::begin(link.sll_addr));
        NativeAddress native;
        std::memcpy(&native.storage, &link, sizeof link);
        native.length = sizeof link;
        return native;
    }

    std::uint16_t ethertype_;
    std::optional<Address> near_;
    int index_ = 0;
};

}  // namespace

std::unique_ptr<Datagrams> ethernet_datagrams(Socket& socket, Recorder& recorder, std::uint16_t ethertype,
                                              std::optional<Address> near) {
    return std::make_unique<EthernetDatagrams>(socket, recorder, ethertype, near);
}

}  // namespace fdnprobe::net
