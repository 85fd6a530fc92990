// From a table's TOML to the model. A row is read as far as it goes: one mistake does not hide the next one, and does
// not cause a second message about what merely follows from it.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/advice.hpp"
#include "config/device.hpp"
#include "config/document.hpp"
#include "config/host_name.hpp"
#include "config/load.hpp"
#include "config/ports_text.hpp"
#include "config/section.hpp"
#include "config/words.hpp"

namespace fdnprobe::config {
namespace {

constexpr std::string_view table_id_characters = "abcdefghijklmnopqrstuvwxyz0123456789._-";
constexpr std::string_view row_id_characters = "abcdefghijklmnopqrstuvwxyz0123456789._/-";

constexpr std::pair<std::string_view, Direction> directions[] = {{"outgoing", Direction::outgoing},
                                                                 {"incoming", Direction::incoming}};
constexpr std::pair<std::string_view, Need> needs[] = {{"any", Need::any}, {"all", Need::all}};
constexpr std::pair<std::string_view, Level> levels[] = {{"need", Level::need}, {"notice", Level::notice}};
constexpr std::pair<std::string_view, Stapling> staples[] = {{"stapled", Stapling::demanded},
                                                             {"expected", Stapling::expected}};
constexpr std::pair<std::string_view, Family> families[] = {{"ipv4", Family::ipv4}, {"ipv6", Family::ipv6}};
constexpr std::pair<std::string_view, Sureness> surenesses[] = {
    {"high", Sureness::high}, {"medium", Sureness::medium}, {"low", Sureness::low}};

using TrustBit = bool Trust::*;
constexpr std::pair<std::string_view, TrustBit> signers[] = {
    {"public", &Trust::public_ca}, {"fortinet", &Trust::fortinet}, {"any", &Trust::any}};

std::string joined(const std::vector<Port>& ports) {
    // A row may have a thousand ports; a message may not.
    constexpr std::size_t shown = 12;
    std::string list;
    for (std::size_t index = 0; index < std::min(ports.size(), shown); ++index)
        list += (index == 0 ? "" : ", ") + ports[index].to_string();
    if (ports.size() > shown) list += ", ...";
    return list;
}

class TableReader {
  public:
    TableReader(const std::string& file, std::span<const ProbeDescription> probes)
        : probes_(probes), complaints_(file) {
        table_.file = file;
        for (const ProbeDescription& probe : probes) probe_names_.emplace_back(probe.name);
    }

    Expected<Table, Problems> read(const toml::table& document, Problems& warnings) {
        Section top(document, "a table", complaints_);
        if (check_schema(top, "fdnprobe.table/1")) read_top(top);
        Problems errors = complaints_.take_errors();
        if (!errors.empty()) return Unexpected<Problems>(std::move(errors));
        for (Problem& warning : complaints_.take_warnings()) warnings.push_back(std::move(warning));
        return std::move(table_);
    }

  private:
    /// What tells the checks of a row apart, as their ids do: the port that is dialled, the probe and the host.
    using CheckKey = std::tuple<Port, std::string, std::string>;

    /// A row while it is read.
    struct RowState {
        Row row;
        bool ports_known = false;
        bool every_check_has_a_port = true;
        std::map<CheckKey, toml::source_index> checks;  ///< what was read, and the line it is in
        std::set<Port> covered;
    };

    void read_top(Section& top) {
        table_.id = identifier(top, table_id_characters).value_or(Text{}).value;
        if (const auto title = top.needed_text("title")) table_.title = title->value;
        if (const auto edition = top.text("edition")) table_.edition = edition->value;
        if (const auto product = top.text("product")) table_.product = product->value;
        if (const auto note = top.text("note")) table_.note = note->value;
        blocks_ = read_advice_blocks(top);
        table_.advice = read_advice(top, blocks_);
        for (const toml::table* page : top.tables("block_page")) read_block_page(*page);
        for (const toml::table* row : top.tables("row")) read_row(*row);
        const toml::node* rows = top.node("row");
        if (!rows)
            complaints_.error(top.begin(), "a table has no `row`; expected at least one [[row]]");
        else if (rows->is_array() && rows->as_array()->empty())
            complaints_.error(*rows, "`row` must not be empty");
        top.refuse_unknown();
    }

