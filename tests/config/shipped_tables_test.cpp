// Holds the shipped tables to the documents that they were made from. What the documents print is written out once
// more below, copied from them and not from the tables: a slip in either shows as a difference. The other cases hold
// the tables to what their comments promise of hosts, sources, trust, notices and advice. What a device's configuration
// makes of them is in tests/app/device_test.cpp.
#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/text.hpp"
#include "catch.hpp"
#include "config/document.hpp"
#include "config/load.hpp"
#include "fdnprobe/address.hpp"

using namespace fdnprobe;

namespace {

bool is_text(const OptionValue& value) { return std::holds_alternative<std::string>(value); }

bool is_hold(const OptionValue& value) {
    const auto* whole = std::get_if<std::int64_t>(&value);
    const auto* fraction = std::get_if<double>(&value);
    return (whole != nullptr && *whole >= 0 && *whole <= 60) ||
           (fraction != nullptr && *fraction >= 0 && *fraction <= 60);
}

constexpr std::array hold_option{ProbeOption{"hold", "a number of seconds from 0 to 60", is_hold}};
constexpr std::array payload_option{ProbeOption{"payload", "a text", is_text}};
constexpr std::array question_options{ProbeOption{"question", "a name", is_text},
                                      ProbeOption{"type", "a record type", is_text}};
constexpr std::array path_option{ProbeOption{"path", "a path", is_text}};

// The configuration room knows probes by description only, so the test brings its own: name, transports, TLS, options.
// Whether the program has them is what `fdnprobe validate` says of these tables in tests/cli.
constexpr ProbeDescription probe_over(std::string_view name, std::initializer_list<Transport> transports, bool tls,
                                      std::span<const ProbeOption> options = {}) {
    ProbeDescription probe{.name = name, .sends = "", .positive = "", .options = options};
    for (const Transport transport : transports) {
        switch (transport) {
            case Transport::tcp: probe.over_tcp = true; break;
            case Transport::udp: probe.over_udp = true; break;
            case Transport::esp: probe.over_esp = true; break;
            case Transport::ethernet: probe.over_ethernet = true; break;
        }
    }
    probe.uses_tls = tls;
    return probe;
}

constexpr auto tcp = Transport::tcp;
constexpr auto udp = Transport::udp;
constexpr std::array known_probes{
    probe_over("tcp", {tcp}, false, hold_option),
    probe_over("udp", {udp}, false, payload_option),
    probe_over("tls", {tcp}, true),
    probe_over("dns", {tcp, udp}, false, question_options),
    probe_over("dot", {tcp}, true, question_options),
    probe_over("http", {tcp}, false, path_option),
    probe_over("smtp", {tcp}, true),
    probe_over("ldap", {tcp, udp}, false),
    probe_over("radius", {udp}, false),
    probe_over("radius-dynauth", {tcp, udp}, false),
    probe_over("ike", {udp}, false),
    probe_over("ike-natt", {udp}, false),
    probe_over("esp", {Transport::esp}, false),
    probe_over("fgfm", {tcp}, true),
    probe_over("oftp", {tcp}, true),
    probe_over("syslog", {tcp, udp}, false),
    probe_over("capwap", {udp}, false),
    probe_over("scep", {tcp}, true, path_option),
    probe_over("crl", {tcp}, true, path_option),
    probe_over("captive-portal", {tcp}, true),
    probe_over("override", {tcp}, true),
    probe_over("admin", {tcp}, true),
    probe_over("sslvpn", {tcp}, true),
    probe_over("fsso", {tcp}, true),
    probe_over("wanopt", {tcp}, true),
    probe_over("tls-or-tcp", {tcp}, true),
    probe_over("fds-push", {udp}, false),
    probe_over("ha-heartbeat", {Transport::ethernet}, false),
    probe_over("ha-sync", {tcp, udp}, false),
    probe_over("ha-unicast", {udp}, false),
};

std::string all_of(const Problems& problems) {
    std::string text;
    for (const Problem& problem : problems) text += problem.to_string() + "\n";
    return text;
}

Table load(const std::string& name) {
    const std::string path = std::string(FDNPROBE_SOURCE_DIR) + "/targets/" + name + ".toml";
    const auto text = config::read_text_file(path);
    if (!text) FAIL(text.error().to_string());
    Problems warnings;
    auto table = config::parse_table(*text, path, known_probes, warnings);
    if (!table) FAIL(all_of(table.error()));
    INFO(all_of(warnings));
    REQUIRE(warnings.empty());
    return std::move(*table);
}

const Table& fortiproxy() {
    static const Table table = load("fortiproxy-7.4");
    return table;
}

const Table& fortiguard() {
    static const Table table = load("fortiguard");
    return table;
}

std::vector<const Row*> all_rows() {
    std::vector<const Row*> rows;
    for (const Table* table : {&fortiproxy(), &fortiguard()})
        for (const Row& row : table->rows) rows.push_back(&row);
    return rows;
}

const Row& row_of(const Table& table, std::string_view id) {
    const auto found = std::find_if(table.rows.begin(), table.rows.end(), [&](const Row& row) { return row.id == id; });
    if (found == table.rows.end()) FAIL("no row " << id);
    return *found;
}

std::vector<std::string> port_names(const Row& row) {
    std::vector<std::string> names;
    for (const Port port : row.port_list) names.push_back(port.to_string());
    return names;
}

/// Whether the row is the document's, as against one of ours.
bool is_documents(const Row& row) { return row.origin.empty(); }

std::vector<const Row*> rows_of_document(const Table& table) {
    std::vector<const Row*> rows;
    for (const Row& row : table.rows)
        if (is_documents(row)) rows.push_back(&row);
    return rows;
}

Port dialled(const CheckRule& rule) { return rule.dial.value_or(rule.port); }

bool names_hosts(const CheckRule& rule) { return !rule.hosts.empty() || !rule.host_from.empty(); }

Sureness sureness_of(const Row& row, const CheckRule& rule) {
    return rule.sure == Sureness::unsaid ? row.sure : rule.sure;
}

/// Every condition of it, in all ways, by its key.
std::set<std::string> keys_of(const When& when) {
    std::set<std::string> keys;
    for (const auto& all : when.any_of)
        for (const DeviceCondition& condition : all) keys.insert(condition.key);
    return keys;
}

bool asks_for(const When& when, std::string_view key, std::string_view word) {
    return std::any_of(when.any_of.begin(), when.any_of.end(), [&](const auto& all) {
        return std::any_of(all.begin(), all.end(), [&](const DeviceCondition& condition) {
            return condition.key == key &&
                   std::find(condition.words.begin(), condition.words.end(), word) != condition.words.end();
        });
    });
}

/// All of a table's advice, wherever it stands.
std::vector<const AdviceByCode*> advice_of(const Table& table) {
    std::vector<const AdviceByCode*> all{&table.advice};
    for (const Row& row : table.rows) {
        all.push_back(&row.advice);
        for (const CheckRule& rule : row.checks) all.push_back(&rule.advice);
    }
    return all;
}

bool has_host(const CheckRule& rule, std::string_view host) {
    return std::find(rule.hosts.begin(), rule.hosts.end(), host) != rule.hosts.end();
}

/// One line of a document. `who` is the left column: the peer in FortiProxy's, the product in FortiGuard's.
struct Printed {
    std::string_view section;
    std::string_view who;
    std::string_view purpose;
    std::string_view ports;
};

constexpr std::string_view in = "Incoming ports";
constexpr std::string_view out = "Outgoing ports";

constexpr Printed fortiproxy_document[] = {
    {in, "FortiAuthenticator", "Policy Authentication through Captive Portal", "TCP/1000"},
    {in, "FortiAuthenticator", "RADIUS disconnect", "TCP/1700"},
    {in, "FortiClient", "Remote IPsec VPN access", "UDP/IKE 500, ESP (IP 50), NAT-T 4500"},
    {in, "FortiClient", "Remote SSL VPN access", "TCP/443"},
    {in, "FortiClient", "SSO Mobility Agent, FSSO", "TCP/8001"},
    {in, "FortiClient", "Compliance and Security Fabric", "TCP/8013 (by default; this port can be customized)"},
    {in, "FortiProxy", "HA Heartbeat", "ETH Layer 0x8890, 0x8891, and 0x8893"},
    {in, "FortiProxy", "HA Synchronization", "TCP/703, UDP/703"},
    {in, "FortiProxy", "Unicast Heartbeat for Azure", "UDP/730"},
    {in, "FortiProxy", "DNS for Azure", "UDP/53"},
    {in, "FortiProxy", "WAN optimization tunnels", "TCP/7810"},
    {in, "FortiGuard", "Management", "TCP/541"},
    {in, "FortiGuard", "AV/IPS", "UDP/9443"},
    {in, "FortiManager", "AV/IPS Push", "UDP/9443"},
    {in, "FortiManager", "IPv4 FGFM management", "TCP/541"},
    {in, "FortiManager", "IPv6 FGFM management", "TCP/542"},
    {in, "3rd-Party Servers", "FSSO", "TCP/8001 (by default; this port can be customized)"},
    {in, "Others", "Web Admin", "TCP/80, TCP/443"},
    {in, "Others", "Policy Override Authentication", "TCP/443, TCP/8008, TCP/8010"},
    {in, "Others", "Policy Override Keepalive", "TCP/1000, TCP/1003"},
    {in, "Others", "SSL VPN", "TCP/443"},
    {out, "FortiAnalyzer", "Syslog, OFTP, Registration, Quarantine, Log & Report", "TCP/514"},
    {out, "FortiAuthenticator", "LDAP, PKI Authentication", "TCP or UDP/389"},
    {out, "FortiAuthenticator", "RADIUS", "UDP/1812"},
    {out, "FortiAuthenticator", "FSSO", "TCP/8000"},
    {out, "FortiAuthenticator", "RADIUS Accounting", "UDP/1813"},
    {out, "FortiAuthenticator", "SCEP", "TCP/80, TCP/443"},
    {out, "FortiAuthenticator", "CRL Download", "TCP/80"},
    {out, "FortiAuthenticator", "External Captive Portal", "TCP/443"},
    {out, "FortiProxy", "HA Heartbeat", "ETH Layer 0x8890, 0x8891, and 0x8893"},
    {out, "FortiProxy", "HA Synchronization", "TCP/703, UDP/703"},
    {out, "FortiProxy", "Unicast Heartbeat for Azure", "UDP/730"},
    {out, "FortiProxy", "DNS for Azure", "UDP/53"},
    {out, "FortiProxy", "WAN optimization tunnels", "TCP/7810"},
    {out, "FortiGuard", "AV/IPS Update", "TCP/443, TCP/8890"},
    {out, "FortiGuard", "Cloud App DB", "TCP/9582"},
    {out, "FortiGuard", "FortiGuard Queries",
     "UDP/53, UDP/8888, TCP/53, TCP/8888, TCP/443 (as part of Anycast servers)"},
    {out, "FortiGuard", "SDNS queries for DNS Filter", "UDP/53, TCP/853 (as part of Anycast servers)"},
    {out, "FortiGuard", "Registration", "TCP/80"},
    {out, "FortiGuard", "Alert Email, Virus Sample", "TCP/25"},
    {out, "FortiGuard", "Management, Firmware, SMS, FTM, Licensing, Policy Override", "TCP/443"},
    {out, "FortiGuard", "Central Management, Analysis", "TCP/541"},
    {out, "FortiManager", "IPv4 FGFM management", "TCP/541"},
    {out, "FortiManager", "IPv6 FGFM management", "TCP/542"},
    {out, "FortiManager", "Log & Report", "TCP or UDP/514"},
    {out, "FortiManager", "FortiGuard Queries", "UDP/53, UDP/8888, TCP/80, TCP/8888"},
    {out, "FortiSandbox", "OFTP", "TCP/514"},
    {out, "Others", "FSSO", "TCP/8001 (by default; this port can be customized)"},
};

constexpr Printed fortiguard_document[] = {
    {in, "FortiAnalyzer", "AV/IPS Updates, SMS, FTM, Licensing, Policy Overrides, RVS, URL/AS Update", "TCP/443"},
    {in, "FortiAP-S", "FortiGuard Queries", "UDP/53, UDP/8888"},
    {in, "FortiAP-S", "Syslog, OFTP, Registration, Quarantine, Log & Report", "TCP/514"},
    {in, "FortiAP", "Event Logs", "UDP/5246"},
    {in, "FortiAuthenticator", "FortiToken hardware seed retrieval", "TCP/443"},
    {in, "FortiAuthenticator", "FortiToken Mobile activation, provisioning, and transfer", "TCP/443"},
    {in, "FortiAuthenticator", "FortiToken Cloud provisioning", "TCP/443"},
    {in, "FortiAuthenticator", "FortiGuard SMS", "TCP/443"},
    {in, "FortiAuthenticator", "FortiToken Mobile push proxy service (FAC 6.1.1 and later)", "TCP/443"},
    {in, "FortiAuthenticator", "FortiToken Mobile Apple push servers (FAC 6.1.0 and earlier)",
     "TCP/5223, TCP/2195, TCP/2196"},
    {in, "FortiAuthenticator", "FortiToken Mobile Google push servers (FAC 6.1.0 and earlier)", "TCP/443"},
    {in, "FortiClient",
     "AV/VUL signatures update, Cloud-based behavior scan (CBBS)/applications that use cloud services", "TCP/80"},
    {in, "FortiClient", "Virus submission (SMTP/FortiGuard)", "TCP/25"},
    {in, "FortiClient", "URL rating",
     "UDP/8888 (by default; this port can be changed to port 53 by entering fgd1.fortigate.com:53 via the XML config "
     "file) Note: FortiClient for Chromebooks contacts FortiGuard for URL ratings via TCP/443"},
    {in, "FortiClient EMS", "FortiClient EMS AV/VUL/APP version updates *", "TCP/80"},
    {in, "FortiGate Cloud", "Registration", "TCP/443"},
    {in, "FortiGate", "AV/IPS Update, Management, Firmware, SMS, FTM, Licensing, Policy Override", "TCP/443, TCP/8890"},
    {in, "FortiGate", "Cloud App DB", "TCP/9582 (flow.fortinet.net)"},
    {in, "FortiGate", "FortiGuard Queries", "UDP/53, UDP/8888, TCP/53, TCP/8888, TCP/443 (as part of Anycast servers)"},
    {in, "FortiGate", "SDNS queries for DNS Filter", "UDP/53, TCP/853 (as part of Anycast servers)"},
    {in, "FortiGate", "Registration", "TCP/80"},
    {in, "FortiGate", "Alert Emails, Virus Sample", "TCP/25"},
    {in, "FortiGate", "Central Management, Analysis", "TCP/541"},
    {in, "FortiMail", "AS Rating", "UDP/53"},
    {in, "FortiMail", "AV/AS Update", "TCP/443"},
    {in, "FortiManager",
     "AV/IPS Updates, URL/AS Update, Firmware, SMS, FTM, Licensing, Policy Override Authentication, Registration",
     "TCP/443"},
    {in, "FortiManager", "FortiClient updates", "TCP/80"},
    {in, "FortiPortal", "Licensing", "TCP/443"},
    {in, "FortiSandbox", "FortiGuard Distribution Servers", "TCP/8890"},
    {in, "FortiSandbox", "FortiGuard Web Filtering Servers", "UDP/53, UDP/8888"},
    {out, "FortiGate", "Management", "TCP/541"},
    {out, "FortiGate", "AV/IPS", "UDP/9443"},
    {out, "FortiMail", "AV Push", "UDP/9443"},
    {out, "FortiManager", "AV/IPS", "UDP/9443"},
};

}  // namespace

