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
when = { fortiguard = "anycast" }          # optional: keys of [device] this check is for; another configuration makes it `not-applicable`
advice = { timeout = "…" }                 # optional: what to do on this product, by cause; may hold commands, one a line, and `versions = "…"`
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
    CHECK(tls.ocsp == Stapling::demanded);
    CHECK(tls.level == Level::need);
    REQUIRE(tls.when.any_of.size() == 1);
    REQUIRE(tls.when.any_of[0].size() == 1);
    CHECK(tls.when.any_of[0][0].key == "fortiguard");
    CHECK(tls.when.any_of[0][0].words == std::vector<std::string>{"anycast"});
    REQUIRE(tls.advice.contains("timeout"));
    CHECK(tls.advice.at("timeout").at(0).say == "\u2026");
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
    CHECK(rule.ocsp == Stapling::ignored);
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
         "4:1: a table has no key `zzzzzzzzzz`; expected schema, id, title, edition, product, note, advice_block, "
         "advice, block_page or row"},
        {good_head + "\"\\u001b[2J\" = 1\n" + rest,
         "4:1: a table has no key `\\x1b[2J`; expected schema, id, title, edition, product, note, advice_block, "
         "advice, block_page or row"},
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
    const std::string keys_of_a_check =
        "port, dial, skip, probe, host, hosts, host_from, through, family, trust, ocsp, signer, server_name, level, "
        "when, notice_when, source, sure, advice, alternative or note";
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
        {tls + "ocsp = \"required\"\n", "17:8: `ocsp` is `required`; expected `stapled` or `expected`"},
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
         "17:1: a check with the probe `tls` has no key `zzzzzzzz`; expected " + keys_of_a_check},
        {skip + "hold = 1\n", "17:1: a check has no key `hold`; expected " + keys_of_a_check},
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

TEST_CASE("which devices use a row or a check", "[config][table]") {
    const Row full = only_row(top + row + R"(origin = "fdnprobe"
source = "a guide"
sure = "medium"
when = { management = ["!none", "!fortiguard"] }
notice_when = [{ ha = "standalone" }, { push = true, update_port = 443 }]
[[row.check]]
port = "TCP/443"
probe = "tls"
host_from = "update_servers"
through = "update_proxy"
family = "ipv6"
ocsp = "expected"
when = [
    { fortiguard = "anycast", services_off = "!all" },
    { default_servers = [true], update_port = [8890, "443"], update_servers = "given" },
]
notice_when = { mail = "none" }
source = "another guide"
sure = "low"
[[row.check]]
port = "UDP/53"
skip = "why"
when = { sdns = "!set" }
)");
    CHECK(full.origin == "fdnprobe");
    CHECK(full.source == "a guide");
    CHECK(full.sure == Sureness::medium);
    const auto spelled = [](const When& when) {
        std::string text;
        for (const auto& all : when.any_of) {
            if (!text.empty()) text += " | ";
            std::string set;
            for (const DeviceCondition& condition : all) {
                set += (set.empty() ? "" : " & ") + condition.key + " =";
                for (const std::string& word : condition.words) set += " " + word;
            }
            text += set;
        }
        return text;
    };
    CHECK(spelled(full.when) == "management = !none !fortiguard");
    CHECK(spelled(full.notice_when) == "ha = standalone | push = true & update_port = 443");
    REQUIRE(full.checks.size() == 2);
    const CheckRule& rule = full.checks[0];
    CHECK(rule.hosts.empty());
    CHECK(rule.host_from == "update_servers");
    CHECK(rule.through == "update_proxy");
    CHECK(rule.family == Family::ipv6);
    CHECK(rule.ocsp == Stapling::expected);
    CHECK(rule.source == "another guide");
    CHECK(rule.sure == Sureness::low);
    // In the order of the file, with numbers and flags as their words.
    CHECK(spelled(rule.when) ==
          "fortiguard = anycast & services_off = !all | "
          "default_servers = true & update_port = 8890 443 & update_servers = given");
    CHECK(spelled(rule.notice_when) == "mail = none");
    CHECK(full.checks[1].skip == "why");
    CHECK(spelled(full.checks[1].when) == "sdns = !set");

    // Nothing of it has to be said.
    const Row plain = only_row(top + row);
    CHECK(plain.origin.empty());
    CHECK(plain.sure == Sureness::unsaid);
    CHECK(plain.when.empty());
    CHECK(plain.notice_when.empty());
    CHECK(plain.advice.empty());
    for (const CheckRule& one : plain.checks) {
        CHECK(one.host_from.empty());
        CHECK(one.through.empty());
        CHECK_FALSE(one.family);
        CHECK(one.when.empty());
        CHECK(one.sure == Sureness::unsaid);
    }
}

