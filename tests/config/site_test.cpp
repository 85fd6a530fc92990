#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "config/load.hpp"

using namespace fdnprobe;
using namespace fdnprobe::config;

namespace {

struct Outcome {
    std::string errors;    ///< one a line
    std::string warnings;  ///< one a line
    Site site;
};

Outcome read(const std::string& text, const std::string& file = "s.toml") {
    Outcome outcome;
    Problems warnings;
    auto site = parse_site(text, file, warnings);
    if (!site)
        for (const Problem& problem : site.error()) outcome.errors += problem.to_string() + "\n";
    else
        outcome.site = std::move(*site);
    for (const Problem& problem : warnings) outcome.warnings += problem.to_string() + "\n";
    return outcome;
}

const std::string schema = "schema = \"fdnprobe.site/1\"\n";

Site good(const std::string& text, const std::string& file = "s.toml") {
    const Outcome outcome = read(schema + text, file);
    INFO(text);
    CHECK(outcome.errors.empty());
    return outcome.site;
}

/// The example of the interface's description, word for word.
const std::string example = R"(schema = "fdnprobe.site/1"
name = "branch-17"
[peers]                    # peer name in the tables -> addresses
FortiManager = ["10.0.0.5"]
FortiProxy = { address = "10.0.0.2", ports = { "TCP/8013" = 9013 } }   # customised ports
[device]                   # optional: how the device reaches FortiGuard; `init --config` writes it. What is not set leaves every
                           # documented way open: one that works makes the row reachable, the others are notices.
product = "FortiProxy"
version = "7.4"
fortiguard = "anycast"     # anycast | unicast | off
anycast_source = "fortinet"   # fortinet | aws
location = "automatic"     # automatic | usa | eu
rating = "https/443"       # PROTOCOL/PORT, with unicast: udp | https | http; 443 | 53 | 8888 | 80
sdns = ["173.243.140.53:853"] # in place of the documented servers
update_servers = []        # a FortiManager that hands out updates; with update_port = 8890
rating_servers = []
default_servers = true     # FortiGuard itself stays the fallback
update_proxy = ""          # HOST:PORT: updates alone go through it
services_off = []          # webfilter | antispam | outbreak
management = "none"        # fortimanager | fortiguard | none
mail = "mail.example:465"  # the device's own relay
dns_protocol = ["cleartext"]  # cleartext | dot | doh, towards [network] resolvers
push = false
ha = "standalone"          # standalone | cluster | unicast
[rows]                     # optional: addresses of one row, where they differ from its peer's
"outgoing/fortiauthenticator/radius" = ["10.0.0.1:1812"]
[hosts]                    # optional: pin a name, HOST or HOST:TRANSPORT/PORT -> ADDRESS[:PORT]
"update.fortiguard.net:tcp/443" = "127.0.0.1:20443"
[network]
resolvers = ["10.0.0.53"]
source = "10.0.0.9"
interface = "eth0"
proxy = "http://proxy.example:3128"
proxy_resolve = "local"    # local | remote: who turns names into addresses for the proxy
[tls]
public_ca_files = ["…"]      # in place of the system's bundle of public CAs
fortinet_ca_files = ["…"]    # beside the built-in identities of Fortinet's own CAs
inspection_ca_files = ["…"]  # this site's inspection CAs: named in the report, still `tls-intercepted`
[dns]
blackhole = "192.0.2.53"     # an address that runs no resolver, to notice rewriting
split_horizon = ["*.corp.example"]   # names that may answer with private addresses
[report]
accept = []                # as --accept, for this site
[secrets]                  # files, never values
radius = "/etc/fdnprobe/radius.secret"
responder = "/etc/fdnprobe/responder.key"
proxy = "/etc/fdnprobe/proxy.credentials"
)";

}  // namespace

TEST_CASE("the example of the description says what it says, and what is not used yet", "[config][site]") {
    const Outcome outcome = read(example, "conf/s.toml");
    CHECK(outcome.errors.empty());
    const Site& site = outcome.site;
    CHECK(site.file == "conf/s.toml");
    CHECK(site.name == "branch-17");
    REQUIRE(site.peers.size() == 2);
    CHECK(site.peers.at("FortiManager").addresses == std::vector<std::string>{"10.0.0.5"});
    CHECK(site.peers.at("FortiProxy").addresses == std::vector<std::string>{"10.0.0.2"});
    CHECK(site.peers.at("FortiProxy").ports ==
          std::map<Port, Port>{{Port{Transport::tcp, 8013}, Port{Transport::tcp, 9013}}});
    CHECK(site.device.values.size() == 18);  // all but update_port, with the resolvers as the device's
    CHECK(site.device.word("fortiguard") == "anycast");
    CHECK(site.device.find("dns")->words == std::vector<std::string>{"10.0.0.53"});
    REQUIRE(site.rows.contains("outgoing/fortiauthenticator/radius"));
    REQUIRE(site.rows.at("outgoing/fortiauthenticator/radius").places.size() == 1);
    CHECK(site.rows.at("outgoing/fortiauthenticator/radius").places[0].port == 1812);
    CHECK(site.accept.empty());
    REQUIRE(site.pins.size() == 1);
    CHECK(site.pins[0].host == "update.fortiguard.net");
    CHECK(site.pins[0].port == Port{Transport::tcp, 443});
    CHECK(site.pins[0].address == *Address::parse("127.0.0.1"));
    CHECK(site.pins[0].dial_port == 20443);
    CHECK(site.resolvers == std::vector<SocketAddress>{{*Address::parse("10.0.0.53"), 53}});
    CHECK(site.source == Address::parse("10.0.0.9"));
    CHECK(site.interface == "eth0");
    CHECK(site.proxy == ProxyAddress{"", "proxy.example", 3128});
    CHECK_FALSE(site.proxy_resolves);
    CHECK(site.public_ca_files == std::vector<std::string>{"conf/\u2026"});
    CHECK(site.fortinet_ca_files == std::vector<std::string>{"conf/\u2026"});
    CHECK(site.inspection_ca_files == std::vector<std::string>{"conf/\u2026"});
    CHECK(site.blackhole == Address::parse("192.0.2.53"));
    CHECK(site.split_horizon == std::vector<std::string>{"*.corp.example"});
    CHECK(site.secret_files ==
          std::map<std::string, std::string, std::less<>>{{"radius", "/etc/fdnprobe/radius.secret"},
                                                          {"responder", "/etc/fdnprobe/responder.key"},
                                                          {"proxy", "/etc/fdnprobe/proxy.credentials"}});
    CHECK(site.secret_lines ==
          std::map<std::string, int, std::less<>>{{"radius", 45}, {"responder", 46}, {"proxy", 47}});
    CHECK(outcome.warnings.empty());
}