TEST_CASE("FortiProxy's table is its document, row for row") {
    const Table& table = fortiproxy();
    CHECK(table.id == "fortiproxy-7.4");
    CHECK(table.title == "FortiProxy 7.4 Ports");
    CHECK(table.edition == "45-740-935601-20230802");
    CHECK(table.product == "FortiProxy");
    const auto rows = rows_of_document(table);
    REQUIRE(rows.size() == 21 + 27);
    REQUIRE(std::size(fortiproxy_document) == rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Row& row = *rows[i];
        const Printed& printed = fortiproxy_document[i];
        INFO(row.id);
        CHECK(row.section == printed.section);
        CHECK(row.direction == (printed.section == in ? Direction::incoming : Direction::outgoing));
        CHECK(row.product == "FortiProxy");
        CHECK(row.peer == printed.who);
        CHECK(row.purpose == printed.purpose);
        CHECK(row.ports == printed.ports);
    }
}

TEST_CASE("FortiGuard's table is its document, row for row, seen from the products") {
    const Table& table = fortiguard();
    CHECK(table.id == "fortiguard");
    CHECK(table.edition == "FortiOS 6.4.0 Ports and Protocols");
    const auto rows = rows_of_document(table);
    REQUIRE(rows.size() == 30 + 4);
    REQUIRE(std::size(fortiguard_document) == rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Row& row = *rows[i];
        const Printed& printed = fortiguard_document[i];
        INFO(row.id);
        CHECK(row.section == printed.section);
        CHECK(row.direction == (printed.section == in ? Direction::outgoing : Direction::incoming));
        CHECK(row.product == printed.who);
        CHECK(row.purpose == printed.purpose);
        CHECK(row.ports == printed.ports);
        const bool apple = row.purpose.find("Apple push servers") != std::string::npos;
        const bool google = row.purpose.find("Google push servers") != std::string::npos;
        CHECK(row.peer == (apple ? "Apple" : google ? "Google" : "FortiGuard"));
    }
}

