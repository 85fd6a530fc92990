#include "judge/icmp.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "judge/trace.hpp"

namespace fdnprobe::judge {
namespace {

struct IcmpCode {
    std::int32_t type;
    std::int32_t code;
    IcmpMeaning meaning;
    std::string_view text;
};

constexpr std::array icmp4{
    IcmpCode{3, 0, IcmpMeaning::net, "network unreachable"},
    IcmpCode{3, 1, IcmpMeaning::host, "host unreachable"},
    IcmpCode{3, 2, IcmpMeaning::protocol, "protocol unreachable"},
    IcmpCode{3, 3, IcmpMeaning::port, "port unreachable"},
    IcmpCode{3, 4, IcmpMeaning::note, "fragmentation needed"},
    IcmpCode{3, 5, IcmpMeaning::net, "source route failed"},
    IcmpCode{3, 6, IcmpMeaning::host, "destination network unknown"},
    IcmpCode{3, 7, IcmpMeaning::host, "destination host unknown"},
    IcmpCode{3, 8, IcmpMeaning::net, "source host isolated"},
    IcmpCode{3, 9, IcmpMeaning::prohibited, "network prohibited by a filter"},
    IcmpCode{3, 10, IcmpMeaning::prohibited, "host prohibited by a filter"},
    IcmpCode{3, 11, IcmpMeaning::host, "network unreachable for this type of service"},
    IcmpCode{3, 12, IcmpMeaning::host, "host unreachable for this type of service"},
    IcmpCode{3, 13, IcmpMeaning::prohibited, "communication prohibited by a filter"},
    IcmpCode{3, 14, IcmpMeaning::prohibited, "precedence violation"},
    IcmpCode{3, 15, IcmpMeaning::prohibited, "precedence cutoff"},
    IcmpCode{11, 0, IcmpMeaning::hops_exhausted, "time to live exceeded"},
    IcmpCode{11, 1, IcmpMeaning::note, "fragment reassembly time exceeded"},
};

constexpr std::array icmp6{
    IcmpCode{1, 0, IcmpMeaning::net, "no route to the destination"},
    IcmpCode{1, 1, IcmpMeaning::prohibited, "communication prohibited by a filter"},
    IcmpCode{1, 2, IcmpMeaning::net, "beyond the scope of the source address"},
    IcmpCode{1, 3, IcmpMeaning::host, "address unreachable"},
    IcmpCode{1, 4, IcmpMeaning::port, "port unreachable"},
    IcmpCode{1, 5, IcmpMeaning::prohibited, "source address failed a policy"},
    IcmpCode{1, 6, IcmpMeaning::prohibited, "route rejected"},
    IcmpCode{1, 7, IcmpMeaning::net, "error in the source routing header"},
    IcmpCode{2, 0, IcmpMeaning::note, "packet too big"},
    IcmpCode{3, 0, IcmpMeaning::hops_exhausted, "hop limit exceeded"},
    IcmpCode{3, 1, IcmpMeaning::note, "fragment reassembly time exceeded"},
    IcmpCode{4, 1, IcmpMeaning::protocol, "next header not recognised"},
};

bool is_v6(const Event& event) {
    return event.text == "icmpv6" || (event.from && event.from->family() == Family::ipv6);
}

}  // namespace

IcmpError read_icmp(const Event& event) {
    IcmpError error;
    error.v6 = is_v6(event);
    const auto look_up = [&](const auto& codes) {
        const auto* const found = std::find_if(codes.begin(), codes.end(), [&](const IcmpCode& entry) {
            return entry.type == event.code && entry.code == event.detail;
        });
        error.text = fmt::format("{} {}/{}", error.v6 ? "ICMPv6" : "ICMP", event.code, event.detail);
        if (found == codes.end()) return;
        error.meaning = found->meaning;
        error.text += fmt::format(", {}", found->text);
    };
    if (error.v6)
        look_up(icmp6);
    else
        look_up(icmp4);
    return error;
}

bool is_mtu_signal(const Event& event) { return is_v6(event) ? event.code == 2 : event.code == 3 && event.detail == 4; }

const Event* find_icmp(const Check& check, const Attempt& attempt) {
    if (answered(attempt) || (over_tcp(check) && connected(attempt))) return nullptr;
    const auto found = std::find_if(attempt.evidence.begin(), attempt.evidence.end(), [](const Event& event) {
        return event.what == What::icmp_error && event.stage > Stage::resolve &&
               read_icmp(event).meaning != IcmpMeaning::note;
    });
    return found == attempt.evidence.end() ? nullptr : &*found;
}

}  // namespace fdnprobe::judge
