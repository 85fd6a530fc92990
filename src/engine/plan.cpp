#include "engine/plan.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace fdnprobe::engine {
namespace {

bool chosen(const Row& row, const PlanOptions& options) {
    if (options.direction && *options.direction != row.direction) return false;
    if (options.only.empty()) return true;
    const std::string full = row.full_id();
    return std::any_of(options.only.begin(), options.only.end(), [&](const std::string& pattern) {
        return glob_match(pattern, row.id) || glob_match(pattern, full) || glob_match(pattern, row.peer) ||
               glob_match(pattern, row.purpose);
    });
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
            check.skip = Cause::not_testable_from_here;
            check.skip_reason = rule.skip;
            if (!rule.hosts.empty()) check.host = rule.hosts.front();
        } else if (!rule.hosts.empty()) {
            for (const std::string& host : rule.hosts) add_table_host(rule, lower(host));
        } else if (peer_ != nullptr && !peer_->addresses.empty()) {
            for (const std::string& address : peer_->addresses) add_site_host(rule, lower(address));
        } else {
            Check& check = start(rule, slug(endpoint_));
            check.skip = Cause::not_configured;
            check.skip_reason = fmt::format(
                "The address of {} is not known; give it with --peer '{}=ADDRESS' or in "
                "the [peers] section of a site file.",
                endpoint_, endpoint_);
        }
    }

  private:
    /// A host that the table names. Where the site has an address for the peer, that stands in for it.
    void add_table_host(const CheckRule& rule, const std::string& host) {
        Check& check = start(rule, host);
        set_host(check, rule, host);
        check.public_name = !Address::parse(host) && !split_horizon(site_, host);
        if (peer_ == nullptr || !check.pinned.empty()) return;
        for (const std::string& text : peer_->addresses)
            if (const auto address = Address::parse(text)) check.pinned.push_back(*address);
        check.public_name = check.public_name && check.pinned.empty();
        drop_other_family(check);
    }

    void add_site_host(const CheckRule& rule, const std::string& host) {
        Check& check = start(rule, host);
        set_host(check, rule, host);
        if (const auto address = Address::parse(host); address && check.pinned.empty())
            check.pinned.push_back(*address);
        drop_other_family(check);
    }

    void set_host(Check& check, const CheckRule& rule, const std::string& host) const {
        const auto literal = Address::parse(host);
        check.host = host;
        check.host_is_address = literal.has_value();
        check.server_name = rule.server_name;
        if (check.server_name.empty() && !literal) check.server_name = host;
        if (const Pin* pin = find_pin(site_, host, rule.port)) {
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
        check.skip = Cause::not_applicable;
        check.skip_reason = fmt::format("{} is not an {} address.", check.host, options_.ipv4 ? "IPv4" : "IPv6");
    }

    Check& start(const CheckRule& rule, const std::string& host_in_id) {
        Check& check = plan_.checks.emplace_back();
        check.id = fmt::format("{}/{}/{}/{}", row_.full_id(), rule.port.to_id(),
                               rule.probe.empty() ? "none" : rule.probe, host_in_id);
        check.row = plan_.rows.size() - 1;
        check.level = rule.level;
        check.alternative = rule.alternative;
        check.port = rule.port;
        check.dial_port = rule.port.number;
        if (peer_ != nullptr)
            if (const auto custom = peer_->ports.find(rule.port); custom != peer_->ports.end())
                check.dial_port = custom->second;
        check.probe = rule.probe;
        check.options = rule.options;
        check.trust = rule.trust;
        check.ocsp_stapled = rule.ocsp_stapled;
        check.note = rule.note;
        return check;
    }

    Plan& plan_;
    const Row& row_;
    const Site& site_;
    const PlanOptions& options_;
    std::string endpoint_;
    const SitePeer* peer_ = nullptr;
};

}  // namespace

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

}  // namespace fdnprobe::engine