TEST_CASE("A row that no document has says so, and stands behind those of the document") {
    for (const Table* table : {&fortiproxy(), &fortiguard()}) {
        INFO(table->id);
        bool ours = false;
        for (const Row& row : table->rows) {
            INFO(row.id);
            CHECK_FALSE((ours && is_documents(row)));
            ours = ours || !is_documents(row);
            CHECK((row.section == "Not in the document") == !is_documents(row));
            if (is_documents(row)) continue;
            CHECK(row.origin == "fdnprobe");
            CHECK(row.purpose == "System DNS");
            CHECK_FALSE(row.note.empty());
        }
        CHECK(table->rows.size() == rows_of_document(*table).size() + 1);
    }
}

TEST_CASE("A shipped row's id is its direction, its left column and its purpose") {
    for (const Row* row : all_rows()) {
        const std::string& who = row->table == "fortiguard" ? row->product : row->peer;
        CHECK(row->id == std::string(to_string(row->direction)) + "/" + slug(who) + "/" + slug(row->purpose));
    }
}

TEST_CASE("Ports that the documents print as prose are read as meant") {
    using Names = std::vector<std::string>;
    const auto sorted = [](Names names) {
        std::sort(names.begin(), names.end());
        return names;
    };
    CHECK(sorted(port_names(row_of(fortiproxy(), "incoming/forticlient/remote-ipsec-vpn-access"))) ==
          Names{"ESP/50", "UDP/4500", "UDP/500"});
    CHECK(sorted(port_names(row_of(fortiproxy(), "incoming/fortiproxy/ha-heartbeat"))) ==
          Names{"ETH/0x8890", "ETH/0x8891", "ETH/0x8893"});
    CHECK(sorted(port_names(row_of(fortiproxy(), "outgoing/fortiauthenticator/ldap-pki-authentication"))) ==
          Names{"TCP/389", "UDP/389"});
    CHECK(sorted(port_names(row_of(fortiproxy(), "incoming/forticlient/compliance-and-security-fabric"))) ==
          Names{"TCP/8013"});
    CHECK(sorted(port_names(row_of(fortiguard(), "outgoing/fortigate/cloud-app-db"))) == Names{"TCP/9582"});
    CHECK(sorted(port_names(row_of(fortiguard(), "outgoing/forticlient/url-rating"))) == Names{"TCP/443", "UDP/8888"});
}

TEST_CASE("FortiProxy's rows towards FortiGuard need no [peers] of a site file") {
    for (const Row& row : fortiproxy().rows) {
        if (row.peer != "FortiGuard" || row.direction != Direction::outgoing) continue;
        INFO(row.id);
        CHECK(std::any_of(row.checks.begin(), row.checks.end(),
                          [](const CheckRule& rule) { return !rule.hosts.empty() && !rule.probe.empty(); }));
        for (const CheckRule& rule : row.checks) CHECK((names_hosts(rule) || !rule.skip.empty()));
    }
}

TEST_CASE("Rows that are probed at a product or at an appliance leave the host to the site") {
    for (const Row* row : all_rows()) {
        if (row->direction == Direction::outgoing && row->peer == "FortiGuard") continue;
        INFO(row->full_id());
        for (const CheckRule& rule : row->checks) CHECK(rule.hosts.empty());
    }
}

