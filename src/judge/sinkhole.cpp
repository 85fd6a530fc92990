#include "judge/sinkhole.hpp"

namespace fdnprobe::judge {

bool is_fortiguard_block_page(const Address& address) {
    // What FortiOS answers for a filtered name unless it is told otherwise. Its IPv6 counterpart is not published.
    static const Address page = Address::from_ipv4({208, 91, 112, 55});
    return address == page;
}

bool is_sinkhole(const Address& address) { return address.is_private() || is_fortiguard_block_page(address); }

Confidence sinkhole_confidence(const Address& address) {
    return address.is_loopback() || address.is_unspecified() || is_fortiguard_block_page(address) ? Confidence::proven
                                                                                                  : Confidence::likely;
}

std::string sinkhole_text(const Address& address) {
    if (is_fortiguard_block_page(address)) return "the block page of FortiGuard's DNS filter";
    if (address.is_unspecified()) return "no address at all";
    if (address.is_loopback()) return "the asking host itself";
    return "an address that is not public";
}

}  // namespace fdnprobe::judge
