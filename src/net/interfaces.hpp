// This host's Ethernet interfaces, and which of them frames for a peer would leave through.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fdnprobe/address.hpp"
#include "net/origin.hpp"

namespace fdnprobe::net {

struct EthernetInterface {
    std::string name;
    int index = 0;
    HardwareAddress address;
    friend bool operator==(const EthernetInterface&, const EthernetInterface&) = default;
};

/// Those that are up and have a carrier.
[[nodiscard]] std::vector<EthernetInterface> ethernet_interfaces();

/// The one that was chosen; else the one that packets for `near` would leave through; else the only one. Nothing when
/// none of these is there, or several are and nothing says which.
[[nodiscard]] std::optional<EthernetInterface> choose_ethernet(const DialOptions& options, std::optional<Address> near);

}  // namespace fdnprobe::net
