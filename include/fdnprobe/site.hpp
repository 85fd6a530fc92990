// What is particular to one place: the site file, read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fdnprobe/address.hpp"
#include "fdnprobe/device.hpp"
#include "fdnprobe/row.hpp"
#include "fdnprobe/schedule.hpp"
#include "fdnprobe/verdict.hpp"

namespace fdnprobe {

/// A peer of the tables as this site has it.
struct SitePeer {
    std::vector<std::string> addresses;  ///< names or addresses
    std::map<Port, Port> ports;          ///< customised ports: the table's port -> the one to dial
};

/// One row of the tables as this site has it.
struct SiteRow {
    std::vector<DevicePlace> places;  ///< in place of its peer's addresses; empty: those
    std::map<Port, Port> ports;       ///< beside its peer's
    std::optional<Level> level;       ///< of its checks; nothing: as the table has it
    int line = 0;                     ///< where the site file has it
};

/// A pinned name: where a HOST, or one port of it, is really found.
struct Pin {
    std::string host;          ///< lower case
    std::optional<Port> port;  ///< nothing: every port of the host
    Address address;
    std::optional<std::uint16_t> dial_port;  ///< nothing: the port of the check
};

/// An HTTP proxy, which carries TCP (RFC 9110, 9.3.6).
struct ProxyAddress {
    std::string user;  ///< empty: the credentials name it, or there are none
    std::string host;  ///< a name or an address
    std::uint16_t port = 0;

    /// `http://HOST:PORT`. Who uses it is not said.
    [[nodiscard]] std::string to_string() const;
    friend bool operator==(const ProxyAddress&, const ProxyAddress&) = default;
};

struct Site {
    std::string file;  ///< empty: none was given
    std::string name;
    Device device;
    std::map<std::string, SitePeer, std::less<>> peers;  ///< by the peer's name in the tables
    std::map<std::string, SiteRow, std::less<>> rows;    ///< by the row's id, with or without its table's
    std::vector<Pin> pins;
    std::vector<SocketAddress> resolvers;  ///< empty: the system's
    std::optional<Address> source;
    std::string interface;
    std::optional<ProxyAddress> proxy;
    bool proxy_resolves = false;  ///< names go to the proxy as they are
    std::vector<std::string> public_ca_files;
    std::vector<std::string> fortinet_ca_files;
    std::vector<std::string> inspection_ca_files;
    std::optional<Address> blackhole;
    std::vector<std::string> split_horizon;  ///< globs
    std::map<std::string, std::string, std::less<>> secret_files;
    std::map<std::string, int, std::less<>> secret_lines;  ///< where `file` names each of them
    Schedule schedule;
    std::optional<Retention> retention;
    NotifySettings notify;
    std::vector<State> accept;      ///< states that count as good
    std::vector<int> notify_lines;  ///< where `file` names each of `notify.to`
};

}  // namespace fdnprobe
