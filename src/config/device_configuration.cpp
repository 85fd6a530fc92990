#include "config/device_configuration.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/configuration_settings.hpp"
#include "config/fortios_text.hpp"
#include "config/host_name.hpp"
#include "config/words.hpp"

namespace fdnprobe::config {
namespace {

using Path = ConfigurationPath;
using Value = ConfigurationValue;

/// A release, number by number.
class Release {
  public:
    explicit Release(std::string_view text) {
        for (const std::string& part : split(text, '.'))
            if (const auto number = parse_number(part, 0, 999)) numbers_.push_back(static_cast<int>(*number));
    }
    [[nodiscard]] bool known() const { return numbers_.size() >= 2; }
    /// The release is known, and this one or later. `7.4` alone counts as its first.
    [[nodiscard]] bool at_least(const std::vector<int>& other) const { return known() && numbers_ >= other; }
    [[nodiscard]] bool before(const std::vector<int>& other) const { return known() && numbers_ < other; }
    /// "7.6" without a third number may be any of its patches.
    [[nodiscard]] bool has_patch() const { return numbers_.size() >= 3; }

  private:
    std::vector<int> numbers_;
};

std::string with_port(const std::string& host, long port) {
    return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

/// The host and the port of a URL, and nothing else of it: what stands before an '@' is a secret.
std::optional<std::pair<std::string, long>> place_of_url(std::string_view url, long plain_port) {
    long port = plain_port;
    if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) {
        const std::string name = lower(url.substr(0, scheme));
        port = name == "https" ? 443 : name == "http" ? 80 : plain_port;
        url = url.substr(scheme + 3);
    }
    url = url.substr(0, url.find_first_of("/?#"));
    if (const std::size_t user = url.rfind('@'); user != std::string_view::npos) url = url.substr(user + 1);
    std::string_view host = url;
    std::string_view number;
    if (url.starts_with('[')) {
        const std::size_t close = url.find(']');
        if (close == std::string_view::npos) return std::nullopt;
        host = url.substr(1, close - 1);
        number = url.substr(close + 1);
    } else if (const std::size_t colon = url.find(':'); colon != std::string_view::npos) {
        host = url.substr(0, colon);
        number = url.substr(colon);
    }
    if (!number.empty()) {
        const auto written = number.starts_with(':') ? parse_number(number.substr(1), 1, 65535) : std::nullopt;
        if (!written) return std::nullopt;
        port = *written;
    }
    if (host_mistake(host)) return std::nullopt;
    return std::pair(canonical_host(host), port);
}

/// No device has as many servers of a kind, and each is compared with those before it.
constexpr std::size_t most_listed = 500;

void add_once(std::vector<std::string>& list, const std::string& value) {
    if (list.size() < most_listed && std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// What one VDOM, or all of a device without VDOMs, uses of the peers.
struct Uses {
    std::map<std::string, std::vector<std::string>> rows;     ///< row id -> ADDRESS or ADDRESS:PORT
    std::map<std::string, std::vector<std::string>> peers;    ///< peer -> hosts
    std::map<std::string, std::vector<std::string>> remarks;  ///< row id or peer -> comments
    std::vector<std::string> beside;

    void merge(const Uses& other) {
        for (const auto& [id, addresses] : other.rows)
            for (const std::string& one : addresses) add_once(rows[id], one);
        for (const auto& [name, addresses] : other.peers)
            for (const std::string& one : addresses) add_once(peers[name], one);
        for (const auto& [id, texts] : other.remarks)
            for (const std::string& one : texts) add_once(remarks[id], one);
        for (const std::string& one : other.beside) add_once(beside, one);
    }
};

constexpr std::string_view ldap_row = "outgoing/fortiauthenticator/ldap-pki-authentication";
constexpr std::string_view radius_row = "outgoing/fortiauthenticator/radius";
constexpr std::string_view accounting_row = "outgoing/fortiauthenticator/radius-accounting";
constexpr std::string_view agent_row = "outgoing/fortiauthenticator/fsso";
constexpr std::string_view agent_tls_row = "outgoing/others/fsso";
constexpr std::string_view scep_row = "outgoing/fortiauthenticator/scep";
constexpr std::string_view crl_row = "outgoing/fortiauthenticator/crl-download";
constexpr std::string_view portal_row = "outgoing/fortiauthenticator/external-captive-portal";
constexpr std::string_view wanopt_row = "outgoing/fortiproxy/wan-optimization-tunnels";
constexpr std::string_view heartbeat_row = "outgoing/fortiproxy/unicast-heartbeat-for-azure";

/// From settings to a site.
class Mapping {
  public:
    Mapping(const ConfigurationSettings& settings, const ConfigurationText& text, const ConfigurationWishes& wishes,
            std::string file, Problems& warnings)
        : settings_(settings),
          text_(text),
          wishes_(wishes),
          file_(std::move(file)),
          warnings_(warnings),
          release_("") {}

    Expected<SiteDraft, Problem> map() {
        product_ = wishes_.product.empty() ? product_of(text_.platform) : wishes_.product;
        version_ = wishes_.version.empty() ? text_.version : wishes_.version;
        release_ = Release(version_);
        whole_ = text_.header;
        management_ = first("system global", {}, "management-vdom");
        if (management_.empty()) management_ = "root";
        if (auto refused = choose_vdom()) return Unexpected<Problem>(std::move(*refused));
        draft_.name = host_name();
        device();
        peers();
        beside();
        network();
        introduction();
        return std::move(draft_);
    }

  private:
    // Looking things up. Without a scope: in none, where what is not a VDOM's own is.

    [[nodiscard]] const Value* find(std::string_view section, const Path& path, std::string_view key,
                                    const std::string& scope = {}) const {
        return settings_.value(scope, section, path, key);
    }
    [[nodiscard]] std::string first(std::string_view section, const Path& path, std::string_view key,
                                    const std::string& scope = {}) const {
        const Value* value = find(section, path, key, scope);
        return value == nullptr ? std::string() : value->words.front();
    }
    [[nodiscard]] bool enabled(std::string_view section, const Path& path, std::string_view key,
                               const std::string& scope = {}) const {
        return first(section, path, key, scope) == "enable";
    }
    /// What a section does not say is its default, as far as there is the section, or all of the configuration.
    [[nodiscard]] bool is_known(std::string_view section) const { return whole_ || settings_.has({}, section); }

    void warn(const Value& value, std::string what) {
        constexpr std::size_t most = 20;
        if (warned_.size() < most && warned_.emplace(value.line, value.column).second)
            warnings_.push_back(Problem{printable(file_), value.line, value.column, std::move(what), true});
    }

    /// The hosts that a key names; addresses that mean "not set" are none.
    std::vector<std::string> hosts(std::string_view section, const Path& path, std::string_view key,
                                   const std::string& scope = {}) {
        std::vector<std::string> found;
        const Value* value = find(section, path, key, scope);
        if (value == nullptr) return found;
        for (const std::string& word : value->words)
            for (const std::string& part : split(word, ','))
                for (const std::string& one : split(trim(part), ' ')) {
                    if (one.empty()) continue;
                    const auto address = read_address(one);
                    if (address && address->is_unspecified()) continue;
                    if (!host_mistake(one))
                        add_once(found, canonical_host(one));
                    else if (is_variable(one))
                        add_once(variables_, fmt::format("`{}` of `{}`", key, section));
                    else
                        warn(*value, fmt::format("the value of `{}` is neither an address nor a host name, and is left "
                                                 "out",
                                                 key));
                }
        return found;
    }
    std::string host(std::string_view section, const Path& path, std::string_view key, const std::string& scope = {}) {
        const std::vector<std::string> found = hosts(section, path, key, scope);
        return found.empty() ? std::string() : found.front();
    }

    static bool is_variable(std::string_view word) {
        return word.find("${") != std::string_view::npos || word.find("%{") != std::string_view::npos ||
               word.find("{{") != std::string_view::npos;
    }

    /// The port that a key names; nothing where it is not set, or 0, which means the same.
    std::optional<long> port(std::string_view section, const Path& path, std::string_view key,
                             const std::string& scope = {}) {
        const Value* value = find(section, path, key, scope);
        if (value == nullptr) return std::nullopt;
        const auto number = parse_number(value->words.front(), 0, 65535);
        if (!number && is_variable(value->words.front()))
            add_once(variables_, fmt::format("`{}` of `{}`", key, section));
        else if (!number)
            warn(*value, fmt::format("the value of `{}` is no port, and is left out", key));
        return number && *number != 0 ? number : std::nullopt;
    }

    // What the device is

    static std::string product_of(std::string_view platform) {
        const std::string name = lower(platform);
        if (name.empty()) return {};
        if (name.starts_with("fortiproxy") || name.starts_with("fpx") || name.starts_with("fpg")) return "FortiProxy";
        if (name.starts_with("fg") || name.starts_with("fwf") || name.starts_with("fortigate") ||
            name.starts_with("fortiwifi"))
            return "FortiGate";
        return {};
    }
    [[nodiscard]] bool is_virtual() const {
        const std::string name = lower(text_.platform);
        return name.starts_with("fgvm") || name.starts_with("fgtaws") || name.find("-vm") != std::string::npos ||
               name.find("_vm") != std::string::npos;
    }
    /// FortiProxy 7.0 has what FortiOS 7.0 has; what its earlier releases have is not known.
    [[nodiscard]] bool has_defaults() const {
        return release_.known() && (product_ != "FortiProxy" || release_.at_least({7, 0}));
    }

    [[nodiscard]] std::string host_name() const {
        const std::string name = first("system global", {}, "hostname");
        return is_variable(name) ? std::string() : name;
    }

    std::optional<Problem> choose_vdom() {
        const std::vector<std::string>& vdoms = settings_.vdoms();
        if (vdoms.empty()) {
            if (wishes_.vdom.empty() || wishes_.vdom == "root") return std::nullopt;
            return Problem{printable(file_), 1, 1,
                           fmt::format("--vdom {}: there are no VDOMs in it", in_quotes(wishes_.vdom)), false};
        }
        chosen_ = wishes_.vdom.empty() ? management_ : wishes_.vdom;
        if (wishes_.vdom.empty() || std::find(vdoms.begin(), vdoms.end(), chosen_) != vdoms.end()) return std::nullopt;
        std::string list;
        constexpr std::size_t most = 20;
        for (std::size_t index = 0; index < std::min(vdoms.size(), most); ++index)
            list += (list.empty() ? "" : ", ") + in_quotes(vdoms[index]);
        if (vdoms.size() > most) list += fmt::format(" and {} more", vdoms.size() - most);
        return Problem{
            printable(file_), 1, 1,
            fmt::format("--vdom {}: there is no such VDOM in it; there are {}", in_quotes(wishes_.vdom), list), false};
    }

    // [device]

    template <class Kind>
    void say(std::string key, Kind value, bool assumed = false) {
        draft_.device.push_back(DeviceLine{std::move(key), std::move(value), assumed});
    }
    void remark(std::string text) { say({}, std::move(text)); }

    void device() {
        if (!product_.empty()) say("product", product_);
        if (!version_.empty()) say("version", version_);
        fortiguard();
        servers();
        update_proxy();
        services_off();
        management();
        mail();
        dns();
        push();
        cluster();
    }

    void fortiguard() {
        const std::string section = "system fortiguard";
        const std::string written = first(section, {}, "fortiguard-anycast");
        std::string mode;
        bool assumed = false;
        if (written == "enable" || written == "disable") {
            mode = written == "enable" ? "anycast" : "unicast";
        } else if (is_known(section) && has_defaults()) {
            // The default of 6.2.0 to 6.4.2 is not documented.
            mode = release_.at_least({6, 4, 3}) || release_.at_least({7, 0}) ? "anycast"
                   : release_.before({6, 2})                                 ? "unicast"
                                                                             : "";
            assumed = true;
        }
        const bool off = first("system global", {}, "cloud-communication") == "disable";
        if (off) {
            remark(
                "`cloud-communication` is disabled: the device is not to reach Fortinet's cloud. That this stops "
                "updates and ratings too is likely and not documented; where it does not, write what the next line "
                "says of it.");
            if (!mode.empty()) remark(fmt::format("fortiguard = \"{}\"", mode));
            say("fortiguard", std::string("off"), true);
        } else if (!mode.empty()) {
            say("fortiguard", mode, assumed);
        } else {
            remark("fortiguard: whether it uses anycast is not in the file, and does not follow from its release.");
        }
        const std::string source = first(section, {}, "fortiguard-anycast-source");
        if (is_one_of(source, {"fortinet", "aws"}))
            say("anycast_source", source);
        else if (source.empty() && mode == "anycast")
            say("anycast_source", std::string("fortinet"), true);
        location(section);
        if (mode != "anycast") rating(section, mode);
        sdns(section, mode);
    }

    void location(const std::string& section) {
        const std::string written = first(section, {}, "update-server-location");
        if (is_one_of(written, {"usa", "eu"}))
            say("location", written);
        else if (is_one_of(written, {"automatic", "any"}))
            say("location", std::string("automatic"));
        else if (is_known(section) && is_virtual())
            remark(
                "location: not in the file. A virtual machine comes with \"usa\" from the factory, and prints it; "
                "where "
                "the file was shortened, write it here.");
        else if (is_known(section) && has_defaults())
            say("location", std::string("automatic"), true);
    }

    /// The one way of asking for ratings that a device without anycast uses.
    void rating(const std::string& section, const std::string& mode) {
        std::string protocol = first(section, {}, "protocol");
        if (!is_one_of(protocol, {"udp", "https", "http"})) protocol.clear();
        const auto number = port(section, {}, "port");
        if (number && !protocol.empty()) {
            say("rating", fmt::format("{}/{}", protocol, *number));
        } else if (number && release_.known()) {
            // The protocol can be chosen since 6.0, and is HTTPS where nobody has.
            say("rating", fmt::format("{}/{}", release_.at_least({6, 0}) ? "https" : "udp", *number), true);
        } else if (mode == "unicast") {
            remark(
                "rating: the port is not in the file, and documents disagree about the default; `get system "
                "fortiguard` on the device shows it.");
        }
    }

    void sdns(const std::string& section, const std::string& mode) {
        const bool anycast = mode == "anycast";
        if (mode.empty()) return;
        std::vector<std::string> found;
        std::optional<long> number;
        if (anycast) {
            found = hosts(section, {}, "anycast-sdns-server-ip");
            number = port(section, {}, "anycast-sdns-server-port");
        } else {
            found = hosts(section, {}, "sdns-server-ip");
            number = port(section, {}, "sdns-server-port");
            // Its name in 5.x.
            if (found.empty()) found = hosts(section, {}, "webfilter-sdns-server-ip");
            if (!number) number = port(section, {}, "webfilter-sdns-server-port");
        }
        if (found.empty()) return;
        for (std::string& one : found) one = with_port(one, number.value_or(anycast ? 853 : 53));
        say("sdns", found, !number);
    }

    void servers() {
        const std::string section = "system central-management";
        if (!is_known(section)) return;
        std::vector<std::string> update;
        std::vector<std::string> rating;
        for (const Path& entry : settings_.entries({}, section, {"server-list"})) {
            const Value* types = find(section, entry, "server-type");
            if (types == nullptr) continue;
            const std::string kind = first(section, entry, "addr-type");
            const std::string one = host(section, entry,
                                         kind == "fqdn"   ? "fqdn"
                                         : kind == "ipv6" ? "server-address6"
                                                          : "server-address");
            if (one.empty()) continue;
            for (const std::string& type : types->words) {
                if (type == "update") add_once(update, one);
                if (type == "rating") add_once(rating, one);
            }
        }
        const bool none = update.empty() && rating.empty();
        say("update_servers", update, none);
        if (!update.empty()) {
            const auto number = port(section, {}, "fmg-update-port");
            // There are no others.
            if (!number || *number == 443 || *number == 8890)
                say("update_port", std::int64_t{number.value_or(8890)}, !number);
        }
        say("rating_servers", rating, none);
        const std::string defaults = first(section, {}, "include-default-servers");
        say("default_servers", defaults != "disable", defaults.empty());
    }

    void update_proxy() {
        // From 7.6.3 on the proxy of `system fortiguard` is the one, and there is no other.
        const bool newer = release_.at_least({7, 6, 3});
        const std::string section = newer ? "system fortiguard" : "system autoupdate tunneling";
        const std::string other = host("system fortiguard", {}, "proxy-server-ip");
        if (!newer && !other.empty())
            remark(
                "`proxy-server-ip` of `system fortiguard` is set. Before 7.6.3 only the connection to FortiGate Cloud "
                "is likely to use it.");
        if (newer && enabled("system autoupdate tunneling", {}, "status"))
            remark("`system autoupdate tunneling` is in the file, which 7.6.3 and later do not have any more.");
        const bool used = newer ? !other.empty() : enabled(section, {}, "status");
        if (!used) {
            const bool settled =
                newer ? is_known(section)
                      : settings_.has({}, section) ||
                            (whole_ && release_.known() && !(release_.at_least({7, 6}) && !release_.has_patch()));
            if (settled) say("update_proxy", std::string(), find(section, {}, "status") == nullptr);
            return;
        }
        const std::string one = newer ? other : host(section, {}, "address");
        const auto number = port(section, {}, newer ? "proxy-server-port" : "port");
        if (!one.empty() && number)
            say("update_proxy", with_port(one, *number));
        else
            remark("update_proxy: the device has a proxy for its updates, whose address or port is not in the file.");
    }

    void services_off() {
        if (!is_known("system fortiguard")) return;
        std::vector<std::string> off;
        if (enabled("system fortiguard", {}, "webfilter-force-off")) off.emplace_back("webfilter");
        if (enabled("system fortiguard", {}, "antispam-force-off")) off.emplace_back("antispam");
        if (enabled("system fortiguard", {}, "outbreak-prevention-force-off")) off.emplace_back("outbreak");
        const bool written = find("system fortiguard", {}, "webfilter-force-off") != nullptr;
        say("services_off", off, off.empty() && !written);
    }

    void management() {
        const std::string type = first("system central-management", {}, "type");
        if (is_one_of(type, {"fortimanager", "fortiguard", "none"}))
            say("management", type);
        else
            remark(
                "management: the type of `system central-management` is not in the file, and its default differs "
                "from release to release.");
    }

    void mail() {
        const std::string section = "system email-server";
        const std::string one = host(section, {}, "server");
        if (one.empty()) {
            if (is_known(section)) say("mail", std::string(), true);
            return;
        }
        const auto number = port(section, {}, "port");
        say("mail", with_port(one, number.value_or(25)), !number);
    }

    void dns() {
        const std::string section = "system dns";
        std::vector<std::string> found;
        for (const std::string_view key :
             {"primary", "secondary", "alt-primary", "alt-secondary", "ip6-primary", "ip6-secondary"})
            for (const std::string& one : hosts(section, {}, key))
                if (read_address(one)) add_once(found, one);
        if (!found.empty()) say("dns", found);
        draft_.resolvers = found;
        const std::vector<std::string> protocols = dns_protocols(section);
        // FortiGuard's own are the only ones that have that name.
        const bool own = std::any_of(found.begin(), found.end(), [](const std::string& one) {
            return one.starts_with("96.45.45.") || one.starts_with("96.45.46.") || one.starts_with("208.91.112.") ||
                   one.starts_with("2620:101:9000:");
        });
        const Value* names = find(section, {}, "server-hostname");
        const bool named = names != nullptr && std::find(names->words.begin(), names->words.end(),
                                                         "globalsdns.fortinet.net") != names->words.end();
        const bool encrypted =
            std::any_of(protocols.begin(), protocols.end(), [](const std::string& one) { return one != "cleartext"; });
        if (named && encrypted && !own && !found.empty())
            remark(
                "dns: the device expects globalsdns.fortinet.net in the certificates of these servers, which are not "
                "FortiGuard's (`server-hostname` of `system dns`).");
    }

    std::vector<std::string> dns_protocols(const std::string& section) {
        std::vector<std::string> protocols;
        bool assumed = false;
        if (const Value* value = find(section, {}, "protocol")) {
            for (const std::string& word : value->words)
                if (is_one_of(word, {"cleartext", "dot", "doh"})) add_once(protocols, word);
        } else if (const std::string tls = first(section, {}, "dns-over-tls"); !tls.empty()) {
            // The key of 6.2 and 6.4.
            if (tls != "enforce") protocols.emplace_back("cleartext");
            if (tls != "disable") protocols.emplace_back("dot");
        } else if (is_known(section) && has_defaults()) {
            protocols.emplace_back("cleartext");
            assumed = true;
        }
        if (!protocols.empty()) say("dns_protocol", protocols, assumed);
        return protocols;
    }

    void push() {
        const std::string section = "system autoupdate push-update";
        if (const std::string status = first(section, {}, "status"); !status.empty())
            say("push", status == "enable");
        else if (enabled("system fortiguard", {}, "persistent-connection") ||
                 enabled("system fortiguard", {}, "subscribe-update-notification"))
            say("push", false, true);
        else if (product_ == "FortiGate" && release_.known() && (is_known(section) || release_.at_least({6, 4, 5})))
            say("push", false, true);
    }

    void cluster() {
        const std::string section = "system ha";
        const std::string mode = first(section, {}, "mode");
        const bool unicast = enabled(section, {}, "unicast-hb") || enabled(section, {}, "unicast-status") ||
                             !settings_.entries({}, section, {"unicast-peers"}).empty();
        if (is_one_of(mode, {"a-a", "a-p", "active-passive", "config-sync-only"}))
            say("ha", std::string(unicast ? "unicast" : "cluster"));
        else if (mode == "standalone")
            say("ha", mode);
        else if (mode.empty() && is_known(section))
            say("ha", std::string("standalone"), true);
        if (mode.empty() || mode == "standalone") return;
        constexpr std::array<std::pair<std::string_view, std::string_view>, 3> types{
            {{"ha-eth-type", "8890"}, {"hc-eth-type", "8891"}, {"l2ep-eth-type", "8893"}}};
        for (const auto& [key, usual] : types) {
            const std::string type = first(section, {}, key);
            const bool digits =
                type.size() == 4 && type.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
            if (digits && type != usual)
                heartbeats_.push_back(fmt::format(
                    "HA Heartbeat: this cluster uses EtherType 0x{} in place of 0x{}; the tables check the latter.",
                    type, usual));
        }
    }

    // [peers] and [rows]

    void peers() {
        Uses uses = uses_of({});
        std::vector<std::string> others;
        if (!chosen_.empty()) {
            Uses own = uses_of(chosen_);
            // An override takes the place of what is set for all VDOMs; the device as a whole needs both.
            if (!wishes_.vdom.empty() && own.peers.contains("FortiAnalyzer")) uses.peers.erase("FortiAnalyzer");
            uses.merge(own);
            add_other_vdoms(uses, others);
        }
        managers();
        const std::vector<std::string> analyzers = uses.peers["FortiAnalyzer"];
        if (analyzers.empty()) uses.peers.erase("FortiAnalyzer");
        // A FortiManager may be the FortiAnalyzer, too, and has a row of its own for it.
        for (const PeerDraft& peer : draft_.peers)
            if (std::any_of(peer.addresses.begin(), peer.addresses.end(), [&](const std::string& one) {
                    return std::find(analyzers.begin(), analyzers.end(), one) != analyzers.end();
                }))
                draft_.rows.push_back(
                    RowDraft{"outgoing/fortimanager/log-report", {}, {}, "need", {"It is sent logs."}});
        for (const auto& [name, addresses] : uses.peers)
            draft_.peers.push_back(PeerDraft{name, addresses, {}, uses.remarks[name]});
        sandbox();
        itself();
        for (const auto& [id, addresses] : uses.rows)
            draft_.rows.push_back(RowDraft{id, addresses, {}, {}, uses.remarks[id]});
        // What there are only remarks on.
        for (const auto& [id, texts] : uses.remarks)
            if (!uses.rows.contains(id) && !uses.peers.contains(id))
                draft_.rows.push_back(RowDraft{id, {}, {}, {}, texts});
        own_rows();
        std::stable_sort(draft_.rows.begin(), draft_.rows.end(),
                         [](const RowDraft& one, const RowDraft& other) { return one.id < other.id; });
        draft_.row_remarks.insert(draft_.row_remarks.end(), others.begin(), others.end());
        draft_.beside.insert(draft_.beside.end(), uses.beside.begin(), uses.beside.end());
    }

    /// What only one other VDOM has is the device's; where several have it, or the chosen one has its own, a person has
    /// to say what is meant.
    void add_other_vdoms(Uses& uses, std::vector<std::string>& comments) {
        std::map<std::string, std::vector<std::pair<std::string, std::vector<std::string>>>> offers;
        for (const std::string& vdom : settings_.vdoms()) {
            if (vdom == chosen_) continue;
            Uses other = uses_of(vdom);
            for (auto& [id, addresses] : other.rows) offers[id].emplace_back(vdom, std::move(addresses));
            for (auto& [name, addresses] : other.peers) offers[name].emplace_back(vdom, std::move(addresses));
            if (wishes_.vdom.empty())
                for (const std::string& one : other.beside)
                    add_once(uses.beside, fmt::format("{} (VDOM {})", one, in_quotes(vdom)));
        }
        constexpr std::size_t most = 40;
        for (auto& [id, found] : offers) {
            const bool row = id.find('/') != std::string::npos;
            auto& place = row ? uses.rows : uses.peers;
            if (wishes_.vdom.empty() && !place.contains(id) && found.size() == 1) {
                uses.remarks[id].push_back(fmt::format("of the VDOM {}", in_quotes(found.front().first)));
                place[id] = std::move(found.front().second);
                continue;
            }
            for (const auto& [vdom, addresses] : found) {
                if (place.contains(id) && place[id] == addresses) continue;
                if (comments.size() == most) comments.emplace_back("and more in other VDOMs");
                if (comments.size() > most) return;
                comments.push_back(
                    fmt::format("VDOM {}: {} = {}", in_quotes(vdom), toml_string(id), quoted_list(addresses)));
            }
        }
    }

    static std::string quoted_list(const std::vector<std::string>& values) {
        std::string out;
        for (const std::string& one : values) out += (out.empty() ? "" : ", ") + toml_string(one);
        return "[" + out + "]";
    }

    /// What the sections that a VDOM may have of its own say; those of a device without VDOMs are in none.
    Uses uses_of(const std::string& scope) {
        Uses uses;
        analyzers(scope, uses);
        syslog(scope, uses);
        radius(scope, uses);
        ldap(scope, uses);
        agents(scope, uses);
        tacacs(scope, uses);
        certificates(scope, uses);
        for (const Path& entry : settings_.entries(scope, "wanopt peer", {}))
            for (const std::string& one : hosts("wanopt peer", entry, "ip", scope))
                add_once(uses.rows[std::string(wanopt_row)], one);
        for (const Path& entry : settings_.entries(scope, "web-proxy forward-server", {}))
            forward_server(scope, entry, uses);
        if (scope.empty()) portals(uses);
        return uses;
    }

    /// Whether logs go to the server of this section.
    [[nodiscard]] bool is_used(const std::string& section, const std::string& scope) const {
        if (!enabled(section, {}, "status", scope)) return false;
        if (!section.ends_with("override-setting")) return true;
        // Until 6.2 it had a switch of its own beside its status.
        const std::string written = first(section, {}, "override", scope);
        return written.empty() ? !release_.before({6, 3}) : written == "enable";
    }

    void analyzers(const std::string& scope, Uses& uses) {
        for (const std::string_view number : {"", "2", "3"}) {
            for (const std::string_view kind : {"setting", "override-setting"}) {
                const std::string section = fmt::format("log fortianalyzer{} {}", number, kind);
                if (!is_used(section, scope)) continue;
                for (const std::string_view key : {"server", "alt-server"})
                    for (const std::string& one : hosts(section, {}, key, scope))
                        add_once(uses.peers["FortiAnalyzer"], one);
                if (uses.peers.contains("FortiAnalyzer") && !enabled(section, {}, "reliable", scope))
                    add_once(uses.beside, "FortiAnalyzer: logs go to UDP/514 too, since `reliable` is not enabled");
            }
        }
        if (enabled("log fortianalyzer-cloud setting", {}, "status", scope))
            add_once(uses.beside, "FortiAnalyzer Cloud: TCP/514");
        if (enabled("log fortiguard setting", {}, "status", scope))
            add_once(uses.beside, "FortiGate Cloud, logging: TCP/443, then TCP/514 of a host that it names");
    }

    void syslog(const std::string& scope, Uses& uses) {
        for (const std::string_view number : {"", "2", "3", "4"}) {
            for (const std::string_view kind : {"setting", "override-setting"}) {
                const std::string section = fmt::format("log syslogd{} {}", number, kind);
                if (!is_used(section, scope)) continue;
                const std::string mode = first(section, {}, "mode", scope);
                const std::string encryption = first(section, {}, "enc-algorithm", scope);
                const bool stream = mode == "reliable" || mode == "legacy-reliable";
                const bool tls = mode == "reliable" && !encryption.empty() && encryption != "disable";
                const long number_used = port(section, {}, "port", scope).value_or(514);
                for (const std::string& one : hosts(section, {}, "server", scope))
                    add_once(uses.beside, fmt::format("Syslog: {}, {}/{}{}", one, stream ? "TCP" : "UDP", number_used,
                                                      tls ? " with TLS" : ""));
            }
        }
    }

    void radius(const std::string& scope, Uses& uses) {
        const long usual = port("system global", {}, "radius-port").value_or(1812);
        for (const Path& entry : settings_.entries(scope, "user radius", {})) {
            const auto written = port("user radius", entry, "radius-port", scope);
            const long number = written.value_or(usual);
            const std::string transport = first("user radius", entry, "transport-protocol", scope);
            for (const std::string_view key : {"server", "secondary-server", "tertiary-server"})
                for (const std::string& one : hosts("user radius", entry, key, scope)) {
                    if (is_one_of(transport, {"tcp", "tls"}))
                        add_once(uses.beside, fmt::format("RADIUS over {}: {}{}", transport == "tls" ? "TLS" : "TCP",
                                                          one, written ? fmt::format(", TCP/{}", *written) : ""));
                    else
                        add_once(uses.rows[std::string(radius_row)], with_port(one, number));
                }
            Path accounting = entry;
            accounting.emplace_back("accounting-server");
            for (const Path& server : settings_.entries(scope, "user radius", accounting)) {
                if (!enabled("user radius", server, "status", scope)) continue;
                const long used = port("user radius", server, "port", scope).value_or(1813);
                for (const std::string& one : hosts("user radius", server, "server", scope))
                    add_once(uses.rows[std::string(accounting_row)], with_port(one, used));
            }
            if (enabled("user radius", entry, "radius-coa", scope)) disconnects_ = true;
            if (enabled("user radius", entry, "rsso", scope))
                add_once(uses.beside, "RADIUS single sign-on: the device itself listens for accounting on UDP/1813");
        }
    }

    void ldap(const std::string& scope, Uses& uses) {
        const std::string row(ldap_row);
        for (const Path& entry : settings_.entries(scope, "user ldap", {})) {
            const bool tls = first("user ldap", entry, "secure", scope) == "ldaps";
            const auto written = port("user ldap", entry, "port", scope);
            for (const std::string_view key : {"server", "secondary-server", "tertiary-server"})
                for (const std::string& one : hosts("user ldap", entry, key, scope)) {
                    // Where TLS has no port written, it may be either, and the row tries both.
                    add_once(uses.rows[row], tls && !written ? one : with_port(one, written.value_or(389)));
                }
        }
    }

    void agents(const std::string& scope, Uses& uses) {
        for (const Path& entry : settings_.entries(scope, "user fsso", {})) {
            const bool tls = enabled("user fsso", entry, "ssl", scope);
            for (const std::string_view number : {"", "2", "3", "4", "5"}) {
                const long used = port("user fsso", entry, fmt::format("port{}", number), scope).value_or(8000);
                for (const std::string& one : hosts("user fsso", entry, fmt::format("server{}", number), scope))
                    add_once(uses.rows[std::string(tls ? agent_tls_row : agent_row)], with_port(one, used));
            }
        }
        for (const Path& entry : settings_.entries(scope, "user fsso-polling", {})) {
            if (first("user fsso-polling", entry, "status", scope) == "disable") continue;
            const long used = port("user fsso-polling", entry, "port", scope).value_or(445);
            for (const std::string& one : hosts("user fsso-polling", entry, "server", scope))
                add_once(uses.beside, fmt::format("Polling of domain controllers: {}, TCP/{}", one, used));
        }
    }

    void tacacs(const std::string& scope, Uses& uses) {
        for (const Path& entry : settings_.entries(scope, "user tacacs+", {})) {
            const long used = port("user tacacs+", entry, "port", scope).value_or(49);
            for (const std::string_view key : {"server", "secondary-server", "tertiary-server"})
                for (const std::string& one : hosts("user tacacs+", entry, key, scope))
                    add_once(uses.beside, fmt::format("TACACS+: {}, TCP/{}", one, used));
        }
    }

    void forward_server(const std::string& scope, const Path& entry, Uses& uses) {
        const std::string section = "web-proxy forward-server";
        const std::string kind = first(section, entry, "addr-type", scope);
        const long used = port(section, entry, "port", scope).value_or(3128);
        for (const std::string& one : hosts(section, entry,
                                            kind == "fqdn"   ? "fqdn"
                                            : kind == "ipv6" ? "ipv6"
                                                             : "ip",
                                            scope))
            add_once(uses.beside, fmt::format("Upstream proxy of the users' traffic: {}, TCP/{}", one, used));
    }

    /// Where the value of a key is, which is a URL.
    std::optional<std::string> url_place(std::string_view section, const Path& entry, std::string_view key,
                                         const std::string& scope, long usual) {
        const Value* value = find(section, entry, key, scope);
        if (value == nullptr || value->words.front().empty()) return std::nullopt;
        if (is_variable(value->words.front())) {
            add_once(variables_, fmt::format("`{}` of `{}`", key, section));
            return std::nullopt;
        }
        if (const auto place = place_of_url(value->words.front(), usual)) {
            const auto address = read_address(place->first);
            if (address && address->is_unspecified()) return std::nullopt;
            return with_port(place->first, place->second);
        }
        warn(*value, fmt::format("the value of `{}` is no URL that can be read, and is left out", key));
        return std::nullopt;
    }

    void certificates(const std::string& scope, Uses& uses) {
        // `vpn certificate` in each release so far; `certificate` alone in some.
        for (const std::string_view root : {"vpn certificate", "certificate"}) {
            const std::string lists = fmt::format("{} crl", root);
            for (const Path& entry : settings_.entries(scope, lists, {})) {
                if (const auto place = url_place(lists, entry, "http-url", scope, 80))
                    add_once(uses.rows[std::string(crl_row)], *place);
                if (const auto place = url_place(lists, entry, "scep-url", scope, 80))
                    add_once(uses.rows[std::string(scep_row)], *place);
            }
            for (const std::string_view kind : {"ca", "local"}) {
                const std::string section = fmt::format("{} {}", root, kind);
                for (const Path& entry : settings_.entries(scope, section, {}))
                    certificate(section, entry, scope, uses);
            }
        }
        const std::string section = "vpn certificate ocsp-server";
        for (const Path& entry : settings_.entries(scope, section, {}))
            for (const std::string_view key : {"url", "secondary-url"})
                if (const auto place = url_place(section, entry, key, scope, 80))
                    add_once(uses.beside, fmt::format("OCSP: {}", *place));
    }

    void certificate(const std::string& section, const Path& entry, const std::string& scope, Uses& uses) {
        const std::string protocol = first(section, entry, "enroll-protocol", scope);
        if (is_one_of(protocol, {"", "none", "scep"}))
            if (const auto place = url_place(section, entry, "scep-url", scope, 80))
                add_once(uses.rows[std::string(scep_row)], *place);
        for (const std::string_view key : {"est-url", "est-server"})
            if (const auto place = url_place(section, entry, key, scope, 443))
                add_once(uses.beside, fmt::format("Certificates by EST: {}", *place));
        if (const auto place = url_place(section, entry, "cmp-server", scope, 80))
            add_once(uses.beside, fmt::format("Certificates by CMP: {}", *place));
        if (protocol == "acme2")
            if (const auto place = url_place(section, entry, "acme-ca-url", scope, 443))
                add_once(uses.beside, fmt::format("Certificates by ACME: {}", *place));
    }

    void portals(Uses& uses) {
        for (const Path& entry : settings_.entries({}, "system interface", {}))
            if (const auto place = url_place("system interface", entry, "security-external-web", {}, 443))
                add_once(uses.rows[std::string(portal_row)], *place);
    }

    void managers() {
        const std::string section = "system central-management";
        const std::vector<std::string> found = hosts(section, {}, "fmg");
        const std::string type = first(section, {}, "type");
        if (found.empty()) return;
        PeerDraft peer{"FortiManager", found, {}, {}};
        if (is_one_of(type, {"fortiguard", "none"})) {
            peer.addresses.clear();
            peer.remarks.push_back(
                fmt::format("FortiManager: {} in the file, but the type of `system central-management` is \"{}\", so "
                            "that the device "
                            "does not register there.",
                            quoted_list(found), type));
        }
        draft_.peers.push_back(std::move(peer));
    }

    void sandbox() {
        const std::string section = "system fortisandbox";
        if (!enabled(section, {}, "status")) return;
        const std::vector<std::string> found = hosts(section, {}, "server");
        if (enabled(section, {}, "forticloud") || found.empty())
            add_once(draft_.beside, "FortiSandbox Cloud");
        else
            draft_.peers.push_back(PeerDraft{"FortiSandbox", found, {}, {}});
    }

    // The device's own ports: where incoming rows are probed

    void itself() {
        PeerDraft own{product_.empty() ? std::string("FortiProxy") : product_, {}, {}, {}};
        management_address(own);
        const auto move = [&](std::string_view section, std::string_view key, Transport transport,
                              std::uint16_t usual) {
            const auto number = port(section, {}, key);
            if (number && *number != usual)
                own.ports.emplace(Port{transport, usual}, Port{transport, static_cast<std::uint16_t>(*number)});
        };
        move("system global", "admin-port", Transport::tcp, 80);
        move("system global", "auth-http-port", Transport::tcp, 1000);
        move("system global", "auth-https-port", Transport::tcp, 1003);
        move("system global", "fortiservice-port", Transport::tcp, 8013);
        move("webfilter fortiguard", "ovrd-auth-port-http", Transport::tcp, 8008);
        move("webfilter fortiguard", "ovrd-auth-port-https", Transport::tcp, 8010);
        if (enabled("system autoupdate push-update", {}, "override"))
            move("system autoupdate push-update", "port", Transport::udp, 9443);
        if (enabled("webfilter fortiguard", {}, "close-ports"))
            own.remarks.emplace_back("`close-ports` is enabled: nothing listens for the overrides of web filtering.");
        if (own.addresses.empty() && own.ports.empty() && own.remarks.empty()) return;
        if (product_.empty()) {
            draft_.row_remarks.emplace_back(
                "The device's own address and ports are left out: --product says which peer "
                "of the tables it is.");
            return;
        }
        has_own_address_ = !own.addresses.empty();
        draft_.peers.push_back(std::move(own));
    }

    /// The one address at which administrators are answered; where there are several, all of them as a remark.
    void management_address(PeerDraft& own) {
        struct Candidate {
            std::string address;
            std::string interface;
            bool dedicated = false;
        };
        std::vector<Candidate> found;
        for (const Path& entry : settings_.entries({}, "system interface", {})) {
            const std::string section = "system interface";
            if (first(section, entry, "status") == "down" ||
                is_one_of(first(section, entry, "mode"), {"dhcp", "pppoe"}))
                continue;
            if (const std::string vdom = first(section, entry, "vdom");
                !chosen_.empty() && !vdom.empty() && vdom != management_)
                continue;
            const Value* access = find(section, entry, "allowaccess");
            if (access == nullptr ||
                std::none_of(access->words.begin(), access->words.end(), [](const std::string& one) {
                    return is_one_of(one, {"https", "http", "ssh"});
                }))
                continue;
            std::string address = first(section, entry, "ip");
            address = address.substr(0, address.find('/'));
            const auto read = read_address(address);
            if (!read || read->is_unspecified() || read->is_loopback()) continue;
            const std::string name = lower(entry.front());
            const bool dedicated = first(section, entry, "dedicated-to") == "management" || name.starts_with("mgmt") ||
                                   name == "management";
            found.push_back({read->to_string(), entry.front(), dedicated});
        }
        const auto is_dedicated = [](const Candidate& one) { return one.dedicated; };
        const auto dedicated = std::count_if(found.begin(), found.end(), is_dedicated);
        if (found.size() == 1) {
            own.addresses.push_back(found.front().address);
        } else if (dedicated == 1) {
            own.addresses.push_back(std::find_if(found.begin(), found.end(), is_dedicated)->address);
        } else if (!found.empty()) {
            std::string list;
            constexpr std::size_t most = 20;
            for (std::size_t index = 0; index < std::min(found.size(), most); ++index)
                list += fmt::format("{}{} ({})", list.empty() ? "" : ", ", found[index].address,
                                    printable(found[index].interface, 40));
            if (found.size() > most) list += fmt::format(" and {} more", found.size() - most);
            own.remarks.push_back(
                fmt::format("{}: administrators are answered at several addresses: {}. Choose the one that incoming "
                            "rows are to be checked at.",
                            own.name, list));
        }
    }

    /// Ports that other rows need as well: in [peers] they would move those too.
    void own_rows() {
        const Port https{Transport::tcp, 443};
        if (const auto number = port("system global", {}, "admin-sport"); number && *number != https.number)
            draft_.rows.push_back(RowDraft{"incoming/others/web-admin",
                                           {},
                                           {{https, Port{Transport::tcp, static_cast<std::uint16_t>(*number)}}},
                                           {},
                                           {}});
        tunnel_row(https);
        if (const auto number = port("webfilter fortiguard", {}, "ovrd-auth-port-https-flow");
            number && *number != 8015)
            add_once(draft_.beside, fmt::format("Override of web filtering, flow mode: own port TCP/{}", *number));
        if (const auto number = port("webfilter fortiguard", {}, "ovrd-auth-port-warning"); number && *number != 8020)
            add_once(draft_.beside, fmt::format("Warnings of web filtering: own port TCP/{}", *number));
        if (enabled("system ftm-push", {}, "status"))
            add_once(draft_.beside, fmt::format("FortiToken Mobile push: own port TCP/{}",
                                                port("system ftm-push", {}, "server-port").value_or(4433)));
        if (disconnects_)
            draft_.rows.push_back(
                RowDraft{"incoming/fortiauthenticator/radius-disconnect",
                         {},
                         {},
                         {},
                         {"RADIUS disconnect is in use (`radius-coa`); current releases listen on UDP/3799 for it."}});
        if (!heartbeats_.empty())
            draft_.rows.push_back(RowDraft{"outgoing/fortiproxy/ha-heartbeat", {}, {}, {}, heartbeats_});
        std::vector<std::string> members = hosts("system ha", {}, "unicast-hb-peerip");
        for (const Path& entry : settings_.entries({}, "system ha", {"unicast-peers"}))
            for (const std::string& one : hosts("system ha", entry, "peer-ip")) add_once(members, one);
        other_members();
        if (!members.empty()) draft_.rows.push_back(RowDraft{std::string(heartbeat_row), members, {}, {}, {}});
    }

    /// FortiProxy is the peer of some of its own rows: of its tunnels, and in a cluster. What the file has no address
    /// for would be checked at the device itself.
    void other_members() {
        const auto has = [&](std::string_view id) {
            return std::any_of(draft_.rows.begin(), draft_.rows.end(),
                               [&](const RowDraft& row) { return row.id == id; });
        };
        if (product_ != "FortiProxy" || !has_own_address_) return;
        if (whole_ && !has(wanopt_row))
            draft_.rows.push_back(RowDraft{
                std::string(wanopt_row), {}, {}, "notice", {"There is no peer for WAN optimization in the file."}});
        const std::string mode = first("system ha", {}, "mode");
        if (!mode.empty() && mode != "standalone")
            draft_.rows.push_back(RowDraft{
                "outgoing/fortiproxy/ha-synchronization",
                {},
                {},
                "notice",
                {"The other member's address is not in the file: write it here, or its own address is checked."}});
    }

    void tunnel_row(Port https) {
        const std::string section = "vpn ssl settings";
        for (const std::string& scope : {chosen_, std::string()}) {
            if (!settings_.has(scope, section)) continue;
            RowDraft row{"incoming/others/ssl-vpn", {}, {}, {}, {}};
            const auto number = port(section, {}, "port", scope);
            if (number && *number != https.number)
                row.ports.emplace(https, Port{Transport::tcp, static_cast<std::uint16_t>(*number)});
            if (first(section, {}, "status", scope) == "disable")
                row.remarks.emplace_back("SSL VPN is disabled.");
            else if (find(section, {}, "source-interface", scope) == nullptr)
                row.remarks.emplace_back("SSL VPN has no interface, so that it is likely to be off.");
            if (row.ports.empty() && row.remarks.empty()) return;
            draft_.rows.push_back(row);
            if (row.ports.empty()) return;
            row.id = "incoming/forticlient/remote-ssl-vpn-access";
            row.remarks.clear();
            draft_.rows.push_back(std::move(row));
            return;
        }
    }

    // What no row is about

    void beside() {
        clock();
        for (const Path& entry : settings_.entries({}, "endpoint-control fctems", {})) endpoint_server(entry);
        if (enabled("system csf", {}, "status")) {
            std::string root = host("system csf", {}, "upstream");
            if (root.empty()) root = host("system csf", {}, "upstream-ip");
            if (!root.empty())
                add_once(draft_.beside, fmt::format("Root of the Security Fabric: {}, TCP/{}", root,
                                                    port("system csf", {}, "upstream-port").value_or(8013)));
        }
        if (first("system autoupdate schedule", {}, "status") == "disable")
            add_once(draft_.beside, "Updates: scheduled ones are disabled; they are fetched by hand");
        if (!chosen_.empty() && enabled("system vdom-dns", {}, "vdom-dns", chosen_))
            add_once(draft_.beside, fmt::format("DNS: the VDOM {} has servers of its own", in_quotes(chosen_)));
    }

    void clock() {
        const std::string section = "system ntp";
        if (!settings_.has({}, section)) return;
        if (first(section, {}, "ntpsync") == "disable") {
            add_once(draft_.beside, "NTP: the clock is not synchronised, and a wrong one breaks every check with TLS");
            return;
        }
        if (first(section, {}, "type") != "custom") {
            add_once(draft_.beside, "NTP: ntp1.fortiguard.com and ntp2.fortiguard.com, UDP/123");
            return;
        }
        for (const Path& entry : settings_.entries({}, section, {"ntpserver"}))
            for (const std::string& one : hosts(section, entry, "server"))
                add_once(draft_.beside, fmt::format("NTP: {}, UDP/123", one));
    }

    void endpoint_server(const Path& entry) {
        const std::string section = "endpoint-control fctems";
        if (first(section, entry, "status") == "disable") return;
        if (enabled(section, entry, "fortinetone-cloud-authentication"))
            add_once(draft_.beside, "FortiClient EMS Cloud: TCP/443");
        for (const std::string& one : hosts(section, entry, "server"))
            add_once(draft_.beside,
                     fmt::format("FortiClient EMS: {}, TCP/{}", one, port(section, entry, "https-port").value_or(443)));
    }

    void network() {
        draft_.of_the_device = true;
        const std::string section = "system fortiguard";
        draft_.source = host(section, {}, "source-ip");
        if (draft_.source.empty()) draft_.source = host(section, {}, "source-ip6");
        if (draft_.source.empty()) draft_.source = host("system central-management", {}, "fmg-source-ip");
        if (first(section, {}, "interface-select-method") == "specify")
            draft_.interface = first(section, {}, "interface");
        if (!draft_.source.empty() || !draft_.interface.empty() || !draft_.resolvers.empty())
            draft_.vantage.emplace_back(
                "These are the device's own. The checks say what it will see where fdnprobe uses "
                "the same resolvers and leaves the site by the same way.");
        if (const std::string vdom = first(section, {}, "vdom"); !vdom.empty())
            draft_.vantage.push_back(fmt::format("FortiGuard is reached from the VDOM {}.", in_quotes(vdom)));
        else if (!chosen_.empty())
            draft_.vantage.push_back(fmt::format("FortiGuard is reached from the VDOM {}.", in_quotes(management_)));
    }

    void introduction() {
        const auto full = [](const auto& one) { return one.addresses.size() >= most_listed; };
        if (std::any_of(draft_.peers.begin(), draft_.peers.end(), full) ||
            std::any_of(draft_.rows.begin(), draft_.rows.end(), full))
            draft_.introduction.push_back(fmt::format("Lists of servers end after {} of them.", most_listed));
        const std::string device = product_.empty()
                                       ? std::string("a device")
                                       : fmt::format("a {}{}", product_, version_.empty() ? "" : " " + version_);
        draft_.introduction.push_back(
            fmt::format("Written by `fdnprobe init` from the configuration of {}. `# assumed` "
                        "stands where the file says nothing and the release's default was "
                        "taken; what neither says is left out.",
                        device));
        if (!chosen_.empty())
            draft_.introduction.push_back(fmt::format("The peers are those of the VDOM {}{}", in_quotes(chosen_),
                                                      wishes_.vdom.empty() ? "; --vdom chooses another." : "."));
        if (product_.empty())
            draft_.introduction.emplace_back("The file does not say what device it is of: --product does.");
        if (version_.empty())
            draft_.introduction.emplace_back(
                "The file does not say which release it is of, so that no default follows: "
                "--device-version does.");
        if (!variables_.empty())
            draft_.introduction.push_back(fmt::format("It is a template; what its variables stand for is left out: {}.",
                                                      fmt::join(variables_, ", ")));
    }

    const ConfigurationSettings& settings_;
    const ConfigurationText& text_;
    const ConfigurationWishes& wishes_;
    std::string file_;
    Problems& warnings_;
    Release release_;
    std::string product_;
    std::string version_;
    bool whole_ = false;      ///< what is not in it is not set
    std::string management_;  ///< the management VDOM
    std::string chosen_;      ///< the VDOM whose peers are meant; empty: there are no VDOMs
    bool has_own_address_ = false;
    bool disconnects_ = false;
    std::vector<std::string> heartbeats_;  ///< remarks on EtherTypes
    std::set<std::pair<int, int>> warned_;
    std::vector<std::string> variables_;  ///< settings whose values a template leaves open
    SiteDraft draft_;
};

/// A message that what was wanted is not in it, with what would be.
Problem refusal(const std::string& file, const std::string& what) {
    return Problem{
        printable(file), 1, 1,
        what +
            "; export the whole configuration (from the scope Global), or save what `show` prints of `system "
            "fortiguard`, `system central-management`, `system dns` and of the peers",
        false};
}

}  // namespace

Expected<SiteDraft, Problem> read_device_configuration(std::string_view text, const std::string& file,
                                                       const ConfigurationWishes& wishes, Problems& warnings) {
    if (auto unreadable = find_unreadable(text, file)) return Unexpected<Problem>(std::move(*unreadable));
    ConfigurationSettings settings;
    std::size_t settings_read = 0;
    const ConfigurationText read = read_configuration_text(text, file, ConfigurationSettings::sections(),
                                                           [&](const ConfigurationStatement& statement) {
                                                               ++settings_read;
                                                               settings.take(statement);
                                                           });
    warnings.insert(warnings.end(), read.warnings.begin(), read.warnings.end());
    if (read.sections == 0 && !read.header)
        return Unexpected<Problem>(refusal(file, "this is no configuration: it has no `config` section"));
    if (read.one_vdom)
        return Unexpected<Problem>(
            refusal(file, "this is the backup of one VDOM, which does not say how the device reaches FortiGuard"));
    if (read.cut_off && read.header) {
        Problem cut = *read.cut_off;
        cut.what += "; this is not the whole backup: export it again";
        return Unexpected<Problem>(std::move(cut));
    }
    if (read.cut_off) {
        warnings.push_back(*read.cut_off);
        warnings.back().warning = true;
    }
    if (settings_read == 0)
        return Unexpected<Problem>(
            refusal(file, "this is a part of a configuration that says nothing of FortiGuard and of the peers"));
    if (settings.too_many())
        warnings.push_back(Problem{
            printable(file), 1, 1,
            fmt::format("there are more than {} settings to read; the rest is left out", ConfigurationSettings::most),
            true});
    return Mapping(settings, read, wishes, file, warnings).map();
}

}  // namespace fdnprobe::config
