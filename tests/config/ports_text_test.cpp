#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "config/ports_text.hpp"

using namespace fdnprobe;
using namespace fdnprobe::config;

namespace {

/// What was read, or the mistakes, in one line.
std::string outcome(std::string_view text) {
    std::string line;
    const auto read = read_ports(text);
    if (!read) {
        for (const PortsMistake& mistake : read.error()) {
            if (!line.empty()) line += " | ";
            line += std::to_string(mistake.column);
            line += ": " + mistake.what;
        }
        return line;
    }
    for (const Port& port : read->ports) line += (line.empty() ? "" : " ") + port.to_string();
    return line + (read->alternatives ? " (or)" : "");
}

using Cases = std::vector<std::pair<std::string, std::string>>;

}  // namespace

TEST_CASE("every text of the FortiProxy 7.4 port document is read", "[config][ports]") {
    const Cases cases{
        {"TCP/1000", "TCP/1000"},
        {"TCP/1700", "TCP/1700"},
        {"UDP/IKE 500, ESP (IP 50), NAT-T 4500", "UDP/500 ESP/50 UDP/4500"},
        {"TCP/443", "TCP/443"},
        {"TCP/8001", "TCP/8001"},
        {"TCP/8013 (by default; this port can be customized)", "TCP/8013"},
        {"ETH Layer 0x8890, 0x8891, and 0x8893", "ETH/0x8890 ETH/0x8891 ETH/0x8893"},
        {"TCP/703, UDP/703", "TCP/703 UDP/703"},
        {"UDP/730", "UDP/730"},
        {"UDP/53", "UDP/53"},
        {"TCP/7810", "TCP/7810"},
        {"TCP/541", "TCP/541"},
        {"UDP/9443", "UDP/9443"},
        {"TCP/542", "TCP/542"},
        {"TCP/8001 (by default; this port can be customized)", "TCP/8001"},
        {"TCP/80, TCP/443", "TCP/80 TCP/443"},
        {"TCP/443, TCP/8008, TCP/8010", "TCP/443 TCP/8008 TCP/8010"},
        {"TCP/1000, TCP/1003", "TCP/1000 TCP/1003"},
        {"TCP/514", "TCP/514"},
        {"TCP or UDP/389", "TCP/389 UDP/389 (or)"},
        {"UDP/1812", "UDP/1812"},
        {"TCP/8000", "TCP/8000"},
        {"UDP/1813", "UDP/1813"},
        {"TCP/80", "TCP/80"},
        {"TCP/443, TCP/8890", "TCP/443 TCP/8890"},
        {"TCP/9582", "TCP/9582"},
        {"UDP/53, UDP/8888, TCP/53, TCP/8888, TCP/443 (as part of Anycast servers)",
         "UDP/53 UDP/8888 TCP/53 TCP/8888 TCP/443"},
        {"UDP/53, TCP/853 (as part of Anycast servers)", "UDP/53 TCP/853"},
        {"TCP/25", "TCP/25"},
        {"TCP or UDP/514", "TCP/514 UDP/514 (or)"},
        {"UDP/53, UDP/8888, TCP/80, TCP/8888", "UDP/53 UDP/8888 TCP/80 TCP/8888"},
    };
    for (const auto& [text, expected] : cases) {
        INFO(text);
        CHECK(outcome(text) == expected);
    }
}

