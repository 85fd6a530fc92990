#include "app/file_keys.hpp"

#include "fdnprobe/device.hpp"

namespace fdnprobe::app {
namespace {

FileSection device_section() {
    FileSection section{
        "[device]",
        "How the device is configured; `fdnprobe init --config FILE` writes it. What is not set leaves "
        "every documented way open. A value with the comment `# assumed` behind it is reported as such.",
        {}};
    for (const DeviceKey& key : device_keys()) section.keys.push_back({key.name, key.about, key.example});
    return section;
}

}  // namespace

std::vector<FileSection> site_file_sections() {
    return {
        {"Top of the file",
         "A site file is TOML.",
         {{"schema", "which kind of file it is", R"(schema = "fdnprobe.site/1")"},
          {"name", "the site's name, in every report", R"(name = "branch-17")"}}},
        {"[peers]",
         "Where the peers of the tables are; for incoming rows, the product itself.",
         {{"PEER", "a host, a list of hosts, or a table of the keys below", R"(FortiManager = ["10.0.0.5"])"},
          {"address, addresses", "hosts of the peer", R"(FortiProxy = { address = "10.0.0.2" })"},
          {"ports", "customised ports: the table's port, then the one in use", R"(ports = { "TCP/8013" = 9013 })"}}},
        device_section(),
        {"[rows]",
         "One row of a table, where it differs from its peer. The key is the row's id, with or without its table's.",
         {{"ROW", "HOST, HOST:PORT, a list of those, or a table of the keys below",
           R"("outgoing/fortiauthenticator/radius" = "10.0.0.1:1812")"},
          {"address, addresses", "as above", R"({ address = "10.0.0.1" })"},
          {"ports", "as under [peers]", R"({ ports = { "TCP/443" = 8443 } })"},
          {"level", "need: it counts; notice: it is only shown", R"({ level = "notice" })"}}},
        {"[hosts]",
         "Where a name is, in place of what DNS says.",
         {{"HOST, HOST:TRANSPORT/PORT", "an address, with or without a port",
           R"("update.example.net:tcp/443" = "127.0.0.1:20443")"}}},
        {"[network]",
         "How this host sends.",
         {{"resolvers", "name servers, in place of the system's", R"(resolvers = ["10.0.0.53"])"},
          {"source", "the address of this host to send from", R"(source = "10.0.0.9")"},
          {"interface", "the interface to send through", R"(interface = "eth0")"},
          {"proxy", "an HTTP proxy for all TCP checks", R"(proxy = "http://proxy.example:3128")"},
          {"proxy_resolve", "who turns names into addresses for the proxy: local or remote",
           R"(proxy_resolve = "remote")"}}},
        {"[tls]",
         "Certificates of CAs, in PEM files.",
         {{"public_ca_files", "in place of the system's bundle of public CAs", R"(public_ca_files = ["bundle.pem"])"},
          {"fortinet_ca_files", "beside the vendor's own CAs that are built in",
           R"(fortinet_ca_files = ["fortinet.pem"])"},
          {"inspection_ca_files", "this site's inspection CAs, which are named where they sign",
           R"(inspection_ca_files = ["inspection.pem"])"}}},
        {"[dns]",
         "What is known of name resolution here.",
         {{"blackhole", "an address where no resolver runs, to notice rewriting", R"(blackhole = "192.0.2.53")"},
          {"split_horizon", "names that may have private addresses", R"(split_horizon = ["*.corp.example"])"}}},
        {"[report]", "What counts as good.", {{"accept", "states, as with --accept", R"(accept = ["inconclusive"])"}}},
        {"[secrets]",
         "Files, never values; each readable by its owner alone.",
         {{"radius", "the secret shared with RADIUS servers", R"(radius = "/etc/fdnprobe/radius.secret")"},
          {"responder", "the key of `fdnprobe respond`", R"(responder = "/etc/fdnprobe/responder.key")"},
          {"proxy", "USER:PASSWORD for the proxy", R"(proxy = "/etc/fdnprobe/proxy.credentials")"},
          {"webhook", "what signs notifications", R"(webhook = "/etc/fdnprobe/webhook.secret")"}}},
        {"[schedule]",
         "When a watch checks.",
         {{"every", "how often", R"(every = "5m")"},
          {"jitter", "by how much of that a run may be late", R"(jitter = "10%")"},
          {"confirm", "a change counts once N of the last M runs say so", R"(confirm = "2/3")"},
          {"quiet", "when nobody is told", R"(quiet = ["Sat 22:00-Sun 06:00"])"},
          {"paused", "when nothing is checked", R"(paused = ["Sun 02:00-04:00"])"},
          {"rows", "rows with an interval of their own", R"(rows = { "*av-ips*" = "1m" })"}}},
        {"[history]",
         "How long a watch keeps what it found.",
         {{"raw", "single runs", R"(raw = "30d")"},
          {"hourly", "sums by the hour", R"(hourly = "400d")"},
          {"daily", "sums by the day", R"(daily = "forever")"}}},
        {"[notify]",
         "Who is told of confirmed changes.",
         {{"to", "receivers, as with --notify", R"(to = ["webhook=https://hooks.example/fdnprobe"])"},
          {"group", "how long changes are gathered into one message", R"(group = "30s")"},
          {"at_most", "how many messages in which time", R"(at_most = "20/1h")"}}},
    };
}

std::vector<FileSection> table_file_sections() {
    return {
        {"Top of the file",
         "A table is TOML: one vendor's port document.",
         {{"schema", "which kind of file it is", R"(schema = "fdnprobe.table/1")"},
          {"id", "the table's name in ids and on the command line", R"(id = "fortiproxy-7.4")"},
          {"title, edition", "the document's own", R"(title = "FortiProxy 7.4 Ports")"},
          {"product", "whose ports these are; a row may name its own", R"(product = "FortiProxy")"},
          {"note", "what a reader has to know", R"(note = "Addresses of appliances are the site's.")"},
          {"advice",
           "what to do on the product, by the code of a cause or a verdict: text, a table of the keys of "
           "[[advice_block]], a reference, or a list of those",
           R"(advice = { timeout = { use = "other-port" } })"}}},
        {"[[advice_block]]",
         "Advice that several places share. One id may have blocks for different releases.",
         {{"id", "its name", R"(id = "other-port")"},
          {"say", "one or two sentences", R"(say = "If it cannot be opened, use another port.")"},
          {"commands", "one a line, as they are typed", R"(commands = "show system status")"},
          {"versions", "the releases that have the commands", R"(versions = "FortiGate 6.2-7.6.2, FortiProxy 7.0-")"}}},
        {"[[block_page]]",
         "What the vendor's DNS filter answers with.",
         {{"address", "the page's address", R"(address = "208.91.112.55")"},
          {"name", "whose filter it is", R"(name = "FortiGuard's DNS filter")"},
          {"certificate", "the name on its certificate", R"(certificate = "Blocked Page")"}}},
        {"[[row]]",
         "One line of the document.",
         {{"id", "unique in the table, never used again", R"(id = "outgoing/fortiguard/registration")"},
          {"direction", "outgoing: probed at the peer; incoming: probed at the product", R"(direction = "outgoing")"},
          {"section", "the document's heading", R"(section = "Outgoing ports")"},
          {"product", "whose row it is, where the table has several", R"(product = "FortiMail")"},
          {"peer", "who is at the other end", R"(peer = "FortiGuard")"},
          {"purpose", "as the document prints it", R"(purpose = "Registration")"},
          {"ports", "as the document prints them", R"(ports = "TCP/443, TCP/8890")"},
          {"need", "any: one port is enough; all: each is needed", R"(need = "any")"},
          {"origin", "who has added a row that the document lacks", R"(origin = "fdnprobe")"},
          {"when",
           "the devices that use it: keys of [device] with a value, a list of values, \"set\", \"given\", "
           "\"none\", or \"!value\"; a list of such tables: any of them",
           R"(when = { management = ["!none", "!fortiguard"] })"},
          {"notice_when", "the devices to which it is only a notice", R"(notice_when = { update_servers = "set" })"},
          {"source, sure", "where its facts are from, and how sure they are: high, medium or low",
           R"(source = "FortiOS administration guide 7.4")"},
          {"note", "what a reader has to know", R"(note = "One way is enough.")"},
          {"advice", "as at the top; the nearest counts", R"(advice = { blocked = "Open it." })"}}},
        {"[[row.check]]",
         "How a port is tried, where the plain reading of the row is not enough. Keys of a row that are not repeated "
         "here mean the same.",
         {{"port", "one of the row's", R"(port = "TCP/443")"},
          {"dial", "the port in use where the document prints another", R"(dial = "TCP/465")"},
          {"probe", "what is asked (see PROBES); its options are further keys", R"(probe = "tls")"},
          {"skip", "why it cannot be tried, in place of a probe", R"(skip = "The names are not published.")"},
          {"host, hosts", "where; without them, at the peer's address from the site file",
           R"(host = "update.fortiguard.net")"},
          {"host_from", "the [device] key that has the hosts", R"(host_from = "update_servers")"},
          {"through", "the [device] key that has an HTTP proxy for this check", R"(through = "update_proxy")"},
          {"family", "ipv4 or ipv6: addresses of the other are not its", R"(family = "ipv6")"},
          {"trust", "who may have signed the certificate: public, fortinet, any, or a list",
           R"(trust = ["public", "fortinet"])"},
          {"signer", "the public CA that is known to sign", R"(signer = "DigiCert")"},
          {"ocsp", "stapled: the device demands the answer; expected: a missing one is a warning",
           R"(ocsp = "stapled")"},
          {"server_name", "the name for TLS and HTTP", R"(server_name = "globalsdns.fortinet.net")"},
          {"level", "need, or notice: shown, never held against the row", R"(level = "notice")"},
          {"alternative", "checks of a row with the same word stand in for each other", R"(alternative = "update")"}}},
    };
}

}  // namespace fdnprobe::app