    void read_block_page(const toml::table& table) {
        Section section(table, "a block page", complaints_);
        const auto written = section.needed_text("address");
        const auto name = section.needed_text("name");
        const auto certificate = section.text("certificate");
        const auto address = written ? read_address(written->value) : std::nullopt;
        if (written && !address)
            complaints_.error(written->at, fmt::format("`address` is {}; expected an IPv4 or IPv6 address",
                                                       in_quotes(written->value)));
        if (address && name)
            table_.block_pages.push_back({*address, name->value, certificate ? certificate->value : std::string()});
        section.refuse_unknown();
    }

    std::optional<Text> identifier(Section& section, std::string_view characters) {
        auto id = section.needed_text("id");
        if (!id) return std::nullopt;
        const std::size_t stranger = id->value.find_first_not_of(characters);
        if (stranger == std::string::npos) return id;
        const bool slash = characters.find('/') != std::string_view::npos;
        complaints_.error(id->at, fmt::format("`id` is {}; expected only a-z, 0-9 and {}", in_quotes(id->value),
                                              slash ? "`.` `_` `/` `-`" : "`.` `_` `-`"));
        return std::nullopt;
    }

    void read_row(const toml::table& table) {
        Section section(table, "a row", complaints_);
        RowState state;
        Row& row = state.row;
        row.table = table_.id;
        row.product = table_.product;
        if (const auto id = identifier(section, row_id_characters)) {
            row.id = id->value;
            const auto [first, fresh] = row_lines_.try_emplace(id->value, id->at.line);
            if (!fresh)
                complaints_.error(id->at, fmt::format("the row id {} is taken by the row in line {}",
                                                      in_quotes(id->value), first->second));
        }
        if (const auto direction = section.needed_text("direction"))
            row.direction = section.chosen("direction", *direction, directions).value_or(Direction::outgoing);
        if (const auto heading = section.text("section")) row.section = heading->value;
        if (const auto product = section.text("product")) row.product = product->value;
        if (const auto peer = section.needed_text("peer")) row.peer = peer->value;
        if (const auto purpose = section.needed_text("purpose")) row.purpose = purpose->value;
        row.need = section.choice("need", needs).value_or(Need::all);
        if (const auto note = section.text("note")) row.note = note->value;
        if (const auto origin = section.text("origin")) row.origin = origin->value;
        if (const auto source = section.text("source")) row.source = source->value;
        row.sure = section.choice("sure", surenesses).value_or(Sureness::unsaid);
        row.when = read_when(section, "when");
        row.notice_when = read_when(section, "notice_when");
        row.advice = read_advice(section, blocks_);
        const auto ports = section.needed_text("ports");
        if (ports) read_row_ports(*ports, section.has("need"), state);
        const auto checks = section.tables("check");
        for (const toml::table* check : checks) read_check(*check, state);
        const toml::node* written_checks = section.node("check");
        if (!written_checks)
            add_plain_checks(row);
        else if (ports && written_checks->is_array() && written_checks->as_array()->size() == checks.size())
            require_coverage(*ports, state);
        section.refuse_unknown();
        table_.rows.push_back(std::move(row));
    }

    void read_row_ports(const Text& written, bool need_is_written, RowState& state) {
        state.row.ports = written.value;
        auto read = read_ports(written.value);
        if (!read) {
            for (const PortsMistake& mistake : read.error())
                complaints_.error(written.at,
                                  fmt::format("`ports`, at character {}: {}", mistake.column, mistake.what));
            return;
        }
        state.ports_known = true;
        state.row.port_list = std::move(read->ports);
        if (read->alternatives && !need_is_written)
            complaints_.warning(written.at,
                                "`ports` says \"or\", and the row does not say whether one port is enough; expected "
                                "`need = \"any\"` or `need = \"all\"`; all are needed as it stands");
    }

