#include <array>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "config/load.hpp"
#include "config/sample_probes.hpp"

using namespace fdnprobe;
using namespace fdnprobe::config;

namespace {

/// The example of the interface's description, word for word, as far as a row goes.
const std::string example = R"(schema = "fdnprobe.table/1"
id = "fortiproxy-7.4"
title = "FortiProxy 7.4 Ports"
edition = "45-740-935601-20230802"
product = "FortiProxy"                     # whose ports these are; a row may name its own

[[row]]
id = "outgoing/fortiguard/av-ips-update"   # unique in the table, never reused
direction = "outgoing"                     # outgoing: product -> peer, probed at the peer; incoming: peer -> product, probed at the product
section = "Outgoing ports"                 # the document's own heading
peer = "FortiGuard"
purpose = "AV/IPS Update"                  # as the document prints it
ports = "TCP/443, TCP/8890"                # as the document prints it; parsed, and every port must be covered
need = "any"                               # any | all

[[row.check]]                              # optional: where the plain reading of `ports` is not enough
port = "TCP/443"
probe = "tls"
host = "update.fortiguard.net"             # or hosts = […]; none: the peer's address from the site file
trust = "fortinet"                         # public | fortinet | any: who may have signed its certificate
ocsp = "stapled"                           # the device demands it (anycast services)
level = "need"                             # need | notice
note = "…"
)";

/// A good table up to its last row's header, which is in line 4: what follows begins in line 5.
const std::string top = "schema = \"fdnprobe.table/1\"\nid = \"t\"\ntitle = \"T\"\n[[row]]\n";
/// A good row of six lines: what follows begins in line 11.
const std::string row = R"(id = "r"
direction = "outgoing"
peer = "P"
purpose = "Q"
ports = "TCP/443, UDP/53"
need = "all"
)";
/// A row whose UDP port is covered, up to the header of a check of TCP/443 in line 14: what follows begins in line 15.
const std::string check = top + row + "[[row.check]]\nport = \"UDP/53\"\nprobe = \"udp\"\n[[row.check]]\n";

struct Outcome {
    std::string errors;    ///< one a line
    std::string warnings;  ///< one a line
    Table table;
};

Outcome read(const std::string& text) {
    Outcome outcome;
    Problems warnings;
    auto table = parse_table(text, "t.toml", sample::probes, warnings);
    if (!table)
        for (const Problem& problem : table.error()) outcome.errors += problem.to_string() + "\n";
    else
        outcome.table = std::move(*table);
    for (const Problem& problem : warnings) outcome.warnings += problem.to_string() + "\n";
    return outcome;
}

Row only_row(const std::string& text) {
    const Outcome outcome = read(text);
    INFO(text);
    REQUIRE(outcome.errors.empty());
    REQUIRE(outcome.table.rows.size() == 1);
    return outcome.table.rows[0];
}

/// Each text, and the one message that it must cause: all of it behind "t.toml:".
using Cases = std::vector<std::pair<std::string, std::string>>;

void expect(const Cases& cases) {
    for (const auto& [text, expected] : cases) {
        INFO(text);
        CHECK(read(text).errors == (expected.empty() ? "" : "t.toml:" + expected + "\n"));
    }
}

}  // namespace