TEST_CASE("each word that a condition may have", "[config][table]") {
    const std::string tcp = check + "port = \"TCP/443\"\nprobe = \"tcp\"\n";
    for (const char* condition : {R"(product = "FortiGate")",
                                  R"(product = "!FortiGate")",
                                  R"(version = "set")",
                                  R"(fortiguard = "off")",
                                  R"(fortiguard = "!off")",
                                  R"(anycast_source = ["aws", "fortinet"])",
                                  R"(location = "!usa")",
                                  R"(rating = "https/8888")",
                                  R"(sdns = "set")",
                                  R"(sdns = "!set")",
                                  R"(sdns = "given")",
                                  R"(sdns = "none")",
                                  R"(sdns = "!none")",
                                  R"(update_servers = "10.0.0.5")",
                                  R"(update_port = 8890)",
                                  R"(update_port = "!443")",
                                  R"(default_servers = false)",
                                  R"(default_servers = "!false")",
                                  R"(update_proxy = "given")",
                                  R"(services_off = "webfilter")",
                                  R"(services_off = "!all")",
                                  R"(services_off = "none")",
                                  R"(management = ["!none", "!fortiguard"])",
                                  R"(mail = "a.example:25")",
                                  R"(dns = "96.45.45.45")",
                                  R"(dns_protocol = ["dot", "doh"])",
                                  R"(push = "true")",
                                  R"(ha = "unicast")"}) {
        INFO(condition);
        CHECK(read(tcp + "when = { " + condition + " }\n").errors.empty());
        CHECK(read(tcp + "notice_when = [{ " + condition + " }]\n").errors.empty());
    }
}