    static void add_plain_checks(Row& row) {
        for (const Port& port : row.port_list) {
            CheckRule rule;
            rule.port = port;
            switch (port.transport) {
                case Transport::tcp: rule.probe = "tcp"; break;
                case Transport::udp: rule.probe = "udp"; break;
                case Transport::esp: rule.probe = "esp"; break;
                case Transport::ethernet:
                    // Unlike an IP protocol, an EtherType can be anybody's: the number alone does not say whose frames
                    // these are, and a probe that took them for a cluster's heartbeats would misread them.
                    rule.skip =
                        "An EtherType alone does not say what is spoken; a [[row.check]] with a probe for it does.";
                    break;
            }
            row.checks.push_back(std::move(rule));
        }
    }

    void require_coverage(const Text& ports, const RowState& state) {
        // Where a check's own port is in doubt, it may be the one that seems to be missing.
        if (!state.ports_known || !state.every_check_has_a_port) return;
        std::vector<Port> missing;
        for (const Port& port : state.row.port_list)
            if (!state.covered.contains(port)) missing.push_back(port);
        if (!missing.empty())
            complaints_.error(ports.at,
                              fmt::format("no check covers {}; expected a [[row.check]] for it, if only with `skip`",
                                          joined(missing)));
    }

    void read_check(const toml::table& table, RowState& state) {
        Section section(table, "a check", complaints_);
        CheckRule rule;
        const bool printed_port_known = read_check_port(section, state, rule);
        const bool port_known = read_dial(section, printed_port_known, rule) && printed_port_known;
        const bool skipped = section.has("skip");
        const ProbeDescription* probe = read_probe(section, port_known, rule);
        if (skipped) rule.skip = section.needed_text("skip").value_or(Text{}).value;
        const bool hosts_known = read_hosts(section, rule);
        if (port_known) refuse_hosts_on_a_segment(section, rule);
        if (!rule.through.empty() && port_known && rule.dial.value_or(rule.port).transport != Transport::tcp)
            complaints_.error(section.key_position("through"), "`through` names an HTTP proxy, which carries TCP only");
        read_identity(section, probe, rule);
        rule.level = section.choice("level", levels).value_or(Level::need);
        rule.when = read_when(section, "when");
        rule.notice_when = read_when(section, "notice_when");
        if (const auto source = section.text("source")) rule.source = source->value;
        rule.sure = section.choice("sure", surenesses).value_or(Sureness::unsaid);
        rule.advice = read_advice(section, blocks_);
        if (const auto alternative = section.text("alternative")) rule.alternative = alternative->value;
        if (const auto note = section.text("note")) rule.note = note->value;
        read_options(section, probe, rule);
        if (port_known && hosts_known && (skipped || probe)) refuse_duplicates(section, rule, state);
        state.row.checks.push_back(std::move(rule));
    }

    bool read_check_port(Section& section, RowState& state, CheckRule& rule) {
        const auto written = section.needed_text("port");
        std::optional<Port> port;
        if (written) {
            port = Port::parse(written->value);
            if (!port)
                complaints_.error(written->at, fmt::format("`port` is {}; expected something like `TCP/443`, `ESP/50` "
                                                           "or `ETH/0x8890`",
                                                           in_quotes(written->value)));
        }
        if (!port) {
            state.every_check_has_a_port = false;
            return false;
        }
        rule.port = *port;
        state.covered.insert(*port);
        const auto& listed = state.row.port_list;
        if (state.ports_known && std::find(listed.begin(), listed.end(), *port) == listed.end()) {
            std::vector<std::string> names;
            for (const Port& known : listed) names.push_back(known.to_string());
            complaints_.error(written->at,
                              fmt::format("{} is not among the ports of the row ({}){}", in_quotes(written->value),
                                          joined(listed), did_you_mean(port->to_string(), names)));
            state.every_check_has_a_port = false;
        }
        return true;
    }

    /// `dial`: the port in use where the document prints another. False when it is there and cannot be used.
    bool read_dial(Section& section, bool port_known, CheckRule& rule) {
        if (!section.node("dial")) return true;
        const auto written = section.text("dial");
        if (!written) return false;
        const auto dial = Port::parse(written->value);
        if (!dial || !has_numbered_ports(dial->transport)) {
            complaints_.error(written->at, fmt::format("`dial` is {}; expected a TCP or UDP port such as `UDP/1700`",
                                                       in_quotes(written->value)));
            return false;
        }
        if (section.has("skip"))
            complaints_.error(section.key_position("dial"), "`dial` means nothing beside `skip`: nobody is asked");
        else if (port_known && !has_numbered_ports(rule.port.transport))
            complaints_.error(
                section.key_position("dial"),
                fmt::format("`dial` means nothing to {}, which is no TCP or UDP port", rule.port.to_string()));
        else if (port_known && *dial == rule.port)
            complaints_.error(written->at, fmt::format("`dial` is {}, which is the check's `port`; leave it out",
                                                       in_quotes(written->value)));
        else
            rule.dial = *dial;
        return true;
    }

