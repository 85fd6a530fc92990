#include "engine/missing.hpp"

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"

using namespace fdnprobe;
using engine::find_missing;
using engine::Plan;
using engine::PlanOptions;

namespace {

constexpr std::array known_probes{
    ProbeDescription{.name = "tls", .over_tcp = true, .sends = "", .positive = "", .options = {}},
    ProbeDescription{.name = "log", .over_udp = true, .sends = "", .positive = "", .options = {}, .one_way = true},
    ProbeDescription{.name = "login", .over_udp = true, .sends = "", .positive = "", .options = {}, .secret = "shared"},
    ProbeDescription{
        .name = "logout", .over_udp = true, .sends = "", .positive = "", .options = {}, .secret = "shared"},
    ProbeDescription{
        .name = "tunnel", .sends = "", .positive = "", .options = {}, .over_esp = true, .responder_only = true},
    ProbeDescription{.name = "heartbeat", .sends = "", .positive = "", .options = {}, .over_ethernet = true},
};

Row row(const char* peer, std::vector<std::pair<const char*, const char*>> rules) {
    Row made;
    made.table = "t";
    made.id = peer;
    made.peer = peer;
    for (const auto& [port, probe] : rules) {
        CheckRule rule;
        rule.port = *Port::parse(port);
        rule.probe = probe;
        made.checks.push_back(std::move(rule));
    }
    return made;
}

std::vector<Table> tables() {
    Table table;
    table.id = "t";
    table.rows = {
        row("Manager", {{"TCP/541", "tls"}, {"UDP/514", "log"}}),
        row("Login Server", {{"UDP/1812", "login"}, {"UDP/1813", "logout"}}),
        row("Gateway", {{"ESP/50", "tunnel"}, {"ETH/0x8890", "heartbeat"}}),
    };
    return {table};
}

/// One line each.
std::vector<std::string> missing(const Site& site, const PlanOptions& options) {
    std::vector<std::string> lines;
    for (const Missing& one : find_missing(engine::make_plan(tables(), site, options), options))
        lines.push_back(one.what + " | " + one.how + " | " + std::to_string(one.checks));
    return lines;
}

PlanOptions knowing() {
    PlanOptions options;
    options.probes = known_probes;
    options.program = "/usr/bin/fdnprobe";
    return options;
}

}  // namespace

TEST_CASE("a site that gives nothing is told everything, addresses first") {
    CHECK(missing(Site{}, knowing()) ==
          std::vector<std::string>{
              "the address of Manager | --peer Manager=ADDRESS, or `Manager` under [peers] in a site file | 2",
              "the address of Login Server | --peer 'Login Server=ADDRESS', or `Login Server` under [peers] in a site "
              "file | 2",
              "the address of Gateway | --peer Gateway=ADDRESS, or `Gateway` under [peers] in a site file | 1",
              "an interface | `interface` under [network] in a site file, or --interface NAME | 1",
              "the shared secret | `shared = \"FILE\"` under [secrets] in a site file | 2",
              "a responder at the far end | `fdnprobe respond` there, and here --responder-key FILE, or `responder = "
              "\"FILE\"` under [secrets] in a site file | 2",
              "the right to raw packets (CAP_NET_RAW) | sudo setcap cap_net_raw+ep /usr/bin/fdnprobe | 2",
          });
}

TEST_CASE("an address that would stand in for public names too is said to") {
    std::vector<Table> list = tables();
    CheckRule named;
    named.port = *Port::parse("TCP/443");
    named.probe = "tls";
    named.hosts = {"public.example"};
    list[0].rows[0].checks.push_back(named);
    const auto found = find_missing(engine::make_plan(list, Site{}, knowing()), knowing());
    CHECK_THAT(found.at(0).how, Contains("--peer Manager=ADDRESS") && Contains("stands in for the names"));
    CHECK_THAT(found.at(1).how, !Contains("stands in"));
}

TEST_CASE("what a site gives is not asked for again") {
    Site site;
    for (const char* peer : {"Manager", "Login Server", "Gateway"}) site.peers[peer].addresses = {"192.0.2.1"};
    PlanOptions options = knowing();
    options.raw_packets = true;
    options.responder = true;
    options.secrets = std::make_shared<const Secrets>(Secrets{{"shared", "x"}});
    CHECK(missing(site, options).empty());

    options.responder = false;
    CHECK(missing(site, options).size() == 1);
    // Nothing of what is not chosen is missing.
    options.only = {"Login*"};
    CHECK(missing(site, options).empty());
}