TEST_CASE("mistakes in a condition on the device", "[config][table]") {
    const std::string tcp = check + "port = \"TCP/443\"\nprobe = \"tcp\"\n";
    const std::string keys =
        "product, version, fortiguard, anycast_source, location, rating, sdns, update_servers, update_port, "
        "rating_servers, default_servers, update_proxy, services_off, management, mail, dns, dns_protocol, push or ha";
    const std::string types = "a table of [device] keys, or an array of such tables";
    expect({
        {tcp + "when = { fortigaurd = \"anycast\" }\n",
         "17:10: [device] has no key `fortigaurd`; did you mean `fortiguard`?"},
        {tcp + "when = { zzzzzzzzzzzz = 1 }\n", "17:10: [device] has no key `zzzzzzzzzzzz`; expected " + keys},
        {tcp + "when = { fortiguard = \"anycst\" }\n",
         "17:23: `fortiguard` is `anycst`; expected `anycast`, `unicast` or `off`; did you mean `anycast`?"},
        {tcp + "when = { fortiguard = [\"anycast\", \"!unicats\"] }\n",
         "17:35: `fortiguard` is `!unicats`; expected `anycast`, `unicast` or `off`; did you mean `unicast`?"},
        {tcp + "when = { fortiguard = \"\" }\n", "17:23: `fortiguard` is ``; expected `anycast`, `unicast` or `off`"},
        {tcp + "when = { fortiguard = \"!\" }\n", "17:23: `fortiguard` is `!`; expected `anycast`, `unicast` or `off`"},
        {tcp + "when = { fortiguard = \"set\" }\n",
         "17:23: `fortiguard` is `set`; expected `anycast`, `unicast` or `off`"},
        {tcp + "when = { fortiguard = true }\n",
         "17:23: `fortiguard` is `true`; expected `anycast`, `unicast` or `off`"},
        {tcp + "when = { rating = \"udp\" }\n",
         "17:19: `rating` is `udp`; expected `https/443`, `https/53`, `https/8888`, `https/80`, `udp/443`, `udp/53`, "
         "`udp/8888`, `udp/80`, `http/443`, `http/53`, `http/8888` or `http/80`"},
        {tcp + "when = { update_port = 889 }\n",
         "17:24: `update_port` is `889`; expected `8890` or `443`; did you mean `8890`?"},
        {tcp + "when = { push = \"tru\" }\n", "17:17: `push` is `tru`; expected true or false"},
        {tcp + "when = { push = 1 }\n", "17:17: `push` is `1`; expected true or false"},
        {tcp + "when = { mail = \"\" }\n", "17:17: `mail` is ``; expected `set`, `given`, `none` or a value"},
        {tcp + "when = { sdns = \"!\" }\n", "17:17: `sdns` is `!`; expected `set`, `given`, `none` or a value"},
        {tcp + "when = { services_off = \"webfliter\" }\n",
         "17:25: `services_off` is `webfliter`; expected `webfilter`, `antispam`, `outbreak` or `!all`; did you mean "
         "`webfilter`?"},
        {tcp + "when = { push = 1.5 }\n",
         "17:17: `push` must be a string, a number, true or false, or an array of those, not a floating-point number"},
        {tcp + "when = { sdns = { a = 1 } }\n",
         "17:17: `sdns` must be a string, a number, true or false, or an array of those, not a table"},
        {tcp + "when = { ha = [[\"cluster\"]] }\n",
         "17:16: `ha` must be a string, a number, true or false, or an array of those, not an array"},
        {tcp + "when = { ha = [] }\n", "17:15: `ha` must not be empty here"},
        {tcp + "when = {}\n", "17:8: a condition without any key holds for everybody; leave it out"},
        {tcp + "when = [{ ha = \"cluster\" }, {}]\n",
         "17:29: a condition without any key holds for everybody; leave it out"},
        {tcp + "when = \"anycast\"\n", "17:8: `when` must be " + types + ", not a string"},
        {tcp + "when = [\"anycast\"]\n",
         "17:9: every element of `when` must be a table of [device] keys, not a string"},
        {tcp + "[row.check.when]\nfortiguard = \"anycast\"\n", ""},
        {tcp + "[[row.check.when]]\nfortiguard = \"anycast\"\n[[row.check.when]]\nfortigard = \"off\"\n",
         "20:1: [device] has no key `fortigard`; did you mean `fortiguard`?"},
        {tcp + "notice_when = { push = \"on\" }\n", "17:24: `push` is `on`; expected true or false"},
        {tcp + "notice_when = 1\n", "17:15: `notice_when` must be " + types + ", not an integer"},
        {tcp + "xwhen = { push = true }\n",
         "17:1: a check with the probe `tcp` has no key `xwhen`; did you mean `when`?"},
        {top + row + "when = { managemnet = \"none\" }\n",
         "11:10: [device] has no key `managemnet`; did you mean `management`?"},
        {top + row + "notice_when = { management = \"fortimanger\" }\n",
         "11:30: `management` is `fortimanger`; expected `fortimanager`, `fortiguard` or `none`; did you mean "
         "`fortimanager`?"},
        {top + row + "notice_wen = {}\n", "11:1: a row has no key `notice_wen`; did you mean `notice_when`?"},
    });
    // An array of none of the tables is no condition either.
    CHECK(read(tcp + "when = []\n").errors.starts_with("t.toml:17:8: `when` must "));
}

