// From tables and a site to the checks of a run. Pure: what would be sent can be shown without sending it.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fdnprobe/check.hpp"
#include "fdnprobe/row.hpp"
#include "fdnprobe/site.hpp"
#include "model/probe_description.hpp"

namespace fdnprobe::engine {

struct PlanOptions {
    std::vector<std::string> only;       ///< globs over row ids, peers and purposes; empty: every row
    std::optional<Direction> direction;  ///< nothing: both
    bool ipv4 = true;
    bool ipv6 = true;
    std::span<const ProbeDescription> probes;          ///< what is known of those that the tables name
    bool responder = false;                            ///< a responder key is known
    bool raw_packets = false;                          ///< this process may open raw and packet sockets
    std::string program = "fdnprobe";                  ///< the file to grant that to
    std::set<std::string, std::less<>> permitted;      ///< what the user has allowed, as descriptions name it
    std::shared_ptr<const Secrets> secrets = nullptr;  ///< for the checks; never part of any output
};

struct Plan {
    std::vector<Row> rows;
    std::vector<Check> checks;  ///< in the order of their rows
};

[[nodiscard]] Plan make_plan(const std::vector<Table>& tables, const Site& site, const PlanOptions& options);

/// The part of a plan that is about these of its rows, in their order.
[[nodiscard]] Plan some_rows(const Plan& plan, std::span<const std::size_t> rows);

/// The name under which a site configures where a row is probed: its peer, or for an incoming row the product.
[[nodiscard]] std::string endpoint_name(const Row& row);

/// The port to use: as the site has it (`peer`, or nullptr), for the one that the table would dial or for the one that
/// it prints.
[[nodiscard]] Port dialled_port(const CheckRule& rule, const SitePeer* peer);

/// nullptr when there is none of that name.
[[nodiscard]] const ProbeDescription* find_description(std::span<const ProbeDescription> probes, std::string_view name);

/// The command that lets whoever runs `program` open raw and packet sockets.
[[nodiscard]] std::string grant_command(std::string_view program);

}  // namespace fdnprobe::engine