TEST_CASE("The three URLs that FortiProxy uses through a proxy are checked and explained") {
    for (const char* host : {"update.fortiguard.net", "service.fortiguard.net", "support.fortinet.com"}) {
        INFO(host);
        const auto& rows = fortiproxy().rows;
        CHECK(std::any_of(rows.begin(), rows.end(), [&](const Row& row) {
            return std::any_of(row.checks.begin(), row.checks.end(),
                               [&](const CheckRule& rule) { return has_host(rule, host); });
        }));
        CHECK(fortiproxy().note.find(host) != std::string::npos);
    }
}

TEST_CASE("Notices are exactly what a device does without or what is inferred, and say why") {
    using Places = std::set<std::string, std::less<>>;
    // What both products of the FortiOS family have as optional services.
    const Places optional{"TCP/443 directregistration.fortinet.com",
                          "TCP/443 fds1.fortinet.com",
                          "TCP/443 globalftm.fortinet.net",
                          "TCP/443 globalmgrctrl.fortinet.net",
                          "TCP/443 globalmsgctrl.fortinet.net",
                          "TCP/443 msgctrl1.fortinet.com",
                          "TCP/443 push.fortinet.com"};
    Places optional_and_port = optional;
    optional_and_port.insert("TCP/8890 update.fortiguard.net");
    const Places fortimanagers{"TCP/443 filestore.fortinet.com",     "TCP/443 fqsvr.fortinet.com",
                               "TCP/443 globalmsgctrl.fortinet.net", "TCP/443 guard.fortinet.net",
                               "TCP/443 mapserver.fortinet.com",     "TCP/443 msgctrl1.fortinet.com",
                               "TCP/443 productapi.fortinet.com"};
    const Places sdns{"UDP/53 173.243.140.53", "UDP/53 210.7.96.53"};
    const std::map<std::string, Places, std::less<>> expected{
        {"fortiproxy-7.4/incoming/fortiproxy/dns-for-azure", {"UDP/53 -"}},
        {"fortiproxy-7.4/outgoing/fortiproxy/dns-for-azure", {"UDP/53 -"}},
        {"fortiproxy-7.4/outgoing/fortiauthenticator/ldap-pki-authentication", {"UDP/389 -"}},
        {"fortiproxy-7.4/outgoing/fortiguard/av-ips-update", {"TCP/8890 update.fortiguard.net"}},
        {"fortiproxy-7.4/outgoing/fortiguard/cloud-app-db", {"TCP/9582 flow.fortinet.net"}},
        {"fortiproxy-7.4/outgoing/fortiguard/sdns-queries-for-dns-filter", sdns},
        {"fortiproxy-7.4/outgoing/fortiguard/registration", {"TCP/80 support.fortinet.com"}},
        {"fortiproxy-7.4/outgoing/fortiguard/management-firmware-sms-ftm-licensing-policy-override", optional},
        {"fortiproxy-7.4/outgoing/fortiguard/central-management-analysis", {"TCP/541 globalmgrctrl.fortinet.net"}},
        {"fortiproxy-7.4/outgoing/fortiguard/system-dns", {"TCP/53 dns"}},
        {"fortiproxy-7.4/outgoing/fortimanager/log-report", {"TCP/514 -", "UDP/514 -"}},
        // Those at the address under [peers], beside the servers under rating_servers.
        {"fortiproxy-7.4/outgoing/fortimanager/fortiguard-queries",
         {"TCP/443 -", "TCP/53 -", "TCP/80 -", "TCP/8888 -", "UDP/53 -", "UDP/8888 -"}},
        {"fortiguard/outgoing/fortianalyzer/"
         "av-ips-updates-sms-ftm-licensing-policy-overrides-rvs-url-as-update",
         {"TCP/443 globalmsgctrl.fortinet.net", "TCP/443 msgctrl1.fortinet.com"}},
        {"fortiguard/outgoing/fortiauthenticator/fortiguard-sms", {"TCP/443 globalmsgctrl.fortinet.net"}},
        {"fortiguard/outgoing/forticlient/url-rating", {"TCP/443 -"}},
        {"fortiguard/outgoing/forticlient-ems/forticlient-ems-av-vul-app-version-updates",
         {"TCP/80 forticlient.fortinet.net", "TCP/80 myforticlient.fortinet.net", "TCP/80 usforticlient.fortinet.net"}},
        {"fortiguard/outgoing/fortigate/av-ips-update-management-firmware-sms-ftm-licensing-policy-override",
         optional_and_port},
        {"fortiguard/outgoing/fortigate/cloud-app-db", {"TCP/9582 flow.fortinet.net"}},
        {"fortiguard/outgoing/fortigate/sdns-queries-for-dns-filter", sdns},
        {"fortiguard/outgoing/fortigate/registration", {"TCP/80 support.fortinet.com"}},
        {"fortiguard/outgoing/fortigate/central-management-analysis", {"TCP/541 globalmgrctrl.fortinet.net"}},
        {"fortiguard/outgoing/fortigate/system-dns", {"TCP/53 dns"}},
        {"fortiguard/outgoing/fortimail/av-as-update", {"TCP/443 globalupdate.fortinet.net"}},
        {"fortiguard/outgoing/fortimanager/av-ips-updates-url-as-update-firmware-sms-ftm-licensing-policy-override-"
         "authentication-registration",
         fortimanagers},
        {"fortiguard/outgoing/fortimanager/forticlient-updates", {"TCP/80 forticlient.fortinet.net"}},
        {"fortiguard/outgoing/fortiportal/licensing",
         {"TCP/443 globalupdate.fortinet.net", "TCP/443 update.fortiguard.net"}},
        {"fortiguard/outgoing/fortisandbox/fortiguard-distribution-servers", {"TCP/443 globalupdate.fortinet.net"}},
        {"fortiguard/incoming/fortimail/av-push", {"UDP/9443 -"}},
        {"fortiguard/incoming/fortimanager/av-ips", {"UDP/9443 -"}},
    };
    for (const Row* row : all_rows()) {
        Places found;
        for (const CheckRule& rule : row->checks) {
            if (rule.level != Level::notice) continue;
            INFO(row->full_id() << " " << rule.port.to_string());
            CHECK_FALSE(rule.note.empty());
            std::vector<std::string> hosts = rule.hosts;
            if (hosts.empty()) hosts.push_back(rule.host_from.empty() ? "-" : rule.host_from);
            for (const std::string& host : hosts) found.insert(dialled(rule).to_string() + " " + host);
        }
        INFO(row->full_id());
        const auto known = expected.find(row->full_id());
        CHECK(found == (known == expected.end() ? Places{} : known->second));
    }
    for (const auto& [id, places] : expected) {
        INFO(id);
        const auto rows = all_rows();
        CHECK(std::any_of(rows.begin(), rows.end(), [&](const Row* row) { return row->full_id() == id; }));
    }
}