TEST_CASE("an empty site is a site", "[config][site]") {
    const Outcome outcome = read(schema);
    CHECK(outcome.errors.empty());
    CHECK(outcome.warnings.empty());
    CHECK(outcome.site.peers.empty());
    CHECK_FALSE(outcome.site.source);
}

TEST_CASE("a peer's addresses are written in four ways", "[config][site]") {
    const Site site = good(R"([peers]
A = "a.Example"
B = ["10.0.0.1", "2001:DB8::1"]
"3rd-Party Servers" = { addresses = ["b.example"] }
[peers.C]
address = "10.0.0.3"
ports."udp/53" = 5353
[peers.D.ports]
"TCP/443" = 1
"TCP/1700" = "udp/3799"
)");
    CHECK(site.peers.at("A").addresses == std::vector<std::string>{"a.example"});
    CHECK(site.peers.at("B").addresses == std::vector<std::string>{"10.0.0.1", "2001:db8::1"});
    CHECK(site.peers.at("3rd-Party Servers").addresses == std::vector<std::string>{"b.example"});
    CHECK(site.peers.at("C").ports.at(Port{Transport::udp, 53}) == Port{Transport::udp, 5353});
    CHECK(site.peers.at("D").addresses.empty());
    CHECK(site.peers.at("D").ports.at(Port{Transport::tcp, 443}) == Port{Transport::tcp, 1});
    CHECK(site.peers.at("D").ports.at(Port{Transport::tcp, 1700}) == Port{Transport::udp, 3799});
}

TEST_CASE("hosts are pinned with and without ports, in both families", "[config][site]") {
    const Site site = good(R"([hosts]
"A.example" = "10.0.0.1"
"a.example:UDP/53" = "[2001:db8::1]:5353"
"b.example" = "2001:db8::2"
"10.0.0.9:tcp/443" = "127.0.0.1:1"
"[2001:DB8::9]:tcp/443" = "::1"
"2001:db8::8" = "::1"
"[2001:db8::7]" = "::1"
)");
    std::vector<std::string> pins;
    for (const Pin& pin : site.pins)
        pins.push_back(pin.host + " " + (pin.port ? pin.port->to_string() : "*") + " " + pin.address.to_string() + " " +
                       (pin.dial_port ? std::to_string(*pin.dial_port) : "*"));
    std::sort(pins.begin(), pins.end());
    CHECK(pins == std::vector<std::string>{"10.0.0.9 TCP/443 127.0.0.1 1", "2001:db8::7 * ::1 *", "2001:db8::8 * ::1 *",
                                           "2001:db8::9 TCP/443 ::1 *", "a.example * 10.0.0.1 *",
                                           "a.example UDP/53 2001:db8::1 5353", "b.example * 2001:db8::2 *"});
}

TEST_CASE("paths are relative to the site file's folder", "[config][site]") {
    const std::string text = "[tls]\npublic_ca_files = [\"ca.pem\", \"/abs/ca.pem\", \"../x/ca.pem\"]\n";
    using List = std::vector<std::string>;
    CHECK(good(text, "/etc/fdnprobe/s.toml").public_ca_files ==
          List{"/etc/fdnprobe/ca.pem", "/abs/ca.pem", "/etc/fdnprobe/../x/ca.pem"});
    CHECK(good(text, "s.toml").public_ca_files == List{"ca.pem", "/abs/ca.pem", "../x/ca.pem"});
    CHECK(good("[secrets]\nradius = \"radius.secret\"\n", "conf/s.toml").secret_files.at("radius") ==
          "conf/radius.secret");
    CHECK(good("[secrets]\nradius = \"./radius\"\n", "conf/s.toml").secret_files.at("radius") == "conf/./radius");
}

TEST_CASE("the network section is read", "[config][site]") {
    const Site site = good(R"([network]
resolvers = ["10.0.0.53:5353", "2001:db8::53", "[2001:db8::54]:1053"]
source = "2001:db8::1"
proxy = "http://user@[2001:db8::2]:3128/"
proxy_resolve = "remote"
[dns]
split_horizon = ["corp", "host??.*.Example"]
)");
    std::vector<std::string> resolvers;
    for (const SocketAddress& resolver : site.resolvers) resolvers.push_back(resolver.to_string());
    CHECK(resolvers == std::vector<std::string>{"10.0.0.53:5353", "[2001:db8::53]:53", "[2001:db8::54]:1053"});
    CHECK(site.source == Address::parse("2001:db8::1"));
    CHECK(site.proxy == ProxyAddress{"user", "2001:db8::2", 3128});
    CHECK(site.proxy_resolves);
    CHECK(site.split_horizon == std::vector<std::string>{"corp", "host??.*.example"});
}

