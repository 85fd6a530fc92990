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
            std::set<Port> of_row(row.port_list.begin(), row.port_list.end());
            for (const CheckRule& rule : row.checks) {
                of_row.insert(rule.port);
                if (rule.dial) of_row.insert(*rule.dial);
            }
            ports.insert(of_row.begin(), of_row.end());
            const auto configured = site.peers.find(peer);
            if (configured == site.peers.end()) continue;
            for (const auto& [port, customised] : configured->second.ports)
                if (of_row.contains(port)) ports.insert(customised);
        }
    }
    return ports;
}

}  // namespace fdnprobe::app