TEST_CASE("hosts and proxies that the site's device has", "[config][table]") {
    const std::string tcp = check + "port = \"TCP/443\"\nprobe = \"tcp\"\n";
    const std::string udp = top + row + "[[row.check]]\nport = \"TCP/443\"\nprobe = \"tcp\"\n[[row.check]]\n" +
                            "port = \"UDP/53\"\nprobe = \"udp\"\n";
    for (const char* key : {"sdns", "update_servers", "rating_servers", "mail", "dns", "update_proxy"})
        CHECK(only_row(tcp + "host_from = \"" + key + "\"\n").checks[1].host_from == key);
    const Row beside = only_row(tcp + "host = \"a.example\"\nthrough = \"update_proxy\"\n");
    CHECK(beside.checks[1].hosts == std::vector<std::string>{"a.example"});
    CHECK(beside.checks[1].through == "update_proxy");
    CHECK(only_row(tcp + "host_from = \"sdns\"\nfamily = \"ipv4\"\nthrough = \"mail\"\n").checks[1].family ==
          Family::ipv4);
    // What counts is what is dialled.
    CHECK(only_row(udp + "dial = \"UDP/8888\"\n").checks[1].through.empty());
    expect({
        {tcp + "host_from = \"update_server\"\n",
         "17:13: `host_from` is `update_server`; expected the [device] key sdns, update_servers, rating_servers, "
         "update_proxy, mail or dns; did you mean `update_servers`?"},
        {tcp + "host_from = \"fortiguard\"\n",
         "17:13: `host_from` is `fortiguard`; expected the [device] key sdns, update_servers, rating_servers, "
         "update_proxy, mail or dns"},
        {tcp + "host_from = \"\"\n",
         "17:13: `host_from` is ``; expected the [device] key sdns, update_servers, rating_servers, update_proxy, mail "
         "or dns"},
        {tcp + "host_from = [\"sdns\"]\n", "17:13: `host_from` must be a string, not an array"},
        {tcp + "host = \"a\"\nhost_from = \"sdns\"\n",
         "18:1: a check has either `host`, `hosts` or `host_from`, not two of them"},
        {tcp + "host_from = \"sdns\"\nhosts = [\"a\"]\n",
         "17:1: a check has either `host`, `hosts` or `host_from`, not two of them"},
        {tcp + "through = \"update-proxy\"\n",
         "17:11: `through` is `update-proxy`; expected the [device] key update_proxy or mail; did you mean "
         "`update_proxy`?"},
        {tcp + "through = \"sdns\"\n", "17:11: `through` is `sdns`; expected the [device] key update_proxy or mail"},
        {tcp + "through = \"http://a:1\"\n",
         "17:11: `through` is `http://a:1`; expected the [device] key update_proxy or mail"},
        {tcp + "through = true\n", "17:11: `through` must be a string, not a boolean"},
        {udp + "through = \"update_proxy\"\n", "17:1: `through` names an HTTP proxy, which carries TCP only"},
        {tcp + "family = \"ipv5\"\n", "17:10: `family` is `ipv5`; expected `ipv4` or `ipv6`; did you mean `ipv4`?"},
        {tcp + "family = 6\n", "17:10: `family` must be a string, not an integer"},
        {tcp + "ocsp = \"expected\"\n", "17:1: `ocsp` means nothing to the probe `tcp`; expected tls or dot"},
        {tcp + "sure = \"hgih\"\n", "17:8: `sure` is `hgih`; expected `high`, `medium` or `low`; did you mean `high`?"},
        {tcp + "sure = 1\n", "17:8: `sure` must be a string, not an integer"},
        {tcp + "source = 1\n", "17:10: `source` must be a string, not an integer"},
        {tcp + "origin = \"fdnprobe\"\n",
         "17:1: a check with the probe `tcp` has no key `origin`; expected port, dial, skip, probe, host, hosts, "
         "host_from, through, family, trust, ocsp, signer, server_name, level, when, notice_when, source, sure, "
         "advice, "
         "alternative, note or hold"},
        {top + row + "origin = true\n", "11:10: `origin` must be a string, not a boolean"},
        {top + row + "source = []\n", "11:10: `source` must be a string, not an array"},
        {top + row + "sure = \"certain\"\n", "11:8: `sure` is `certain`; expected `high`, `medium` or `low`"},
        // Frames go to whoever is on the segment.
        {top + "id = \"r\"\ndirection = \"outgoing\"\npeer = \"P\"\npurpose = \"Q\"\nports = \"ETH 0x8890\"\n"
               "[[row.check]]\nport = \"ETH/0x8890\"\nprobe = \"heartbeat\"\nhost_from = \"sdns\"\n",
         "13:1: `host_from` means nothing to ETH/0x8890: whoever is on the segment hears it"},
        // Two devices may dial the same, and one of them may be this one.
        {tcp + "[[row.check]]\nport = \"TCP/443\"\nprobe = \"tcp\"\nwhen = { push = true }\n", ""},
        {tcp + "[[row.check]]\nport = \"TCP/443\"\nprobe = \"tcp\"\nhost_from = \"mail\"\n", ""},
    });
}

