#include "engine/plan.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace fdnprobe::engine {
namespace {

bool chosen(const Row& row, const PlanOptions& options) {
    if (options.direction && *options.direction != row.direction) return false;
    if (options.only.empty()) return true;
    return std::any_of(options.only.begin(), options.only.end(),
                       [&](const std::string& pattern) { return row.matches(pattern); });
}

/// The pin that fits a host's port best: one for the port before one for the whole host.
const Pin* find_pin(const Site& site, const std::string& host, const Port& port) {
    const Pin* general = nullptr;
    for (const Pin& pin : site.pins) {
        if (pin.host != host) continue;
        if (pin.port && *pin.port == port) return &pin;
        if (!pin.port) general = &pin;
    }
    return general;
}

bool split_horizon(const Site& site, const std::string& host) {
    return std::any_of(site.split_horizon.begin(), site.split_horizon.end(),
                       [&](const std::string& pattern) { return glob_match(pattern, host); });
}

/// Adds the checks of one row.
class RowPlanner {
  public:
    RowPlanner(Plan& plan, const Row& row, const Site& site, const PlanOptions& options)
        : plan_(plan), row_(row), site_(site), options_(options), endpoint_(endpoint_name(row)) {
        const auto found = site.peers.find(endpoint_);
        if (found != site.peers.end()) peer_ = &found->second;
    }

    void add(const CheckRule& rule) {
        if (!rule.skip.empty()) {
            Check& check = start(rule, slug(endpoint_));
            skip(check, Cause::not_testable_from_here, rule.skip);
            if (!rule.hosts.empty()) check.host = rule.hosts.front();
        } else if (rule.port.transport == Transport::ethernet) {
            add_segment(rule);
        } else if (!rule.hosts.empty()) {
            for (const std::string& host : rule.hosts) add_table_host(rule, lower(host));
        } else if (peer_ != nullptr && !peer_->addresses.empty()) {
            for (const std::string& address : peer_->addresses) add_site_host(rule, lower(address));
        } else {
            skip(start(rule, slug(endpoint_)), Cause::not_configured,
                 fmt::format("The address of {} is not known; give it with --peer '{}=ADDRESS' or in "
                             "the [peers] section of a site file.",
                             endpoint_, endpoint_));
        }
    }

  private:
    static void skip(Check& check, Cause cause, std::string reason) {
        check.skip = cause;
        check.skip_reason = std::move(reason);
    }

    /// Frames have no address to go to: they are sent and heard on an interface, the site's, or the one that leads to
    /// the peer.
    void add_segment(const CheckRule& rule) {
        Check& check = start(rule, slug(endpoint_));
        if (peer_ != nullptr && !peer_->addresses.empty()) {
            // An address leads to an interface as it is, a name only once it is resolved.
            const auto& known = peer_->addresses;
            const auto literal = std::find_if(known.begin(), known.end(),
                                              [](const std::string& text) { return Address::parse(text).has_value(); });
            check.host = lower(literal == known.end() ? known.front() : *literal);
            if (literal != known.end()) {
                check.host_is_address = true;
                check.pinned.push_back(*Address::parse(check.host));
            } else if (const Pin* pin = find_pin(site_, check.host, rule.port)) {
                check.pinned.push_back(pin->address);
            }
        } else if (!site_.interface.empty()) {
            check.host = site_.interface;
        } else {
            skip(check, Cause::not_configured,
                 fmt::format("The interface on which {} would be heard is not known; give it with --interface NAME or "
                             "in the [network] section of a site file, or give the address of {}, which leads to it.",
                             endpoint_, endpoint_));
        }
        leave_out_what_cannot_be(check);
    }

