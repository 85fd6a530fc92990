#include "net/interfaces.hpp"

#include <ifaddrs.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <netpacket/packet.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "net/socket_address.hpp"
#include "system/deleter.hpp"

namespace fdnprobe::net {
namespace {

using AddressList = std::unique_ptr<ifaddrs, system::Deleter<freeifaddrs>>;

AddressList address_list() {
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0) list = nullptr;
    return AddressList(list);
}

/// A datagram socket that is connected sends nothing, whatever the port; 0 would be none.
constexpr std::uint16_t any_port = 9;

/// The interface that has this address of its own.
std::optional<std::string> owner_of(const Address& address) {
    const AddressList list = address_list();
    for (const ifaddrs* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
        if (entry->ifa_addr == nullptr) continue;
        const auto family = entry->ifa_addr->sa_family;
        if (family != AF_INET && family != AF_INET6) continue;
        sockaddr_storage storage{};
        std::memcpy(&storage, entry->ifa_addr, family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
        if (const auto own = from_native(storage); own && own->address == address) return entry->ifa_name;
    }
    return std::nullopt;
}

}  // namespace

std::vector<EthernetInterface> ethernet_interfaces() {
    std::vector<EthernetInterface> interfaces;
    const AddressList list = address_list();
    for (const ifaddrs* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
        if (entry->ifa_addr == nullptr || entry->ifa_addr->sa_family != AF_PACKET) continue;
        constexpr unsigned int usable = IFF_UP | IFF_RUNNING;
        if ((entry->ifa_flags & usable) != usable) continue;
        sockaddr_ll link{};
        std::memcpy(&link, entry->ifa_addr, sizeof link);
        if (link.sll_hatype != ARPHRD_ETHER) continue;
        EthernetInterface& one = interfaces.emplace_back();
        one.name = entry->ifa_name;
        one.index = link.sll_ifindex;
        std::copy_n(std::begin(link.sll_addr), one.address.bytes.size(), one.address.bytes.begin());
    }
    return interfaces;
}

std::optional<EthernetInterface> choose_ethernet(const DialOptions& options, std::optional<Address> near) {
    const std::vector<EthernetInterface> all = ethernet_interfaces();
    const auto named = [&](const std::string& name) -> std::optional<EthernetInterface> {
        const auto found =
            std::find_if(all.begin(), all.end(), [&](const EthernetInterface& one) { return one.name == name; });
        if (found == all.end()) return std::nullopt;
        return *found;
    };
    if (!options.interface.empty()) return named(options.interface);
    if (near) {
        if (const auto source = source_towards(SocketAddress{*near, any_port}, options))
            if (const auto name = owner_of(source->address))
                if (auto found = named(*name)) return found;
    }
    if (all.size() == 1) return all.front();
    return std::nullopt;
}

}  // namespace fdnprobe::net
