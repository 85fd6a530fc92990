#include "peers/datagram.hpp"

#include <array>
#include <cerrno>
#include <cstring>

namespace fdnprobe::peers {
namespace {

/// Room for what one packet is told with: its address and its TTL.
using Ancillary = std::array<char, CMSG_SPACE(sizeof(in6_pktinfo)) + CMSG_SPACE(sizeof(int))>;

template <class Value>
Value value_of(const cmsghdr& message) {
    Value value{};
    std::memcpy(&value, CMSG_DATA(&message), sizeof value);
    return value;
}

void read_ancillary(msghdr& header, Datagram& datagram) {
    for (cmsghdr* one = CMSG_FIRSTHDR(&header); one != nullptr; one = CMSG_NXTHDR(&header, one)) {
        const bool four = one->cmsg_level == IPPROTO_IP;
        const bool six = one->cmsg_level == IPPROTO_IPV6;
        if ((four && one->cmsg_type == IP_TTL) || (six && one->cmsg_type == IPV6_HOPLIMIT)) {
            datagram.ttl = static_cast<std::uint8_t>(value_of<int>(*one));
        } else if (four && one->cmsg_type == IP_PKTINFO) {
            const auto info = value_of<in_pktinfo>(*one);
            // They differ where it was a broadcast, which asks nobody in particular.
            if (info.ipi_addr.s_addr == info.ipi_spec_dst.s_addr) datagram.sent_to = info;
        } else if (six && one->cmsg_type == IPV6_PKTINFO) {
            const auto info = value_of<in6_pktinfo>(*one);
            if (!IN6_IS_ADDR_MULTICAST(&info.ipi6_addr)) datagram.sent_to6 = info;
        }
    }
}

template <class Value>
void add_ancillary(msghdr& header, Ancillary& memory, int level, int type, const Value& value) {
    header.msg_control = memory.data();
    header.msg_controllen = CMSG_SPACE(sizeof value);
    cmsghdr* const one = CMSG_FIRSTHDR(&header);
    one->cmsg_level = level;
    one->cmsg_type = type;
    one->cmsg_len = CMSG_LEN(sizeof value);
    std::memcpy(CMSG_DATA(one), &value, sizeof value);
}

}  // namespace

Expected<Datagram, int> take_datagram(int descriptor, std::span<char> memory) {
    Datagram datagram;
    alignas(cmsghdr) Ancillary ancillary{};
    iovec part{memory.data(), memory.size()};
    msghdr header{};
    header.msg_name = &datagram.sender;
    header.msg_namelen = sizeof datagram.sender;
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = ancillary.data();
    header.msg_controllen = ancillary.size();
    const ssize_t got = ::recvmsg(descriptor, &header, 0);
    if (got < 0) return Unexpected<int>(errno);
    datagram.bytes = std::string_view(memory.data(), static_cast<std::size_t>(got));
    datagram.sender_size = header.msg_namelen;
    read_ancillary(header, datagram);
    return datagram;
}

void send_back(int descriptor, const Datagram& datagram, std::string_view reply) {
    alignas(cmsghdr) Ancillary ancillary{};
    sockaddr_storage receiver = datagram.sender;
    iovec part{const_cast<char*>(reply.data()), reply.size()};
    msghdr header{};
    header.msg_name = &receiver;
    header.msg_namelen = datagram.sender_size;
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    if (datagram.sent_to) {
        // The route decides about the interface; the way back need not be the way that it came.
        in_pktinfo from{};
        from.ipi_spec_dst = datagram.sent_to->ipi_spec_dst;
        add_ancillary(header, ancillary, IPPROTO_IP, IP_PKTINFO, from);
    } else if (datagram.sent_to6) {
        // A link-local address means something on its own link alone.
        in6_pktinfo from = *datagram.sent_to6;
        if (!IN6_IS_ADDR_LINKLOCAL(&from.ipi6_addr)) from.ipi6_ifindex = 0;
        add_ancillary(header, ancillary, IPPROTO_IPV6, IPV6_PKTINFO, from);
    }
    [[maybe_unused]] const ssize_t sent = ::sendmsg(descriptor, &header, MSG_NOSIGNAL);
}

}  // namespace fdnprobe::peers
