// Ports as vendors' documents print them. Every vendor has its own way, and none of them is a format:
//
//     TCP/443, TCP/8890                      TCP or UDP/389
//     UDP/IKE 500, ESP (IP 50), NAT-T 4500   ETH Layer 0x8890, 0x8891, and 0x8893
//     TCP/8000-8003                          443/tcp
//
// What a person would read out of such a text is read; what a person would have to guess at is a mistake, because a
// port that is silently lost is a port that nobody tests.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.hpp"
#include "fdnprobe/row.hpp"

namespace fdnprobe::config {

/// A row stands for one service. A range that is wider than this is a policy ("all high ports"), not something to
/// probe port by port.
inline constexpr std::size_t most_ports = 1024;

struct PortsText {
    std::vector<Port> ports;    ///< in the text's order, each once
    bool alternatives = false;  ///< the text says "or"
};

struct PortsMistake {
    std::size_t column = 0;  ///< of the offending piece, in characters from 1
    std::string what;        ///< escaped
};

/// Text in round brackets is a remark and names no port, but for "(IP 50)", which ESP is anyway. After "Note:" only
/// ports written in full, as in `TCP/443`, are taken.
[[nodiscard]] Expected<PortsText, std::vector<PortsMistake>> read_ports(std::string_view text);

}  // namespace fdnprobe::config