TEST_CASE("one mistake about a check's hosts does not make its other keys unknown", "[config][table]") {
    const std::string tcp = check + "port = \"TCP/443\"\nprobe = \"tcp\"\n";
    const std::string rest = "through = \"update_proxy\"\nfamily = \"ipv4\"\n";
    expect({
        {tcp + rest + "host = \"a\"\nhosts = [\"b\"]\n", "20:1: a check has either `host` or `hosts`, not both"},
        {tcp + rest + "host = 1\n", "19:8: `host` must be a string, not an integer"},
        {tcp + rest + "hosts = [1]\n", "19:10: every element of `hosts` must be a string, not an integer"},
    });
}

TEST_CASE("advice is written in five ways, at four places", "[config][table]") {
    const Outcome outcome = read(R"(schema = "fdnprobe.table/1"
id = "t"
title = "T"
[[advice_block]]
id = "port"
say = " Use another port. "
[[advice_block]]
id = "port"
commands = """
config system fortiguard
    set port 8888
end"""
versions = "FortiGate 6.2-7.6.2, FortiProxy 7.0-"
[advice]
blocked = "Open it."
[[row]]
id = "r"
direction = "outgoing"
peer = "P"
purpose = "Q"
ports = "TCP/443"
[row.advice]
timeout = { say = "Wait." }
closed = { use = "port" }
[[row.check]]
port = "TCP/443"
probe = "tls"
advice = { refused = ["One.", { use = "port" }, [{ commands = "x  \n\n y\n", versions = "A B -2" }, "Two."]] }
)");
    REQUIRE(outcome.errors.empty());
    const Table& table = outcome.table;
    REQUIRE(table.advice.size() == 1);
    REQUIRE(table.advice.at("blocked").size() == 1);
    CHECK(table.advice.at("blocked")[0].say == "Open it.");
    CHECK(table.advice.at("blocked")[0].releases.empty());
    const Row& only = table.rows.at(0);
    CHECK(only.advice.at("timeout").at(0).say == "Wait.");
    // Blocks with one id belong together.
    const auto& closed = only.advice.at("closed");
    REQUIRE(closed.size() == 2);
    CHECK(closed[0].say == "Use another port.");
    CHECK(closed[0].commands.empty());
    CHECK(closed[1].say.empty());
    CHECK(closed[1].commands == std::vector<std::string>{"config system fortiguard", "    set port 8888", "end"});
    REQUIRE(closed[1].releases.size() == 2);
    CHECK(closed[1].releases[0].to_string() == "FortiGate 6.2 to 7.6.2");
    CHECK(closed[1].releases[1].to_string() == "FortiProxy 7.0 and later");
    // Arrays in arrays are one list.
    const auto& refused = only.checks.at(0).advice.at("refused");
    REQUIRE(refused.size() == 5);
    CHECK(refused[0].say == "One.");
    CHECK(refused[1].say == "Use another port.");
    CHECK(refused[3].commands == std::vector<std::string>{"x", " y"});
    CHECK(refused[3].releases.at(0).to_string() == "A B up to 2");
    CHECK(refused[4].say == "Two.");
}

