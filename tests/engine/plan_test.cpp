#include "engine/plan.hpp"

#include <array>
#include <memory>
#include <utility>

#include "catch.hpp"

using namespace fdnprobe;
using engine::make_plan;
using engine::Plan;
using engine::PlanOptions;

namespace {

CheckRule rule(const char* port, std::vector<std::string> hosts) {
    CheckRule made;
    made.port = *Port::parse(port);
    made.probe = made.port.transport == Transport::tcp ? "tls" : "udp";
    made.hosts = std::move(hosts);
    return made;
}

Row row(const char* id, Direction direction, const char* peer, const char* purpose, std::vector<CheckRule> rules) {
    Row made;
    made.table = "t";
    made.id = id;
    made.direction = direction;
    made.product = "Device";
    made.peer = peer;
    made.purpose = purpose;
    made.checks = std::move(rules);
    return made;
}

std::vector<Table> tables() {
    Table table;
    table.id = "t";
    table.rows = {
        row("outgoing/cloud/update", Direction::outgoing, "Cloud", "Update", {rule("TCP/443", {"Update.Example.NET"})}),
        row("outgoing/manager/management", Direction::outgoing, "Manager", "Management", {rule("TCP/541", {})}),
        row("incoming/client/vpn", Direction::incoming, "Client", "VPN", {rule("TCP/8013", {})}),
    };
    return {table};
}

constexpr std::array known_probes{
    ProbeDescription{.name = "tls", .over_tcp = true, .sends = "", .positive = "", .options = {}},
    ProbeDescription{.name = "udp", .over_udp = true, .sends = "", .positive = "", .options = {}},
    ProbeDescription{
        .name = "tunnel", .sends = "", .positive = "", .options = {}, .over_esp = true, .responder_only = true},
    ProbeDescription{.name = "heartbeat", .sends = "", .positive = "", .options = {}, .over_ethernet = true},
    ProbeDescription{
        .name = "log", .over_udp = true, .sends = "", .positive = "", .options = {}, .permission = "log-message"},
};

PlanOptions both() {
    PlanOptions options;
    options.direction.reset();
    options.probes = known_probes;
    return options;
}

/// A row of the peer "Manager" with these rules alone.
std::vector<Table> table_of(std::vector<CheckRule> rules) {
    Table table;
    table.id = "t";
    table.rows = {row("r", Direction::outgoing, "Manager", "Purpose", std::move(rules))};
    return {table};
}

CheckRule rule_of(const char* port, const char* probe) {
    CheckRule made = rule(port, {});
    made.probe = probe;
    return made;
}

Site site_with_manager() {
    Site site;
    site.peers["Manager"].addresses = {"192.0.2.5"};
    return site;
}

}  // namespace

TEST_CASE("a check's id names table, row, port, probe and host") {
    const Plan plan = make_plan(tables(), Site{}, both());
    REQUIRE(plan.checks.size() == 3);
    CHECK(plan.checks[0].id == "t/outgoing/cloud/update/tcp-443/tls/update.example.net");
    CHECK(plan.checks[0].host == "update.example.net");
    CHECK(plan.checks[0].server_name == "update.example.net");
    CHECK(plan.checks[0].public_name);
    CHECK_FALSE(plan.checks[0].skip);
}

TEST_CASE("a peer without an address is skipped, and says what to give") {
    const Plan plan = make_plan(tables(), Site{}, both());
    CHECK(plan.checks[1].skip == Cause::not_configured);
    CHECK_THAT(plan.checks[1].skip_reason, Contains("--peer 'Manager=ADDRESS'"));
    CHECK(plan.checks[1].id == "t/outgoing/manager/management/tcp-541/tls/manager");
    // Incoming rows are probed at the product.
    CHECK_THAT(plan.checks[2].skip_reason, Contains("--peer 'Device=ADDRESS'"));
}

TEST_CASE("each address of a peer is an endpoint") {
    Site site;
    site.peers["Manager"].addresses = {"192.0.2.5", "2001:db8::5"};
    const Plan plan = make_plan(tables(), site, both());
    REQUIRE(plan.checks.size() == 4);
    CHECK(plan.checks[1].host == "192.0.2.5");
    CHECK(plan.checks[2].host == "2001:db8::5");
    CHECK(plan.checks[1].server_name.empty());
    CHECK_FALSE(plan.checks[1].public_name);
}

TEST_CASE("a peer's address stands in for its public names, and the check keeps its id") {
    Site site;
    site.peers["Cloud"].addresses = {"192.0.2.9"};
    const Plan plan = make_plan(tables(), site, both());
    CHECK(plan.checks[0].id == "t/outgoing/cloud/update/tcp-443/tls/update.example.net");
    REQUIRE(plan.checks[0].pinned.size() == 1);
    CHECK(plan.checks[0].pinned[0].to_string() == "192.0.2.9");
    CHECK(plan.checks[0].server_name == "update.example.net");
}