TEST_CASE("the example of the description says what it says", "[config][table]") {
    // As it stands, it leaves TCP/8890 to nobody.
    CHECK(read(example).errors ==
          "t.toml:13:9: no check covers TCP/8890; expected a [[row.check]] for it, if only with `skip`\n");

    const Outcome outcome = read(example + "[[row.check]]\nport = \"TCP/8890\"\nprobe = \"tcp\"\nhold = 1.5\n");
    REQUIRE(outcome.errors.empty());
    CHECK(outcome.warnings.empty());
    const Table& table = outcome.table;
    CHECK(table.file == "t.toml");
    CHECK(table.id == "fortiproxy-7.4");
    CHECK(table.title == "FortiProxy 7.4 Ports");
    CHECK(table.edition == "45-740-935601-20230802");
    CHECK(table.product == "FortiProxy");
    CHECK(table.note.empty());
    REQUIRE(table.rows.size() == 1);
    const Row& read_row = table.rows[0];
    CHECK(read_row.table == "fortiproxy-7.4");
    CHECK(read_row.full_id() == "fortiproxy-7.4/outgoing/fortiguard/av-ips-update");
    CHECK(read_row.direction == Direction::outgoing);
    CHECK(read_row.section == "Outgoing ports");
    CHECK(read_row.product == "FortiProxy");
    CHECK(read_row.peer == "FortiGuard");
    CHECK(read_row.purpose == "AV/IPS Update");
    CHECK(read_row.ports == "TCP/443, TCP/8890");
    CHECK(read_row.port_list == std::vector<Port>{{Transport::tcp, 443}, {Transport::tcp, 8890}});
    CHECK(read_row.need == Need::any);
    REQUIRE(read_row.checks.size() == 2);
    const CheckRule& tls = read_row.checks[0];
    CHECK(tls.port == Port{Transport::tcp, 443});
    CHECK(tls.probe == "tls");
    CHECK(tls.hosts == std::vector<std::string>{"update.fortiguard.net"});
    CHECK(tls.trust == Trust{false, true, false});
    CHECK(tls.ocsp_stapled);
    CHECK(tls.level == Level::need);
    CHECK(tls.note == "\u2026");
    CHECK(tls.skip.empty());
    const CheckRule& tcp = read_row.checks[1];
    CHECK(tcp.hosts.empty());
    CHECK(tcp.trust == Trust{});
    CHECK(tcp.options == ProbeOptions{{"hold", 1.5}});
}

TEST_CASE("a row without checks gets the plain reading of its ports", "[config][table]") {
    const Row plain = only_row(top + R"(id = "a/b.c_d-1"
direction = "incoming"
peer = "P"
product = "Other"
purpose = "Q"
note = "N"
ports = "TCP/443, UDP/53, ESP, ETH 0x8890"
)");
    CHECK(plain.direction == Direction::incoming);
    CHECK(plain.product == "Other");
    CHECK(plain.note == "N");
    CHECK(plain.need == Need::all);
    REQUIRE(plain.checks.size() == 4);
    CHECK(plain.checks[0].probe == "tcp");
    CHECK(plain.checks[1].probe == "udp");
    CHECK(plain.checks[2].probe == "esp");
    // An EtherType can be anybody's, and a protocol number cannot.
    CHECK(plain.checks[3].probe.empty());
    CHECK_FALSE(plain.checks[3].skip.empty());
    for (const CheckRule& rule : plain.checks) {
        CHECK(rule.hosts.empty());
        CHECK(rule.level == Level::need);
    }
}

TEST_CASE("a check may say everything", "[config][table]") {
    const Row full = only_row(check + R"(port = "tcp/443"
probe = "dot"
hosts = ["DNS.example.net", "2001:DB8::0:1", "10.0.0.1"]
trust = ["public", "fortinet"]
signer = "DigiCert"
server_name = "Real.Example.net"
level = "notice"
alternative = "over-tls"
question = "example.net"
recursion = false
)");
    REQUIRE(full.checks.size() == 2);
    const CheckRule& rule = full.checks[1];
    CHECK(rule.port == Port{Transport::tcp, 443});
    CHECK(rule.hosts == std::vector<std::string>{"dns.example.net", "2001:db8::1", "10.0.0.1"});
    CHECK(rule.trust == Trust{true, true, false});
    CHECK_FALSE(rule.ocsp_stapled);
    CHECK(rule.server_name == "real.example.net");
    CHECK(rule.signer == "DigiCert");
    CHECK(rule.level == Level::notice);
    CHECK(rule.alternative == "over-tls");
    CHECK(rule.options == ProbeOptions{{"question", std::string("example.net")}, {"recursion", false}});

    const Row skipped = only_row(check + "port = \"TCP/443\"\nskip = \"nobody answers\"\nhost = \"a.example\"\n");
    CHECK(skipped.checks[1].skip == "nobody answers");
    CHECK(skipped.checks[1].probe.empty());

    const Row lower = only_row(top + R"(id = "r"
direction = "outgoing"
peer = "P"
purpose = "Q"
ports = "ESP, ETH 0x8890"
[[row.check]]
port = "ESP/50"
probe = "esp"
host = "a.example"
[[row.check]]
port = "ETH/0x8890"
probe = "heartbeat"
hold = 2
)");
    CHECK(lower.checks[0].probe == "esp");
    CHECK(lower.checks[1].probe == "heartbeat");

    const Row http = only_row(check + "port = \"TCP/443\"\nprobe = \"http\"\nserver_name = \"a.example\"\n");
    CHECK(http.checks[1].server_name == "a.example");
}

