#include <algorithm>
#include <string>
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
          std::map<std::string, int, std::less<>>{{"radius", 22}, {"responder", 23}, {"proxy", 24}});
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