    /// What neither this process nor the far end, as far as it is known, is up to.
    void leave_out_what_cannot_be(Check& check) const {
        if (!check.skip && site_.proxy && check.transport() != Transport::tcp)
            return skip(check, Cause::not_applicable,
                        fmt::format("An HTTP proxy carries TCP only, so {} cannot go through it.",
                                    Port{check.transport(), check.dial_port}.to_string()));
        const ProbeDescription* probe = find_description(options_.probes, check.probe);
        if (check.skip || probe == nullptr) return;
        // Whoever has emulated peers on this host, as the lab has, is not asking about the cables that it is on.
        if (check.transport() == Transport::ethernet && site_.interface.empty() && !check.pinned.empty() &&
            std::all_of(check.pinned.begin(), check.pinned.end(),
                        [](const Address& address) { return address.is_loopback(); }))
            return skip(
                check, Cause::not_applicable,
                fmt::format("{} is this host itself, and no Ethernet frame goes there; --interface NAME listens "
                            "on a segment.",
                            check.pinned.front().to_string()));
        if (probe->responder_only && !options_.responder)
            skip(check, Cause::not_testable_from_here, responder_wanted(check));
        else if (!options_.raw_packets &&
                 (check.transport() == Transport::esp || check.transport() == Transport::ethernet))
            skip(check, Cause::needs_privilege,
                 fmt::format("Raw packets (CAP_NET_RAW) are needed, which this user may not send; `{}` grants it.",
                             grant_command(options_.program)));
    }

    [[nodiscard]] std::string responder_wanted(const Check& check) const {
        const std::string way = "run `fdnprobe respond` at the far end and give its key with --responder-key";
        if (check.port.transport != Transport::esp) return "Only a responder can tell: " + way + ".";
        const bool beside = std::any_of(row_.checks.begin(), row_.checks.end(), [](const CheckRule& rule) {
            return rule.port == Port{Transport::udp, 4500};
        });
        return "ESP carries the packets of an established tunnel and answers nobody else; " + way +
               (beside ? ", or see UDP/4500, in which ESP travels where there is a NAT." : ".");
    }

    /// A host that the table names. Where the site has an address for the peer, that stands in for it.
    void add_table_host(const CheckRule& rule, const std::string& host) {
        Check& check = start(rule, host);
        set_host(check, rule, host);
        check.public_name = !Address::parse(host) && !split_horizon(site_, host);
        if (peer_ != nullptr && check.pinned.empty()) {
            for (const std::string& text : peer_->addresses)
                if (const auto address = Address::parse(text)) check.pinned.push_back(*address);
            check.public_name = check.public_name && check.pinned.empty();
            drop_other_family(check);
        }
        leave_out_what_cannot_be(check);
    }

    void add_site_host(const CheckRule& rule, const std::string& host) {
        Check& check = start(rule, host);
        set_host(check, rule, host);
        if (const auto address = Address::parse(host); address && check.pinned.empty())
            check.pinned.push_back(*address);
        drop_other_family(check);
        leave_out_what_cannot_be(check);
    }

    void set_host(Check& check, const CheckRule& rule, const std::string& host) const {
        const auto literal = Address::parse(host);
        check.host = host;
        check.host_is_address = literal.has_value();
        check.server_name = rule.server_name;
        if (check.server_name.empty() && !literal) check.server_name = host;
        if (const Pin* pin = find_pin(site_, host, rule.dial.value_or(rule.port))) {
            check.pinned.push_back(pin->address);
            check.dial_port = pin->dial_port.value_or(check.dial_port);
        } else if (literal && peer_ == nullptr) {
            check.pinned.push_back(*literal);
        }
        drop_other_family(check);
    }

    /// `-4` and `-6` leave addresses of the other family out; a check that has none left does not apply.
    void drop_other_family(Check& check) const {
        if (check.pinned.empty()) return;
        std::erase_if(check.pinned, [&](const Address& address) {
            return address.family() == Family::ipv4 ? !options_.ipv4 : !options_.ipv6;
        });
        if (!check.pinned.empty()) return;
        skip(check, Cause::not_applicable,
             fmt::format("{} is not an {} address.", check.host, options_.ipv4 ? "IPv4" : "IPv6"));
    }

