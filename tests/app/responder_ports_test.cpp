#include <utility>

#include "app/responder_ports.hpp"

#include "catch.hpp"

using namespace fdnprobe;
using app::responder_ports;

namespace {

CheckRule rule_of(const char* port) {
    CheckRule rule;
    rule.port = *Port::parse(port);
    return rule;
}

Row row_of(Direction direction, const char* peer, std::vector<CheckRule> rules) {
    Row row;
    row.direction = direction;
    row.product = "Product";
    row.peer = peer;
    for (const CheckRule& rule : rules) row.port_list.push_back(rule.port);
    row.checks = std::move(rules);
    return row;
}

std::vector<Table> tables() {
    CheckRule customised = rule_of("TCP/8013");
    customised.dial = Port::parse("TCP/9013");
    CheckRule untestable = rule_of("ESP/50");
    untestable.skip = "nothing answers";
    Table table;
    table.rows = {row_of(Direction::outgoing, "Manager", {rule_of("TCP/541"), rule_of("UDP/53")}),
                  row_of(Direction::outgoing, "Gate", {untestable, rule_of("TCP/541")}),
                  row_of(Direction::incoming, "Manager", {customised, rule_of("ETH/0x8890")})};
    return {table};
}

std::set<Port> ports_of(std::initializer_list<const char*> texts) {
    std::set<Port> ports;
    for (const char* text : texts) ports.insert(*Port::parse(text));
    return ports;
}

}  // namespace

TEST_CASE("a responder stands in for every port of the tables, each once") {
    CHECK(responder_ports(tables(), Site{}, std::nullopt, {}) ==
          ports_of({"TCP/541", "UDP/53", "ESP/50", "TCP/8013", "TCP/9013", "ETH/0x8890"}));
}

TEST_CASE("an outgoing row leads to its peer, an incoming one to the product") {
    CHECK(responder_ports(tables(), Site{}, std::nullopt, {"Manager"}) == ports_of({"TCP/541", "UDP/53"}));
    CHECK(responder_ports(tables(), Site{}, std::nullopt, {"Product"}) ==
          ports_of({"TCP/8013", "TCP/9013", "ETH/0x8890"}));
    CHECK(responder_ports(tables(), Site{}, std::nullopt, {"Gate", "Manager"}) ==
          ports_of({"TCP/541", "UDP/53", "ESP/50"}));
    CHECK(responder_ports(tables(), Site{}, Direction::outgoing, {"Product"}).empty());
    CHECK(responder_ports(tables(), Site{}, Direction::incoming, {}) ==
          ports_of({"TCP/8013", "TCP/9013", "ETH/0x8890"}));
}

TEST_CASE("a site's own ports are listened on beside the table's") {
    Site site;
    site.peers["Product"].ports[*Port::parse("TCP/8013")] = *Port::parse("TCP/10013");
    site.peers["Product"].ports[*Port::parse("TCP/443")] = *Port::parse("TCP/10443");
    CHECK(responder_ports(tables(), site, Direction::incoming, {}) ==
          ports_of({"TCP/8013", "TCP/9013", "TCP/10013", "ETH/0x8890"}));
    CHECK(responder_ports(tables(), site, std::nullopt, {"Manager"}) == ports_of({"TCP/541", "UDP/53"}));
}