TEST_CASE("every text of FortiGuard's list of open ports is read", "[config][ports]") {
    const Cases cases{
        {"TCP/443", "TCP/443"},
        {"UDP/53, UDP/8888", "UDP/53 UDP/8888"},
        {"TCP/514", "TCP/514"},
        {"UDP/5246", "UDP/5246"},
        {"TCP/5223, TCP/2195, TCP/2196", "TCP/5223 TCP/2195 TCP/2196"},
        {"TCP/80", "TCP/80"},
        {"TCP/25", "TCP/25"},
        {"UDP/8888 (by default; this port can be changed to port 53 by entering fgd1.fortigate.com:53 via the XML "
         "config "
         "file) Note: FortiClient for Chromebooks contacts FortiGuard for URL ratings via TCP/443",
         "UDP/8888 TCP/443"},
        {"TCP/443, TCP/8890", "TCP/443 TCP/8890"},
        {"TCP/9582 (flow.fortinet.net)", "TCP/9582"},
        {"UDP/53, UDP/8888, TCP/53, TCP/8888, TCP/443 (as part of Anycast servers)",
         "UDP/53 UDP/8888 TCP/53 TCP/8888 TCP/443"},
        {"UDP/53, TCP/853 (as part of Anycast servers)", "UDP/53 TCP/853"},
        {"TCP/541", "TCP/541"},
        {"UDP/53", "UDP/53"},
        {"TCP/8890", "TCP/8890"},
        {"UDP/9443", "UDP/9443"},
    };
    for (const auto& [text, expected] : cases) {
        INFO(text);
        CHECK(outcome(text) == expected);
    }
}

TEST_CASE("what other vendors write is read", "[config][ports]") {
    const Cases cases{
        {"TCP/8000-8003", "TCP/8000 TCP/8001 TCP/8002 TCP/8003"},
        {"TCP/8000 to 8002", "TCP/8000 TCP/8001 TCP/8002"},
        {"TCP/8000\u20138001", "TCP/8000 TCP/8001"},
        {"TCP/8000 - 8001", "TCP/8000 TCP/8001"},
        {"TCP 443", "TCP/443"},
        {"TCP\u00A0443", "TCP/443"},
        {"tcp: 443", "TCP/443"},
        {"TCP/443 and 8443", "TCP/443 TCP/8443"},
        {"TCP/443 or 8443", "TCP/443 TCP/8443 (or)"},
        {"443/tcp", "TCP/443"},
        {"8000-8001/tcp", "TCP/8000 TCP/8001"},
        {"53/tcp and udp, 443/tcp", "TCP/53 UDP/53 TCP/443"},
        {"53/tcp/udp", "TCP/53 UDP/53"},
        {"443/tcp and udp 53", "TCP/443 UDP/53"},
        {"TCP/80, 443/udp", "TCP/80 UDP/443"},
        {"TCP & UDP 53", "TCP/53 UDP/53"},
        {"TCP/UDP 53", "TCP/53 UDP/53"},
        {"TCP/UDP/53", "TCP/53 UDP/53"},
        {"TCP, UDP/53, 80", "TCP/53 UDP/53 TCP/80 UDP/80"},
        {"TCP/80, 443", "TCP/80 TCP/443"},
        {"TCP ports 80 and 443; UDP port 53", "TCP/80 TCP/443 UDP/53"},
        {"TCP/443 UDP/53", "TCP/443 UDP/53"},
        {"TCP/443\nUDP/53", "TCP/443 UDP/53"},
        {"TCP/443, TCP/443", "TCP/443"},
        {"IP 50", "ESP/50"},
        {"ESP/50, UDP/500", "ESP/50 UDP/500"},
        {"IKE 500", "UDP/500"},
        {"TCP/443, NAT-T 4500", "TCP/443 UDP/4500"},
        {"ETH/0x8890", "ETH/0x8890"},
        {"Ethernet type 0x88B5, TCP/1", "ETH/0x88b5 TCP/1"},
        {"TCP/80 (a (b) c), 443", "TCP/80 TCP/443"},
        {"TCP/1 note: also UDP/7, UDP/900-901 and TCP", "TCP/1 UDP/7 UDP/900 UDP/901"},
    };
    for (const auto& [text, expected] : cases) {
        INFO(text);
        CHECK(outcome(text) == expected);
    }
}

