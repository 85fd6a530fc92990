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

/// Whose device the site describes: where it does not say, the row's own product.
std::string product_of(const Row& row, const Device& device) {
    const std::string product = device.word("product");
    return product.empty() ? row.product : product;
}

/// What of an entry is for this product and, where it is known, this release; nothing where none of it is.
std::optional<ProductAdvice> advice_for(const ProductAdvice& entry, const std::string& product,
                                        const std::string& version) {
    if (entry.releases.empty()) return entry;
    ProductAdvice fitting = entry;
    std::erase_if(fitting.releases, [&](const Releases& releases) {
        return lower(releases.product) != lower(product) || (!version.empty() && !releases.contains(version));
    });
    if (fitting.releases.empty()) return std::nullopt;
    return fitting;
}

/// The nearest place that has advice for a code has all of it.
std::shared_ptr<const AdviceByCode> advice_for(const Table& table, const Row& row, const CheckRule& rule,
                                               const Device& device) {
    AdviceByCode chosen = rule.advice;
    for (const AdviceByCode* farther : {&row.advice, &table.advice})
        for (const auto& [code, entries] : *farther) chosen.try_emplace(code, entries);
    if (chosen.empty()) return nullptr;
    const std::string product = product_of(row, device);
    const std::string version = device.word("version");
    for (auto& [code, entries] : chosen) {
        std::vector<ProductAdvice> fitting;
        for (const ProductAdvice& entry : entries)
            if (auto one = advice_for(entry, product, version)) fitting.push_back(std::move(*one));
        entries = std::move(fitting);
    }
    std::erase_if(chosen, [](const auto& entry) { return entry.second.empty(); });
    return std::make_shared<const AdviceByCode>(std::move(chosen));
}

/// What holds for all rows of a table.
struct TableContext {
    const Table& table;
    std::shared_ptr<const BlockPages> block_pages;
    /// Where it has rows of the site's product, those of others do not apply.
    bool has_product = false;

    TableContext(const Table& from, const Device& device) : table(from) {
        if (!from.block_pages.empty()) block_pages = std::make_shared<const BlockPages>(from.block_pages);
        const std::string product = lower(device.word("product"));
        has_product = !product.empty() && std::any_of(from.rows.begin(), from.rows.end(),
                                                      [&](const Row& row) { return lower(row.product) == product; });
    }
};

const SiteRow* find_site_row(const Site& site, const Row& row) {
    for (const std::string& id : {row.full_id(), row.id})
        if (const auto found = site.rows.find(id); found != site.rows.end()) return &found->second;
    return nullptr;
}

/// Adds the checks of one row.
class RowPlanner {
  public:
    RowPlanner(Plan& plan, const TableContext& context, const Row& row, const Site& site, const PlanOptions& options)
        : plan_(plan),
          context_(context),
          row_(row),
          site_(site),
          options_(options),
          endpoint_(endpoint_name(row)),
          site_row_(find_site_row(site, row)) {
        const auto found = site.peers.find(endpoint_);
        if (found != site.peers.end()) peer_ = found->second;
        if (site_row_ == nullptr) return;
        if (!site_row_->places.empty()) peer_.addresses.clear();
        for (const DevicePlace& place : site_row_->places) {
            if (std::find(peer_.addresses.begin(), peer_.addresses.end(), place.host) == peer_.addresses.end())
                peer_.addresses.push_back(place.host);
            if (place.port) moved_[place.host].insert(*place.port);
        }
        for (const auto& [port, custom] : site_row_->ports) peer_.ports.insert_or_assign(port, custom);
    }