    static bool has_numbered_ports(Transport transport) {
        return transport == Transport::tcp || transport == Transport::udp;
    }

    const ProbeDescription* read_probe(Section& section, bool port_known, CheckRule& rule) {
        const bool skipped = section.node("skip") != nullptr;
        if (skipped && section.node("probe")) {
            complaints_.error(section.key_position("probe"),
                              "a check has either `probe` or `skip`, and this one has both");
            return nullptr;
        }
        if (skipped) return nullptr;
        if (!section.node("probe")) {
            complaints_.error(section.begin(), "a check has no `probe`, and no `skip` that says why");
            return nullptr;
        }
        const auto written = section.needed_text("probe");
        if (!written) return nullptr;
        const auto probe = std::find_if(probes_.begin(), probes_.end(),
                                        [&](const ProbeDescription& known) { return known.name == written->value; });
        if (probe == probes_.end()) {
            std::string hint = did_you_mean(written->value, probe_names_);
            if (hint.empty()) hint = fmt::format("; expected {}", one_of(probe_names_));
            complaints_.error(written->at, fmt::format("there is no probe {}{}", in_quotes(written->value), hint));
            return nullptr;
        }
        rule.probe = written->value;
        if (port_known) refuse_transport(*probe, rule.dial.value_or(rule.port), *written);
        return &*probe;
    }

    static bool works_over(const ProbeDescription& probe, Transport transport) {
        switch (transport) {
            case Transport::tcp: return probe.over_tcp;
            case Transport::udp: return probe.over_udp;
            case Transport::esp: return probe.over_esp;
            case Transport::ethernet: return probe.over_ethernet;
        }
        return false;
    }

    static std::string_view name_of(Transport transport) {
        switch (transport) {
            case Transport::tcp: return "TCP";
            case Transport::udp: return "UDP";
            case Transport::esp: return "ESP";
            case Transport::ethernet: return "Ethernet";
        }
        return {};
    }

    void refuse_transport(const ProbeDescription& probe, const Port& port, const Text& written) {
        if (works_over(probe, port.transport)) return;
        std::vector<std::string> able;
        for (const ProbeDescription& other : probes_)
            if (works_over(other, port.transport)) able.emplace_back(other.name);
        if (able.empty())
            complaints_.error(written.at,
                              fmt::format("no probe can test {}; expected `skip` with the reason", port.to_string()));
        else
            complaints_.error(written.at, fmt::format("the probe {} does not work over {}; expected {}",
                                                      in_quotes(probe.name), name_of(port.transport), one_of(able)));
    }

    /// False when it is not known which hosts were meant.
    bool read_hosts(Section& section, CheckRule& rule) {
        const auto host = section.text("host");
        const auto hosts = section.texts("hosts");
        rule.host_from = read_device_key(section, "host_from", {DeviceKeyKind::host, DeviceKeyKind::hosts});
        rule.through = read_device_key(section, "through", {DeviceKeyKind::host});
        rule.family = section.choice("family", families);
        if (section.has("host") && section.has("hosts")) {
            complaints_.error(section.key_position("hosts"), "a check has either `host` or `hosts`, not both");
            return false;
        }
        if ((section.has("host") && !host) || (section.has("hosts") && !hosts)) return false;
        if (section.has("host_from") && (section.has("host") || section.has("hosts"))) {
            complaints_.error(section.key_position("host_from"),
                              "a check has either `host`, `hosts` or `host_from`, not two of them");
            return false;
        }
        if (section.has("host_from") && rule.host_from.empty()) return false;
        std::vector<Text> written = hosts.value_or(std::vector<Text>{});
        if (host) written.push_back(*host);
        if (hosts && hosts->empty()) {
            complaints_.error(*section.node("hosts"),
                              "`hosts` must not be empty; without the key, the site's address of the peer is used");
            return false;
        }
        bool good = true;
        std::set<std::string> seen;
        for (const Text& one : written) {
            std::string name = canonical_host(one.value);
            if (const auto mistake = host_mistake(one.value)) {
                complaints_.error(one.at, *mistake);
                good = false;
            } else if (!seen.insert(name).second) {
                complaints_.error(one.at, fmt::format("{} is in this list already", in_quotes(one.value)));
            } else {
                rule.hosts.push_back(std::move(name));
            }
        }
        return good;
    }