TEST_CASE("what cannot be read is named, with its column", "[config][ports]") {
    const Cases cases{
        {"", "1: no port is named; expected something like TCP/443"},
        {" (see the guide)", "1: no port is named; expected something like TCP/443"},
        {"HTTPS", "1: cannot read `HTTPS`: expected a port such as TCP/443"},
        {"TPC/443", "1: cannot read `TPC`: expected a port such as TCP/443; did you mean `TCP`?"},
        {"TCP/443, UPD/53", "10: cannot read `UPD`: expected a port such as TCP/443; did you mean `UDP`?"},
        {"TCP/any", "5: cannot read `any`: expected a port number from 1 to 65535"},
        {"TCP", "4: the text ends where a port number from 1 to 65535 was expected"},
        {"TCP/0", "5: cannot read `0`: expected a port number from 1 to 65535"},
        {"TCP/65536", "5: cannot read `65536`: expected a port number from 1 to 65535"},
        {"TCP/99999999999999999999", "5: cannot read `99999999999999999999`: expected a port number from 1 to 65535"},
        {"TCP/443x", "5: cannot read `443x`: expected a port number from 1 to 65535"},
        {"TCP-443", "4: cannot read `-`: expected a port number from 1 to 65535"},
        {"TCP/80-", "8: the text ends where a port number from 1 to 65535 was expected"},
        {"TCP/80-70", "5: the range 80-70 ends before it begins"},
        {"TCP/443,", "8: nothing follows `,`"},
        {"TCP/443 or", "9: nothing follows `or`"},
        {"TCP/443,, TCP/80", "9: cannot read `,`: expected a port such as TCP/443"},
        {"TCP/443 8443", "9: cannot read `8443`: expected a comma"},
        {"TCP/80/443", "7: cannot read `/`: expected a comma"},
        {"80, 443/tcp", "1: cannot read `80`: expected its transport, as in TCP/80"},
        {"53/udp, 80", "9: cannot read `80`: expected its transport, as in TCP/80"},
        {"UDP/500, ESP, 4500", "15: cannot read `4500`: expected its transport, as in TCP/4500"},
        {"ESP/51", "5: cannot read `51`: expected 50, the protocol number of ESP"},
        {"IP", "3: the text ends where 50, the protocol number of ESP was expected"},
        {"ETH 0x8890, 443", "13: cannot read `443`: expected an EtherType such as 0x8890"},
        {"ETH 0x1ffff", "5: cannot read `0x1ffff`: expected an EtherType from 0x0600 to 0xffff"},
        {"ETH 0x05ff", "5: cannot read `0x05ff`: expected an EtherType from 0x0600 to 0xffff"},
        {"TCP/0x50", "5: cannot read `0x50`: expected a decimal port number, or ETH before an EtherType"},
        {"TCP/443 (by default", "9: the bracket in `(by default` is never closed"},
        {"TCP/443)", "8: cannot read `)`: expected a comma"},
        // Characters are counted, not bytes; what cannot be shown is not.
        {"TCP/443 (\u00E4\u00F6), \x1b[31m", "15: cannot read `\\x1b`: expected a port such as TCP/443"},
        {"\xff", "1: cannot read `\\xff`: expected a port such as TCP/443"},
        // One slip does not make a second message out of the number behind it.
        {"TPC/80, 443, TCP/x",
         "1: cannot read `TPC`: expected a port such as TCP/443; did you mean `TCP`? | "
         "18: cannot read `x`: expected a port number from 1 to 65535"},
        {"TCP/1-1025", "5: from TCP/1025 on these are more than 1024 ports, which is too many for one row"},
        {"TCP or UDP/1-513", "12: from UDP/512 on these are more than 1024 ports, which is too many for one row"},
    };
    for (const auto& [text, expected] : cases) {
        INFO(text);
        CHECK(outcome(text) == expected);
    }
}

TEST_CASE("as many ports as a row may have are read", "[config][ports]") {
    const auto read = read_ports("TCP/1-1024");
    REQUIRE(read);
    CHECK(read->ports.size() == 1024);
    CHECK(read->ports.back() == Port{Transport::tcp, 1024});
}