TEST_CASE("a check may dial another port than the one that the document prints", "[config][table]") {
    const Row both = only_row(check + R"(port = "TCP/443"
probe = "dns"
[[row.check]]
port = "TCP/443"
dial = "udp/1700"
probe = "dns"
)");
    REQUIRE(both.checks.size() == 3);
    CHECK_FALSE(both.checks[1].dial);
    CHECK(both.checks[2].port == Port{Transport::tcp, 443});
    CHECK(both.checks[2].dial == Port{Transport::udp, 1700});
    // The probe has to fit the port that is dialled, and need not fit the one that is printed.
    CHECK(only_row(check + "port = \"TCP/443\"\ndial = \"UDP/443\"\nprobe = \"udp\"\n").checks[1].dial ==
          Port{Transport::udp, 443});
}

TEST_CASE("who may have signed a certificate depends on who named the host", "[config][table]") {
    const std::string tls = check + "port = \"TCP/443\"\nprobe = \"tls\"\n";
    CHECK(only_row(tls).checks[1].trust == Trust{false, false, true});
    CHECK(only_row(tls + "host = \"a.example\"\n").checks[1].trust == Trust{true, false, false});
    CHECK(only_row(tls + "trust = \"public\"\n").checks[1].trust == Trust{true, false, false});
    CHECK(only_row(tls + "host = \"a.example\"\ntrust = \"any\"\n").checks[1].trust == Trust{false, false, true});
}

TEST_CASE("rows keep their order", "[config][table]") {
    std::string text = top + row;
    for (const char* id : {"z", "a", "m"}) text += std::string("[[row]]\nid = \"") + id + row.substr(row.find('"') + 2);
    const Outcome outcome = read(text);
    REQUIRE(outcome.errors.empty());
    std::string order;
    for (const Row& one : outcome.table.rows) order += one.id;
    CHECK(order == "rzam");
}

TEST_CASE("alternatives without `need` cause a warning", "[config][table]") {
    const std::string head = top + "id = \"r\"\ndirection = \"outgoing\"\npeer = \"P\"\npurpose = \"Q\"\n";
    const Outcome outcome = read(head + "ports = \"TCP or UDP/389\"\n");
    CHECK(outcome.errors.empty());
    CHECK(outcome.warnings ==
          "t.toml:9:9: warning: `ports` says \"or\", and the row does not say whether one port is enough; expected "
          "`need = \"any\"` or `need = \"all\"`; all are needed as it stands\n");
    CHECK(outcome.table.rows[0].need == Need::all);
    CHECK(read(head + "ports = \"TCP or UDP/389\"\nneed = \"any\"\n").warnings.empty());
}