TEST_CASE("mistakes in a site file", "[config][site]") {
    const std::string form = "expected http://[USER@]HOST:PORT";
    // Each text follows the schema, which is line 1.
    const std::vector<std::pair<std::string, std::string>> cases{
        {"name = 1", "2:8: `name` must be a string, not an integer"},
        {"nmae = \"x\"", "2:1: a site file has no key `nmae`; did you mean `name`?"},
        {"[peeers]", "2:2: a site file has no key `peeers`; did you mean `peers`?"},
        {"peers = 1", "2:9: `peers` must be a table, not an integer"},
        {"[[hosts]]", "2:1: `hosts` must be a table, not an array"},
        {"[peers]\nA = 1", "3:5: `A` must be a string, an array of strings or a table, not an integer"},
        {"[peers]\nA = []", "3:5: at least one address was expected; leave the peer out if there is none"},
        {"[peers]\nA = [\"10.0.0.1\", 2]", "3:18: every element of `A` must be a string, not an integer"},
        {"[peers]\nA = \"10.0.0.1:443\"",
         "3:5: `10.0.0.1:443` is neither a host name nor an address: it has a port; write the host alone"},
        {"[peers]\nA = [\"a\", \"10.0.0.0/8\"]",
         "3:11: `10.0.0.0/8` is neither a host name nor an address: `/` cannot be part of one"},
        {"[peers]\nA = [\"a\", \"A\"]", "3:11: `A` is in this list already"},
        {"[peers]\n\"\" = \"a\"", "3:1: a peer's name must not be empty"},
        {"[peers]\nA = {}", "3:5: the peer `A` has neither `address`, `addresses` nor `ports`"},
        {"[peers]\nA = {address = \"a\", addresses = [\"b\"]}",
         "3:21: the peer `A` has either `address` or `addresses`, not both"},
        {"[peers]\nA = {adress = \"a\", ports = {}}", "3:6: the peer `A` has no key `adress`; did you mean `address`?"},
        {"[peers]\nA = {address = [\"a\"]}", "3:16: `address` must be a string, not an array"},
        {"[peers]\nA = {addresses = \"a\"}", "3:18: `addresses` must be an array of strings, not a string"},
        {"[peers]\nA = {addresses = []}",
         "3:18: at least one address was expected; leave the peer out if there is none"},
        {"[peers]\nA = {ports = [1]}", "3:14: `ports` must be a table, not an array"},
        {"[peers.A.ports]\n\"443\" = 1",
         "3:1: `443` is not a port that can be customised; expected something like "
         "\"TCP/8013\""},
        {"[peers.A.ports]\n\"ESP/50\" = 1",
         "3:1: `ESP/50` is not a port that can be customised; expected something "
         "like \"TCP/8013\""},
        {"[peers.A.ports]\n\"TCP/443\" = 1.5",
         "3:13: `TCP/443` must be an integer or a string, not a floating-point number"},
        {"[peers.A.ports]\n\"TCP/443\" = \"1\"",
         "3:13: `TCP/443` is `1`; expected a port number, or a port such as \"UDP/3799\""},
        {"[peers.A.ports]\n\"TCP/443\" = \"ESP/50\"",
         "3:13: `TCP/443` is `ESP/50`; expected a port number, or a port such as \"UDP/3799\""},
        {"[peers.A.ports]\n\"TCP/443\" = \"UDP/0\"",
         "3:13: `TCP/443` is `UDP/0`; expected a port number, or a port such as \"UDP/3799\""},
        {"[peers.A.ports]\n\"TCP/443\" = 1\n\"tcp/443\" = \"UDP/1\"", "4:1: TCP/443 is customised already"},
        {"[peers.A.ports]\n\"TCP/443\" = 0", "3:13: `TCP/443` is 0; expected a port number from 1 to 65535"},
        {"[peers.A.ports]\n\"TCP/443\" = 65536", "3:13: `TCP/443` is 65536; expected a port number from 1 to 65535"},
        {"[peers.A.ports]\n\"TCP/443\" = 1\n\"tcp/443\" = 2", "4:1: TCP/443 is customised already"},
        {"[peers.A.ports]\n\"tcp/443\" = 1\n\"TCP/443\" = 2", "4:1: TCP/443 is customised already"},
        {"[hosts]\na = 1", "3:5: `a` must be a string, not an integer"},
        {"[hosts]\na = \"b.example\"",
         "3:5: `a` is `b.example`; expected ADDRESS or ADDRESS:PORT, with an IPv6 address "
         "that has a port in square brackets"},
        {"[hosts]\na = \"10.0.0.1:0\"",
         "3:5: `a` is `10.0.0.1:0`; expected ADDRESS or ADDRESS:PORT, with an IPv6 "
         "address that has a port in square brackets"},
        {"[hosts]\na = \"10.0.0.1\\u0000x\"",
         "3:5: `a` is `10.0.0.1\\x00x`; expected ADDRESS or ADDRESS:PORT, with an "
         "IPv6 address that has a port in square brackets"},
        {"[hosts]\n\"a_b\" = \"::1\"", "3:1: `a_b` is neither a host name nor an address: `_` cannot be part of one"},
        {"[hosts]\n\"a:443\" = \"::1\"",
         "3:1: `a:443` is neither a host name nor an address: it has a port; write the host alone"},
        {"[hosts]\n\"a/443\" = \"::1\"",
         "3:1: cannot read `a/443`: expected HOST or HOST:TRANSPORT/PORT, such as \"update.example.net:tcp/443\""},
        {"[hosts]\n\"a:tpc/443\" = \"::1\"",
         "3:1: cannot read `a:tpc/443`: expected HOST or HOST:TRANSPORT/PORT, such as \"update.example.net:tcp/443\""},
        {"[hosts]\n\"a:esp/50\" = \"::1\"",
         "3:1: cannot read `a:esp/50`: expected HOST or HOST:TRANSPORT/PORT, such as \"update.example.net:tcp/443\""},
        {"[hosts]\n\":tcp/443\" = \"::1\"", "3:1: `` is neither a host name nor an address: it is empty"},
        {"[hosts]\n\"[10.0.0.1]\" = \"::1\"",
         "3:1: `10.0.0.1` is not an IPv6 address; nothing else stands in square brackets"},
        {"[hosts]\na = \"::1\"\nA = \"::1\"", "4:1: `A` is pinned already"},
        {"[network]\nresolvers = \"10.0.0.53\"", "3:13: `resolvers` must be an array of strings, not a string"},
        {"[network]\nresolvers = [\"10.0.0.53\", \"dns.example\"]",
         "3:27: `dns.example` is not the address of a resolver; expected ADDRESS or ADDRESS:PORT"},
        {"[network]\nresolvers = [\"10.0.0.53\", \"10.0.0.53:53\"]", "3:27: `10.0.0.53:53` is in this list already"},
        {"[network]\nsource = \"eth0\"", "3:10: `source` is `eth0`; expected an IPv4 or IPv6 address without a port"},
        {"[network]\ninterface = \"a/b\"",
         "3:13: `interface` is `a/b`; expected the name of a network interface, such as `eth0`"},
        {"[network]\ninterface = \"sixteen-letters-\"",
         "3:13: `interface` is `sixteen-letters-`; expected the name of a network interface, such as `eth0`"},
        {"[network]\nproxy = \"proxy.example:3128\"", "3:9: `proxy` is `proxy.example:3128`; " + form},
        {"[network]\nproxy = \"https://proxy.example:3128\"", "3:9: `proxy` is `https://proxy.example:3128`; " + form},
        {"[network]\nproxy = \"http://proxy.example\"", "3:9: `proxy` is `http://proxy.example`; " + form},
        {"[network]\nproxy = \"http://::1:3128\"", "3:9: `proxy` is `http://::1:3128`; " + form},
        {"[network]\nproxy = \"http://[proxy]:3128\"", "3:9: `proxy` is `http://[proxy]:3128`; " + form},
        // What may hold a password is not repeated.
        {"[network]\nproxy = \"proxy.example:3128@x\"",
         "3:9: `proxy` must not hold a password; " + form +
             ", and the password in the file that `secrets.proxy` names"},
        {"[network]\nproxy = \"http://hunter2@proxy\"", "3:9: `proxy` is something else; " + form},
        {"[network]\nproxy = \"http://user:hunter2@proxy:3128\"",
         "3:9: `proxy` must not hold a password; " + form +
             ", and the password in the file that `secrets.proxy` names"},
        {"[network]\nproxy_resolve = \"lokal\"",
         "3:17: `proxy_resolve` is `lokal`; expected `local` or `remote`; did you mean `local`?"},
        {"[network]\nresolver = []", "3:1: [network] has no key `resolver`; did you mean `resolvers`?"},
        {"[tls]\npublic_ca_files = \"x\"", "3:19: `public_ca_files` must be an array of strings, not a string"},
        {"[tls]\npublic_ca_files = [\"x\", \"\"]", "3:25: `public_ca_files` names an empty path; expected a file"},
        {"[tls]\nca_files = []",
         "3:1: [tls] has no key `ca_files`; expected public_ca_files, fortinet_ca_files or inspection_ca_files"},
        {"[dns]\nblackhole = \"dns.example\"",
         "3:13: `blackhole` is `dns.example`; expected an IPv4 or IPv6 address without a port"},
        {"[dns]\nsplit_horizon = [\"*.corp.example\", \"a b\"]",
         "3:36: `a b` is not a pattern of host names; expected something like `*.corp.example`"},
        {"[dns]\nsplit = 1", "3:1: [dns] has no key `split`; expected blackhole or split_horizon"},
        {"[secrets]\nradus = \"/x\"", "3:1: [secrets] has no key `radus`; did you mean `radius`?"},
        {"[secrets]\nradius = [\"/x\"]", "3:10: `radius` must be a string, not an array"},
    };
    for (const auto& [text, expected] : cases) {
        INFO(text);
        CHECK(read(schema + text + "\n").errors == "s.toml:" + expected + "\n");
    }
}

