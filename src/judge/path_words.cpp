#include "judge/path_words.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace fdnprobe::judge {

std::string spell_hop(int hop, const std::optional<Address>& device) {
    return device ? fmt::format("hop {} ({})", hop, device->to_string()) : fmt::format("hop {}", hop);
}

Where& place_of(Finding& finding) {
    if (!finding.where) finding.where.emplace();
    return *finding.where;
}

void put_at(Finding& finding, int hop, const std::optional<Address>& device) {
    Where& where = place_of(finding);
    where.hop = hop;
    where.address = device;
}

void add_detail(Finding& finding, const std::string& more) {
    finding.detail += (finding.detail.empty() ? "" : "; ") + more;
}

std::string name_of_control(const PathFacts& facts) {
    return facts.control_is.empty() ? std::string("what it was compared with") : printable(facts.control_is, 300);
}

}  // namespace fdnprobe::judge