    /// Frames go to whoever is on the segment.
    void refuse_hosts_on_a_segment(Section& section, const CheckRule& rule) {
        if (rule.port.transport != Transport::ethernet) return;
        for (const std::string_view key : {"host", "hosts", "host_from", "through"})
            if (section.has(key))
                complaints_.error(section.key_position(key),
                                  fmt::format("{} means nothing to {}: whoever is on the segment hears it",
                                              in_quotes(key), rule.port.to_string()));
    }

    /// `trust`, `ocsp`, `signer` and `server_name`: who the far end has to be.
    void read_identity(Section& section, const ProbeDescription* probe, CheckRule& rule) {
        const bool tls = probe && probe->uses_tls;
        const bool named = tls || (probe && probe->names_host);
        if (section.node("trust")) {
            read_trust(section, rule);
            if (probe && !tls) without_meaning(section, "trust", *probe);
        } else if (tls) {
            (rule.hosts.empty() ? rule.trust.any : rule.trust.public_ca) = true;
        }
        if (section.node("ocsp")) {
            rule.ocsp = section.choice("ocsp", staples).value_or(Stapling::ignored);
            if (probe && !tls) without_meaning(section, "ocsp", *probe);
        }
        if (section.node("signer")) read_signer(section, probe, rule);
        if (section.node("server_name")) {
            if (const auto written = section.text("server_name")) {
                if (const auto mistake = host_name_mistake(written->value))
                    complaints_.error(written->at, *mistake);
                else
                    rule.server_name = lower(written->value);
            }
            if (probe && !named) without_meaning(section, "server_name", *probe);
        }
        if (!section.has("skip") || section.has("probe")) return;
        for (const std::string_view key : {"trust", "ocsp", "signer", "server_name"})
            if (section.has(key))
                complaints_.error(section.key_position(key),
                                  fmt::format("{} means nothing beside `skip`: nobody is asked", in_quotes(key)));
    }

    /// Which of the public CAs it is, where that is known.
    void read_signer(Section& section, const ProbeDescription* probe, CheckRule& rule) {
        const auto written = section.needed_text("signer");
        if (!written) return;
        rule.signer = std::string(trim(written->value));
        if (probe && !probe->uses_tls)
            without_meaning(section, "signer", *probe);
        else if (probe && !rule.trust.public_ca && section.has("trust"))
            complaints_.error(section.key_position("signer"),
                              "`signer` names a public CA, and `trust` accepts none; expected `\"public\"` there");
        else if (probe && !rule.trust.public_ca)
            complaints_.error(section.key_position("signer"),
                              "`signer` names a public CA, and a check without `host` accepts any; expected "
                              "`trust = \"public\"` beside it");
    }

    void without_meaning(Section& section, std::string_view key, const ProbeDescription& probe) {
        std::vector<std::string> able;
        for (const ProbeDescription& other : probes_)
            if (other.uses_tls || (key == "server_name" && other.names_host)) able.emplace_back(other.name);
        complaints_.error(section.key_position(key), fmt::format("{} means nothing to the probe {}; expected {}",
                                                                 in_quotes(key), in_quotes(probe.name), one_of(able)));
    }

    void read_trust(Section& section, CheckRule& rule) {
        const auto written = section.one_or_more_texts("trust");
        if (!written) return;
        if (written->empty()) complaints_.error(*section.node("trust"), "`trust` must not be empty");
        for (const Text& word : *written)
            if (const auto bit = section.chosen("trust", word, signers)) rule.trust.*(*bit) = true;
    }