namespace {

/// A key of [device] as the model has it: its words, and what is said of them.
std::string spelled(const Device& device, std::string_view key) {
    const DeviceValue* value = device.find(key);
    if (value == nullptr) return "not set";
    return spell_setting(key, *value) + (value->assumed ? " assumed" : "");
}

std::string device_error(const std::string& line) { return read(schema + "[device]\n" + line + "\n").errors; }

}  // namespace

TEST_CASE("every key of [device] is read as it is written", "[config][site][device]") {
    const Site site = good(R"([device]
product = " FortiProxy "
version = "7.4.3"
fortiguard = "anycast"      # assumed
anycast_source = "aws"
location = "usa"            #   assumed
rating = "https/8888"       # the service's default # assumed
sdns = ["208.91.112.220", "[2001:DB8::53]:53", "SDNS.Example:5353"]
update_servers = []         # assumed
update_port = 443
rating_servers = ["10.0.0.5:8888"]
default_servers = false     # nobody has assumed that
update_proxy = ""
services_off = ["webfilter", "outbreak"]
management = "fortimanager"
mail = "Mail.Example:465"
dns = ["10.0.0.53"]         # assumed
dns_protocol = ["cleartext", "dot"]
push = true # assumed
ha = "unicast"
)");
    const Device& device = site.device;
    CHECK(device.values.size() == device_keys().size());
    CHECK(spelled(device, "product") == "product = \"FortiProxy\"");
    CHECK(spelled(device, "version") == "version = \"7.4.3\"");
    CHECK(spelled(device, "fortiguard") == "fortiguard = \"anycast\" assumed");
    CHECK(spelled(device, "anycast_source") == "anycast_source = \"aws\"");
    CHECK_FALSE(device.find("location")->assumed);  // "#   assumed" is a comment like any other
    CHECK(spelled(device, "rating") == "rating = \"https/8888\" assumed");
    CHECK(spelled(device, "sdns") == R"(sdns = ["208.91.112.220", "[2001:db8::53]:53", "sdns.example:5353"])");
    CHECK(spelled(device, "update_servers") == "update_servers = [] assumed");
    CHECK(spelled(device, "update_port") == "update_port = 443");
    CHECK(spelled(device, "rating_servers") == "rating_servers = [\"10.0.0.5:8888\"]");
    CHECK(spelled(device, "default_servers") == "default_servers = false");
    CHECK(spelled(device, "update_proxy") == "update_proxy = \"\"");
    CHECK(spelled(device, "services_off") == "services_off = [\"webfilter\", \"outbreak\"]");
    CHECK(spelled(device, "management") == "management = \"fortimanager\"");
    CHECK(spelled(device, "mail") == "mail = \"mail.example:465\"");
    CHECK(spelled(device, "dns") == "dns = [\"10.0.0.53\"] assumed");
    CHECK(spelled(device, "dns_protocol") == "dns_protocol = [\"cleartext\", \"dot\"]");
    CHECK(spelled(device, "push") == "push = true assumed");
    CHECK(spelled(device, "ha") == "ha = \"unicast\"");
    CHECK(device.word("product") == "FortiProxy");
    CHECK(device.word("push") == "true");
    CHECK(device.word("sdns").empty());

    CHECK(good("").device.empty());
    CHECK(good("[device]\n").device.empty());
}