    void add(const CheckRule& rule) {
        advice_ = advice_for(context_.table, row_, rule, site_.device);
        family_ = rule.family;
        if (!rule.skip.empty()) {
            Check& check = start(rule, slug(endpoint_));
            if (check.skip) return;
            if (check.condition.empty())
                skip(check, Cause::not_testable_from_here, rule.skip);
            else
                leave_to_others(check, "used only by a device with " + check.condition);
            if (!rule.hosts.empty()) check.host = rule.hosts.front();
        } else if (rule.port.transport == Transport::ethernet) {
            add_segment(rule);
        } else if (!rule.host_from.empty()) {
            add_device_hosts(rule);
        } else if (!rule.hosts.empty()) {
            for (const std::string& host : rule.hosts) add_table_host(rule, lower(host));
        } else if (!peer_.addresses.empty()) {
            for (const std::string& address : peer_.addresses) add_site_host(rule, lower(address));
        } else {
            Check& check = start(rule, slug(endpoint_));
            if (!check.skip)
                skip(check, Cause::not_configured,
                     fmt::format("The address of {} is not known; give it with --peer '{}=ADDRESS' or in "
                                 "the [peers] section of a site file.",
                                 endpoint_, endpoint_));
        }
    }

    /// What a table says more than once of one endpoint counts once, as it is best known; and a site may have moved two
    /// ports of a row to one.
    void end() {
        std::map<std::string, std::size_t, std::less<>> best;
        for (std::size_t index = 0; index < found_.size(); ++index) {
            const auto [known, fresh] = best.try_emplace(found_[index].check.id, index);
            if (!fresh && rank(found_[index].check) < rank(found_[known->second].check)) known->second = index;
        }
        std::size_t place = 0;
        std::erase_if(found_, [&](const Found& found) { return best.at(found.check.id) != place++; });
        let_known_ways_decide();
        std::set<std::tuple<Port, std::string, std::string>> dialled;
        for (Found& found : found_) {
            Check& check = found.check;
            if (check.skip) check.choice = false;
            const Port dial{check.transport(), check.dial_port};
            const std::string host_in_id = check.id.substr(check.id.rfind('/') + 1);
            if (!check.skip && !check.probe.empty() && !dialled.emplace(dial, check.probe, host_in_id).second)
                skip(check, Cause::not_applicable,
                     fmt::format("{} is what another check of this row dials already.", dial.to_string()));
            plan_.checks.push_back(std::move(check));
        }
    }

  private:
    struct Found {
        Check check;
        bool is_way = false;  ///< it has conditions on the device
    };

    static bool is_undecided(const Check& check) { return check.choice && !check.condition.empty(); }

    /// Where it is known which way the device uses, the ways of other devices are only notices.
    void let_known_ways_decide() {
        for (Found& found : found_) {
            Check& check = found.check;
            if (check.skip || !is_undecided(check)) continue;
            const bool known = std::any_of(found_.begin(), found_.end(), [&](const Found& other) {
                return other.is_way && !other.check.skip && other.check.level == Level::need &&
                       !is_undecided(other.check) && other.check.alternative == check.alternative;
            });
            if (!known) continue;
            check.level = Level::notice;
            check.choice = false;
        }
    }

    /// From the best to the worst of what a row may say of one endpoint.
    static int rank(const Check& check) {
        if (check.skip) return check.skip == Cause::not_applicable ? 4 : 3;
        if (check.level == Level::notice) return 2;
        return is_undecided(check) ? 1 : 0;
    }

    /// What only other devices use.
    static void leave_to_others(Check& check, std::string reason) {
        check.for_others = true;
        skip(check, Cause::not_applicable, std::move(reason));
    }

    static void skip(Check& check, Cause cause, std::string reason) {
        check.skip = cause;
        check.skip_reason = std::move(reason);
    }