TEST_CASE("mistakes in advice", "[config][table]") {
    const std::string tcp = check + "port = \"TCP/443\"\nprobe = \"tcp\"\n";
    const std::string head = "schema = \"fdnprobe.table/1\"\nid = \"t\"\ntitle = \"T\"\n";
    const std::string rest = "[[row]]\n" + row;
    // What follows begins in line 7.
    const std::string block = head + "[[advice_block]]\nid = \"other-port\"\nsay = \"S.\"\n";
    const std::string example = R"(expected PRODUCT FROM-TO, such as "FortiGate 6.2-7.6.2, FortiProxy 7.0-")";
    expect({
        {tcp + "advice = { timeuot = \"x\" }\n",
         "17:12: `timeuot` is no cause and no verdict; did you mean `timeout`?"},
        {tcp + "advice = { zzzzzzzzzzzz = \"x\" }\n", "17:12: `zzzzzzzzzzzz` is no cause and no verdict"},
        {tcp + "advice = { degraded = \"x\" }\n", "17:12: `degraded` is no cause and no verdict"},
        {tcp + "advice = \"Open it.\"\n", "17:10: `advice` must be a table, not a string"},
        {tcp + "advice = [{ timeout = \"x\" }]\n", "17:10: `advice` must be a table, not an array"},
        {tcp + "advice = { timeout = 1 }\n",
         "17:22: the advice for `timeout` must be a string, a table or an array of those, not an integer"},
        {tcp + "advice = { timeout = [\"x\", [true]] }\n",
         "17:29: the advice for `timeout` must be a string, a table or an array of those, not a boolean"},
        {tcp + "advice = { timeout = { use = \"x\" } }\n", "17:30: there is no [[advice_block]] with the id `x`"},
        {block + rest + "advice = { timeout = { use = \"other-prot\" } }\n",
         "14:30: there is no [[advice_block]] with the id `other-prot`; did you mean `other-port`?"},
        {block + rest + "advice = { timeout = { use = \"other-port\", say = \"x\" } }\n",
         "14:44: the advice for `timeout` has no key `say`; expected use"},
        {block + rest + "advice = { timeout = { use = [\"other-port\"] } }\n",
         "14:30: `use` must be a string, not an array"},
        {tcp + "advice = { timeout = {} }\n", "17:22: the advice for `timeout` has neither `say` nor `commands`"},
        {tcp + "advice = { timeout = { say = 1 } }\n", "17:30: `say` must be a string, not an integer"},
        {tcp + "advice = { timeout = { say = \"x\", command = \"y\" } }\n",
         "17:35: the advice for `timeout` has no key `command`; did you mean `commands`?"},
        {tcp + "advice = { timeout = { commands = \"end\" } }\n",
         "17:22: the advice for `timeout` has commands, and no `versions` that says which releases of which product "
         "have them"},
        {tcp + "advice = { timeout = { commands = [\"end\"], versions = \"A 1-\" } }\n",
         "17:35: `commands` must be a string, not an array"},
        {tcp + "advice = { timeout = { commands = \"a\\tb\", versions = \"A 1-\" } }\n",
         "17:35: `commands` must hold one command a line, without control characters"},
        {tcp + "advice = { timeout = { say = \"x\", versions = \"7.2-7.4\" } }\n",
         "17:46: cannot read `7.2-7.4` in `versions`; " + example},
        {tcp + "advice = { timeout = { say = \"x\", versions = \"FortiGate 7.x-, FortiProxy 7.0\" } }\n",
         "17:46: cannot read `FortiGate 7.x-` in `versions`; " + example},
        {tcp + "advice = { timeout = { say = \"x\", versions = \"\" } }\n",
         "17:46: cannot read `` in `versions`; " + example},
        {tcp + "advice = { timeout = { say = \"x\", versions = \"FortiGate 7.0-,\" } }\n",
         "17:46: cannot read `` in `versions`; " + example},
        {tcp + "advice = { timeout = { say = \"x\", versions = 7.4 } }\n",
         "17:46: `versions` must be a string, not a floating-point number"},
        {top + row + "advice = { blokced = \"x\" }\n",
         "11:12: `blokced` is no cause and no verdict; did you mean `blocked`?"},
        {top + row + "advise = {}\n", "11:1: a row has no key `advise`; did you mean `advice`?"},
        {head + "[advice]\nblocked = false\n" + rest,
         "5:11: the advice for `blocked` must be a string, a table or an array of those, not a boolean"},
        {head + "advice_block = 1\n" + rest, "4:16: `advice_block` must be an array of tables, not an integer"},
        {head + "[[advice_block]]\nsay = \"x\"\n" + rest, "4:1: an advice block has no `id`"},
        {head + "[[advice_block]]\nid = \"a\"\n" + rest, "4:1: an advice block has neither `say` nor `commands`"},
        {head + "[[advice_block]]\nid = \"a\"\ncommands = \"end\"\n" + rest,
         "4:1: an advice block has commands, and no `versions` that says which releases of which product have them"},
        {head + "[[advice_block]]\nid = \"a\"\nsya = \"x\"\nsay = \"x\"\n" + rest,
         "6:1: an advice block has no key `sya`; did you mean `say`?"},
        // A block may not lean on another one.
        {head + "[[advice_block]]\nid = \"a\"\nsay = \"x\"\nuse = \"a\"\n" + rest,
         "7:1: an advice block has no key `use`; expected id, say, commands or versions"},
    });
}

