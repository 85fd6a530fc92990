#include "report/groups.hpp"

#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

/// More resolvers than this say nothing to a reader.
constexpr std::size_t resolvers_named = 4;

std::string towards(Direction direction, const std::string& peer, const std::string& product) {
    return direction == Direction::outgoing ? fmt::format("{} to {}", product, peer)
                                            : fmt::format("{} to {}", peer, product);
}

}  // namespace

const std::string& tested_end(const Row& row) { return row.direction == Direction::outgoing ? row.peer : row.product; }

std::vector<Section> sections_of(const Report& report) {
    using SectionKey = std::pair<std::string, Direction>;
    std::map<SectionKey, std::set<std::string>> products;
    for (const RowResult& result : report.rows)
        products[{result.row.table, result.row.direction}].insert(result.row.product);

    std::vector<Section> sections;
    std::map<SectionKey, std::size_t> section_at;
    std::map<std::tuple<std::size_t, std::string, std::string>, std::size_t> party_at;
    for (std::size_t index = 0; index < report.rows.size(); ++index) {
        const Row& row = report.rows[index].row;
        const SectionKey key{row.table, row.direction};
        const bool one_product = products[key].size() == 1;
        const auto [section, new_section] = section_at.try_emplace(key, sections.size());
        if (new_section) {
            const std::string product = one_product ? shown_name(row.product) : "several products";
            sections.push_back({fmt::format("{}, {}: {}", shown_name(row.table), to_string(row.direction),
                                            towards(row.direction, "peers", product)),
                                {}});
        }
        auto& parties = sections[section->second].parties;
        const auto [party, new_party] = party_at.try_emplace({section->second, row.peer, row.product}, parties.size());
        if (new_party) {
            const std::string peer = shown_name(row.peer);
            parties.push_back({one_product ? peer : towards(row.direction, peer, shown_name(row.product)), {}});
        }
        parties[party->second].rows.push_back(index);
    }
    return sections;
}

std::string tables_of(const Report& report) {
    std::vector<std::string> names;
    std::set<std::string> seen;
    for (const RowResult& result : report.rows)
        if (seen.insert(result.row.table).second) names.push_back(shown_name(result.row.table));
    return listed(names);
}

std::string vantage_words(const Vantage& vantage) {
    std::vector<std::string> facts;
    if (!vantage.site.empty()) facts.push_back("site " + shown_name(vantage.site));
    if (!vantage.resolvers.empty()) {
        std::vector<std::string> names;
        for (const std::string& resolver : vantage.resolvers) {
            if (names.size() == resolvers_named) {
                names.push_back(fmt::format("{} more", vantage.resolvers.size() - resolvers_named));
                break;
            }
            names.push_back(shown_name(resolver));
        }
        facts.push_back((vantage.resolvers.size() == 1 ? "resolver " : "resolvers ") + listed(names));
    }
    if (vantage.proxy) facts.push_back("proxy " + shown_proxy(*vantage.proxy));
    std::string words = "from " + (vantage.host.empty() ? "this host" : shown_name(vantage.host));
    if (!facts.empty()) words += fmt::format(" ({})", fmt::join(facts, "; "));
    return words;
}

}  // namespace fdnprobe::report