    /// Frames have no address to go to: they are sent and heard on an interface, the site's, or the one that leads to
    /// the peer.
    void add_segment(const CheckRule& rule) {
        Check& check = start(rule, slug(endpoint_));
        if (check.skip) return;
        if (!peer_.addresses.empty()) {
            // An address leads to an interface as it is, a name only once it is resolved.
            const auto& known = peer_.addresses;
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
        if (!check.skip && (site_.proxy || check.proxy) && check.transport() != Transport::tcp)
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
        check.vendor_host = true;
        set_host(check, rule, host);
        check.public_name = !Address::parse(host) && !split_horizon(site_, host);
        if (check.pinned.empty() && !peer_.addresses.empty()) {
            for (const std::string& text : peer_.addresses)
                if (const auto address = Address::parse(text)) check.pinned.push_back(*address);
            check.public_name = check.public_name && check.pinned.empty();
            drop_other_family(check);
            for (const std::string& text : peer_.addresses) move_port(check, text);
        }
        leave_out_what_cannot_be(check);
    }

    void add_site_host(const CheckRule& rule, const std::string& host) {
        Check& check = start(rule, host);
        set_host(check, rule, host);
        pin_literal(check, host);
        move_port(check, host);
        leave_out_what_cannot_be(check);
    }

    /// The hosts are the site's own, in a key of [device].
    void add_device_hosts(const CheckRule& rule) {
        const DeviceValue* value = site_.device.find(rule.host_from);
        if (value == nullptr || value->words.empty()) {
            Check& check = start(rule, slug(rule.host_from));
            if (!check.skip) leave_to_others(check, fmt::format("used only by a device with {} set", rule.host_from));
            return;
        }
        for (const std::string& word : value->words) {
            const auto place = parse_place(word);
            if (!place) continue;
            Check& check = start(rule, place->host);
            set_host(check, rule, place->host);
            pin_literal(check, place->host);
            if (place->port) dial_at(check, *place->port);
            leave_out_what_cannot_be(check);
        }
    }

    void pin_literal(Check& check, const std::string& host) const {
        if (const auto address = Address::parse(host); address && check.pinned.empty())
            check.pinned.push_back(*address);
        drop_other_family(check);
    }

    /// [rows] may give an address with a port. One that the row has too is that port alone; any other is where the
    /// row's service has moved.
    void move_port(Check& check, const std::string& host) const {
        const auto moved = moved_.find(host);
        if (moved == moved_.end() || check.skip) return;
        const std::set<std::uint16_t> usual = usual_ports();
        const std::uint16_t own = check.wanted().number;
        if (moved->second.contains(own)) return;
        const auto elsewhere = std::find_if(moved->second.begin(), moved->second.end(),
                                            [&](std::uint16_t port) { return !usual.contains(port); });
        if (elsewhere != moved->second.end()) return dial_at(check, *elsewhere);
        skip(check, Cause::not_applicable,
             fmt::format("The site file has port {} for this row.", *moved->second.begin()));
    }

    /// The ports that the document prints for the row, and those that are in use in their place.
    [[nodiscard]] std::set<std::uint16_t> usual_ports() const {
        std::set<std::uint16_t> ports;
        for (const Port& port : row_.port_list) ports.insert(port.number);
        for (const CheckRule& rule : row_.checks)
            if (rule.dial) ports.insert(rule.dial->number);
        return ports;
    }

    /// At a port of the site's own.
    static void dial_at(Check& check, std::uint16_t port) {
        check.dial_port = port;
        check.in_use = Port{check.transport(), port};
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
        } else if (literal && peer_.addresses.empty()) {
            check.pinned.push_back(*literal);
        }
        drop_other_family(check);
    }

    /// `-4` and `-6` leave addresses of the other family out; a check that has none left does not apply.
    void drop_other_family(Check& check) const {
        if (check.pinned.empty() || check.skip) return;
        const auto wanted = [&](Family family) {
            return (family == Family::ipv4 ? options_.ipv4 : options_.ipv6) && (!family_ || *family_ == family);
        };
        std::erase_if(check.pinned, [&](const Address& address) { return !wanted(address.family()); });
        if (!check.pinned.empty()) return;
        skip(check, Cause::not_applicable,
             fmt::format("{} is not an {} address.", check.host, wanted(Family::ipv4) ? "IPv4" : "IPv6"));
    }