TEST_CASE("what says nothing is not advice", "[config][table]") {
    const std::string tcp = check + "port = \"TCP/443\"\nprobe = \"tcp\"\n";
    for (const char* empty : {"\"\"", "\" \"", "[]", "{ say = \"\" }", "{ commands = \"\\n\", versions = \"A 1-\" }"}) {
        INFO(empty);
        CHECK_FALSE(read(tcp + "advice = { timeout = " + empty + " }\n").errors.empty());
    }
}

TEST_CASE("block pages", "[config][table]") {
    const std::string head = "schema = \"fdnprobe.table/1\"\nid = \"t\"\ntitle = \"T\"\n";
    const std::string rest = "[[row]]\n" + row;
    const Outcome outcome = read(head + R"([[block_page]]
address = "192.0.2.55"
name = "the filter"
[[block_page]]
address = "2001:DB8::55"
name = "the filter"
certificate = "Blocked Page"
)" + rest);
    REQUIRE(outcome.errors.empty());
    REQUIRE(outcome.table.block_pages.size() == 2);
    CHECK(outcome.table.block_pages[0].address == *Address::parse("192.0.2.55"));
    CHECK(outcome.table.block_pages[0].name == "the filter");
    CHECK(outcome.table.block_pages[0].certificate.empty());
    CHECK(outcome.table.block_pages[1].address == *Address::parse("2001:db8::55"));
    CHECK(outcome.table.block_pages[1].certificate == "Blocked Page");

    const std::string page = head + "[[block_page]]\n";
    expect({
        {page + "name = \"x\"\n" + rest, "4:1: a block page has no `address`"},
        {page + "address = \"192.0.2.1\"\n" + rest, "4:1: a block page has no `name`"},
        {page + "address = \"a.example\"\nname = \"x\"\n" + rest,
         "5:11: `address` is `a.example`; expected an IPv4 or IPv6 address"},
        {page + "address = \"192.0.2.1:80\"\nname = \"x\"\n" + rest,
         "5:11: `address` is `192.0.2.1:80`; expected an IPv4 or IPv6 address"},
        {page + "address = 1\nname = \"x\"\n" + rest, "5:11: `address` must be a string, not an integer"},
        {page + "address = \"::1\"\nname = \"\"\n" + rest, "6:8: `name` must not be empty"},
        {page + "address = \"::1\"\nname = \"x\"\ncertificat = \"y\"\n" + rest,
         "7:1: a block page has no key `certificat`; did you mean `certificate`?"},
        {page + "address = \"::1\"\nname = \"x\"\ncertificate = []\n" + rest,
         "7:15: `certificate` must be a string, not an array"},
        {head + "[block_page]\naddress = \"::1\"\n" + rest,
         "4:1: `block_page` must be an array of tables, not a table"},
        {head + "[[block_pages]]\n" + rest, "4:3: a table has no key `block_pages`; did you mean `block_page`?"},
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