TEST_CASE("Whoever names a host says where that is from and how sure it is") {
    for (const Row* row : all_rows()) {
        for (const CheckRule& rule : row->checks) {
            INFO(row->full_id() << " " << rule.port.to_string() << " " << rule.probe);
            if (is_documents(*row)) CHECK_FALSE(row->source.empty());
            if (is_documents(*row)) CHECK(row->sure != Sureness::unsaid);
            if (!names_hosts(rule)) continue;
            CHECK_FALSE((rule.source.empty() && row->source.empty()));
            CHECK(sureness_of(*row, rule) != Sureness::unsaid);
            // A source of its own without a sureness of its own would lend it the document's.
            CHECK(rule.source.empty() == (rule.sure == Sureness::unsaid));
        }
    }
}

TEST_CASE("What is inferred is a notice and says so") {
    for (const Row* row : all_rows()) {
        for (const CheckRule& rule : row->checks) {
            INFO(row->full_id() << " " << rule.port.to_string() << " " << rule.note);
            const bool inferred = rule.note.find("Inferred") != std::string::npos;
            const bool low = sureness_of(*row, rule) == Sureness::low;
            CHECK(inferred == low);
            if (inferred || low) CHECK(rule.level == Level::notice);
        }
    }
}

TEST_CASE("No check rests on a host that is known from hearsay only") {
    const std::set<std::string, std::less<>> hearsay = {
        "globalproductapi.fortinet.net", "mgrctrl1.fortinet.com",  "ftc.fortinet.com",
        "fctupdate.fortinet.net",        "fctguard.fortinet.net",  "awsupdate.fortinet.net",
        "awsguardservice.fortinet.net",  "globaldns.fortinet.net", "forticlient.fortinet.com",
    };
    for (const Row* row : all_rows()) {
        for (const CheckRule& rule : row->checks) {
            INFO(row->full_id() << " " << rule.port.to_string());
            for (const std::string& host : rule.hosts) CHECK_FALSE(hearsay.contains(host));
            CHECK_FALSE(hearsay.contains(rule.server_name));
            // That FortiSandbox finds its servers at this name on TCP/8890 is hearsay; on TCP/443 it is documented.
            CHECK_FALSE((has_host(rule, "fds1.fortinet.com") && rule.port == Port{Transport::tcp, 8890}));
        }
    }
}

TEST_CASE("A regional name is needed by devices of that region alone") {
    const std::map<std::string, std::string, std::less<>> regional = {
        {"usupdate.fortinet.net", "usa"},       {"euupdate.fortinet.net", "eu"},
        {"usguardservice.fortinet.net", "usa"}, {"euguardservice.fortinet.net", "eu"},
        {"usupdate.fortiguard.net", "usa"},     {"usservice.fortiguard.net", "usa"},
        {"ussecurewf.fortiguard.net", "usa"},
    };
    // These products have no [device] key for the region: the names are alternatives there.
    const std::set<std::string, std::less<>> alternatives = {"usfds1.fortinet.com", "usforticlient.fortinet.net"};
    std::set<std::string> seen;
    for (const Row* row : all_rows()) {
        for (const CheckRule& rule : row->checks) {
            for (const std::string& host : rule.hosts) {
                INFO(row->full_id() << " " << rule.port.to_string() << " " << host);
                if (alternatives.contains(host)) CHECK((!rule.alternative.empty() || rule.level == Level::notice));
                if (alternatives.contains(host)) continue;
                const auto region = regional.find(host);
                if (region == regional.end()) {
                    CHECK_FALSE(
                        ((host.starts_with("us") || host.starts_with("eu")) && host.find("forti") != host.npos));
                    continue;
                }
                seen.insert(host);
                for (const auto& all : rule.when.any_of)
                    CHECK(std::any_of(all.begin(), all.end(), [&](const DeviceCondition& condition) {
                        return condition.key == "location" &&
                               condition.words == std::vector<std::string>{region->second};
                    }));
                CHECK_FALSE(rule.when.empty());
            }
        }
    }
    CHECK(seen.size() == regional.size());
}

TEST_CASE("Every port of every row has a probe; only Amazon's names are not published") {
    std::size_t skipped = 0;
    for (const Row* row : all_rows()) {
        CHECK_FALSE(row->checks.empty());
        std::set<Port> probed;
        for (const CheckRule& rule : row->checks) {
            INFO(row->full_id() << " " << rule.port.to_string());
            if (!rule.probe.empty()) probed.insert(rule.port);
            CHECK(rule.probe.empty() == !rule.skip.empty());
            if (rule.skip.empty()) continue;
            ++skipped;
            CHECK(asks_for(rule.when, "anycast_source", "aws"));
            CHECK(rule.hosts.empty());
        }
        INFO(row->full_id());
        CHECK(probed.size() == std::set<Port>(row->port_list.begin(), row->port_list.end()).size());
    }
    CHECK(skipped == 5);  // updates, ratings and management of FortiProxy; updates and ratings of FortiGate
}

TEST_CASE("A port is asked in its own protocol, by a probe that sends nothing which a log or a session would keep") {
    const std::map<Port, std::set<std::string, std::less<>>> spoken = {
        {{Transport::udp, 514}, {"syslog"}},
        {{Transport::tcp, 514}, {"oftp"}},
        {{Transport::tcp, 1700}, {"radius-dynauth"}},
        {{Transport::udp, 1812}, {"radius"}},
        {{Transport::udp, 1813}, {"radius"}},
        {{Transport::tcp, 389}, {"ldap"}},
        {{Transport::udp, 389}, {"ldap"}},
        {{Transport::udp, 500}, {"ike"}},
        {{Transport::udp, 4500}, {"ike-natt"}},
        {{Transport::esp, 50}, {"esp"}},
        {{Transport::udp, 5246}, {"capwap"}},
        {{Transport::tcp, 703}, {"ha-sync"}},
        {{Transport::udp, 703}, {"ha-sync"}},
        {{Transport::udp, 730}, {"ha-unicast"}},
        {{Transport::ethernet, 0x8890}, {"ha-heartbeat"}},
        {{Transport::ethernet, 0x8891}, {"ha-heartbeat"}},
        {{Transport::ethernet, 0x8893}, {"ha-heartbeat"}},
        {{Transport::tcp, 541}, {"fgfm"}},
        {{Transport::tcp, 542}, {"fgfm"}},
        {{Transport::tcp, 25}, {"smtp"}},
        {{Transport::tcp, 465}, {"smtp"}},
        {{Transport::udp, 1700}, {"radius-dynauth"}},
        {{Transport::udp, 3799}, {"radius-dynauth"}},
        {{Transport::tcp, 636}, {"tls"}},
        {{Transport::tcp, 853}, {"dot"}},
        {{Transport::tcp, 1000}, {"captive-portal"}},
        {{Transport::tcp, 1003}, {"captive-portal"}},
        {{Transport::tcp, 8000}, {"fsso"}},
        {{Transport::tcp, 8001}, {"fsso"}},
        {{Transport::tcp, 8008}, {"override"}},
        {{Transport::tcp, 8010}, {"override"}},
        {{Transport::tcp, 8013}, {"tls-or-tcp"}},
        {{Transport::tcp, 9582}, {"tls-or-tcp"}},
        {{Transport::tcp, 7810}, {"wanopt"}},
        {{Transport::udp, 9443}, {"fds-push"}},
        {{Transport::tcp, 5223}, {"tls"}},
        {{Transport::tcp, 2195}, {"tls"}},
        {{Transport::tcp, 2196}, {"tls"}},
        {{Transport::tcp, 8890}, {"tls"}},
        // FortiGuard's ratings over HTTPS, and DNS.
        {{Transport::tcp, 53}, {"tls", "dns"}},
        {{Transport::tcp, 8888}, {"tls", "tls-or-tcp"}},
        {{Transport::udp, 8888}, {"udp"}},
        // Both FortiGuard's ratings and DNS.
        {{Transport::udp, 53}, {"udp", "dns"}},
        {{Transport::tcp, 80}, {"http", "admin", "scep", "crl"}},
        {{Transport::tcp, 443}, {"tls", "admin", "override", "sslvpn", "scep", "captive-portal"}},
    };
    for (const Row* row : all_rows()) {
        for (const CheckRule& rule : row->checks) {
            INFO(row->full_id() << " " << rule.port.to_string() << " " << rule.probe);
            if (rule.probe.empty()) continue;
            REQUIRE(spoken.contains(dialled(rule)));
            CHECK(spoken.at(dialled(rule)).contains(rule.probe));
        }
    }
}

