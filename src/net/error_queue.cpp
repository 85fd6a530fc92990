#include "net/error_queue.hpp"

// clang-format off
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>
#include <linux/errqueue.h>
// clang-format on

#include <algorithm>
#include <array>
#include <cstring>

#include "net/socket_address.hpp"

namespace fdnprobe::net {

void watch_errors(int descriptor, Family family, bool on) {
    const int value = on ? 1 : 0;
    if (family == Family::ipv4)
        setsockopt(descriptor, IPPROTO_IP, IP_RECVERR, &value, sizeof value);
    else
        setsockopt(descriptor, IPPROTO_IPV6, IPV6_RECVERR, &value, sizeof value);
}

std::vector<IcmpError> drain_errors(int descriptor) {
    std::vector<IcmpError> errors;
    // One attempt sends a handful of packets; a queue longer than this is somebody's flood.
    constexpr int most = 64;
    for (int round = 0; round < most; ++round) {
        std::array<char, 512> control{};
        std::array<char, 64> payload{};
        iovec vector{payload.data(), payload.size()};
        msghdr message{};
        message.msg_iov = &vector;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        if (recvmsg(descriptor, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) break;
        for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
            const bool four = header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_RECVERR;
            const bool six = header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_RECVERR;
            if (!four && !six) continue;
            if (header->cmsg_len < CMSG_LEN(sizeof(sock_extended_err))) continue;
            sock_extended_err detail{};
            std::memcpy(&detail, CMSG_DATA(header), sizeof detail);
            if (detail.ee_origin != SO_EE_ORIGIN_ICMP && detail.ee_origin != SO_EE_ORIGIN_ICMP6) continue;
            IcmpError error;
            error.version6 = detail.ee_origin == SO_EE_ORIGIN_ICMP6;
            error.type = detail.ee_type;
            error.code = detail.ee_code;
            error.error = static_cast<int>(detail.ee_errno);
            sockaddr_storage sender{};
            const std::size_t length = header->cmsg_len - CMSG_LEN(sizeof detail);
            std::memcpy(&sender, CMSG_DATA(header) + sizeof detail, std::min(length, sizeof sender));
            if (const auto from = from_native(sender)) error.sender = from->address;
            errors.push_back(error);
        }
    }
    return errors;
}

}  // namespace fdnprobe::net