TEST_CASE("a customised port is dialled, and the table's port stays in the id") {
    Site site;
    site.peers["Device"].addresses = {"192.0.2.2"};
    site.peers["Device"].ports[*Port::parse("TCP/8013")] = Port{Transport::tcp, 9013};
    const Plan plan = make_plan(tables(), site, both());
    CHECK(plan.checks[2].dial_port == 9013);
    CHECK(plan.checks[2].id == "t/incoming/client/vpn/tcp-8013/tls/192.0.2.2");
}

TEST_CASE("a pin for one port goes before a pin for the whole host") {
    Site site;
    site.pins.push_back(Pin{"update.example.net", std::nullopt, *Address::parse("192.0.2.1"), std::nullopt});
    site.pins.push_back(Pin{"update.example.net", Port::parse("TCP/443"), *Address::parse("192.0.2.2"), 20443});
    const Plan plan = make_plan(tables(), site, both());
    REQUIRE(plan.checks[0].pinned.size() == 1);
    CHECK(plan.checks[0].pinned[0].to_string() == "192.0.2.2");
    CHECK(plan.checks[0].dial_port == 20443);
}

TEST_CASE("one family alone: an address of the other does not apply") {
    Site site;
    site.peers["Manager"].addresses = {"192.0.2.5"};
    PlanOptions options = both();
    options.ipv4 = false;
    const Plan plan = make_plan(tables(), site, options);
    CHECK(plan.checks[1].skip == Cause::not_applicable);
}

TEST_CASE("rows are chosen by direction and by globs over id, peer and purpose") {
    PlanOptions options;
    options.direction = Direction::outgoing;
    CHECK(make_plan(tables(), Site{}, options).rows.size() == 2);
    options = both();
    options.only = {"cloud"};
    CHECK(make_plan(tables(), Site{}, options).rows.size() == 1);
    options.only = {"*/VPN", "Manage*"};
    CHECK(make_plan(tables(), Site{}, options).rows.size() == 2);
    options.only = {"t/outgoing/*"};
    CHECK(make_plan(tables(), Site{}, options).rows.size() == 2);
    options.only = {"nothing"};
    CHECK(make_plan(tables(), Site{}, options).rows.empty());
}

TEST_CASE("names that may have inside addresses are not public ones") {
    Site site;
    site.split_horizon = {"*.example.net"};
    CHECK_FALSE(make_plan(tables(), site, both()).checks[0].public_name);
}

TEST_CASE("what a table says cannot be probed is skipped with its reason") {
    std::vector<Table> list = tables();
    list[0].rows[1].checks[0].probe.clear();
    list[0].rows[1].checks[0].skip = "Only members talk there.";
    const Plan plan = make_plan(list, Site{}, both());
    CHECK(plan.checks[1].skip == Cause::not_testable_from_here);
    CHECK(plan.checks[1].skip_reason == "Only members talk there.");
    CHECK(plan.checks[1].id == "t/outgoing/manager/management/tcp-541/none/manager");
}

TEST_CASE("the port in use is dialled where the document prints another, and is the one in the id") {
    CheckRule printed = rule_of("TCP/1700", "tls");
    CheckRule in_use = rule_of("TCP/1700", "udp");
    in_use.dial = Port::parse("UDP/1700");
    const Plan plan = make_plan(table_of({printed, in_use}), site_with_manager(), both());
    REQUIRE(plan.checks.size() == 2);
    CHECK(plan.checks[0].id == "t/r/tcp-1700/tls/192.0.2.5");
    CHECK_FALSE(plan.checks[0].dial_transport);
    CHECK(plan.checks[1].id == "t/r/udp-1700/udp/192.0.2.5");
    CHECK(plan.checks[1].port == *Port::parse("TCP/1700"));
    CHECK(plan.checks[1].transport() == Transport::udp);
    CHECK(plan.checks[1].dial_port == 1700);

    // Pins are for the port in use.
    Site site = site_with_manager();
    site.pins.push_back(Pin{"192.0.2.5", Port::parse("UDP/1700"), *Address::parse("127.0.0.1"), 20700});
    const Plan pinned = make_plan(table_of({printed, in_use}), site, both());
    CHECK(pinned.checks[0].dial_port == 1700);
    CHECK(pinned.checks[1].dial_port == 20700);
    CHECK(pinned.checks[1].transport() == Transport::udp);
}