TEST_CASE("The DNS filter's servers, the device's own resolvers and the rating service are three services") {
    const std::set<std::string, std::less<>> filter{"208.91.112.220", "173.243.140.53", "210.7.96.53"};
    const std::set<std::string, std::less<>> resolvers{"96.45.45.45", "96.45.46.46"};
    for (const Row* row : all_rows()) {
        for (const CheckRule& rule : row->checks) {
            INFO(row->full_id() << " " << dialled(rule).to_string() << " " << rule.probe);
            const bool asks_dns = rule.probe == "dns" || rule.probe == "dot";
            if (rule.probe == "udp" && rule.port == Port{Transport::udp, 53} && !rule.hosts.empty())
                CHECK_FALSE(Address::parse(rule.hosts.front()));
            for (const std::string& host : rule.hosts) {
                if (filter.contains(host)) CHECK(row->purpose == "SDNS queries for DNS Filter");
                if (resolvers.contains(host)) CHECK(row->purpose == "System DNS");
                CHECK(asks_dns == (filter.contains(host) || resolvers.contains(host)));
            }
            if (row->purpose == "SDNS queries for DNS Filter") {
                // In clear text without anycast, over TLS with it; what the device names goes before what is
                // documented.
                CHECK(asks_for(rule.when, "fortiguard", rule.probe == "dot" ? "anycast" : "unicast"));
                CHECK(asks_for(rule.when, "sdns", "!set") == rule.host_from.empty());
                CHECK(dialled(rule) == (rule.probe == "dot" ? Port{Transport::tcp, 853} : Port{Transport::udp, 53}));
            }
            if (row->purpose == "System DNS") CHECK(keys_of(rule.when).contains("dns_protocol"));
            // FortiGuard's servers over TLS are held to their name; those of a site have names that only it knows.
            if (rule.probe != "dot") continue;
            CHECK(rule.trust == Trust{true, false, false});
            const bool fortiguards = row->purpose != "System DNS" || rule.host_from.empty();
            CHECK(rule.server_name == (fortiguards ? "globalsdns.fortinet.net" : ""));
            CHECK(rule.signer == (fortiguards ? "DigiCert" : ""));
            CHECK(rule.ocsp == (fortiguards ? Stapling::expected : Stapling::ignored));
        }
    }
    const auto& sdns = row_of(fortiproxy(), "outgoing/fortiguard/sdns-queries-for-dns-filter").checks;
    CHECK(std::any_of(sdns.begin(), sdns.end(), [](const CheckRule& rule) {
        return rule.hosts == std::vector<std::string>{"208.91.112.220"} && rule.level == Level::need;
    }));
    CHECK(std::any_of(sdns.begin(), sdns.end(), [](const CheckRule& rule) {
        return rule.hosts == std::vector<std::string>{"173.243.140.53"} && rule.probe == "dot" &&
               rule.level == Level::need;
    }));
}

TEST_CASE("RADIUS disconnect is tried as it is printed and as the RFC has it") {
    const Row& row = row_of(fortiproxy(), "incoming/fortiauthenticator/radius-disconnect");
    REQUIRE(row.checks.size() == 3);
    CHECK_FALSE(row.checks[0].dial);
    CHECK(row.checks[1].dial == Port{Transport::udp, 1700});
    CHECK(row.checks[2].dial == Port{Transport::udp, 3799});
    CHECK_FALSE(row.checks[0].alternative.empty());
    for (const CheckRule& rule : row.checks) CHECK(rule.alternative == row.checks[0].alternative);
}

TEST_CASE("Another port than the printed one is dialled only where a source has it") {
    const std::set<std::string, std::less<>> known{
        "incoming/fortiauthenticator/policy-authentication-through-captive-portal TCP/1000 TCP/1003",
        "incoming/fortiauthenticator/radius-disconnect TCP/1700 UDP/1700",
        "incoming/fortiauthenticator/radius-disconnect TCP/1700 UDP/3799",
        "outgoing/fortiauthenticator/ldap-pki-authentication TCP/389 TCP/636",
        "outgoing/fortiguard/alert-email-virus-sample TCP/25 TCP/465",
        "outgoing/fortigate/alert-emails-virus-sample TCP/25 TCP/465",
        // A FortiManager that answers ratings: HTTPS as towards FortiGuard, whose port its row does not print.
        "outgoing/fortimanager/fortiguard-queries TCP/8888 TCP/443",
        "outgoing/fortimanager/fortiguard-queries TCP/8888 TCP/53",
        "outgoing/forticlient/url-rating UDP/8888 TCP/8888",
        "outgoing/fortimail/as-rating UDP/53 UDP/8888",
        "outgoing/fortimail/as-rating UDP/53 TCP/443",
        "outgoing/fortimanager/forticlient-updates TCP/80 TCP/443",
        "outgoing/fortisandbox/fortiguard-distribution-servers TCP/8890 TCP/443",
    };
    std::set<std::string, std::less<>> found;
    for (const Row* row : all_rows())
        for (const CheckRule& rule : row->checks) {
            if (!rule.dial) continue;
            INFO(row->full_id() << " " << rule.dial->to_string());
            found.insert(row->id + " " + rule.port.to_string() + " " + rule.dial->to_string());
            CHECK_FALSE(rule.source.empty());
            CHECK_FALSE(rule.note.empty());
        }
    CHECK(found == known);
}

