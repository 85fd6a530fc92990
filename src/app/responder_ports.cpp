#include "app/responder_ports.hpp"

#include "engine/plan.hpp"

namespace fdnprobe::app {

std::set<Port> responder_ports(const std::vector<Table>& tables, const Site& site, std::optional<Direction> direction,
                               const std::set<std::string>& peers) {
    std::set<Port> ports;
    for (const Table& table : tables) {
        for (const Row& row : table.rows) {
            if (direction && row.direction != *direction) continue;
            const std::string peer = engine::endpoint_name(row);
            if (!peers.empty() && !peers.contains(peer)) continue;
            const auto configured = site.peers.find(peer);
            const SitePeer* const of_site = configured == site.peers.end() ? nullptr : &configured->second;
            ports.insert(row.port_list.begin(), row.port_list.end());
            for (const CheckRule& rule : row.checks) {
                ports.insert(rule.port);
                if (rule.dial) ports.insert(*rule.dial);
                ports.insert(engine::dialled_port(rule, of_site));
            }
        }
    }
    return ports;
}

}  // namespace fdnprobe::app