TEST_CASE("each word that a key of [device] knows can be written", "[config][site][device]") {
    for (const DeviceKey& key : device_keys()) {
        INFO(key.name);
        CHECK(
            good("[device]\n" + std::string(key.name) + " = " + std::string(key.example) + "\n").device.values.size() ==
            1);
        for (const std::string_view word : key.words) {
            const std::string text(word);
            const std::string value = key.kind == DeviceKeyKind::port    ? text
                                      : key.kind == DeviceKeyKind::words ? "[\"" + text + "\"]"
                                                                         : "\"" + text + "\"";
            INFO(value);
            const Site site = good("[device]\n" + std::string(key.name) + " = " + value + "\n");
            REQUIRE(site.device.find(key.name) != nullptr);
            CHECK(site.device.find(key.name)->words == std::vector<std::string>{text});
        }
    }
}

TEST_CASE("a value is assumed where its own line says so", "[config][site][device]") {
    const auto assumed = [](const std::string& text) {
        const Site site = good(text);
        return site.device.values.size() == 1 && site.device.values.begin()->second.assumed;
    };
    CHECK(assumed("[device]\npush = false # assumed\n"));
    CHECK(assumed("[device]\npush = false # assumed   \n"));
    CHECK(assumed("[device]\npush = false # assumed\r\n"));
    CHECK(assumed("[device]\r\npush = false # assumed"));
    CHECK(assumed("device.push = false # assumed\n"));
    CHECK_FALSE(assumed("[device]\n# assumed\npush = false\n"));
    CHECK_FALSE(assumed("[device] # assumed\npush = false\n"));
    CHECK_FALSE(assumed("[device]\npush = false # assumed by nobody\n"));
    CHECK_FALSE(assumed("[device]\npush = false # Assumed\n"));
    CHECK_FALSE(assumed("[device]\nproduct = \"# assumed\"\n"));
    // Of a list that takes several lines, the first or the last.
    CHECK(assumed("[device]\nsdns = [ # assumed\n  \"10.0.0.5\",\n]\n"));
    CHECK_FALSE(assumed("[device]\nproduct = \"\"\"\\\n  a # assumed\n  b\"\"\"\n"));
}