TEST_CASE("Fortinet's relays of alert mail are asked where they are documented") {
    for (const Row* row : all_rows()) {
        for (const CheckRule& rule : row->checks) {
            if (!has_host(rule, "fortinet-notifications.com") && !has_host(rule, "notification.fortinet.net")) continue;
            INFO(row->full_id());
            CHECK(dialled(rule) == Port{Transport::tcp, 465});
            CHECK(rule.hosts.size() == 1);
            // In use where the device names it, and by nobody who names another.
            CHECK(asks_for(rule.when, "mail", rule.hosts.front() + ":465"));
        }
    }
}

TEST_CASE("Anycast names are signed by a public CA and staple; nobody else is asked to") {
    std::size_t demanding = 0;
    for (const Row* row : all_rows()) {
        for (const CheckRule& rule : row->checks) {
            const std::string name = !rule.server_name.empty() ? rule.server_name
                                     : rule.hosts.empty()      ? std::string()
                                                               : rule.hosts.front();
            INFO(row->full_id() << " " << rule.port.to_string() << " " << name);
            const Port port = dialled(rule);
            const bool over_tls = port == Port{Transport::tcp, 443} || port == Port{Transport::tcp, 853};
            const bool region =
                glob_match("usupdate.fortinet.net", name) || glob_match("euupdate.fortinet.net", name) ||
                glob_match("usguardservice.fortinet.net", name) || glob_match("euguardservice.fortinet.net", name);
            const bool anycast = (glob_match("global*.fortinet.net", name) || region) && over_tls;
            // Of FortiOS and FortiProxy it is documented that they insist; of the other products, that it is sent.
            const bool insists = anycast && (row->product == "FortiGate" || row->product == "FortiProxy") &&
                                 (glob_match("*update.*", name) || glob_match("*guardservice.*", name));
            CHECK(rule.ocsp == (insists ? Stapling::demanded : anycast ? Stapling::expected : Stapling::ignored));
            if (insists) ++demanding;
            if (insists) CHECK(rule.trust == Trust{true, false, false});
            if (anycast) CHECK(rule.trust.public_ca);
            // Who signs for the names without anycast is known from hints alone: neither CA is an interception.
            if (glob_match("*.fortiguard.net", name) && rule.probe == "tls")
                CHECK(rule.trust == Trust{true, true, false});
            // A public name whose certificate anybody may have signed would hide interception.
            if (!name.empty()) CHECK_FALSE(rule.trust.any);
        }
    }
    CHECK(demanding == 15);  // three regions: updates, ratings and management of FortiProxy; FortiGate has two rows
}

TEST_CASE("An address that is asked over TLS has a name to expect") {
    std::size_t addresses = 0;
    for (const Row* row : all_rows()) {
        for (const CheckRule& rule : row->checks) {
            const auto probe = std::find_if(known_probes.begin(), known_probes.end(),
                                            [&](const ProbeDescription& known) { return known.name == rule.probe; });
            if (probe == known_probes.end() || !probe->uses_tls) continue;
            for (const std::string& host : rule.hosts) {
                if (!Address::parse(host)) continue;
                ++addresses;
                CHECK(rule.server_name == "globalsdns.fortinet.net");
            }
        }
    }
    CHECK(addresses == 6);  // in each table: one server of the DNS filter, two of FortiGuard's own DNS
}

TEST_CASE("Ports that stand in for each other need any, the others all") {
    const std::set<std::string, std::less<>> alternatives = {
        "TCP or UDP/389",
        "TCP or UDP/514",
        "UDP/53, UDP/8888",
        "UDP/53, UDP/8888, TCP/53, TCP/8888, TCP/443 (as part of Anycast servers)",
        "UDP/53, UDP/8888, TCP/80, TCP/8888",
        "UDP/53, TCP/853 (as part of Anycast servers)",
        "UDP/53, TCP/53, TCP/853, TCP/443",  // ours
    };
    for (const Row* row : all_rows()) {
        if (row->port_list.size() < 2) continue;
        INFO(row->full_id());
        const bool any = alternatives.contains(row->ports) || row->purpose == "AV/IPS Update";
        CHECK((row->need == Need::any) == any);
    }
}

TEST_CASE("Alternatives come in groups of at least two") {
    std::size_t groups = 0;
    for (const Row* row : all_rows()) {
        std::map<std::string, std::size_t> members;
        for (const CheckRule& rule : row->checks)
            if (!rule.alternative.empty()) members[rule.alternative] += std::max<std::size_t>(1, rule.hosts.size());
        for (const auto& [word, count] : members) {
            INFO(row->full_id() << " " << word);
            ++groups;
            CHECK(count >= 2);
        }
    }
    CHECK(groups == 24);
}

TEST_CASE("Every row of FortiGuard's table says how sure its product is") {
    for (const Row* row : rows_of_document(fortiguard())) {
        INFO(row->id);
        const std::string sure = row->product == "FortiAnalyzer"     ? "medium-high"
                                 : row->product == "FortiGate Cloud" ? "low-medium"
                                                                     : "high";
        CHECK(row->note.starts_with("Product column rebuilt: " + sure + ","));
        const Sureness expected =
            row->product == "FortiAnalyzer" || row->product == "FortiGate Cloud" ? Sureness::medium : Sureness::high;
        CHECK(row->sure == expected);
    }
}

TEST_CASE("Both tables say the same of what FortiProxy and FortiGate have in common") {
    const auto spelled = [](const When& when) {
        std::string text;
        for (const auto& all : when.any_of) {
            text += "(";
            for (const DeviceCondition& condition : all) {
                text += condition.key + "=";
                for (const std::string& word : condition.words) text += word + ",";
            }
            text += ")";
        }
        return text;
    };
    const auto described = [&](const Row& row) {
        std::vector<std::string> lines;
        for (const CheckRule& rule : row.checks) {
            std::ostringstream line;
            line << rule.port.to_string() << " " << dialled(rule).to_string() << " " << rule.probe << " ";
            for (const std::string& host : rule.hosts) line << host << ",";
            line << " from " << rule.host_from << " through " << rule.through << " when " << spelled(rule.when)
                 << " notice " << spelled(rule.notice_when) << " trust " << rule.trust.public_ca << rule.trust.fortinet
                 << rule.trust.any << " " << static_cast<int>(rule.ocsp) << " " << rule.server_name << " "
                 << rule.signer << " " << to_string(rule.level) << " " << rule.alternative << " "
                 << to_string(rule.sure);
            for (const auto& [code, entries] : rule.advice)
                for (const ProductAdvice& entry : entries) {
                    line << " | " << code << ": " << entry.say;
                    for (const std::string& command : entry.commands) line << "/" << command;
                }
            lines.push_back(line.str());
        }
        return lines;
    };
    const std::pair<const char*, const char*> pairs[] = {
        {"cloud-app-db", "cloud-app-db"},
        {"fortiguard-queries", "fortiguard-queries"},
        {"sdns-queries-for-dns-filter", "sdns-queries-for-dns-filter"},
        {"registration", "registration"},
        {"alert-email-virus-sample", "alert-emails-virus-sample"},
        {"central-management-analysis", "central-management-analysis"},
        {"system-dns", "system-dns"},
    };
    for (const auto& [proxys, gates] : pairs) {
        INFO(proxys);
        const Row& proxy = row_of(fortiproxy(), "outgoing/fortiguard/" + std::string(proxys));
        const Row& gate = row_of(fortiguard(), "outgoing/fortigate/" + std::string(gates));
        CHECK(described(proxy) == described(gate));
        CHECK(spelled(proxy.when) == spelled(gate.when));
        CHECK(proxy.need == gate.need);
    }
    CHECK(fortiproxy().block_pages.size() == 2);
    REQUIRE(fortiproxy().block_pages.size() == fortiguard().block_pages.size());
    for (std::size_t i = 0; i < fortiguard().block_pages.size(); ++i)
        CHECK(fortiproxy().block_pages[i].address == fortiguard().block_pages[i].address);
}