    void read_options(Section& section, const ProbeDescription* probe, CheckRule& rule) {
        for (const Section::UnknownKey& unknown : section.unknown()) {
            if (!probe) {
                // Which options there are depends on a probe that is not known; what no probe has is wrong anyway.
                if (!section.has("probe") || users_of(unknown.key).empty()) section.refuse(unknown);
                continue;
            }
            const auto option = std::find_if(probe->options.begin(), probe->options.end(),
                                             [&](const ProbeOption& known) { return known.name == unknown.key; });
            if (option != probe->options.end())
                read_option(section, unknown, *option, rule);
            else
                refuse_option(section, unknown, *probe);
        }
    }

    [[nodiscard]] std::vector<std::string> users_of(std::string_view option) const {
        std::vector<std::string> users;
        for (const ProbeDescription& probe : probes_)
            for (const ProbeOption& known : probe.options)
                if (known.name == option) users.emplace_back(probe.name);
        return users;
    }

    void refuse_option(Section& section, const Section::UnknownKey& unknown, const ProbeDescription& probe) {
        std::vector<std::string> names = section.known();
        for (const ProbeOption& known : probe.options) names.emplace_back(known.name);
        std::string hint = did_you_mean(unknown.key, names);
        if (const auto users = users_of(unknown.key); !users.empty())
            hint = fmt::format("; it is an option of {}", one_of(users));
        if (hint.empty()) hint = fmt::format("; expected {}", one_of(names));
        complaints_.error(section.key_position(unknown.key),
                          fmt::format("a check with the probe {} has no key {}{}", in_quotes(probe.name),
                                      in_quotes(unknown.key), hint));
    }

    void read_option(Section& section, const Section::UnknownKey& key, const ProbeOption& option, CheckRule& rule) {
        std::optional<OptionValue> value;
        std::string shown;
        const toml::node& node = *key.value;
        if (const auto* boolean = node.as_boolean()) {
            value = boolean->get();
            shown = boolean->get() ? "`true`" : "`false`";
        } else if (const auto* integer = node.as_integer()) {
            value = std::int64_t{integer->get()};
            shown = fmt::format("`{}`", integer->get());
        } else if (const auto* number = node.as_floating_point()) {
            value = number->get();
            shown = fmt::format("`{}`", number->get());
        } else if (const auto* string = node.as_string()) {
            value = string->get();
            shown = in_quotes(string->get());
        }
        if (!value) {
            section.wrong_type(in_quotes(key.key), node, option.expects);
        } else if (!option.accepts(*value)) {
            complaints_.error(node, fmt::format("{} is {}; expected {}", in_quotes(key.key), shown, option.expects));
        } else {
            rule.options.emplace(std::string(key.key), std::move(*value));
        }
    }

    /// Checks for different devices may dial the same.
    void refuse_duplicates(Section& section, const CheckRule& rule, RowState& state) {
        if (!rule.when.empty() || !rule.host_from.empty()) return;
        const std::vector<std::string> peer_itself{""};
        const Port dialled = rule.dial.value_or(rule.port);
        for (const std::string& host : rule.hosts.empty() ? peer_itself : rule.hosts) {
            const auto [first, fresh] =
                state.checks.try_emplace(CheckKey{dialled, rule.probe, host}, section.begin().line);
            if (fresh) continue;
            complaints_.error(section.begin(),
                              fmt::format("the check of {} with {} at {} is there already, in line {}",
                                          dialled.to_string(), rule.probe.empty() ? "`skip`" : in_quotes(rule.probe),
                                          host.empty() ? "the peer's address" : in_quotes(host), first->second));
        }
    }

    std::span<const ProbeDescription> probes_;
    std::vector<std::string> probe_names_;
    Complaints complaints_;
    Table table_;
    AdviceBlocks blocks_;
    std::map<std::string, toml::source_index, std::less<>> row_lines_;
};

}  // namespace

Expected<Table, Problems> parse_table(std::string_view text, const std::string& file,
                                      std::span<const ProbeDescription> probes, Problems& warnings) {
    const auto document = parse_document(text, file);
    if (!document) return Unexpected<Problems>(Problems{document.error()});
    return TableReader(file, probes).read(*document, warnings);
}

}  // namespace fdnprobe::config