TEST_CASE("mistakes at the top of a table", "[config][table]") {
    const std::string rest = "[[row]]\n" + row;
    const std::string good_head = "schema = \"fdnprobe.table/1\"\nid = \"t\"\ntitle = \"T\"\n";
    expect({
        {good_head + rest, ""},
        {"id = \"t\"\ntitle = \"T\"\n" + rest, "1:1: a table has no `schema`"},
        {"schema = 1\nid = \"t\"\ntitle = \"T\"\n" + rest, "1:10: `schema` must be a string, not an integer"},
        {"schema = \"fdnprobe.tabel/1\"\nid = \"t\"\ntitle = \"T\"\n" + rest,
         "1:10: `schema` is `fdnprobe.tabel/1`; expected `fdnprobe.table/1`"},
        // A file of another kind has no other mistakes worth showing.
        {"schema = \"fdnprobe.site/1\"\nfoo = 1\n",
         "1:10: `schema` is `fdnprobe.site/1`; expected `fdnprobe.table/1`: this is a site file"},
        {"schema = \"fdnprobe.table/2\"\nfoo = 1\n",
         "1:10: `schema` is `fdnprobe.table/2`; expected `fdnprobe.table/1`: this version reads no other"},
        {"schema = \"fdnprobe.table/1\"\ntitle = \"T\"\n" + rest, "1:1: a table has no `id`"},
        {"schema = \"fdnprobe.table/1\"\nid = \"A/b\"\ntitle = \"T\"\n" + rest,
         "2:6: `id` is `A/b`; expected only a-z, 0-9 and `.` `_` `-`"},
        {"schema = \"fdnprobe.table/1\"\nid = \"\"\ntitle = \"T\"\n" + rest, "2:6: `id` must not be empty"},
        {"schema = \"fdnprobe.table/1\"\nid = \"t\"\n" + rest, "1:1: a table has no `title`"},
        {"schema = \"fdnprobe.table/1\"\nid = \"t\"\ntitle = \" \"\n" + rest, "3:9: `title` must not be empty"},
        {"schema = \"fdnprobe.table/1\"\nid = \"t\"\ntitle = [\"T\"]\n" + rest,
         "3:9: `title` must be a string, not an array"},
        {"schema = \"fdnprobe.table/1\"\nid = \"t\"\ntitle = \"a\\u0000b\"\n" + rest,
         "3:9: `title` must not contain a NUL character"},
        {good_head + "edition = 2023-08-02\n" + rest, "4:11: `edition` must be a string, not a date"},
        {good_head + "product = 2023-08-02T01:02:03Z\n" + rest,
         "4:11: `product` must be a string, not a date and time"},
        {good_head + "note = 01:02:03\n" + rest, "4:8: `note` must be a string, not a time"},
        {good_head + "prodcut = \"x\"\n" + rest, "4:1: a table has no key `prodcut`; did you mean `product`?"},
        {good_head + "zzzzzzzzzz = \"x\"\n" + rest,
         "4:1: a table has no key `zzzzzzzzzz`; expected schema, id, title, edition, product, note or row"},
        {good_head + "\"\\u001b[2J\" = 1\n" + rest,
         "4:1: a table has no key `\\x1b[2J`; expected schema, id, title, edition, product, note or row"},
        {good_head, "1:1: a table has no `row`; expected at least one [[row]]"},
        {good_head + "row = []\n", "4:7: `row` must not be empty"},
        {good_head + "row = 1\n", "4:7: `row` must be an array of tables, not an integer"},
        {good_head + "row = [1.5]\n", "4:8: every element of `row` must be a table, not a floating-point number"},
        {good_head + "[row]\n" + row, "4:1: `row` must be an array of tables, not a table"},
    });
}