TEST_CASE("a port that a site has moved is dialled once, by whichever name the table has for it") {
    CheckRule printed = rule_of("TCP/1700", "udp");
    CheckRule in_use = printed;
    in_use.dial = Port::parse("UDP/1700");
    Site site = site_with_manager();
    site.peers["Manager"].ports[*Port::parse("TCP/1700")] = *Port::parse("UDP/3799");
    Plan plan = make_plan(table_of({printed, in_use}), site, both());
    CHECK(plan.checks[0].transport() == Transport::udp);
    CHECK(plan.checks[0].dial_port == 3799);
    CHECK_FALSE(plan.checks[0].skip);
    CHECK(plan.checks[1].skip == Cause::not_applicable);
    CHECK_THAT(plan.checks[1].skip_reason, Contains("UDP/3799"));

    // A new number for the printed port is the new number of the port in use.
    site.peers["Manager"].ports = {{*Port::parse("TCP/1700"), *Port::parse("TCP/3799")}};
    plan = make_plan(table_of({printed, in_use}), site, both());
    CHECK(plan.checks[0].transport() == Transport::tcp);
    CHECK(plan.checks[0].dial_port == 3799);
    CHECK(plan.checks[1].transport() == Transport::udp);
    CHECK(plan.checks[1].dial_port == 3799);
    CHECK_FALSE(plan.checks[1].skip);

    site.peers["Manager"].ports = {{*Port::parse("UDP/1700"), *Port::parse("UDP/3799")}};
    plan = make_plan(table_of({printed, in_use}), site, both());
    CHECK(plan.checks[0].dial_port == 1700);
    CHECK_FALSE(plan.checks[0].dial_transport);
    CHECK(plan.checks[1].dial_port == 3799);
    CHECK_FALSE(plan.checks[1].skip);
}

TEST_CASE("what nobody answers without a responder needs one, and the right to raw packets") {
    std::vector<Table> list = table_of({rule_of("ESP/50", "tunnel")});
    const Site site = site_with_manager();
    PlanOptions options = both();
    options.raw_packets = true;
    Plan plan = make_plan(list, site, options);
    CHECK(plan.checks[0].skip == Cause::not_testable_from_here);
    CHECK_THAT(plan.checks[0].skip_reason, Contains("`fdnprobe respond`") && !Contains("UDP/4500"));

    options.responder = true;
    plan = make_plan(list, site, options);
    CHECK_FALSE(plan.checks[0].skip);
    CHECK(plan.checks[0].dial_port == 50);

    options.raw_packets = false;
    options.program = "/opt/my probes/fdnprobe";
    plan = make_plan(list, site, options);
    CHECK(plan.checks[0].skip == Cause::needs_privilege);
    CHECK_THAT(plan.checks[0].skip_reason, Contains("sudo setcap cap_net_raw+ep '/opt/my probes/fdnprobe'"));

    // The row's own port for ESP inside UDP is pointed to.
    list[0].rows[0].checks.push_back(rule_of("UDP/4500", "udp"));
    CHECK_THAT(make_plan(list, site, both()).checks[0].skip_reason, Contains("see UDP/4500"));
    // Without an address there is nothing to say about responders yet.
    CHECK(make_plan(list, Site{}, both()).checks[0].skip == Cause::not_configured);
}

TEST_CASE("frames need an interface, or a peer that one leads to") {
    const std::vector<Table> list = table_of({rule_of("ETH/0x8890", "heartbeat")});
    PlanOptions options = both();
    options.raw_packets = true;
    Plan plan = make_plan(list, Site{}, options);
    CHECK(plan.checks[0].skip == Cause::not_configured);
    CHECK_THAT(plan.checks[0].skip_reason, Contains("--interface"));
    CHECK(plan.checks[0].id == "t/r/eth-0x8890/heartbeat/manager");

    Site site;
    site.interface = "eth1";
    plan = make_plan(list, site, options);
    CHECK_FALSE(plan.checks[0].skip);
    CHECK(plan.checks[0].host == "eth1");
    CHECK(plan.checks[0].pinned.empty());
    CHECK(plan.checks[0].dial_port == 0x8890);

    site.peers["Manager"].addresses = {"192.0.2.5", "192.0.2.6"};
    plan = make_plan(list, site, options);
    REQUIRE(plan.checks.size() == 1);
    CHECK(plan.checks[0].host == "192.0.2.5");
    CHECK(plan.checks[0].id == "t/r/eth-0x8890/heartbeat/manager");
    REQUIRE(plan.checks[0].pinned.size() == 1);

    // A name leads nowhere before it is resolved, so an address goes before it.
    site.peers["Manager"].addresses = {"manager.example", "192.0.2.6"};
    CHECK(make_plan(list, site, options).checks[0].host == "192.0.2.6");
    site.peers["Manager"].addresses = {"manager.example"};
    CHECK(make_plan(list, site, options).checks[0].pinned.empty());
    site.pins.push_back(Pin{"manager.example", std::nullopt, *Address::parse("192.0.2.7"), std::nullopt});
    plan = make_plan(list, site, options);
    CHECK(plan.checks[0].host == "manager.example");
    REQUIRE(plan.checks[0].pinned.size() == 1);
    CHECK(plan.checks[0].pinned[0].to_string() == "192.0.2.7");

    options.raw_packets = false;
    CHECK(make_plan(list, site, options).checks[0].skip == Cause::needs_privilege);
}