    /// Whether the device uses it, as far as the site file tells.
    void apply_device(Check& check, const CheckRule& rule) const {
        const Device& device = site_.device;
        if (context_.has_product && lower(row_.product) != lower(device.word("product")))
            return leave_to_others(check,
                                   "not used by a device with " + spell_setting("product", *device.find("product")));
        for (const When* when : {&row_.when, &rule.when})
            if (fit(*when, device) == Fit::fails)
                return leave_to_others(check, "not used by a device with " + conflict(*when, device));
        const auto is_notice = [&](const When& when) { return !when.empty() && fit(when, device) == Fit::holds; };
        if (is_notice(row_.notice_when) || is_notice(rule.notice_when)) check.level = Level::notice;
        if (fit(row_.when, device) == Fit::undecided) {
            check.level = Level::notice;
            check.condition = open_question(row_.when, device);
        } else if (fit(rule.when, device) == Fit::undecided) {
            check.condition = open_question(rule.when, device);
            // Where nothing stands in for it, nobody knows whether it is missed.
            if (row_.need == Need::all && check.alternative.empty()) check.level = Level::notice;
        }
        // A name may have addresses of either family.
        if (rule.family == Family::ipv6 &&
            std::none_of(peer_.addresses.begin(), peer_.addresses.end(),
                         [](const std::string& host) { return Address::parse(host).has_value(); }))
            check.level = Level::notice;
        if (site_row_ != nullptr && site_row_->level) check.level = *site_row_->level;
        check.choice = check.level == Level::need && (!check.alternative.empty() || !check.condition.empty());
    }

    Check& start(const CheckRule& rule, const std::string& host_in_id) {
        Found& found = found_.emplace_back();
        Check& check = found.check;
        found.is_way = !rule.when.empty() || !rule.host_from.empty();
        check.id = fmt::format("{}/{}/{}/{}", row_.full_id(), rule.dial.value_or(rule.port).to_id(),
                               rule.probe.empty() ? "none" : rule.probe, host_in_id);
        check.row = plan_.rows.size() - 1;
        check.direction = row_.direction;
        check.level = rule.level;
        check.alternative = rule.alternative;
        check.port = rule.port;
        check.in_use = rule.dial;
        const Port dial = dialled_port(rule, &peer_);
        check.dial_port = dial.number;
        if (dial.transport != rule.port.transport) check.dial_transport = dial.transport;
        check.probe = rule.probe;
        check.options = rule.options;
        check.trust = rule.trust;
        check.ocsp = rule.ocsp;
        check.signer = rule.signer;
        check.note = rule.note;
        check.source = rule.source.empty() ? row_.source : rule.source;
        check.sure = rule.sure == Sureness::unsaid ? row_.sure : rule.sure;
        check.advice = advice_;
        check.block_pages = context_.block_pages;
        check.secrets = options_.secrets;
        const ProbeDescription* probe = find_description(options_.probes, rule.probe);
        check.permitted =
            probe != nullptr && !probe->permission.empty() && options_.permitted.contains(probe->permission);
        apply_device(check, rule);
        if (!rule.through.empty())
            if (const DeviceValue* value = site_.device.find(rule.through); value != nullptr && !value->words.empty())
                if (const auto place = parse_place(value->words.front()); place && place->port)
                    check.proxy = ProxyAddress{{}, place->host, *place->port};
        return check;
    }

    Plan& plan_;
    const TableContext& context_;
    const Row& row_;
    const Site& site_;
    const PlanOptions& options_;
    std::string endpoint_;
    const SiteRow* site_row_;
    SitePeer peer_;                                                      ///< as this row has it
    std::map<std::string, std::set<std::uint16_t>, std::less<>> moved_;  ///< ports that [rows] gives with an address
    std::shared_ptr<const AdviceByCode> advice_;                         ///< of the rule that is being added
    std::optional<Family> family_;                                       ///< likewise
    std::vector<Found> found_;
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
        const TableContext context(table, site.device);
        for (const Row& row : table.rows) {
            if (!chosen(row, options)) continue;
            plan.rows.push_back(row);
            RowPlanner planner(plan, context, row, site, options);
            for (const CheckRule& rule : row.checks) planner.add(rule);
            planner.end();
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