TEST_CASE("mistakes in a row", "[config][table]") {
    const auto without = [](const std::string& key) {
        std::string text = row;
        const std::size_t start = text.find(key + " = ");
        text.erase(start, text.find('\n', start) + 1 - start);
        return top + text;
    };
    const auto with = [](const std::string& key, const std::string& value) {
        std::string text = row;
        const std::size_t start = text.find(key + " = ");
        return top + text.replace(start, text.find('\n', start) - start, key + " = " + value);
    };
    expect({
        {without("id"), "4:1: a row has no `id`"},
        {without("direction"), "4:1: a row has no `direction`"},
        {without("peer"), "4:1: a row has no `peer`"},
        {without("purpose"), "4:1: a row has no `purpose`"},
        {without("ports"), "4:1: a row has no `ports`"},
        {without("need"), ""},
        {with("id", "\"R\""), "5:6: `id` is `R`; expected only a-z, 0-9 and `.` `_` `/` `-`"},
        {with("id", "true"), "5:6: `id` must be a string, not a boolean"},
        {with("direction", "\"outgoign\""),
         "6:13: `direction` is `outgoign`; expected `outgoing` or `incoming`; did you mean `outgoing`?"},
        {with("direction", "\"\""), "6:13: `direction` must not be empty"},
        {with("direction", "1"), "6:13: `direction` must be a string, not an integer"},
        {with("peer", "{}"), "7:8: `peer` must be a string, not a table"},
        {with("purpose", "\"\""), "8:11: `purpose` must not be empty"},
        {with("ports", "443"), "9:9: `ports` must be a string, not an integer"},
        {with("ports", "\"TCP/443, HTTPS\""),
         "9:9: `ports`, at character 10: cannot read `HTTPS`: expected a port such as TCP/443"},
        {with("need", "\"one\""), "10:8: `need` is `one`; expected `any` or `all`"},
        {with("need", "\"al\""), "10:8: `need` is `al`; expected `any` or `all`; did you mean `all`?"},
        {with("need", "1"), "10:8: `need` must be a string, not an integer"},
        {top + row + "peeer = \"x\"\n", "11:1: a row has no key `peeer`; did you mean `peer`?"},
        {top + row + "section = 1\n", "11:11: `section` must be a string, not an integer"},
        {top + row + "check = 1\n", "11:9: `check` must be an array of tables, not an integer"},
        {top + row + "check = [1]\n", "11:10: every element of `check` must be a table, not an integer"},
        {top + row + "check = []\n",
         "9:9: no check covers TCP/443, UDP/53; expected a [[row.check]] for it, if only with `skip`"},
        {top + row + "[[row]]\n" + row, "12:6: the row id `r` is taken by the row in line 5"},
    });
}

