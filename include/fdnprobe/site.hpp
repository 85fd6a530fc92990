// What is particular to one place: the site file, read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fdnprobe/address.hpp"
#include "fdnprobe/row.hpp"

namespace fdnprobe {

/// A peer of the tables as this site has it.
struct SitePeer {
    std::vector<std::string> addresses;   ///< names or addresses
    std::map<Port, std::uint16_t> ports;  ///< customised ports: the table's port -> the one to dial
    bool from_command_line = false;       ///< `--peer`: stands in for the peer's public names too
};

/// A pinned name: where a HOST, or one port of it, is really found.
struct Pin {
    std::string host;          ///< lower case
    std::optional<Port> port;  ///< nothing: every port of the host
    Address address;
    std::optional<std::uint16_t> dial_port;  ///< nothing: the port of the check
};

struct Site {
    std::string file;  ///< empty: none was given
    std::string name;
    std::map<std::string, SitePeer, std::less<>> peers;  ///< by the peer's name in the tables
    std::vector<Pin> pins;
    std::vector<SocketAddress> resolvers;  ///< empty: the system's
    std::optional<Address> source;
    std::string interface;
    std::string proxy;  ///< as written; empty: none
    bool proxy_resolves = false;
    std::vector<std::string> public_ca_files;
    std::vector<std::string> fortinet_ca_files;
    std::vector<std::string> inspection_ca_files;
    std::optional<Address> blackhole;
    std::vector<std::string> split_horizon;  ///< globs
    std::map<std::string, std::string, std::less<>> secret_files;
};

}  // namespace fdnprobe
