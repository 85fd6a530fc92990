#include "engine/plan.hpp"

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

PlanOptions both() {
    PlanOptions options;
    options.direction.reset();
    return options;
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
    site.peers["Device"].ports[*Port::parse("TCP/8013")] = 9013;
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