TEST_CASE("mistakes in a check", "[config][table]") {
    const std::string tls = check + "port = \"TCP/443\"\nprobe = \"tls\"\n";
    const std::string tcp = check + "port = \"TCP/443\"\nprobe = \"tcp\"\n";
    const std::string skip = check + "port = \"TCP/443\"\nskip = \"why\"\n";
    // Rows of one port, up to the header of its check in line 10: what follows begins in line 11.
    const std::string five = "id = \"r\"\ndirection = \"outgoing\"\npeer = \"P\"\npurpose = \"Q\"\n";
    const std::string beneath = top + five + "ports = \"ESP\"\n[[row.check]]\n";
    const std::string segment = top + five + "ports = \"ETH 0x8890\"\n[[row.check]]\n";
    expect({
        {tls, ""},
        {tcp, ""},
        {skip, ""},
        {check + "probe = \"tcp\"\n", "14:1: a check has no `port`"},
        {check + "port = 443\nprobe = \"tcp\"\n", "15:8: `port` must be a string, not an integer"},
        {check + "port = \"443\"\nprobe = \"tcp\"\n",
         "15:8: `port` is `443`; expected something like `TCP/443`, `ESP/50` or `ETH/0x8890`"},
        {check + "port = \"TCP/434\"\nprobe = \"tcp\"\n",
         "15:8: `TCP/434` is not among the ports of the row (TCP/443, UDP/53); did you mean `TCP/443`?"},
        {check + "port = \"ESP/50\"\nskip = \"why\"\n",
         "15:8: `ESP/50` is not among the ports of the row (TCP/443, UDP/53)"},
        {check + "port = \"TCP/443\"\n", "14:1: a check has no `probe`, and no `skip` that says why"},
        {skip + "probe = \"tcp\"\n", "17:1: a check has either `probe` or `skip`, and this one has both"},
        {check + "port = \"TCP/443\"\nskip = \" \"\n", "16:8: `skip` must not be empty"},
        {check + "port = \"TCP/443\"\nskip = true\n", "16:8: `skip` must be a string, not a boolean"},
        {check + "port = \"TCP/443\"\nprobe = 1\n", "16:9: `probe` must be a string, not an integer"},
        {check + "port = \"TCP/443\"\nprobe = \"tsl\"\n", "16:9: there is no probe `tsl`; did you mean `tls`?"},
        {check + "port = \"TCP/443\"\nprobe = \"quic\"\n",
         "16:9: there is no probe `quic`; expected tcp, udp, tls, dns, dot, http, esp or heartbeat"},
        {check + "port = \"TCP/443\"\nprobe = \"udp\"\n",
         "16:9: the probe `udp` does not work over TCP; expected tcp, tls, dns, dot or http"},
        {top + row +
             "[[row.check]]\nport = \"TCP/443\"\nprobe = \"tcp\"\n[[row.check]]\nport = \"UDP/53\"\nprobe = "
             "\"tls\"\n",
         "16:9: the probe `tls` does not work over UDP; expected udp or dns"},
        {beneath + "port = \"ESP/50\"\nprobe = \"udp\"\n",
         "12:9: the probe `udp` does not work over ESP; expected esp"},
        {beneath + "port = \"ESP/50\"\nprobe = \"heartbeat\"\n",
         "12:9: the probe `heartbeat` does not work over ESP; expected esp"},
        {segment + "port = \"ETH/0x8890\"\nprobe = \"tls\"\n",
         "12:9: the probe `tls` does not work over Ethernet; expected heartbeat"},
        {segment + "port = \"ETH/0x8890\"\nprobe = \"heartbeat\"\nhosts = [\"a\"]\n",
         "13:1: `hosts` means nothing to ETH/0x8890: whoever is on the segment hears it"},
        {tcp + "dial = 1700\n", "17:8: `dial` must be a string, not an integer"},
        {tcp + "dial = \"1700\"\n", "17:8: `dial` is `1700`; expected a TCP or UDP port such as `UDP/1700`"},
        {tcp + "dial = \"ESP/50\"\n", "17:8: `dial` is `ESP/50`; expected a TCP or UDP port such as `UDP/1700`"},
        {tcp + "dial = \"tcp/443\"\n", "17:8: `dial` is `tcp/443`, which is the check's `port`; leave it out"},
        {tcp + "dial = \"UDP/1700\"\n", "16:9: the probe `tcp` does not work over UDP; expected udp or dns"},
        {skip + "dial = \"UDP/1700\"\n", "17:1: `dial` means nothing beside `skip`: nobody is asked"},
        {beneath + "port = \"ESP/50\"\nprobe = \"esp\"\ndial = \"UDP/4500\"\n",
         "13:1: `dial` means nothing to ESP/50, which is no TCP or UDP port"},
        {tcp + "[[row.check]]\nport = \"TCP/443\"\ndial = \"TCP/1700\"\nprobe = \"tcp\"\n[[row.check]]\nport = "
               "\"TCP/443\"\ndial = \"TCP/1700\"\nprobe = \"tcp\"\n",
         "21:1: the check of TCP/1700 with `tcp` at the peer's address is there already, in line 17"},
        {tcp + "host = \"a_b\"\n", "17:8: `a_b` is neither a host name nor an address: `_` cannot be part of one"},
        {tcp + "host = \"\"\n", "17:8: `` is neither a host name nor an address: it is empty"},
        {tcp + "host = [\"a\"]\n", "17:8: `host` must be a string, not an array"},
        {tcp + "host = \"10.0.0.1\\u0000.evil\"\n", "17:8: `host` must not contain a NUL character"},
        {tcp + "hosts = \"a\"\n", "17:9: `hosts` must be an array of strings, not a string"},
        {tcp + "hosts = []\n",
         "17:9: `hosts` must not be empty; without the key, the site's address of the peer is used"},
        {tcp + "hosts = [\"a\", 1]\n", "17:15: every element of `hosts` must be a string, not an integer"},
        {tcp + "hosts = [\"a\",\n  \"b c\"]\n",
         "18:3: `b c` is neither a host name nor an address: ` ` cannot be part of one"},
        {tcp + "hosts = [\"a.example\", \"A.example\"]\n", "17:23: `A.example` is in this list already"},
        {tcp + "host = \"a\"\nhosts = [\"b\"]\n", "18:1: a check has either `host` or `hosts`, not both"},
        {tls + "trust = \"pubic\"\n",
         "17:9: `trust` is `pubic`; expected `public`, `fortinet` or `any`; did you mean `public`?"},
        {tls + "trust = [\"public\", \"me\"]\n", "17:20: `trust` is `me`; expected `public`, `fortinet` or `any`"},
        {tls + "trust = []\n", "17:9: `trust` must not be empty"},
        {tls + "trust = 1\n", "17:9: `trust` must be a string or an array of strings, not an integer"},
        {tcp + "trust = \"any\"\n", "17:1: `trust` means nothing to the probe `tcp`; expected tls or dot"},
        {skip + "trust = \"any\"\n", "17:1: `trust` means nothing beside `skip`: nobody is asked"},
        {tls + "ocsp = \"required\"\n", "17:8: `ocsp` is `required`; expected `stapled`"},
        {tls + "ocsp = true\n", "17:8: `ocsp` must be a string, not a boolean"},
        {tcp + "ocsp = \"stapled\"\n", "17:1: `ocsp` means nothing to the probe `tcp`; expected tls or dot"},
        {tcp + "signer = \"DigiCert\"\n", "17:1: `signer` means nothing to the probe `tcp`; expected tls or dot"},
        {skip + "signer = \"DigiCert\"\n", "17:1: `signer` means nothing beside `skip`: nobody is asked"},
        {tls + "signer = 1\n", "17:10: `signer` must be a string, not an integer"},
        {tls + "signer = \" \"\n", "17:10: `signer` must not be empty"},
        {tls + "signer = \"DigiCert\"\n",
         "17:1: `signer` names a public CA, and a check without `host` accepts any; expected `trust = \"public\"` "
         "beside it"},
        {tls + "trust = \"fortinet\"\nsigner = \"DigiCert\"\n",
         "18:1: `signer` names a public CA, and `trust` accepts none; expected `\"public\"` there"},
        {tls + "server_name = \"10.0.0.1\"\n", "17:15: `10.0.0.1` is an address; expected a host name"},
        {tls + "server_name = \"a_b\"\n", "17:15: `a_b` is not a host name: `_` cannot be part of one"},
        {tcp + "server_name = \"a\"\n",
         "17:1: `server_name` means nothing to the probe `tcp`; expected tls, dot or http"},
        {tcp + "level = \"notcie\"\n",
         "17:9: `level` is `notcie`; expected `need` or `notice`; did you mean `notice`?"},
        {tcp + "alternative = 1\n", "17:15: `alternative` must be a string, not an integer"},
        {tcp + "note = 1\n", "17:8: `note` must be a string, not an integer"},
        {tcp + "hold = 61\n", "17:8: `hold` is `61`; expected a number of seconds from 0 to 60"},
        {tcp + "hold = -0.5\n", "17:8: `hold` is `-0.5`; expected a number of seconds from 0 to 60"},
        {tcp + "hold = true\n", "17:8: `hold` is `true`; expected a number of seconds from 0 to 60"},
        {tcp + "hold = \"\\u001b\"\n", "17:8: `hold` is `\\x1b`; expected a number of seconds from 0 to 60"},
        {tcp + "hold = [1]\n", "17:8: `hold` must be a number of seconds from 0 to 60, not an array"},
        {tcp + "hodl = 1\n", "17:1: a check with the probe `tcp` has no key `hodl`; did you mean `hold`?"},
        {tcp + "question = \"a\"\n",
         "17:1: a check with the probe `tcp` has no key `question`; it is an option of dns or dot"},
        {tls + "zzzzzzzz = \"a\"\n",
         "17:1: a check with the probe `tls` has no key `zzzzzzzz`; expected port, dial, skip, probe, host, hosts, "
         "trust, "
         "ocsp, signer, server_name, level, alternative or note"},
        {skip + "hold = 1\n",
         "17:1: a check has no key `hold`; expected port, dial, skip, probe, host, hosts, trust, ocsp, signer, "
         "server_name, "
         "level, "
         "alternative or note"},
        // An option may belong to the probe that was meant.
        {check + "port = \"TCP/443\"\nprobe = \"tpc\"\nhold = 1\n",
         "16:9: there is no probe `tpc`; did you mean `tcp`?"},
        {tcp + "[[row.check]]\nport = \"TCP/443\"\nprobe = \"tcp\"\n",
         "17:1: the check of TCP/443 with `tcp` at the peer's address is there already, in line 14"},
        {tcp + "host = \"a\"\n[[row.check]]\nport = \"TCP/443\"\nprobe = \"tcp\"\nhosts = [\"b\", \"A\"]\n",
         "18:1: the check of TCP/443 with `tcp` at `a` is there already, in line 14"},
        {skip + "[[row.check]]\nport = \"TCP/443\"\nskip = \"why\"\n",
         "17:1: the check of TCP/443 with `skip` at the peer's address is there already, in line 14"},
        {tcp + "host = \"a\"\n[[row.check]]\nport = \"TCP/443\"\nprobe = \"tcp\"\n", ""},
    });
}