    Check& start(const CheckRule& rule, const std::string& host_in_id) {
        Check& check = plan_.checks.emplace_back();
        check.id = fmt::format("{}/{}/{}/{}", row_.full_id(), rule.dial.value_or(rule.port).to_id(),
                               rule.probe.empty() ? "none" : rule.probe, host_in_id);
        check.row = plan_.rows.size() - 1;
        check.direction = row_.direction;
        check.level = rule.level;
        check.alternative = rule.alternative;
        check.port = rule.port;
        const Port dial = dialled_port(rule, peer_);
        check.dial_port = dial.number;
        if (dial.transport != rule.port.transport) check.dial_transport = dial.transport;
        check.probe = rule.probe;
        check.options = rule.options;
        check.trust = rule.trust;
        check.ocsp_stapled = rule.ocsp_stapled;
        check.signer = rule.signer;
        check.note = rule.note;
        check.secrets = options_.secrets;
        const ProbeDescription* probe = find_description(options_.probes, rule.probe);
        check.permitted =
            probe != nullptr && !probe->permission.empty() && options_.permitted.contains(probe->permission);
        // A site may have moved two ports of a row to one.
        if (!rule.probe.empty() && !dialled_.emplace(dial, rule.probe, host_in_id).second)
            skip(check, Cause::not_applicable,
                 fmt::format("{} is what another check of this row dials already.", dial.to_string()));
        return check;
    }

    Plan& plan_;
    const Row& row_;
    const Site& site_;
    const PlanOptions& options_;
    std::string endpoint_;
    const SitePeer* peer_ = nullptr;
    std::set<std::tuple<Port, std::string, std::string>> dialled_;  ///< port, probe, host
};

}  // namespace

const ProbeDescription* find_description(std::span<const ProbeDescription> probes, std::string_view name) {
    const auto found =
        std::find_if(probes.begin(), probes.end(), [&](const ProbeDescription& probe) { return probe.name == name; });
    return found == probes.end() ? nullptr : &*found;
}

std::string grant_command(std::string_view program) {
    return "sudo setcap cap_net_raw+ep " + shell_word(printable(program));
}

Port dialled_port(const CheckRule& rule, const SitePeer* peer) {
    const Port usual = rule.dial.value_or(rule.port);
    if (peer == nullptr) return usual;
    if (const auto custom = peer->ports.find(usual); custom != peer->ports.end()) return custom->second;
    const auto printed = peer->ports.find(rule.port);
    if (printed == peer->ports.end()) return usual;
    // A new number for the printed port moves what is really in use, too; only a new transport says that it is another.
    const bool moved_as_printed = printed->second.transport == rule.port.transport;
    return Port{moved_as_printed ? usual.transport : printed->second.transport, printed->second.number};
}

std::string endpoint_name(const Row& row) { return row.direction == Direction::incoming ? row.product : row.peer; }

Plan make_plan(const std::vector<Table>& tables, const Site& site, const PlanOptions& options) {
    Plan plan;
    for (const Table& table : tables) {
        for (const Row& row : table.rows) {
            if (!chosen(row, options)) continue;
            plan.rows.push_back(row);
            RowPlanner planner(plan, row, site, options);
            for (const CheckRule& rule : row.checks) planner.add(rule);
        }
    }
    return plan;
}

Plan some_rows(const Plan& plan, std::span<const std::size_t> rows) {
    Plan part;
    std::vector<std::optional<std::size_t>> place(plan.rows.size());
    for (const std::size_t row : rows) {
        place[row] = part.rows.size();
        part.rows.push_back(plan.rows[row]);
    }
    for (const Check& check : plan.checks)
        if (const auto row = place[check.row]) part.checks.emplace_back(check).row = *row;
    return part;
}

}  // namespace fdnprobe::engine