TEST_CASE("Advice with commands says which releases have them, and every block is used") {
    for (const Table* table : {&fortiproxy(), &fortiguard()}) {
        INFO(table->id);
        for (const AdviceByCode* advice : advice_of(*table))
            for (const auto& [code, entries] : *advice) {
                INFO(code);
                CHECK_FALSE(entries.empty());
                for (const ProductAdvice& entry : entries) {
                    CHECK_FALSE((entry.say.empty() && entry.commands.empty()));
                    if (!entry.commands.empty()) CHECK_FALSE(entry.releases.empty());
                    for (const Releases& releases : entry.releases)
                        CHECK((releases.product == "FortiGate" || releases.product == "FortiProxy"));
                }
            }

        const auto text = config::read_text_file(table->file);
        REQUIRE(text);
        const auto document = config::parse_document(*text, table->file);
        REQUIRE(document);
        std::set<std::string> used;
        const std::function<void(const toml::node&)> look = [&](const toml::node& node) {
            if (const auto* list = node.as_array())
                for (const toml::node& one : *list) look(one);
            if (const auto* keys = node.as_table())
                for (const auto& [key, value] : *keys) {
                    if (key.str() == "use" && value.is_string()) used.insert(value.as_string()->get());
                    look(value);
                }
        };
        look(*document);
        const toml::array* blocks = document->get_as<toml::array>("advice_block");
        REQUIRE(blocks != nullptr);
        std::set<std::string> known;
        for (const toml::node& block : *blocks) {
            const toml::table& keys = *block.as_table();
            const std::string id = keys.get_as<std::string>("id")->get();
            INFO(id);
            known.insert(id);
            CHECK(used.contains(id));
            CHECK((keys.contains("say") || keys.contains("commands")));
            if (keys.contains("commands")) CHECK(keys.contains("versions"));
        }
        CHECK(known == used);
    }
}

TEST_CASE("Advice in a product's rows has something to say on that product") {
    const auto shown_on = [](const std::vector<ProductAdvice>& entries, const std::string& product) {
        return std::any_of(entries.begin(), entries.end(), [&](const ProductAdvice& entry) {
            return entry.releases.empty() ||
                   std::any_of(entry.releases.begin(), entry.releases.end(),
                               [&](const Releases& releases) { return releases.product == product; });
        });
    };
    for (const Row* row : all_rows()) {
        std::vector<const AdviceByCode*> near{&row->advice};
        for (const CheckRule& rule : row->checks) near.push_back(&rule.advice);
        for (const AdviceByCode* advice : near)
            for (const auto& [code, entries] : *advice) {
                INFO(row->full_id() << " " << code);
                CHECK(shown_on(entries, row->product));
            }
    }
}

TEST_CASE("Commands in the tables are whole: what they open they close") {
    for (const Table* table : {&fortiproxy(), &fortiguard()})
        for (const AdviceByCode* advice : advice_of(*table))
            for (const auto& [code, entries] : *advice)
                for (const ProductAdvice& entry : entries) {
                    std::vector<std::string> open;
                    for (const std::string& command : entry.commands) {
                        INFO(table->id << " " << code << ": " << command);
                        const std::string line(trim(command));
                        const std::string verb = line.substr(0, line.find(' '));
                        CHECK(command.size() - command.find_first_not_of(' ') == line.size());
                        if (verb == "next" || verb == "end") {
                            REQUIRE_FALSE(open.empty());
                            CHECK(open.back() == (verb == "next" ? "edit" : "config"));
                            open.pop_back();
                        }
                        // Indented as the device prints it, four blanks a level.
                        CHECK(command.find_first_not_of(' ') == open.size() * 4);
                        if (verb == "config" || verb == "edit") open.push_back(verb);
                        const bool alone = verb == "diagnose" || verb == "execute" || verb == "get";
                        CHECK((alone || verb == "set" || verb == "config" || verb == "edit" || verb == "next" ||
                               verb == "end"));
                        if (verb == "set") CHECK_FALSE(open.empty());
                    }
                    CHECK(open.empty());
                }
}

TEST_CASE("The tables name no command of fdnprobe that does not exist") {
    const std::set<std::string, std::less<>> commands{"check", "list",    "watch",    "history", "respond",
                                                      "lab",   "explain", "validate", "init"};
    std::vector<std::string> texts;
    for (const Table* table : {&fortiproxy(), &fortiguard()}) {
        texts.push_back(table->note);
        for (const AdviceByCode* advice : advice_of(*table))
            for (const auto& [code, entries] : *advice)
                for (const ProductAdvice& entry : entries) {
                    texts.push_back(entry.say);
                    texts.insert(texts.end(), entry.commands.begin(), entry.commands.end());
                }
        for (const Row& row : table->rows) {
            texts.push_back(row.note);
            for (const CheckRule& rule : row.checks) {
                texts.push_back(rule.note);
                texts.push_back(rule.skip);
            }
        }
    }
    const std::regex mention("fdnprobe +([a-z-]+)");
    for (const std::string& text : texts)
        for (auto found = std::sregex_iterator(text.begin(), text.end(), mention); found != std::sregex_iterator();
             ++found) {
            INFO(text);
            CHECK(commands.contains((*found)[1].str()));
        }
}

TEST_CASE("No vendor's command stands in C++: the tables have them") {
    // Which release has which command is data; these two files read and explain the vendor's own files.
    const std::set<std::string, std::less<>> readers{"config/fortios_text.cpp", "config/device_configuration.cpp"};
    const std::filesystem::path sources = std::filesystem::path(FDNPROBE_SOURCE_DIR) / "src";
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(sources)) {
        if (entry.path().extension() != ".cpp") continue;
        const std::string name = entry.path().lexically_relative(sources).generic_string();
        if (readers.contains(name)) continue;
        ++files;
        std::ifstream file(entry.path(), std::ios::binary);
        std::ostringstream text;
        text << file.rdbuf();
        for (const char* command : {"config system", "config firewall", "set fortiguard-anycast", "diagnose ",
                                    "execute log", "set tcp-mss", "set ntpsync"}) {
            INFO(name << ": " << command);
            CHECK(text.str().find(command) == std::string::npos);
        }
    }
    CHECK(files > 100);  // it has looked somewhere
}