TEST_CASE("all mistakes of a table are shown at once, in its order", "[config][table]") {
    CHECK(read(R"(schema = "fdnprobe.table/1"
id = "T"
titel = "x"
[[row]]
id = "r"
direction = "out"
purpose = "Q"
ports = "TCP/443, TCP/80, X/1"
[[row.check]]
port = "TCP/444"
probe = "tsl"
hsots = []
[[row]]
id = "r"
direction = "incoming"
peer = 5
purpose = "Q"
ports = "TCP/80, TCP/81, TCP/82"
[[row.check]]
prot = "TCP/80"
probe = "http"
trust = "any"
)")
              .errors == R"(t.toml:1:1: a table has no `title`
t.toml:2:6: `id` is `T`; expected only a-z, 0-9 and `.` `_` `-`
t.toml:3:1: a table has no key `titel`; did you mean `title`?
t.toml:4:1: a row has no `peer`
t.toml:6:13: `direction` is `out`; expected `outgoing` or `incoming`
t.toml:8:9: `ports`, at character 18: cannot read `X`: expected a port such as TCP/443
t.toml:11:9: there is no probe `tsl`; did you mean `tls`?
t.toml:12:1: a check has no key `hsots`; did you mean `hosts`?
t.toml:14:6: the row id `r` is taken by the row in line 5
t.toml:16:8: `peer` must be a string, not an integer
t.toml:19:1: a check has no `port`
t.toml:20:1: a check with the probe `http` has no key `prot`; did you mean `port`?
t.toml:22:1: `trust` means nothing to the probe `http`; expected tls or dot
)");
}

TEST_CASE("a row of a thousand ports does not make a message of a thousand ports", "[config][table]") {
    const std::string head = top + "id = \"r\"\ndirection = \"outgoing\"\npeer = \"P\"\npurpose = \"Q\"\n";
    expect({{head + "ports = \"TCP/1-1024\"\n[[row.check]]\nport = \"UDP/1\"\nprobe = \"udp\"\n",
             "11:8: `UDP/1` is not among the ports of the row (TCP/1, TCP/2, TCP/3, TCP/4, TCP/5, TCP/6, TCP/7, TCP/8, "
             "TCP/9, TCP/10, TCP/11, TCP/12, ...)"}});
}

TEST_CASE("a table that is no TOML has one mistake", "[config][table]") {
    expect({{"schema = \"fdnprobe.table/1\nid = 1\n",
             "1:27: this is not TOML: Error while parsing string: unescaped control characters other than TAB (U+0009) "
             "are explicitly prohibited"}});
}