TEST_CASE("mistakes in [device]", "[config][site][device]") {
    const std::string places = "; expected HOST or HOST:PORT, with an IPv6 address that has a port in square brackets";
    const std::string empty = " must not be empty; leave the key out where it is not known";
    // Each line follows [device], which is line 2.
    const std::vector<std::pair<std::string, std::string>> cases{
        {"prodcut = \"x\"", "3:1: [device] has no key `prodcut`; did you mean `product`?"},
        {"zzzzzzzzzzzz = 1",
         "3:1: [device] has no key `zzzzzzzzzzzz`; expected product, version, fortiguard, anycast_source, location, "
         "rating, sdns, update_servers, update_port, rating_servers, default_servers, update_proxy, services_off, "
         "management, mail, dns, dns_protocol, push or ha"},
        {"product = 1", "3:11: `product` must be a string, not an integer"},
        {"product = \"\"", "3:11: `product`" + empty},
        {"version = 7.4", "3:11: `version` must be a string, not a floating-point number"},
        {"version = \" \"", "3:11: `version`" + empty},
        {"fortiguard = \"anycats\"",
         "3:14: `fortiguard` is `anycats`; expected `anycast`, `unicast` or `off`; did you mean `anycast`?"},
        {"fortiguard = \"\"", "3:14: `fortiguard`" + empty},
        {"fortiguard = false", "3:14: `fortiguard` must be a string, not a boolean"},
        {"fortiguard = \"Anycast\"",
         "3:14: `fortiguard` is `Anycast`; expected `anycast`, `unicast` or `off`; did you mean `anycast`?"},
        {"anycast_source = \"amazon\"", "3:18: `anycast_source` is `amazon`; expected `fortinet` or `aws`"},
        {"location = \"us\"", "3:12: `location` is `us`; expected `automatic`, `usa` or `eu`; did you mean `usa`?"},
        {"rating = \"https/8889\"",
         "3:10: `rating` is `https/8889`; expected `https/443`, `https/53`, `https/8888`, `https/80`, `udp/443`, "
         "`udp/53`, `udp/8888`, `udp/80`, `http/443`, `http/53`, `http/8888` or `http/80`; did you mean "
         "`https/8888`?"},
        {"rating = [\"udp/53\"]", "3:10: `rating` must be a string, not an array"},
        {"sdns = \"10.0.0.1\"", "3:8: `sdns` must be an array of strings, not a string"},
        {"sdns = [\"10.0.0.1\", 53]", "3:21: every element of `sdns` must be a string, not an integer"},
        {"sdns = [\"10.0.0.1:0\"]", "3:9: `sdns` is `10.0.0.1:0`" + places},
        {"sdns = [\"a\", \"10.0.0.1/8\"]", "3:14: `sdns` is `10.0.0.1/8`" + places},
        {"sdns = [\"2001:db8::1:65536\"]", "3:9: `sdns` is `2001:db8::1:65536`" + places},
        {"sdns = [\"\"]", "3:9: `sdns` is ``" + places},
        {"sdns = [\"a\", \"A\"]", "3:14: `A` is in this list already"},
        {"update_servers = [\"a_b\"]", "3:19: `update_servers` is `a_b`" + places},
        {"update_servers = [\n  \"a\",\n  \"b c\"]", "5:3: `update_servers` is `b c`" + places},
        {"update_port = \"8890\"", "3:15: `update_port` must be a port number, not a string"},
        {"update_port = 8891", "3:15: `update_port` is 8891; expected 8890 or 443"},
        {"rating_servers = [\"10.0.0.5:x\"]", "3:19: `rating_servers` is `10.0.0.5:x`" + places},
        {"default_servers = \"true\"", "3:19: `default_servers` must be true or false, not a string"},
        {"default_servers = 1", "3:19: `default_servers` must be true or false, not an integer"},
        {"update_proxy = \"proxy.example\"",
         "3:16: `update_proxy` is `proxy.example`; expected HOST:PORT, or \"\" for none"},
        {"update_proxy = \"http://proxy.example:3128\"",
         "3:16: `update_proxy` is `http://proxy.example:3128`; expected HOST:PORT, or \"\" for none"},
        {"update_proxy = [\"proxy.example:3128\"]", "3:16: `update_proxy` must be a string, not an array"},
        {"services_off = \"webfilter\"", "3:16: `services_off` must be an array of strings, not a string"},
        {"services_off = [\"antispm\"]",
         "3:17: `services_off` is `antispm`; expected `webfilter`, `antispam` or `outbreak`; did you mean "
         "`antispam`?"},
        {"services_off = [\"antispam\", \"antispam\"]", "3:29: `antispam` is in this list already"},
        {"management = \"forticloud\"",
         "3:14: `management` is `forticloud`; expected `fortimanager`, `fortiguard` or `none`"},
        {"mail = \"mail.example\"", "3:8: `mail` is `mail.example`; expected HOST:PORT, or \"\" for none"},
        {"mail = \"10.0.0.1:65536\"", "3:8: `mail` is `10.0.0.1:65536`; expected HOST:PORT, or \"\" for none"},
        {"mail = \"2001:db8::1\"", "3:8: `mail` is `2001:db8::1`; expected HOST:PORT, or \"\" for none"},
        {"dns = [\"10.0.0.53:53:53\"]", "3:8: `dns` is `10.0.0.53:53:53`" + places},
        {"dns_protocol = [\"dto\"]",
         "3:17: `dns_protocol` is `dto`; expected `cleartext`, `dot` or `doh`; did you mean `dot`?"},
        {"dns_protocol = \"dot\"", "3:16: `dns_protocol` must be an array of strings, not a string"},
        {"push = \"no\"", "3:8: `push` must be true or false, not a string"},
        {"ha = \"active-passive\"", "3:6: `ha` is `active-passive`; expected `standalone`, `cluster` or `unicast`"},
    };
    for (const auto& [text, expected] : cases) {
        INFO(text);
        CHECK(device_error(text) == "s.toml:" + expected + "\n");
    }
    CHECK(read(schema + "device = 1\n").errors == "s.toml:2:10: `device` must be a table, not an integer\n");
    CHECK(read(schema + "[devices]\n").errors ==
          "s.toml:2:2: a site file has no key `devices`; did you mean `device`?\n");
}

TEST_CASE("what a site's device would not ask is no server of its DNS", "[config][site][device]") {
    // An address with a port is an address, and names are not: a device's own DNS servers are addresses.
    CHECK(good("[device]\ndns = [\"10.0.0.53:5353\", \"2001:db8::53\"]\n").device.find("dns")->words ==
          std::vector<std::string>{"10.0.0.53:5353", "2001:db8::53"});
}

