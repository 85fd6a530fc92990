// From a site file's TOML to the model.
#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/device.hpp"
#include "config/document.hpp"
#include "config/host_name.hpp"
#include "config/load.hpp"
#include "config/proxy_url.hpp"
#include "config/schedule.hpp"
#include "config/section.hpp"
#include "config/words.hpp"

namespace fdnprobe::config {
namespace {

/// IFNAMSIZ is 16 on Linux, with the NUL at the end.
constexpr std::size_t longest_interface = 15;
constexpr std::uint16_t dns_port = 53;

constexpr std::pair<std::string_view, Level> row_levels[] = {{"need", Level::need}, {"notice", Level::notice}};
constexpr std::pair<std::string_view, bool> resolving_sides[] = {{"local", false}, {"remote", true}};

/// Whether it can be the path of a file rather than a secret that was pasted in the wrong place: it begins like a path,
/// or ends like the name of a file. Secrets in base64 have slashes too, so a slash somewhere proves nothing.
bool looks_like_path(std::string_view text) {
    if (text.find_first_of("\r\n\t ") != std::string_view::npos || text.ends_with('/')) return false;
    if (text.starts_with('/') || text.starts_with("./") || text.starts_with("../")) return true;
    const std::size_t dot = text.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return false;
    // "credentials" is the longest ending in use.
    const std::string_view ending = text.substr(dot + 1);
    return !ending.empty() && ending.size() <= 11 &&
           std::all_of(ending.begin(), ending.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

class SiteReader {
  public:
    SiteReader(std::string_view text, const std::string& file)
        : text_(text), folder_(std::filesystem::path(file).parent_path()), complaints_(file) {
        site_.file = file;
    }

    Expected<Site, Problems> read(const toml::table& document, Problems& warnings) {
        Section top(document, "a site file", complaints_);
        if (check_schema(top, "fdnprobe.site/1")) read_top(top);
        Problems errors = complaints_.take_errors();
        if (!errors.empty()) return Unexpected<Problems>(std::move(errors));
        for (Problem& warning : complaints_.take_warnings()) warnings.push_back(std::move(warning));
        return std::move(site_);
    }

  private:
    void read_top(Section& top) {
        if (const auto name = top.text("name")) site_.name = name->value;
        if (const auto* device = top.table("device")) site_.device = read_device(*device, text_, complaints_);
        if (const auto* peers = top.table("peers")) read_peers(*peers);
        if (const auto* rows = top.table("rows"))
            for (const auto& [id, value] : in_file_order(*rows)) read_row(*id, *value);
        if (const auto* hosts = top.table("hosts"))
            for (const auto& [name, value] : in_file_order(*hosts)) read_pin(*name, *value);
        if (const auto* network = top.table("network")) read_network(*network);
        if (const auto* tls = top.table("tls")) read_tls(*tls);
        if (const auto* dns = top.table("dns")) read_dns(*dns);
        if (const auto* report = top.table("report")) read_report(*report);
        if (const auto* secrets = top.table("secrets")) read_secrets(*secrets);
        if (const auto* schedule = top.table("schedule")) site_.schedule = read_schedule(*schedule, complaints_);
        if (const auto* history = top.table("history")) site_.retention = read_retention(*history, complaints_);
        if (const auto* notify = top.table("notify"))
            site_.notify = read_notify(*notify, complaints_, site_.notify_lines);
        top.refuse_unknown();
        take_resolvers_for_device();
    }

    /// Who says how the device asks its DNS servers, and not which they are, means those of [network].
    void take_resolvers_for_device() {
        auto& values = site_.device.values;
        if (!values.contains("dns_protocol") || values.contains("dns") || site_.resolvers.empty()) return;
        DeviceValue servers;
        servers.list = true;
        for (const SocketAddress& resolver : site_.resolvers)
            servers.words.push_back(resolver.port == dns_port ? resolver.address.to_string() : resolver.to_string());
        values.emplace("dns", std::move(servers));
    }

    // [peers]

    void read_peers(const toml::table& table) {
        Section section(table, "[peers]", complaints_);
        for (const auto& [key, value] : table) {
            const std::string_view name = key.str();
            SitePeer peer;
            if (trim(name).empty()) complaints_.error(key.source().begin, "a peer's name must not be empty");
            if (const auto* details = value.as_table())
                read_peer_table(*details, "the peer " + in_quotes(name), peer);
            else if (!value.is_string() && !value.is_array())
                section.wrong_type(in_quotes(name), value, "a string, an array of strings or a table");
            else if (const auto addresses = section.one_or_more_texts(name))
                add_addresses(*addresses, value, peer);
            site_.peers.emplace(std::string(name), std::move(peer));
        }
    }

    void read_peer_table(const toml::table& table, const std::string& label, SitePeer& peer) {
        Section section(table, label, complaints_);
        const auto address = section.text("address");
        const auto addresses = section.texts("addresses");
        if (section.has("address") && section.has("addresses"))
            complaints_.error(section.key_position("addresses"),
                              label + " has either `address` or `addresses`, not both");
        else if (address)
            add_addresses({*address}, *section.node("address"), peer);
        else if (addresses)
            add_addresses(*addresses, *section.node("addresses"), peer);
        if (const auto* ports = section.table("ports"))
            for (const auto& [port, value] : in_file_order(*ports)) read_custom_port(*port, *value, peer.ports);
        if (!section.has("address") && !section.has("addresses") && !section.has("ports"))
            complaints_.error(section.begin(), label + " has neither `address`, `addresses` nor `ports`");
        section.refuse_unknown();
    }

    void add_addresses(const std::vector<Text>& written, const toml::node& value, SitePeer& peer) {
        if (written.empty())
            complaints_.error(value, "at least one address was expected; leave the peer out if there is none");
        std::set<std::string> seen;
        for (const Text& one : written) {
            if (const auto mistake = host_mistake(one.value)) {
                complaints_.error(one.at, *mistake);
                continue;
            }
            std::string host = canonical_host(one.value);
            if (!seen.insert(host).second)
                complaints_.error(one.at, fmt::format("{} is in this list already", in_quotes(one.value)));
            else
                peer.addresses.push_back(std::move(host));
        }
    }

    void read_custom_port(const toml::key& key, const toml::node& value, std::map<Port, Port>& ports) {
        const auto port = Port::parse(key.str());
        const bool dialled = port && has_numbered_ports(*port);
        if (!dialled)
            complaints_.error(key.source().begin, fmt::format("{} is not a port that can be customised; expected "
                                                              "something like \"TCP/8013\"",
                                                              in_quotes(key.str())));
        const auto custom = custom_port(key, value, port.value_or(Port{}).transport);
        if (dialled && custom && !ports.emplace(*port, *custom).second)
            complaints_.error(key.source().begin, fmt::format("{} is customised already", port->to_string()));
    }

    static bool has_numbered_ports(const Port& port) {
        return port.transport == Transport::tcp || port.transport == Transport::udp;
    }

    /// A number, where the transport stays what it is; text, where a service has moved to another one.
    std::optional<Port> custom_port(const toml::key& key, const toml::node& value, Transport transport) {
        if (const auto* text = value.as_string()) {
            const auto port = Port::parse(text->get());
            if (port && has_numbered_ports(*port)) return port;
            complaints_.error(value, fmt::format("{} is {}; expected a port number, or a port such as \"UDP/3799\"",
                                                 in_quotes(key.str()), in_quotes(text->get())));
            return std::nullopt;
        }
        const auto* number = value.as_integer();
        if (!number) {
            complaints_.error(value, fmt::format("{} must be an integer or a string, not {}", in_quotes(key.str()),
                                                 type_name(value)));
            return std::nullopt;
        }
        if (number->get() < 1 || number->get() > 65535) {
            complaints_.error(value, fmt::format("{} is {}; expected a port number from 1 to 65535",
                                                 in_quotes(key.str()), number->get()));
            return std::nullopt;
        }
        return Port{transport, static_cast<std::uint16_t>(number->get())};
    }

    // [rows]

    void read_row(const toml::key& key, const toml::node& value) {
        SiteRow row;
        row.line = static_cast<int>(key.source().begin.line);
        const std::string label = "the row " + in_quotes(key.str());
        if (const auto* table = value.as_table()) {
            read_row_table(*table, label, row);
        } else if (const auto* text = value.as_string()) {
            add_place({text->get(), value.source().begin}, row);
        } else if (const auto* list = value.as_array()) {
            if (list->empty()) complaints_.error(value, label + " has no address; leave it out");
            for (const toml::node& one : *list) {
                if (const auto* address = one.as_string())
                    add_place({address->get(), one.source().begin}, row);
                else
                    complaints_.error(
                        one, fmt::format("every address of {} must be a string, not {}", label, type_name(one)));
            }
        } else {
            complaints_.error(value, fmt::format("{} must be a string, an array of strings or a table, not {}", label,
                                                 type_name(value)));
        }
        site_.rows.emplace(std::string(key.str()), std::move(row));
    }

    void read_row_table(const toml::table& table, const std::string& label, SiteRow& row) {
        Section section(table, label, complaints_);
        if (section.has("address") && section.has("addresses"))
            complaints_.error(section.key_position("addresses"),
                              label + " has either `address` or `addresses`, not both");
        if (const auto address = section.text("address")) add_place(*address, row);
        const auto addresses = section.texts("addresses");
        if (addresses && addresses->empty())
            complaints_.error(*section.node("addresses"), label + " has no address; leave the key out");
        for (const Text& address : addresses.value_or(std::vector<Text>{})) add_place(address, row);
        if (const auto* ports = section.table("ports")) {
            if (ports->empty()) complaints_.error(*ports, label + " has no port here; leave the key out");
            for (const auto& [port, moved] : in_file_order(*ports)) read_custom_port(*port, *moved, row.ports);
        }
        row.level = section.choice("level", row_levels);
        if (table.empty())
            complaints_.error(section.begin(), label + " has neither `address`, `addresses`, `ports` nor `level`");
        section.refuse_unknown();
    }

    void add_place(const Text& written, SiteRow& row) {
        const auto place = parse_place(written.value);
        if (!place || host_mistake(place->host)) {
            complaints_.error(written.at, fmt::format("{} is not an address; expected HOST or HOST:PORT, with an IPv6 "
                                                      "address that has a port in square brackets",
                                                      in_quotes(written.value)));
            return;
        }
        const bool known = std::any_of(row.places.begin(), row.places.end(), [&](const DevicePlace& other) {
            return other.host == place->host && other.port == place->port;
        });
        if (known)
            complaints_.error(written.at, fmt::format("{} is in this list already", in_quotes(written.value)));
        else
            row.places.push_back(*place);
    }

    // [hosts]

    void read_pin(const toml::key& key, const toml::node& value) {
        Pin pin;
        const bool key_good = read_pin_key(key, pin);
        const auto* string = value.as_string();
        if (!string) {
            complaints_.error(value,
                              fmt::format("{} must be a string, not {}", in_quotes(key.str()), type_name(value)));
            return;
        }
        // A port 0 cannot be written, so it means that none was.
        const bool clean = string->get().find('\0') == std::string::npos;
        const auto target = clean ? SocketAddress::parse(string->get(), 0) : std::nullopt;
        if (!target) {
            complaints_.error(value,
                              fmt::format("{} is {}; expected ADDRESS or ADDRESS:PORT, with an IPv6 address that "
                                          "has a port in square brackets",
                                          in_quotes(key.str()), in_quotes(string->get())));
            return;
        }
        pin.address = target->address;
        if (target->port != 0) pin.dial_port = target->port;
        if (key_good) site_.pins.push_back(std::move(pin));
    }

    /// HOST or HOST:TRANSPORT/PORT. Only the second form has a '/', and its last colon is the one in front of it.
    bool read_pin_key(const toml::key& key, Pin& pin) {
        std::string_view host = key.str();
        if (const std::size_t slash = host.find('/'); slash != std::string_view::npos) {
            const std::size_t colon = host.rfind(':', slash);
            if (colon != std::string_view::npos) pin.port = Port::parse(host.substr(colon + 1));
            if (!pin.port || (pin.port->transport != Transport::tcp && pin.port->transport != Transport::udp)) {
                complaints_.error(key.source().begin,
                                  fmt::format("cannot read {}: expected HOST or HOST:TRANSPORT/PORT, such as "
                                              "\"update.example.net:tcp/443\"",
                                              in_quotes(key.str())));
                return false;
            }
            host = host.substr(0, colon);
        }
        if (host.starts_with('[') && host.ends_with(']')) {
            host = host.substr(1, host.size() - 2);
            const auto address = read_address(host);
            if (!address || address->family() != Family::ipv6) {
                complaints_.error(
                    key.source().begin,
                    fmt::format("{} is not an IPv6 address; nothing else stands in square brackets", in_quotes(host)));
                return false;
            }
        }
        if (const auto mistake = host_mistake(host)) {
            complaints_.error(key.source().begin, *mistake);
            return false;
        }
        pin.host = canonical_host(host);
        const std::string place = pin.host + (pin.port ? ":" + pin.port->to_string() : std::string{});
        if (pinned_.insert(place).second) return true;
        complaints_.error(key.source().begin, fmt::format("{} is pinned already", in_quotes(key.str())));
        return false;
    }

    // [network]

    void read_network(const toml::table& table) {
        Section section(table, "[network]", complaints_);
        std::set<SocketAddress> seen;
        for (const Text& resolver : section.texts("resolvers").value_or(std::vector<Text>{})) {
            const auto address = SocketAddress::parse(resolver.value, dns_port);
            if (!address)
                complaints_.error(resolver.at, fmt::format("{} is not the address of a resolver; expected ADDRESS or "
                                                           "ADDRESS:PORT",
                                                           in_quotes(resolver.value)));
            else if (!seen.insert(*address).second)
                complaints_.error(resolver.at, fmt::format("{} is in this list already", in_quotes(resolver.value)));
            else
                site_.resolvers.push_back(*address);
        }
        if (const auto source = section.text("source")) site_.source = address(*source, "source");
        if (const auto interface = section.text("interface")) read_interface(*interface);
        if (const auto proxy = section.text("proxy")) read_proxy(*proxy);
        site_.proxy_resolves = section.choice("proxy_resolve", resolving_sides).value_or(false);
        section.refuse_unknown();
    }

    std::optional<Address> address(const Text& written, std::string_view key) {
        const auto found = read_address(written.value);
        if (!found)
            complaints_.error(written.at, fmt::format("{} is {}; expected an IPv4 or IPv6 address without a port",
                                                      in_quotes(key), in_quotes(written.value)));
        return found;
    }

    void read_interface(const Text& written) {
        const std::string& name = written.value;
        const bool good =
            !name.empty() && name.size() <= longest_interface && name != "." && name != ".." &&
            std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c != '/' && c != 0x7F; });
        if (good)
            site_.interface = name;
        else
            complaints_.error(written.at, fmt::format("`interface` is {}; expected the name of a network interface, "
                                                      "such as `eth0`",
                                                      in_quotes(name)));
    }

    void read_proxy(const Text& written) {
        const auto proxy = parse_proxy(written.value);
        if (proxy)
            site_.proxy = *proxy;
        else if (proxy.error() == ProxyFault::password)
            complaints_.error(written.at, fmt::format("`proxy` must not hold a password; expected {}, and the password "
                                                      "in the file that `secrets.proxy` names",
                                                      proxy_form));
        else
            complaints_.error(written.at,
                              fmt::format("`proxy` is {}; expected {}", shown_proxy_text(written.value), proxy_form));
    }

    // [tls], [dns], [secrets]

    [[nodiscard]] std::string beside_site_file(const std::string& path) const {
        return (folder_ / std::filesystem::path(path)).string();
    }

    void read_tls(const toml::table& table) {
        Section section(table, "[tls]", complaints_);
        const std::pair<std::string_view, std::vector<std::string>&> lists[] = {
            {"public_ca_files", site_.public_ca_files},
            {"fortinet_ca_files", site_.fortinet_ca_files},
            {"inspection_ca_files", site_.inspection_ca_files}};
        for (const auto& [key, files] : lists) {
            for (const Text& path : section.texts(key).value_or(std::vector<Text>{})) {
                if (trim(path.value).empty())
                    complaints_.error(path.at, fmt::format("{} names an empty path; expected a file", in_quotes(key)));
                else
                    files.push_back(beside_site_file(path.value));
            }
        }
        section.refuse_unknown();
    }

    void read_dns(const toml::table& table) {
        Section section(table, "[dns]", complaints_);
        if (const auto blackhole = section.text("blackhole")) site_.blackhole = address(*blackhole, "blackhole");
        for (const Text& pattern : section.texts("split_horizon").value_or(std::vector<Text>{})) {
            if (good_pattern(pattern.value))
                site_.split_horizon.push_back(lower(pattern.value));
            else
                complaints_.error(pattern.at, fmt::format("{} is not a pattern of host names; expected something like "
                                                          "`*.corp.example`",
                                                          in_quotes(pattern.value)));
        }
        section.refuse_unknown();
    }

    void read_report(const toml::table& table) {
        Section section(table, "[report]", complaints_);
        std::vector<std::string> codes;
        for (const State state : all_states()) codes.emplace_back(to_string(state));
        for (const Text& code : section.texts("accept").value_or(std::vector<Text>{})) {
            if (const auto state = state_from(code.value))
                site_.accept.push_back(*state);
            else
                complaints_.error(code.at,
                                  fmt::format("{} is not a state of a row; expected {}{}", in_quotes(code.value),
                                              one_of(codes), did_you_mean(code.value, codes)));
        }
        section.refuse_unknown();
    }

    /// A pattern is a host name once its stars and question marks stand for letters.
    static bool good_pattern(std::string pattern) {
        std::replace_if(
            pattern.begin(), pattern.end(), [](char c) { return c == '*' || c == '?'; }, 'a');
        return !host_name_mistake(pattern);
    }

    void read_secrets(const toml::table& table) {
        Section section(table, "[secrets]", complaints_);
        for (const std::string_view name : {"radius", "responder", "proxy", "webhook"}) {
            const auto path = section.text(name);
            if (!path) continue;
            // The value may be the secret itself: it is never repeated.
            if (!looks_like_path(path->value)) {
                complaints_.error(path->at,
                                  fmt::format("`secrets.{}` must be the path of a file that holds the secret, "
                                              "such as `./{}.secret`, never the secret itself",
                                              name, name));
                continue;
            }
            site_.secret_files.emplace(name, beside_site_file(path->value));
            site_.secret_lines.emplace(name, static_cast<int>(path->at.line));
        }
        section.refuse_unknown();
    }

    std::string_view text_;
    std::filesystem::path folder_;
    Complaints complaints_;
    Site site_;
    std::set<std::string> pinned_;
};

}  // namespace

Expected<Site, Problems> parse_site(std::string_view text, const std::string& file, Problems& warnings) {
    const auto document = parse_document(text, file);
    if (!document) return Unexpected<Problems>(Problems{document.error()});
    return SiteReader(text, file).read(*document, warnings);
}

}  // namespace fdnprobe::config