TEST_CASE("no frame goes to this host itself") {
    const std::vector<Table> list = table_of({rule_of("ETH/0x8890", "heartbeat")});
    PlanOptions options = both();
    Site site;
    site.peers["Manager"].addresses = {"manager.lab.test"};
    site.pins.push_back(Pin{"manager.lab.test", std::nullopt, *Address::parse("127.0.0.1"), std::nullopt});
    for (const bool raw : {false, true}) {
        options.raw_packets = raw;
        const Plan plan = make_plan(list, site, options);
        CHECK(plan.checks[0].skip == Cause::not_applicable);
        CHECK_THAT(plan.checks[0].skip_reason, Contains("127.0.0.1 is this host itself"));
    }
    site.interface = "eth1";
    CHECK_FALSE(make_plan(list, site, options).checks[0].skip);
}

TEST_CASE("a check knows what the user has allowed, which way its row goes, and the site's secrets") {
    PlanOptions options = both();
    const std::vector<Table> list = table_of({rule_of("UDP/514", "log"), rule_of("UDP/515", "udp")});
    CHECK_FALSE(make_plan(list, site_with_manager(), options).checks[0].permitted);
    options.permitted = {"log-message"};
    options.secrets = std::make_shared<const Secrets>(Secrets{{"radius", "shared"}});
    const Plan plan = make_plan(list, site_with_manager(), options);
    CHECK(plan.checks[0].permitted);
    CHECK_FALSE(plan.checks[1].permitted);
    CHECK(plan.checks[0].secret("radius") == "shared");
    CHECK(plan.checks[0].secret("responder").empty());
    CHECK(make_plan(tables(), Site{}, both()).checks[2].direction == Direction::incoming);
}

TEST_CASE("what an HTTP proxy cannot carry does not go around it") {
    Table table;
    table.id = "t";
    CheckRule tunnel = rule("ESP/50", {"a.example"});
    tunnel.probe = "tunnel";
    table.rows = {row("outgoing/cloud/rating", Direction::outgoing, "Cloud", "Rating",
                      {rule("TCP/443", {"a.example"}), rule("UDP/8888", {"a.example"}), tunnel, rule("UDP/53", {})})};
    Site site;
    site.proxy = ProxyAddress{"", "proxy.example", 3128};
    PlanOptions options = both();
    options.responder = true;
    const Plan plan = make_plan({table}, site, options);
    REQUIRE(plan.checks.size() == 4);
    CHECK_FALSE(plan.checks[0].skip);
    for (const std::size_t index : {std::size_t{1}, std::size_t{2}}) {
        CHECK(plan.checks[index].skip == Cause::not_applicable);
        CHECK(plan.checks[index].skip_reason ==
              "An HTTP proxy carries TCP only, so " + plan.checks[index].port.to_string() + " cannot go through it.");
    }
    // What is missing in any case is said before that.
    CHECK(plan.checks[3].skip == Cause::not_configured);

    // A port that the site has moved to TCP can be carried.
    site.peers["Cloud"].ports[*Port::parse("UDP/8888")] = *Port::parse("TCP/8888");
    CHECK_FALSE(make_plan({table}, site, options).checks[1].skip);
}

TEST_CASE("a part of a plan has its rows and their checks, and nothing else") {
    const Plan plan = make_plan(tables(), Site{}, both());
    const std::array<std::size_t, 2> rows{2, 0};
    const Plan part = engine::some_rows(plan, rows);
    REQUIRE(part.rows.size() == 2);
    CHECK(part.rows[0].id == plan.rows[2].id);
    CHECK(part.rows[1].id == plan.rows[0].id);
    std::size_t expected = 0;
    for (const Check& check : plan.checks) expected += check.row != 1 ? 1 : 0;
    REQUIRE(part.checks.size() == expected);
    for (const Check& check : part.checks)
        CHECK(check.id.starts_with(part.rows[check.row].table + "/" + part.rows[check.row].id + "/"));
}