TEST_CASE("how the device asks its DNS servers is about the site's resolvers, unless it has its own",
          "[config][site][device]") {
    const std::string network = "[network]\nresolvers = [\"10.0.0.53\", \"10.0.0.54:5353\", \"[2001:db8::53]:53\"]\n";
    const std::string protocol = "[device]\ndns_protocol = [\"dot\"]\n";
    CHECK(spelled(good(protocol + network).device, "dns") ==
          R"(dns = ["10.0.0.53", "10.0.0.54:5353", "2001:db8::53"])");
    // The order of the sections does not matter.
    CHECK(spelled(good(network + protocol).device, "dns") ==
          R"(dns = ["10.0.0.53", "10.0.0.54:5353", "2001:db8::53"])");
    CHECK(spelled(good("[device]\ndns_protocol = [\"dot\"]\ndns = [\"10.9.9.9\"]\n" + network).device, "dns") ==
          "dns = [\"10.9.9.9\"]");
    CHECK(spelled(good("[device]\ndns_protocol = [\"dot\"]\ndns = []\n" + network).device, "dns") == "dns = []");
    // Who says nothing of the device's DNS has described this host alone.
    CHECK(spelled(good("[device]\npush = false\n" + network).device, "dns") == "not set");
    CHECK(spelled(good(protocol).device, "dns") == "not set");
    CHECK(good(network).device.empty());
}

TEST_CASE("rows are written in five ways", "[config][site][rows]") {
    const Site site = good(R"([rows]
"outgoing/a/one" = "Radius.Example"
"t/outgoing/a/two" = "10.0.0.1:1812"
three = ["10.0.0.1", "[2001:DB8::1]:443", "2001:db8::2"]
four = { address = "10.0.0.4:80", ports = { "TCP/80" = 8080, "tcp/443" = "UDP/443" }, level = "notice" }
five.addresses = ["a.example:1", "b.example"]
[rows.six]
level = "need"
[rows.seven.ports]
"UDP/53" = 5353
)");
    const auto places = [&](const std::string& id) {
        std::string text;
        for (const DevicePlace& place : site.rows.at(id).places)
            text += (text.empty() ? "" : " ") + place.host + (place.port ? "#" + std::to_string(*place.port) : "");
        return text;
    };
    REQUIRE(site.rows.size() == 7);
    CHECK(places("outgoing/a/one") == "radius.example");
    CHECK(places("t/outgoing/a/two") == "10.0.0.1#1812");
    CHECK(places("three") == "10.0.0.1 2001:db8::1#443 2001:db8::2");
    CHECK(places("four") == "10.0.0.4#80");
    CHECK(site.rows.at("four").ports == std::map<Port, Port>{{{Transport::tcp, 80}, {Transport::tcp, 8080}},
                                                             {{Transport::tcp, 443}, {Transport::udp, 443}}});
    CHECK(site.rows.at("four").level == Level::notice);
    CHECK(places("five") == "a.example#1 b.example");
    CHECK(site.rows.at("six").level == Level::need);
    CHECK(site.rows.at("six").places.empty());
    CHECK(site.rows.at("seven").ports == std::map<Port, Port>{{{Transport::udp, 53}, {Transport::udp, 5353}}});
    CHECK_FALSE(site.rows.at("seven").level);
    // Where it is written, for what is said of a row that no table has.
    CHECK(site.rows.at("outgoing/a/one").line == 3);
    CHECK(site.rows.at("four").line == 6);
}

