// Holds the shipped tables to the documents that they were made from. What the documents print is written out once
// more below, copied from them and not from the tables: a slip in either shows as a difference. The other cases hold
// the tables to what their comments promise of hosts, trust and notices.
#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/text.hpp"
#include "catch.hpp"
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
    probe_over("dns", {udp}, false, question_options),
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
    REQUIRE(table.rows.size() == 21 + 27);
    REQUIRE(std::size(fortiproxy_document) == table.rows.size());
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const Row& row = table.rows[i];
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
    REQUIRE(table.rows.size() == 30 + 4);
    REQUIRE(std::size(fortiguard_document) == table.rows.size());
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const Row& row = table.rows[i];
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

TEST_CASE("FortiProxy's rows towards FortiGuard need no site file") {
    for (const Row& row : fortiproxy().rows) {
        if (row.peer != "FortiGuard" || row.direction != Direction::outgoing) continue;
        INFO(row.id);
        REQUIRE_FALSE(row.checks.empty());
        for (const CheckRule& rule : row.checks) {
            CHECK_FALSE(rule.probe.empty());
            CHECK_FALSE(rule.hosts.empty());
        }
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

TEST_CASE("Notices are exactly the ports that a device of today does without, and say why") {
    for (const Row* row : all_rows()) {
        for (const CheckRule& rule : row->checks) {
            INFO(row->full_id() << " " << rule.port.to_string());
            const bool update_port = rule.port == Port{Transport::tcp, 8890} && row->product != "FortiSandbox";
            const bool push = rule.port == Port{Transport::udp, 9443};
            const bool unicast_https =
                rule.port == Port{Transport::tcp, 443} && has_host(rule, "securewf.fortiguard.net");
            const bool notice = update_port || push || unicast_https;
            CHECK((rule.level == Level::notice) == notice);
            if (notice) CHECK_FALSE(rule.note.empty());
        }
    }
}

TEST_CASE("No check rests on a host that is known from hearsay only, or on a regional name") {
    const std::set<std::string, std::less<>> hearsay = {
        "globalproductapi.fortinet.net",   "mgrctrl1.fortinet.com",        "ftc.fortinet.com",
        "directregistration.fortinet.com", "fctupdate.fortinet.net",       "fctguard.fortinet.net",
        "awsupdate.fortinet.net",          "awsguardservice.fortinet.net", "globaldns.fortinet.net",
    };
    const std::set<std::string, std::less<>> regional = {
        "usupdate.fortinet.net",       "euupdate.fortinet.net",    "usupdate.fortiguard.net",
        "usfds1.fortinet.com",         "usguard.fortinet.net",     "usguardservice.fortinet.net",
        "euguardservice.fortinet.net", "usservice.fortiguard.net", "ussecurewf.fortiguard.net",
        "usforticlient.fortinet.net",
    };
    for (const Row* row : all_rows()) {
        for (const CheckRule& rule : row->checks) {
            INFO(row->full_id() << " " << rule.port.to_string());
            for (const std::string& host : rule.hosts) {
                CHECK_FALSE(hearsay.contains(host));
                CHECK_FALSE(regional.contains(host));
            }
            CHECK_FALSE(hearsay.contains(rule.server_name));
            // That FortiSandbox finds its servers at this name on TCP/8890 is hearsay; on TCP/443 it is documented.
            CHECK_FALSE((has_host(rule, "fds1.fortinet.com") && rule.port == Port{Transport::tcp, 8890}));
        }
    }
}

TEST_CASE("Every port of every row has a probe") {
    for (const Row* row : all_rows()) {
        CHECK_FALSE(row->checks.empty());
        for (const CheckRule& rule : row->checks) {
            INFO(row->full_id() << " " << rule.port.to_string());
            CHECK_FALSE(rule.probe.empty());
            CHECK(rule.skip.empty());
        }
    }
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
        {{Transport::tcp, 53}, {"tls"}},
        {{Transport::tcp, 8888}, {"tls"}},
        {{Transport::udp, 8888}, {"udp"}},
        // Both FortiGuard's ratings and DNS.
        {{Transport::udp, 53}, {"udp", "dns"}},
        {{Transport::tcp, 80}, {"http", "admin", "scep", "crl"}},
        {{Transport::tcp, 443}, {"tls", "admin", "override", "sslvpn", "scep", "captive-portal"}},
    };
    for (const Row* row : all_rows()) {
        for (const CheckRule& rule : row->checks) {
            INFO(row->full_id() << " " << rule.port.to_string() << " " << rule.probe);
            REQUIRE(spoken.contains(rule.port));
            CHECK(spoken.at(rule.port).contains(rule.probe));
        }
    }
}

TEST_CASE("FortiGuard's rating service is not asked for DNS, and its name servers over TLS are held to their name") {
    for (const Row* row : all_rows()) {
        for (const CheckRule& rule : row->checks) {
            INFO(row->full_id() << " " << rule.port.to_string());
            if (rule.port == Port{Transport::udp, 53} && rule.probe == "dns")
                for (const std::string& host : rule.hosts) CHECK(Address::parse(host));
            if (rule.port == Port{Transport::udp, 53} &&
                rule.hosts == std::vector<std::string>{"service.fortiguard.net"})
                CHECK(rule.probe == "udp");
            if (rule.port != Port{Transport::tcp, 853} || rule.hosts.empty()) continue;
            CHECK(rule.server_name == "globalsdns.fortinet.net");
            CHECK(rule.trust.public_ca);
            CHECK_FALSE(rule.trust.any);
            for (const char* server : {"96.45.45.45", "96.45.46.46"})
                CHECK(std::find(rule.hosts.begin(), rule.hosts.end(), server) != rule.hosts.end());
        }
    }
}

TEST_CASE("RADIUS disconnect is tried as it is printed and as the RFC has it") {
    const Row& row = row_of(fortiproxy(), "incoming/fortiauthenticator/radius-disconnect");
    REQUIRE(row.checks.size() == 2);
    CHECK_FALSE(row.checks[0].dial);
    CHECK(row.checks[1].dial == Port{Transport::udp, 1700});
    CHECK_FALSE(row.checks[0].alternative.empty());
    CHECK(row.checks[0].alternative == row.checks[1].alternative);
    for (const Row* other : all_rows())
        for (const CheckRule& rule : other->checks) CHECK((rule.dial.has_value()) == (&rule == &row.checks[1]));
}

TEST_CASE("Anycast names are signed by a public CA and staple; nobody else is asked to") {
    for (const Row* row : all_rows()) {
        for (const CheckRule& rule : row->checks) {
            const std::string name = !rule.server_name.empty() ? rule.server_name
                                     : rule.hosts.empty()      ? std::string()
                                                               : rule.hosts.front();
            INFO(row->full_id() << " " << rule.port.to_string() << " " << name);
            const bool anycast = glob_match("global*.fortinet.net", name) &&
                                 (rule.port == Port{Transport::tcp, 443} || rule.port == Port{Transport::tcp, 853});
            CHECK(rule.ocsp_stapled == anycast);
            if (anycast) CHECK(rule.trust == Trust{true, false, false});
            if (name == "update.fortiguard.net") CHECK(rule.trust == Trust{false, true, false});
            // A public name whose certificate anybody may have signed would hide interception.
            if (!name.empty()) CHECK_FALSE(rule.trust.any);
        }
    }
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
    CHECK(addresses == 4);
}

TEST_CASE("Ports that stand in for each other need any, the others all") {
    const std::set<std::string, std::less<>> alternatives = {
        "TCP or UDP/389",
        "TCP or UDP/514",
        "UDP/53, UDP/8888",
        "UDP/53, UDP/8888, TCP/53, TCP/8888, TCP/443 (as part of Anycast servers)",
        "UDP/53, UDP/8888, TCP/80, TCP/8888",
        "UDP/53, TCP/853 (as part of Anycast servers)",
    };
    for (const Row* row : all_rows()) {
        if (row->port_list.size() < 2) continue;
        INFO(row->full_id());
        const bool any = alternatives.contains(row->ports) || row->purpose == "AV/IPS Update";
        CHECK((row->need == Need::any) == any);
    }
}

TEST_CASE("A row of several services has its alternatives in groups of at least two") {
    std::size_t groups = 0;
    for (const Row* row : all_rows()) {
        std::map<std::string, std::size_t> members;
        for (const CheckRule& rule : row->checks)
            if (!rule.alternative.empty()) members[rule.alternative] += std::max<std::size_t>(1, rule.hosts.size());
        for (const auto& [word, count] : members) {
            INFO(row->full_id() << " " << word);
            ++groups;
            CHECK(row->need == Need::all);
            CHECK(count >= 2);
        }
    }
    CHECK(groups == 9);
}

TEST_CASE("Every row of FortiGuard's table says how sure its product is") {
    for (const Row& row : fortiguard().rows) {
        INFO(row.id);
        const std::string sure = row.product == "FortiAnalyzer"     ? "medium-high"
                                 : row.product == "FortiGate Cloud" ? "low-medium"
                                                                    : "high";
        CHECK(row.note.starts_with("Product column rebuilt: " + sure + ","));
    }
}
