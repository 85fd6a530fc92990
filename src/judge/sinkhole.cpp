#include "judge/sinkhole.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace fdnprobe::judge {

bool is_sinkhole(const Address& address, const BlockPages& pages) {
    return address.is_private() ||
           std::any_of(pages.begin(), pages.end(), [&](const BlockPage& page) { return page.address == address; });
}

bool is_sinkhole(const Address& address, const Check& check) {
    return address.is_private() || check.block_page(address) != nullptr;
}

Confidence sinkhole_confidence(const Address& address, const Check& check) {
    return address.is_loopback() || address.is_unspecified() || check.block_page(address) != nullptr
               ? Confidence::proven
               : Confidence::likely;
}

std::string sinkhole_text(const Address& address, const Check& check) {
    if (const BlockPage* page = check.block_page(address)) return "the block page of " + printable(page->name, 80);
    if (address.is_unspecified()) return "no address at all";
    if (address.is_loopback()) return "the asking host itself";
    return "an address that is not public";
}

}  // namespace fdnprobe::judge