TEST_CASE("mistakes in [rows] and [report]", "[config][site][rows]") {
    const std::string form =
        " is not an address; expected HOST or HOST:PORT, with an IPv6 address that has a port in square brackets";
    const std::string nothing = "has neither `address`, `addresses`, `ports` nor `level`";
    // Each text follows the schema, which is line 1.
    const std::vector<std::pair<std::string, std::string>> cases{
        {"rows = 1", "2:8: `rows` must be a table, not an integer"},
        {"[[rows]]", "2:1: `rows` must be a table, not an array"},
        {"[row]", "2:2: a site file has no key `row`; did you mean `rows`?"},
        {"[rows]\nr = 1", "3:5: the row `r` must be a string, an array of strings or a table, not an integer"},
        {"[rows]\nr = true", "3:5: the row `r` must be a string, an array of strings or a table, not a boolean"},
        {"[rows]\nr = \"\"", "3:5: ``" + form},
        {"[rows]\nr = \"a_b\"", "3:5: `a_b`" + form},
        {"[rows]\nr = \"10.0.0.1:0\"", "3:5: `10.0.0.1:0`" + form},
        {"[rows]\nr = \"10.0.0.1:65536\"", "3:5: `10.0.0.1:65536`" + form},
        {"[rows]\nr = \"10.0.0.0/8\"", "3:5: `10.0.0.0/8`" + form},
        {"[rows]\nr = \"[10.0.0.1]:80\"", "3:5: `[10.0.0.1]:80`" + form},
        {"[rows]\nr = \"10.0.0.1\\u0000x\"", "3:5: `10.0.0.1\\x00x`" + form},
        {"[rows]\nr = []", "3:5: the row `r` has no address; leave it out"},
        {"[rows]\nr = [\"a\", 2]", "3:11: every address of the row `r` must be a string, not an integer"},
        {"[rows]\nr = [\"a\", [\"b\"]]", "3:11: every address of the row `r` must be a string, not an array"},
        {"[rows]\nr = [\"a\", \"b c\"]", "3:11: `b c`" + form},
        {"[rows]\nr = [\"a:80\", \"A:80\"]", "3:14: `A:80` is in this list already"},
        {"[rows]\nr = {}", "3:5: the row `r` " + nothing},
        {"[rows]\nr = { adress = \"a\" }", "3:7: the row `r` has no key `adress`; did you mean `address`?"},
        {"[rows]\nr = { address = [\"a\"] }", "3:17: `address` must be a string, not an array"},
        {"[rows]\nr = { address = \"a:b\" }", "3:17: `a:b`" + form},
        {"[rows]\nr = { addresses = \"a\" }", "3:19: `addresses` must be an array of strings, not a string"},
        {"[rows]\nr = { addresses = [\"a\", 1] }",
         "3:25: every element of `addresses` must be a string, not an integer"},
        {"[rows]\nr = { address = \"a\", addresses = [\"b\"] }",
         "3:22: the row `r` has either `address` or `addresses`, not both"},
        {"[rows]\nr = { level = \"notcie\" }",
         "3:15: `level` is `notcie`; expected `need` or `notice`; did you mean `notice`?"},
        {"[rows]\nr = { level = 1 }", "3:15: `level` must be a string, not an integer"},
        {"[rows]\nr = { ports = 80 }", "3:15: `ports` must be a table, not an integer"},
        {"[rows]\nr = { ports = { \"80\" = 1 } }",
         "3:17: `80` is not a port that can be customised; expected something like \"TCP/8013\""},
        {"[rows]\nr = { ports = { \"TCP/80\" = 0 } }", "3:28: `TCP/80` is 0; expected a port number from 1 to 65535"},
        {"[rows]\nr = { ports = { \"TCP/80\" = \"80\" } }",
         "3:28: `TCP/80` is `80`; expected a port number, or a port such as \"UDP/3799\""},
        {"[report]\naccept = \"inconclusive\"", "3:10: `accept` must be an array of strings, not a string"},
        {"[report]\naccept = [\"inconclusiv\"]",
         "3:11: `inconclusiv` is not a state of a row; expected reachable, degraded, inconclusive, untrusted, broken, "
         "intercepted, blocked, unresolved, local or unconfigured; did you mean `inconclusive`?"},
        {"[report]\naccept = [\"degraded\", 1]", "3:23: every element of `accept` must be a string, not an integer"},
        // A verdict that is no state.
        {"[report]\naccept = [\"closed\"]",
         "3:11: `closed` is not a state of a row; expected reachable, degraded, inconclusive, untrusted, broken, "
         "intercepted, blocked, unresolved, local or unconfigured"},
        {"[report]\naccpet = []", "3:1: [report] has no key `accpet`; did you mean `accept`?"},
        {"report = []", "2:10: `report` must be a table, not an array"},
    };
    for (const auto& [text, expected] : cases) {
        INFO(text);
        CHECK(read(schema + text + "\n").errors == "s.toml:" + expected + "\n");
    }
}

TEST_CASE("a row of a site file that says nothing is a mistake", "[config][site][rows]") {
    for (const char* empty : {"{ addresses = [] }", "{ ports = {} }", "{ addresses = [], ports = {} }"}) {
        INFO(empty);
        CHECK_FALSE(read(schema + "[rows]\nr = " + empty + "\n").errors.empty());
    }
}

TEST_CASE("states that a site takes for good", "[config][site]") {
    CHECK(good("").accept.empty());
    CHECK(good("[report]\naccept = []\n").accept.empty());
    CHECK(good("[report]\naccept = [\"inconclusive\", \"degraded\"]\n").accept ==
          std::vector<State>{State::inconclusive, State::degraded});
}

TEST_CASE("a secret in the place of its path is refused and not repeated", "[config][site]") {
    for (const std::string secret : {"hunter2", "Sw0rd.fish", "two words", "c2VjcmV0/c2VjcmV0Cg==", "/etc/x\\n", "",
                                     ".x", "secret/", "x.", "a.B"}) {
        INFO(secret);
        CHECK(read(schema + "[secrets]\nradius = \"" + secret + "\"\n").errors ==
              (secret == "Sw0rd.fish"
                   ? ""
                   : "s.toml:3:10: `secrets.radius` must be the path of a file that holds the secret, such as "
                     "`./radius.secret`, never the secret itself\n"));
    }
}

TEST_CASE("the schema of a site file is needed", "[config][site]") {
    CHECK(read("name = \"x\"\n").errors == "s.toml:1:1: a site file has no `schema`\n");
    CHECK(read("schema = \"fdnprobe.table/1\"\nrow = 1\n").errors ==
          "s.toml:1:10: `schema` is `fdnprobe.table/1`; expected `fdnprobe.site/1`: this is a table\n");
    CHECK(read("schema = \"fdnprobe.site/2\"\nrow = 1\n").errors ==
          "s.toml:1:10: `schema` is `fdnprobe.site/2`; expected `fdnprobe.site/1`: this version reads no other\n");
}

TEST_CASE("all mistakes of a site file are shown at once, in its order", "[config][site]") {
    CHECK(read(schema + R"([peers]
A = 1
B = ["b_"]
[hosts]
a = "x"
[network]
source = 1
foo = 1
[secrets]
proxy = "hunter2"
)")
              .errors ==
          R"(s.toml:3:5: `A` must be a string, an array of strings or a table, not an integer
s.toml:4:6: `b_` is neither a host name nor an address: `_` cannot be part of one
s.toml:6:5: `a` is `x`; expected ADDRESS or ADDRESS:PORT, with an IPv6 address that has a port in square brackets
s.toml:8:10: `source` must be a string, not an integer
s.toml:9:1: [network] has no key `foo`; expected resolvers, source, interface, proxy or proxy_resolve
s.toml:11:9: `secrets.proxy` must be the path of a file that holds the secret, such as `./proxy.secret`, never the secret itself
)");
}
