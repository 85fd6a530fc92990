// The shipped tables under a site file: what each key of [device], [rows] and [report] makes of the checks, and that
// `fdnprobe list` says why. The facts are the tables'; a case names the rows that it is about, and what is next to
// them.
#include "fdnprobe/device.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/file_keys.hpp"
#include "app/inputs.hpp"
#include "app/options.hpp"
#include "app/presentation.hpp"
#include "base/text.hpp"
#include "catch.hpp"
#include "config/load.hpp"
#include "engine/plan.hpp"
#include "judge/judge.hpp"
#include "probes/registry.hpp"
#include "report/render.hpp"

using namespace fdnprobe;
using Catch::Matchers::StartsWith;

namespace {

const std::vector<ProbeDescription>& known_probes() {
    static const std::vector<ProbeDescription> probes = probes::descriptions();
    return probes;
}

std::string all_of(const Problems& problems) {
    std::string text;
    for (const Problem& problem : problems) text += problem.to_string() + "\n";
    return text;
}

Table read_table(const std::string& text, const std::string& file) {
    Problems warnings;
    auto table = config::parse_table(text, file, known_probes(), warnings);
    if (!table) FAIL(all_of(table.error()));
    return std::move(*table);
}

Table shipped(const std::string& name) {
    const std::string path = std::string(FDNPROBE_SOURCE_DIR) + "/targets/" + name + ".toml";
    const auto text = config::read_text_file(path);
    if (!text) FAIL(text.error().to_string());
    return read_table(*text, path);
}

const std::vector<Table>& proxy_table() {
    static const std::vector<Table> tables{shipped("fortiproxy-7.4")};
    return tables;
}

const std::vector<Table>& both_tables() {
    static const std::vector<Table> tables{shipped("fortiproxy-7.4"), shipped("fortiguard")};
    return tables;
}

Site read_site(const std::string& text) {
    Problems warnings;
    auto site = config::parse_site("schema = \"fdnprobe.site/1\"\n" + text, "site.toml", warnings);
    if (!site) FAIL(all_of(site.error()));
    return std::move(*site);
}

const std::string av = "outgoing/fortiguard/av-ips-update";
const std::string queries = "outgoing/fortiguard/fortiguard-queries";
const std::string sdns = "outgoing/fortiguard/sdns-queries-for-dns-filter";
const std::string management = "outgoing/fortiguard/management-firmware-sms-ftm-licensing-policy-override";
const std::string cloud = "outgoing/fortiguard/central-management-analysis";
const std::string mail = "outgoing/fortiguard/alert-email-virus-sample";
const std::string system_dns = "outgoing/fortiguard/system-dns";
const std::string managers_queries = "outgoing/fortimanager/fortiguard-queries";

/// What a site makes of tables.
struct Planned {
    Site site;
    engine::Plan plan;

    explicit Planned(const std::string& text, const std::vector<Table>& tables = proxy_table())
        : site(read_site(text)) {
        engine::PlanOptions options;
        options.probes = known_probes();
        plan = engine::make_plan(tables, site, options);
    }

    [[nodiscard]] std::vector<const Check*> checks_of(const std::string& row) const {
        std::vector<const Check*> checks;
        for (const Check& check : plan.checks)
            if (plan.rows[check.row].id == row || plan.rows[check.row].full_id() == row) checks.push_back(&check);
        if (checks.empty()) FAIL("no check of " << row);
        return checks;
    }

    /// "TCP/443 HOST": the table's port, and the host, as the check's id has them whatever the site dials.
    static std::string place(const Check& check) {
        const std::vector<std::string> parts = split(check.id, '/');
        std::string port = parts.at(parts.size() - 3);
        port.replace(port.find('-'), 1, "/");
        return Port::parse(port).value().to_string() + " " + parts.back();
    }

    /// The checks of a row that apply to the device, one a line: "need", "way" or "notice", and where.
    [[nodiscard]] std::string used(const std::string& row) const {
        std::string lines;
        for (const Check* check : checks_of(row)) {
            if (check->skip == Cause::not_applicable) continue;
            const char* level = check->level == Level::notice                ? "notice"
                                : check->choice && !check->condition.empty() ? "way"
                                                                             : "need";
            lines += std::string(lines.empty() ? "" : "\n") + level + " " + place(*check);
            if (check->skip && check->skip != Cause::not_configured)
                lines += " (" + std::string(to_string(*check->skip)) + ")";
        }
        return lines;
    }

    /// The same without notices.
    [[nodiscard]] std::string needed(const std::string& row) const {
        std::string lines;
        for (const std::string& line : split(used(row), '\n'))
            if (!line.starts_with("notice")) lines += (lines.empty() ? "" : "\n") + line;
        return lines;
    }

    /// The check of this row there: "TCP/443 HOST".
    [[nodiscard]] const Check& at(const std::string& row, const std::string& where) const {
        for (const Check* check : checks_of(row))
            if (place(*check) == where) return *check;
        FAIL("nothing at " << where << " in " << row);
        return plan.checks.front();
    }

    /// Why a check does not apply; empty where it does.
    [[nodiscard]] std::string why(const std::string& row, const std::string& where) const {
        const Check& check = at(row, where);
        return check.skip == Cause::not_applicable ? check.skip_reason : std::string();
    }

    /// As `fdnprobe list` prints it, each paragraph on one line.
    [[nodiscard]] std::string list() const {
        Report report = app::begin_report(plan, site);
        report.planned_only = true;
        for (const Check& check : plan.checks) {
            CheckResult& result = report.checks.emplace_back();
            result.check = check;
            if (check.skip) result.conclusion = judge::conclude_skipped(check);
        }
        report::TableStyle style;
        style.width = 2000;
        return report::render_plan(report, style, &site);
    }
};

std::string device(const std::string& lines) { return "[device]\n" + lines; }

}  // namespace

TEST_CASE("without a [device] every documented way stays open, and one of them is enough", "[app][device]") {
    const Planned planned("");
    CHECK(planned.used(av) ==
          "way TCP/443 globalupdate.fortinet.net\n"
          "way TCP/443 usupdate.fortinet.net\n"
          "way TCP/443 euupdate.fortinet.net\n"
          "way TCP/443 update.fortiguard.net\n"
          "way TCP/443 usupdate.fortiguard.net\n"
          "notice TCP/8890 update.fortiguard.net");
    CHECK(planned.used(queries) ==
          "way TCP/443 globalguardservice.fortinet.net\n"
          "way TCP/443 usguardservice.fortinet.net\n"
          "way TCP/443 euguardservice.fortinet.net\n"
          "way UDP/53 service.fortiguard.net\n"
          "way UDP/8888 service.fortiguard.net\n"
          "way TCP/53 securewf.fortiguard.net\n"
          "way TCP/8888 securewf.fortiguard.net\n"
          "way TCP/443 securewf.fortiguard.net\n"
          "way UDP/53 usservice.fortiguard.net\n"
          "way UDP/8888 usservice.fortiguard.net\n"
          "way TCP/53 ussecurewf.fortiguard.net\n"
          "way TCP/8888 ussecurewf.fortiguard.net\n"
          "way TCP/443 ussecurewf.fortiguard.net");
    CHECK(planned.used(sdns) ==
          "way UDP/53 208.91.112.220\n"
          "notice UDP/53 173.243.140.53\n"
          "notice UDP/53 210.7.96.53\n"
          "way TCP/853 173.243.140.53");
    CHECK(planned.needed(mail) == "way TCP/465 fortinet-notifications.com\nway TCP/465 notification.fortinet.net");
    CHECK(planned.needed(system_dns).empty());
    CHECK(planned.needed(cloud).empty());
    CHECK(planned.at(av, "TCP/443 globalupdate.fortinet.net").condition ==
          R"(fortiguard = "anycast" and location = "automatic")");
    CHECK(planned.at(av, "TCP/443 update.fortiguard.net").condition ==
          R"(fortiguard = "unicast" and location = "automatic" or "eu")");
    CHECK(planned.at(queries, "UDP/53 usservice.fortiguard.net").condition ==
          R"(fortiguard = "unicast" and rating = "udp/53" and location = "usa")");
    CHECK(planned.why(av, "TCP/8890 update-servers") == "used only by a device with update_servers set");
    CHECK(planned.why(av, "TCP/443 fortiguard") ==
          R"(used only by a device with fortiguard = "anycast" and anycast_source = "aws")");
    // Names that are not known are no way at all, and what is one of several has its word of it in the list.
    const std::string list = planned.list();
    CHECK_THAT(list,
               Contains(R"(globalupdate.fortinet.net (trust public; stapled OCSP answer demanded; if fortiguard = )"
                        R"("anycast" and location = "automatic"))"));
    CHECK_THAT(list, Contains("skipped (not-applicable): used only by a device with update_servers set: TCP/8890, "
                              "TCP/443"));
    CHECK_THAT(list, Contains("How the device is configured is not known"));
}

TEST_CASE("fortiguard: anycast, unicast or off", "[app][device]") {
    const Planned anycast(device("fortiguard = \"anycast\"\n"));
    CHECK(anycast.needed(av) ==
          "way TCP/443 globalupdate.fortinet.net\n"
          "way TCP/443 usupdate.fortinet.net\n"
          "way TCP/443 euupdate.fortinet.net");
    CHECK(anycast.at(av, "TCP/443 euupdate.fortinet.net").condition == R"(location = "eu")");
    CHECK(anycast.needed(queries) ==
          "way TCP/443 globalguardservice.fortinet.net\n"
          "way TCP/443 usguardservice.fortinet.net\n"
          "way TCP/443 euguardservice.fortinet.net");
    CHECK(anycast.used(sdns) == "need TCP/853 173.243.140.53");
    CHECK(anycast.needed(management) == anycast.needed(av));
    CHECK(anycast.why(av, "TCP/443 update.fortiguard.net") == R"(not used by a device with fortiguard = "anycast")");
    CHECK(anycast.why(sdns, "UDP/53 208.91.112.220") == R"(not used by a device with fortiguard = "anycast")");
    CHECK(anycast.why(management, "TCP/443 msgctrl1.fortinet.com") ==
          R"(not used by a device with fortiguard = "anycast")");
    CHECK_FALSE(anycast.at(management, "TCP/443 globalmsgctrl.fortinet.net").skip);
    CHECK_THAT(anycast.list(), Contains(R"(not used by a device with fortiguard = "anycast": TCP/443 at )"
                                        "update.fortiguard.net, TCP/443 at usupdate.fortiguard.net"));
    CHECK_THAT(anycast.list(), Contains("device: fortiguard = \"anycast\"") && !Contains("is not known, so one"));

    const Planned unicast(device("fortiguard = \"unicast\"\n"));
    CHECK(unicast.needed(av) == "way TCP/443 update.fortiguard.net\nway TCP/443 usupdate.fortiguard.net");
    CHECK(unicast.used(sdns) ==
          "need UDP/53 208.91.112.220\n"
          "notice UDP/53 173.243.140.53\n"
          "notice UDP/53 210.7.96.53");
    CHECK(unicast.why(queries, "TCP/443 globalguardservice.fortinet.net") ==
          R"(not used by a device with fortiguard = "unicast")");
    CHECK(unicast.why(sdns, "TCP/853 173.243.140.53") == R"(not used by a device with fortiguard = "unicast")");
    CHECK_FALSE(unicast.at(management, "TCP/443 msgctrl1.fortinet.com").skip);

    const Planned off(device("fortiguard = \"off\"\n"));
    for (const std::string& row : {av, queries, sdns, management}) {
        INFO(row);
        CHECK(off.used(row).empty());
    }
    for (const char* row : {"outgoing/fortiguard/cloud-app-db", "outgoing/fortiguard/registration"})
        CHECK(off.used(row).empty());
    CHECK(off.why(management, "TCP/443 push.fortinet.com") == R"(not used by a device with fortiguard = "off")");
    // What is not FortiGuard's stays.
    CHECK(off.used("outgoing/fortianalyzer/syslog-oftp-registration-quarantine-log-report") ==
          "need TCP/514 fortianalyzer");
    CHECK(off.needed(mail) == Planned("").needed(mail));
}

TEST_CASE("anycast_source: the names of Amazon's servers are not known", "[app][device]") {
    const Planned aws(device("fortiguard = \"anycast\"\nanycast_source = \"aws\"\n"));
    CHECK(aws.needed(av) == "need TCP/443 fortiguard (not-testable-from-here)");
    CHECK(aws.needed(queries) == "need TCP/443 fortiguard (not-testable-from-here)");
    CHECK(aws.used(sdns) == "notice TCP/853 173.243.140.53");
    CHECK(aws.why(av, "TCP/443 globalupdate.fortinet.net") == R"(not used by a device with anycast_source = "aws")");
    CHECK_THAT(aws.list(), Contains("skipped (not-testable-from-here): The names that the device uses with "
                                    "`fortiguard-anycast-source aws` are not published"));

    const Planned fortinet(
        device("fortiguard = \"anycast\"\nanycast_source = \"fortinet\"\nlocation = \"automatic\"\n"));
    CHECK(fortinet.needed(av) == "need TCP/443 globalupdate.fortinet.net");
    CHECK(fortinet.used(sdns) == "need TCP/853 173.243.140.53");
    CHECK(fortinet.why(av, "TCP/443 fortiguard") == R"(not used by a device with anycast_source = "fortinet")");

    // Without anycast its source means nothing.
    const Planned unicast(device("fortiguard = \"unicast\"\nanycast_source = \"aws\"\nlocation = \"automatic\"\n"));
    CHECK(unicast.needed(av) == "need TCP/443 update.fortiguard.net");
    CHECK(unicast.needed(sdns) == "need UDP/53 208.91.112.220");
    // Where a proxy carries the updates, the unicast name is known whatever the source is.
    const Planned proxied(
        device("fortiguard = \"anycast\"\nanycast_source = \"aws\"\nupdate_proxy = \"192.0.2.9:3128\"\n"));
    CHECK(proxied.at(av, "TCP/443 update.fortiguard.net").level == Level::need);
    CHECK_FALSE(proxied.at(av, "TCP/443 update.fortiguard.net").skip);
}

TEST_CASE("location: whose servers are asked for", "[app][device]") {
    const std::pair<const char*, const char*> anycast[] = {{"automatic", "global"}, {"usa", "us"}, {"eu", "eu"}};
    for (const auto& [location, prefix] : anycast) {
        INFO(location);
        const Planned planned(device("fortiguard = \"anycast\"\nlocation = \"" + std::string(location) + "\"\n"));
        const std::string first(prefix);
        CHECK(planned.needed(av) == "need TCP/443 " + first + "update.fortinet.net");
        CHECK(planned.needed(management) == planned.needed(av));
        CHECK(planned.needed(queries) == "need TCP/443 " + first + "guardservice.fortinet.net");
        const std::string other = first == "eu" ? "us" : "eu";
        CHECK(planned.why(av, "TCP/443 " + other + "update.fortinet.net") ==
              "not used by a device with location = \"" + std::string(location) + "\"");
    }
    const std::string unicast = "fortiguard = \"unicast\"\nrating = \"https/8888\"\n";
    const Planned everywhere(device(unicast + "location = \"automatic\"\n"));
    CHECK(everywhere.needed(av) == "need TCP/443 update.fortiguard.net");
    CHECK(everywhere.needed(queries) == "need TCP/8888 securewf.fortiguard.net");
    const Planned america(device(unicast + "location = \"usa\"\n"));
    CHECK(america.needed(av) == "need TCP/443 usupdate.fortiguard.net");
    CHECK(america.needed(management) == "need TCP/443 usupdate.fortiguard.net");
    CHECK(america.needed(queries) == "need TCP/8888 ussecurewf.fortiguard.net");
    // No name for Europe is published: the general one is shown.
    const Planned europe(device(unicast + "location = \"eu\"\n"));
    CHECK(europe.used(av) == "notice TCP/443 update.fortiguard.net\nnotice TCP/8890 update.fortiguard.net");
    CHECK(europe.used(queries) == "notice TCP/8888 securewf.fortiguard.net");
    CHECK(europe.needed(management).empty());
}

TEST_CASE("rating: one protocol and port without anycast, none with it", "[app][device]") {
    const std::map<std::string, std::string> asked{{"udp/53", "UDP/53 service"},
                                                   {"udp/8888", "UDP/8888 service"},
                                                   {"https/53", "TCP/53 securewf"},
                                                   {"https/8888", "TCP/8888 securewf"},
                                                   {"https/443", "TCP/443 securewf"}};
    for (const auto& [rating, place] : asked) {
        INFO(rating);
        const std::string line = "rating = \"" + rating + "\"\n";
        const Planned planned(device("fortiguard = \"unicast\"\nlocation = \"automatic\"\n" + line));
        CHECK(planned.used(queries) == "need " + place + ".fortiguard.net");
        const Planned nowhere(device("fortiguard = \"unicast\"\n" + line));
        std::string american = place;
        american.insert(american.find(' ') + 1, "us");
        CHECK(nowhere.used(queries) == "way " + place + ".fortiguard.net\nway " + american + ".fortiguard.net");
        const Planned anycast(device("fortiguard = \"anycast\"\nlocation = \"automatic\"\n" + line));
        CHECK(anycast.used(queries) == "need TCP/443 globalguardservice.fortinet.net");
        // Where it is not known whether it is anycast, that name stays a way beside the one of the setting.
        CHECK(Planned(device("location = \"automatic\"\n" + line)).used(queries) ==
              "way TCP/443 globalguardservice.fortinet.net\nway " + place + ".fortiguard.net");
        // Updates have nothing to do with it.
        CHECK(planned.needed(av) == "need TCP/443 update.fortiguard.net");
    }
    // HTTP is for a FortiManager alone.
    const Planned http(device("fortiguard = \"unicast\"\nlocation = \"automatic\"\nrating = \"http/80\"\n"));
    CHECK(http.used(queries).empty());
    CHECK(http.why(queries, "UDP/53 service.fortiguard.net") == R"(not used by a device with rating = "http/80")");
    CHECK_THAT(http.list(), Contains(R"(skipped (not-applicable): not used by a device with rating = "http/80")"));
}

TEST_CASE("sdns: the servers of the DNS filter in place of the documented ones", "[app][device]") {
    const Planned anycast(device("fortiguard = \"anycast\"\nsdns = [\"192.0.2.1:8853\", \"192.0.2.2\"]\n"));
    CHECK(anycast.used(sdns) == "need TCP/853 192.0.2.1\nneed TCP/853 192.0.2.2");
    CHECK(anycast.at(sdns, "TCP/853 192.0.2.1").dial_port == 8853);
    CHECK(anycast.at(sdns, "TCP/853 192.0.2.2").dial_port == 853);
    // It is the device's port that has to be open, too.
    CHECK(anycast.at(sdns, "TCP/853 192.0.2.1").wanted() == Port{Transport::tcp, 8853});
    CHECK(anycast.at(sdns, "TCP/853 192.0.2.1").server_name == "globalsdns.fortinet.net");
    CHECK(anycast.why(sdns, "TCP/853 173.243.140.53") ==
          R"(not used by a device with sdns = ["192.0.2.1:8853", "192.0.2.2"])");

    const Planned unicast(device("fortiguard = \"unicast\"\nsdns = [\"192.0.2.1\"]\n"));
    CHECK(unicast.used(sdns) == "need UDP/53 192.0.2.1");
    CHECK(unicast.why(sdns, "UDP/53 173.243.140.53") == R"(not used by a device with sdns = ["192.0.2.1"])");
    // Who names the documented server needs that one alone, and needs it once.
    CHECK(Planned(device("fortiguard = \"unicast\"\nsdns = [\"208.91.112.220\", \"210.7.96.53\"]\n")).used(sdns) ==
          "need UDP/53 208.91.112.220\nneed UDP/53 210.7.96.53");
    // An empty list is as good as none.
    CHECK(Planned(device("fortiguard = \"unicast\"\nsdns = []\n")).needed(sdns) == "need UDP/53 208.91.112.220");
    CHECK(Planned(device("fortiguard = \"unicast\"\nsdns = []\n")).why(sdns, "UDP/53 sdns") ==
          "used only by a device with sdns set");
    // Without knowing how it is asked, both are ways.
    CHECK(Planned(device("sdns = [\"192.0.2.1\"]\n")).used(sdns) == "way UDP/53 192.0.2.1\nway TCP/853 192.0.2.1");
    // The device's own DNS is another service.
    CHECK(unicast.used(system_dns) == Planned("").used(system_dns));
    CHECK(Planned(device("fortiguard = \"off\"\nsdns = [\"192.0.2.1\"]\n")).used(sdns).empty());
}

TEST_CASE("update_servers, update_port and default_servers: a FortiManager that hands out updates", "[app][device]") {
    const std::string anycast = "fortiguard = \"anycast\"\nlocation = \"automatic\"\n";
    const std::string servers = "update_servers = [\"10.0.0.5\"]\n";
    const Planned both(device(anycast + servers + "update_port = 8890\n"));
    CHECK(both.used(av) ==
          "notice TCP/443 globalupdate.fortinet.net\n"
          "need TCP/8890 10.0.0.5\n"
          "notice TCP/8890 update.fortiguard.net");
    CHECK(both.why(av, "TCP/443 10.0.0.5") == "not used by a device with update_port = 8890");
    CHECK(both.needed(management).empty());
    CHECK(both.needed(queries) == "need TCP/443 globalguardservice.fortinet.net");
    CHECK(both.at(av, "TCP/8890 10.0.0.5").trust.any);

    const Planned other_port(device(anycast + servers + "update_port = 443\n"));
    CHECK(other_port.needed(av) == "need TCP/443 10.0.0.5");
    CHECK(other_port.why(av, "TCP/8890 10.0.0.5") == "not used by a device with update_port = 443");
    // Where the port is not known, one of the two is enough.
    CHECK(Planned(device(anycast + servers)).needed(av) == "way TCP/8890 10.0.0.5\nway TCP/443 10.0.0.5");
    CHECK(Planned(device(anycast + servers)).at(av, "TCP/443 10.0.0.5").condition == "update_port = 443");

    const Planned alone(device(anycast + servers + "update_port = 8890\ndefault_servers = false\n"));
    CHECK(alone.used(av) == "need TCP/8890 10.0.0.5\nnotice TCP/8890 update.fortiguard.net");
    CHECK(alone.at(av, "TCP/443 globalupdate.fortinet.net").skip == Cause::not_applicable);
    CHECK(alone.needed(queries) == "need TCP/443 globalguardservice.fortinet.net");
    CHECK(Planned(device(anycast + servers + "update_port = 8890\ndefault_servers = true\n")).used(av) ==
          both.used(av));
    // Without a FortiManager the fallback is all there is.
    CHECK(Planned(device(anycast + "default_servers = false\n")).needed(av) ==
          "need TCP/443 globalupdate.fortinet.net");
    CHECK(Planned(device(anycast + "update_servers = []\ndefault_servers = false\n")).needed(av) ==
          "need TCP/443 globalupdate.fortinet.net");
    CHECK(Planned(device(anycast + "update_servers = []\n")).why(av, "TCP/8890 update-servers") ==
          "used only by a device with update_servers set");
    // A port of its own, and an address of the other family.
    const Planned ports(device("update_servers = [\"10.0.0.5:9000\", \"[2001:db8::5]:9001\"]\nupdate_port = 8890\n"));
    CHECK(ports.at(av, "TCP/8890 10.0.0.5").dial_port == 9000);
    CHECK(ports.at(av, "TCP/8890 2001:db8::5").dial_port == 9001);
    CHECK(ports.at(av, "TCP/8890 2001:db8::5").host_is_address);
    // Closed to FortiGuard altogether, a FortiManager still serves.
    CHECK(Planned(device("fortiguard = \"off\"\nupdate_port = 8890\n" + servers)).used(av) == "need TCP/8890 10.0.0.5");
}

TEST_CASE("the reason names the key that rules the fallback out", "[app][device]") {
    const std::string anycast = "fortiguard = \"anycast\"\nlocation = \"automatic\"\n";
    const Planned alone(
        device(anycast + "update_servers = [\"10.0.0.5\"]\nupdate_port = 8890\ndefault_servers = false\n"));
    // With update_servers and `default_servers = true` it is used, as a notice.
    CHECK_THAT(alone.why(av, "TCP/443 globalupdate.fortinet.net"), Contains("default_servers = false"));
    const Planned ratings(device(anycast + "rating_servers = [\"10.0.0.5\"]\ndefault_servers = false\n"));
    CHECK_THAT(ratings.why(queries, "TCP/443 globalguardservice.fortinet.net"), Contains("default_servers = false"));
}

TEST_CASE("rating_servers: a FortiManager that answers ratings", "[app][device]") {
    const std::string servers = "rating_servers = [\"10.0.0.5\"]\n";
    const Planned anycast(device("fortiguard = \"anycast\"\nlocation = \"automatic\"\n" + servers));
    CHECK(anycast.needed(managers_queries) == "need TCP/443 10.0.0.5");
    CHECK(anycast.used(queries) == "notice TCP/443 globalguardservice.fortinet.net");
    CHECK(anycast.needed(av) == "need TCP/443 globalupdate.fortinet.net");
    CHECK(anycast.used(sdns) == "need TCP/853 173.243.140.53");
    const std::map<std::string, std::string> asked{{"udp/53", "UDP/53"},       {"udp/8888", "UDP/8888"},
                                                   {"https/443", "TCP/443"},   {"https/53", "TCP/53"},
                                                   {"https/8888", "TCP/8888"}, {"http/80", "TCP/80"}};
    for (const char* mode : {"unicast", "off"})
        for (const auto& [rating, port] : asked) {
            INFO(mode << " " << rating);
            const Planned planned(device("fortiguard = \"" + std::string(mode) + "\"\nlocation = \"automatic\"\n" +
                                         servers + "rating = \"" + rating + "\"\n"));
            CHECK(planned.needed(managers_queries) == "need " + port + " 10.0.0.5");
            CHECK(planned.needed(queries).empty());
        }
    const Planned alone(
        device("fortiguard = \"anycast\"\nlocation = \"automatic\"\ndefault_servers = false\n" + servers));
    CHECK(alone.used(queries).empty());
    CHECK(alone.needed(av) == "need TCP/443 globalupdate.fortinet.net");

    const Planned none(device("rating_servers = []\n") + "[peers]\nFortiManager = \"10.0.0.5\"\n");
    CHECK(none.used(managers_queries).empty());
    CHECK(none.why(managers_queries, "UDP/53 10.0.0.5") == "not used by a device with rating_servers = []");
    // Not known: what is at the peer's address is shown, and nothing of it is missed.
    const Planned unknown("[peers]\nFortiManager = \"10.0.0.5\"\n");
    CHECK(unknown.needed(managers_queries).empty());
    CHECK(unknown.at(managers_queries, "TCP/443 10.0.0.5").level == Level::notice);
    CHECK(unknown.at(managers_queries, "TCP/443 10.0.0.5").condition == "rating_servers set");
    CHECK_THAT(unknown.list(), Contains("10.0.0.5 (notice; trust any; if rating_servers set"));
    // The same address under [peers] is the same check, and counts as the better known one.
    const Planned twice(device("fortiguard = \"anycast\"\n" + servers) + "[peers]\nFortiManager = \"10.0.0.5\"\n");
    CHECK(twice.used(managers_queries) == "need TCP/443 10.0.0.5");
    const Planned beside(device("fortiguard = \"anycast\"\n" + servers) + "[peers]\nFortiManager = \"10.0.0.6\"\n");
    CHECK(beside.used(managers_queries) == "need TCP/443 10.0.0.5\nnotice TCP/443 10.0.0.6");
}

TEST_CASE("update_proxy: updates alone go through it, and to the unicast name", "[app][device]") {
    const std::string proxy = "update_proxy = \"proxy.example:3128\"\n";
    for (const char* mode :
         {"", "fortiguard = \"anycast\"\n", "fortiguard = \"unicast\"\n",
          "fortiguard = \"unicast\"\nlocation = \"usa\"\n", "fortiguard = \"unicast\"\nlocation = \"eu\"\n",
          "fortiguard = \"anycast\"\nlocation = \"eu\"\n"}) {
        INFO(mode);
        const Planned planned(device(mode + proxy));
        CHECK(planned.needed(av) == "need TCP/443 update.fortiguard.net");
        CHECK(planned.needed(management) == "need TCP/443 update.fortiguard.net");
        for (const std::string& row : {av, management})
            CHECK(planned.at(row, "TCP/443 update.fortiguard.net").proxy == ProxyAddress{"", "proxy.example", 3128});
        for (const Check& check : planned.plan.checks) {
            INFO(check.id);
            CHECK(check.proxy.has_value() == (check.host == "update.fortiguard.net" && check.port.number == 443));
        }
        // Ratings and the DNS filter go their own way.
        CHECK(planned.used(queries) == Planned(device(mode)).used(queries));
        CHECK(planned.used(sdns) == Planned(device(mode)).used(sdns));
    }
    const Planned anycast(device("fortiguard = \"anycast\"\nlocation = \"automatic\"\n" + proxy));
    CHECK(anycast.used(av) ==
          "notice TCP/443 globalupdate.fortinet.net\n"
          "need TCP/443 update.fortiguard.net\n"
          "notice TCP/8890 update.fortiguard.net");
    CHECK_THAT(anycast.list(), Contains("through the proxy http://proxy.example:3128"));
    const Planned none(device("fortiguard = \"anycast\"\nlocation = \"automatic\"\nupdate_proxy = \"\"\n"));
    CHECK(none.needed(av) == "need TCP/443 globalupdate.fortinet.net");
    CHECK(none.at(av, "TCP/443 update.fortiguard.net").skip == Cause::not_applicable);
    CHECK_FALSE(none.at(av, "TCP/443 globalupdate.fortinet.net").proxy);
    CHECK(Planned(device("fortiguard = \"off\"\n" + proxy)).used(av).empty());
    // A FortiManager goes before it, and the proxy is for its fallback.
    const Planned manager(device(proxy + "update_servers = [\"10.0.0.5\"]\nupdate_port = 8890\n"));
    CHECK(manager.needed(av) == "need TCP/8890 10.0.0.5");
    CHECK(manager.at(av, "TCP/443 update.fortiguard.net").level == Level::notice);
    CHECK_FALSE(manager.at(av, "TCP/8890 10.0.0.5").proxy);
    const Planned manager_alone(
        device(proxy + "update_servers = [\"10.0.0.5\"]\nupdate_port = 8890\ndefault_servers = false\n"));
    CHECK(manager_alone.at(av, "TCP/443 update.fortiguard.net").skip == Cause::not_applicable);
}

TEST_CASE("services_off: without any rating service nobody asks for ratings", "[app][device]") {
    const std::string anycast = "fortiguard = \"anycast\"\nlocation = \"automatic\"\n";
    const Planned all(device(anycast + "services_off = [\"outbreak\", \"webfilter\", \"antispam\"]\n"));
    CHECK(all.used(queries).empty());
    CHECK(all.why(queries, "TCP/443 globalguardservice.fortinet.net") ==
          R"(not used by a device with services_off = ["outbreak", "webfilter", "antispam"])");
    CHECK(all.needed(av) == "need TCP/443 globalupdate.fortinet.net");
    CHECK(all.used(sdns) == "need TCP/853 173.243.140.53");
    for (const char* some : {"[]", "[\"webfilter\"]", "[\"webfilter\", \"antispam\"]"}) {
        INFO(some);
        CHECK(Planned(device(anycast + "services_off = " + some + "\n")).used(queries) ==
              "need TCP/443 globalguardservice.fortinet.net");
    }
    // Without anycast, likewise.
    CHECK(Planned(device("fortiguard = \"unicast\"\nrating = \"udp/53\"\nservices_off = [\"outbreak\", \"webfilter\", "
                         "\"antispam\"]\n"))
              .used(queries)
              .empty());
}

TEST_CASE("services_off: without any rating service a FortiManager is not asked either", "[app][device]") {
    const Planned planned(
        device("fortiguard = \"anycast\"\nrating_servers = [\"10.0.0.5\"]\nservices_off = [\"outbreak\", "
               "\"webfilter\", \"antispam\"]\n"));
    CHECK(planned.needed(managers_queries).empty());
}

TEST_CASE("management: a FortiManager, the vendor's cloud, or nobody", "[app][device]") {
    const std::string peers = "[peers]\nFortiManager = \"10.0.0.5\"\nFortiProxy = \"10.0.0.2\"\n";
    const std::string out = "outgoing/fortimanager/ipv4-fgfm-management";
    const std::string in = "incoming/fortimanager/ipv4-fgfm-management";
    const std::string in_cloud = "incoming/fortiguard/management";
    const Planned manager(device("management = \"fortimanager\"\n") + peers);
    CHECK(manager.used(out) == "need TCP/541 10.0.0.5");
    CHECK(manager.used(in) == "need TCP/541 10.0.0.2");
    CHECK(manager.used(cloud).empty());
    CHECK(manager.used(in_cloud).empty());
    CHECK(manager.why(cloud, "TCP/541 globalmgrctrl.fortinet.net") ==
          R"(not used by a device with management = "fortimanager")");
    CHECK(manager.why(management, "TCP/443 globallogctrl.fortinet.net") ==
          R"(not used by a device with management = "fortimanager")");

    const Planned by_cloud(device("management = \"fortiguard\"\nfortiguard = \"anycast\"\nlocation = \"eu\"\n") +
                           peers);
    CHECK(by_cloud.used(out).empty());
    CHECK(by_cloud.used(in).empty());
    CHECK(by_cloud.used(in_cloud) == "need TCP/541 10.0.0.2");
    CHECK(by_cloud.used(cloud) == "notice TCP/541 globalmgrctrl.fortinet.net");
    CHECK(by_cloud.needed(management) == "need TCP/443 euupdate.fortinet.net\nneed TCP/443 globallogctrl.fortinet.net");
    const Planned unicast(device("management = \"fortiguard\"\nfortiguard = \"unicast\"\nlocation = \"usa\"\n"));
    CHECK(unicast.needed(management) == "need TCP/443 usupdate.fortiguard.net\nneed TCP/443 logctrl1.fortinet.com");
    // Which of the two it is hangs on anycast.
    const Planned either(device("management = \"fortiguard\"\nlocation = \"eu\"\n"));
    CHECK(either.at(management, "TCP/443 globallogctrl.fortinet.net").choice);
    CHECK(either.at(management, "TCP/443 logctrl1.fortinet.com").choice);

    const Planned nobody(device("management = \"none\"\n") + peers);
    for (const std::string& row : {out, in, cloud, in_cloud}) {
        INFO(row);
        CHECK(nobody.used(row).empty());
    }
    CHECK(nobody.why(out, "TCP/541 10.0.0.5") == R"(not used by a device with management = "none")");
    CHECK_THAT(nobody.list(), Contains(R"(skipped (not-applicable): not used by a device with management = "none")"));

    // Who has given a FortiManager's address is managed by it unless he says otherwise; the cloud is only shown.
    const Planned unknown(peers);
    CHECK(unknown.used(out) == "need TCP/541 10.0.0.5");
    CHECK(unknown.used(in_cloud) == "notice TCP/541 10.0.0.2");
    CHECK(unknown.at(in_cloud, "TCP/541 10.0.0.2").condition == R"(management = "fortiguard")");
    CHECK(unknown.at(management, "TCP/443 globallogctrl.fortinet.net").level == Level::notice);
}

TEST_CASE("mail: the device's own relay", "[app][device]") {
    const Planned own(device("mail = \"mail.example:587\"\n"));
    CHECK(own.used(mail) == "need TCP/25 mail.example");
    CHECK(own.at(mail, "TCP/25 mail.example").dial_port == 587);
    CHECK(own.why(mail, "TCP/465 notification.fortinet.net") ==
          R"(not used by a device with mail = "mail.example:587")");
    CHECK_THAT(own.list(), Contains("mail.example (trust any; dialled at port 587)"));
    // Fortinet's own, by name: what the table knows of it counts, and it is asked once.
    const Planned fortinets(device("mail = \"fortinet-notifications.com:465\"\n"));
    CHECK(fortinets.used(mail) == "need TCP/465 fortinet-notifications.com");
    CHECK(fortinets.at(mail, "TCP/465 fortinet-notifications.com").trust == Trust{true, true, false});
    CHECK(fortinets.why(mail, "TCP/25 fortinet-notifications.com") ==
          "TCP/465 is what another check of this row dials already.");
    // On another port it is what the device is set to, and nothing that the table knows.
    CHECK(Planned(device("mail = \"notification.fortinet.net:25\"\n")).used(mail) ==
          "need TCP/25 notification.fortinet.net");
    const Planned none(device("mail = \"\"\n"));
    CHECK(none.used(mail).empty());
    CHECK(none.why(mail, "TCP/465 notification.fortinet.net") == R"(not used by a device with mail = "")");
    CHECK(none.why(mail, "TCP/25 mail") == "used only by a device with mail set");
}

TEST_CASE("dns and dns_protocol: how the device asks its own resolvers", "[app][device]") {
    const std::string own = "dns = [\"10.0.0.53\"]\n";
    CHECK(Planned(device(own + "dns_protocol = [\"cleartext\"]\n")).used(system_dns) ==
          "need UDP/53 10.0.0.53\nnotice TCP/53 10.0.0.53");
    CHECK(Planned(device(own + "dns_protocol = [\"dot\"]\n")).used(system_dns) == "need TCP/853 10.0.0.53");
    CHECK(Planned(device(own + "dns_protocol = [\"doh\"]\n")).used(system_dns) == "need TCP/443 10.0.0.53");
    CHECK(Planned(device(own + "dns_protocol = [\"cleartext\", \"dot\"]\n")).used(system_dns) ==
          "need UDP/53 10.0.0.53\nnotice TCP/53 10.0.0.53\nneed TCP/853 10.0.0.53");
    CHECK(Planned(device(own)).used(system_dns) ==
          "way UDP/53 10.0.0.53\nnotice TCP/53 10.0.0.53\nway TCP/853 10.0.0.53\nway TCP/443 10.0.0.53");
    CHECK(Planned(device(own + "dns_protocol = [\"dot\"]\n")).why(system_dns, "UDP/53 10.0.0.53") ==
          R"(not used by a device with dns_protocol = ["dot"])");
    CHECK(Planned(device(own + "dns_protocol = [\"dot\"]\n")).why(system_dns, "TCP/853 96.45.45.45") ==
          R"(not used by a device with dns = ["10.0.0.53"])");
    // Any of a device's resolvers will do: they stand in for each other.
    const Planned two(device("dns = [\"10.0.0.53\", \"10.0.0.54:5353\"]\ndns_protocol = [\"cleartext\"]\n"));
    CHECK(two.needed(system_dns) == "need UDP/53 10.0.0.53\nneed UDP/53 10.0.0.54");
    CHECK(two.at(system_dns, "UDP/53 10.0.0.53").choice);
    CHECK(two.at(system_dns, "UDP/53 10.0.0.54").dial_port == 5353);
    // FortiGuard's own, by address: once, with what the table knows of it.
    const Planned vendors(device("dns = [\"96.45.45.45\", \"96.45.46.46\"]\ndns_protocol = [\"dot\"]\n"));
    CHECK(vendors.used(system_dns) == "need TCP/853 96.45.45.45\nneed TCP/853 96.45.46.46");
    CHECK(vendors.at(system_dns, "TCP/853 96.45.45.45").server_name == "globalsdns.fortinet.net");
    CHECK(vendors.at(system_dns, "TCP/853 96.45.45.45").ocsp == Stapling::expected);
    // Beside one of the site's own, FortiGuard's other one is not in use.
    const Planned mixed(device("dns = [\"96.45.45.45\", \"10.0.0.53\"]\ndns_protocol = [\"dot\"]\n"));
    CHECK(mixed.used(system_dns) == "need TCP/853 96.45.45.45\nneed TCP/853 10.0.0.53");
    // Not known: the factory's are shown.
    CHECK(Planned("").used(system_dns) ==
          "notice UDP/53 96.45.45.45\nnotice TCP/853 96.45.45.45\n"
          "notice UDP/53 96.45.46.46\nnotice TCP/853 96.45.46.46");
    CHECK(Planned(device("dns = []\n")).used(system_dns).empty());
    // Those of [network] where only the protocol is said.
    const Planned network(device("dns_protocol = [\"dot\"]\n") + "[network]\nresolvers = [\"10.0.0.53\"]\n");
    CHECK(network.used(system_dns) == "need TCP/853 10.0.0.53");
    CHECK_THAT(network.list(), Contains("device: dns = [\"10.0.0.53\"]"));
    // The DNS filter is another service.
    CHECK(network.used(sdns) == Planned("").used(sdns));
}

TEST_CASE("push: who is told of updates", "[app][device]") {
    const std::string peers = "[peers]\nFortiProxy = \"10.0.0.2\"\n";
    for (const char* row : {"incoming/fortiguard/av-ips", "incoming/fortimanager/av-ips-push"}) {
        INFO(row);
        CHECK(Planned(device("push = true\n") + peers).used(row) == "need UDP/9443 10.0.0.2");
        const Planned off(device("push = false\n") + peers);
        CHECK(off.used(row).empty());
        CHECK(off.why(row, "UDP/9443 10.0.0.2") == "not used by a device with push = false");
        const Planned unknown(peers);
        CHECK(unknown.used(row) == "notice UDP/9443 10.0.0.2");
        CHECK(unknown.at(row, "UDP/9443 10.0.0.2").condition == "push = true");
    }
    CHECK_THAT(Planned(peers).list(), Contains("10.0.0.2 (notice; if push = true;"));
    CHECK_THAT(Planned(device("push = false\n") + peers).list(),
               Contains("skipped (not-applicable): not used by a device with push = false"));
}

TEST_CASE("ha: a member of a cluster, one of two at Azure, or alone", "[app][device]") {
    const std::string peers = "[network]\ninterface = \"eth1\"\n[peers]\nFortiProxy = \"10.0.0.2\"\n";
    for (const std::string direction : {"incoming", "outgoing"}) {
        const std::string heartbeat = direction + "/fortiproxy/ha-heartbeat";
        const std::string sync = direction + "/fortiproxy/ha-synchronization";
        const std::string azure = direction + "/fortiproxy/unicast-heartbeat-for-azure";
        INFO(direction);
        const Planned alone(device("ha = \"standalone\"\n") + peers);
        for (const std::string& row : {heartbeat, sync, azure}) CHECK(alone.used(row).empty());
        CHECK(alone.why(sync, "TCP/703 10.0.0.2") == R"(not used by a device with ha = "standalone")");
        const Planned cluster(device("ha = \"cluster\"\n") + peers);
        CHECK(cluster.used(sync) == "need TCP/703 10.0.0.2\nneed UDP/703 10.0.0.2");
        CHECK_FALSE(cluster.used(heartbeat).empty());
        CHECK(cluster.used(azure).empty());
        const Planned unicast(device("ha = \"unicast\"\n") + peers);
        CHECK(unicast.used(azure) == "need UDP/730 10.0.0.2");
        CHECK(unicast.used(sync).empty());
        CHECK(unicast.used(heartbeat).empty());
        // Not known: as the document has it.
        const Planned unknown(peers);
        CHECK(unknown.used(sync) == cluster.used(sync));
        CHECK(unknown.used(azure) == unicast.used(azure));
    }
}

TEST_CASE("product: the rows of other products do not apply, where the table has rows of this one", "[app][device]") {
    const Planned gate(device("product = \"fortigate\"\n"), both_tables());
    std::size_t applying = 0;
    for (const Check& check : gate.plan.checks) {
        const Row& row = gate.plan.rows[check.row];
        if (row.table != "fortiguard") continue;
        INFO(check.id);
        if (row.product == "FortiGate") {
            if (check.skip != Cause::not_applicable) ++applying;
            continue;
        }
        CHECK(check.skip == Cause::not_applicable);
        CHECK(check.skip_reason == R"(not used by a device with product = "fortigate")");
    }
    CHECK(applying > 20);
    CHECK(gate.needed("outgoing/fortigate/fortiguard-queries") == Planned("", both_tables()).needed(queries));
    // A table of another product alone is taken for its own.
    CHECK(Planned(device("product = \"FortiGate\"\n")).used(av) == Planned("").used(av));
    CHECK(Planned(device("product = \"FortiProxy\"\n")).used(av) == Planned("").used(av));
    const Planned proxy(device("product = \"FortiProxy\"\n"), both_tables());
    CHECK(proxy.used(av) == Planned("").used(av));

    Problems problems;
    app::look_at_rows(proxy_table(), read_site(device("product = \"FortiGate\"\n")), problems);
    CHECK_THAT(all_of(problems), Contains("the site's device is a FortiGate") && Contains("warning"));
    problems.clear();
    app::look_at_rows(both_tables(), read_site(device("product = \"FortiGate\"\n")), problems);
    CHECK(problems.empty());
}

TEST_CASE("both tables come to the same for FortiProxy and FortiGate", "[app][device]") {
    const std::pair<std::string, std::string> pairs[] = {
        {queries, "outgoing/fortigate/fortiguard-queries"},
        {sdns, "outgoing/fortigate/sdns-queries-for-dns-filter"},
        {mail, "outgoing/fortigate/alert-emails-virus-sample"},
        {system_dns, "outgoing/fortigate/system-dns"},
        {cloud, "outgoing/fortigate/central-management-analysis"},
    };
    for (const char* site :
         {"", "fortiguard = \"anycast\"\nlocation = \"usa\"\n", "fortiguard = \"unicast\"\nrating = \"udp/53\"\n",
          "fortiguard = \"unicast\"\nsdns = [\"192.0.2.1\"]\nrating_servers = [\"10.0.0.5\"]\ndefault_servers = "
          "false\n",
          "management = \"fortiguard\"\nmail = \"mail.example:25\"\ndns = [\"96.45.45.45\"]\n"}) {
        const Planned planned(device(site), both_tables());
        for (const auto& [proxys, gates] : pairs) {
            INFO(site << proxys);
            CHECK(planned.used(proxys) == planned.used(gates));
        }
        // FortiGate's one row has the update servers of FortiProxy's row of updates, and the rest of the other row.
        CHECK(
            planned.needed("outgoing/fortigate/av-ips-update-management-firmware-sms-ftm-licensing-policy-override") ==
            planned.needed(management));
    }
    const Planned manager(device("update_servers = [\"10.0.0.5\"]\nupdate_port = 443\n"), both_tables());
    CHECK(manager.needed("outgoing/fortigate/av-ips-update-management-firmware-sms-ftm-licensing-policy-override") ==
          "need TCP/443 10.0.0.5");
}

TEST_CASE("version: chooses among commands", "[app][device]") {
    const auto commands = [](const std::string& lines, const std::string& row, const std::string& where,
                             const std::string& code) {
        const Planned planned(device(lines), both_tables());
        const Check& check = planned.at(row, where);
        std::string text;
        REQUIRE(check.advice != nullptr);
        const auto entries = check.advice->find(code);
        if (entries == check.advice->end()) return text;
        for (const ProductAdvice& entry : entries->second) {
            if (!entry.commands.empty() && !entry.releases.empty()) text += entry.releases.front().to_string() + ": ";
            for (const std::string& command : entry.commands) text += std::string(trim(command)) + "; ";
        }
        return text;
    };
    const std::string gate_queries = "outgoing/fortigate/fortiguard-queries";
    const std::string place = "UDP/53 service.fortiguard.net";
    CHECK(commands("product = \"FortiGate\"\nversion = \"6.0.14\"\n", gate_queries, place, "blocked") ==
          "FortiGate 6.0: config system fortiguard; set protocol udp; set port 8888; end; ");
    CHECK(commands("product = \"FortiGate\"\nversion = \"7.4.3\"\n", gate_queries, place, "blocked") ==
          "FortiGate 6.2 and later: config system fortiguard; set fortiguard-anycast disable; set protocol udp; set "
          "port 8888; end; ");
    // Not known: both, each with its range.
    CHECK(commands("product = \"FortiGate\"\n", gate_queries, place, "blocked") ==
          "FortiGate 6.2 and later: config system fortiguard; set fortiguard-anycast disable; set protocol udp; set "
          "port 8888; end; FortiGate 6.0: config system fortiguard; set protocol udp; set port 8888; end; ");
    // Without a product, the row's own.
    CHECK_THAT(commands("version = \"7.4\"\n", queries, place, "blocked"),
               StartsWith("FortiProxy 7.0 and later: config system fortiguard; "));
    // The proxy for updates moved with FortiOS 7.6.3.
    const std::string updates =
        "outgoing/fortigate/av-ips-update-management-firmware-sms-ftm-licensing-policy-override";
    const std::string update = "TCP/443 update.fortiguard.net";
    CHECK_THAT(
        commands("product = \"FortiGate\"\nversion = \"7.6.2\"\n", updates, update, "proxy-denied"),
        StartsWith("FortiGate 6.0 to 7.6.2: config system autoupdate tunneling; ") && !Contains("proxy-server-ip"));
    CHECK_THAT(commands("product = \"FortiGate\"\nversion = \"7.6.3\"\n", updates, update, "proxy-denied"),
               StartsWith("FortiGate 7.6.3 and later: config system fortiguard; set proxy-server-ip ") &&
                   !Contains("tunneling"));
    // FortiProxy has had the newer form all along.
    CHECK_THAT(commands("product = \"FortiProxy\"\nversion = \"7.0.8\"\n", av, update, "proxy-denied"),
               StartsWith("FortiProxy 7.0 and later: ") && Contains("proxy-server-ip") && !Contains("FortiGate"));
    // What is said without commands is said to everybody.
    const Planned old(device("version = \"2.0\"\n"));
    const auto& said = old.at(av, update).advice->at("proxy-denied");
    REQUIRE(said.size() == 1);
    CHECK_FALSE(said[0].say.empty());
    // A check's own advice goes before its row's and the table's.
    const Planned nearest(device("product = \"FortiProxy\"\n"));
    CHECK_THAT(nearest.at(sdns, "UDP/53 208.91.112.220").advice->at("dns-rewritten").front().say,
               StartsWith("The DNS filter's servers"));
    CHECK(nearest.at(sdns, "UDP/53 208.91.112.220").advice->at("nxdomain").front().commands.front() ==
          "config system dns");
}

TEST_CASE("every check knows where its facts are from", "[app][device]") {
    const Planned planned(device("dns = [\"10.0.0.53\"]\nmail = \"mail.example:25\"\n") + "[peers]\nOthers = \"a\"\n",
                          both_tables());
    for (const Check& check : planned.plan.checks) {
        INFO(check.id);
        CHECK_FALSE(check.source.empty());
        CHECK(check.sure != Sureness::unsaid);
        REQUIRE(check.block_pages != nullptr);
        CHECK(check.block_page(*Address::parse("208.91.112.55")) != nullptr);
        CHECK(check.block_page(*Address::parse("2620:101:9000:53::55")) != nullptr);
        CHECK(check.block_page(*Address::parse("208.91.112.53")) == nullptr);
    }
}

TEST_CASE("[rows]: an address of one row alone", "[app][device][rows]") {
    const std::string radius = "outgoing/fortiauthenticator/radius";
    const std::string accounting = "outgoing/fortiauthenticator/radius-accounting";
    const std::string peers = "[peers]\nFortiAuthenticator = \"10.0.0.7\"\n";
    const Planned one(peers + "[rows]\n\"" + radius + "\" = \"10.0.0.1\"\n");
    CHECK(one.used(radius) == "need UDP/1812 10.0.0.1");
    CHECK(one.used(accounting) == "need UDP/1813 10.0.0.7");
    CHECK(one.at(radius, "UDP/1812 10.0.0.1").dial_port == 1812);
    // Without [peers] too, and with the table's name before the row's.
    CHECK(Planned("[rows]\n\"fortiproxy-7.4/" + radius + "\" = [\"10.0.0.1\", \"radius.example\"]\n").used(radius) ==
          "need UDP/1812 10.0.0.1\nneed UDP/1812 radius.example");
    // Where both are there, the full id is meant.
    CHECK(Planned("[rows]\n\"" + radius + "\" = \"10.0.0.1\"\n\"fortiproxy-7.4/" + radius + "\" = \"10.0.0.2\"\n")
              .used(radius) == "need UDP/1812 10.0.0.2");
    // For an incoming row it is the product's.
    CHECK(Planned("[rows]\n\"incoming/others/ssl-vpn\" = { address = \"vpn.example\" }\n")
              .used("incoming/others/ssl-vpn") == "need TCP/443 vpn.example");
    // For a name of the table's, the address stands in.
    const Planned pinned(device("fortiguard = \"anycast\"\nlocation = \"eu\"\n") + "[rows]\n\"" + queries +
                         "\" = \"192.0.2.1:8443\"\n");
    CHECK(pinned.needed(queries) == "need TCP/443 euguardservice.fortinet.net");
    const Check& guard = pinned.at(queries, "TCP/443 euguardservice.fortinet.net");
    REQUIRE(guard.pinned.size() == 1);
    CHECK(guard.pinned[0].to_string() == "192.0.2.1");
    CHECK(guard.server_name == "euguardservice.fortinet.net");
    CHECK(guard.dial_port == 8443);
    CHECK(pinned.at(av, "TCP/443 euupdate.fortinet.net").pinned.empty());
}

TEST_CASE("[rows]: an address with a port", "[app][device][rows]") {
    const std::string radius = "outgoing/fortiauthenticator/radius";
    const std::string scep = "outgoing/fortiauthenticator/scep";
    // A port that the row does not have is where its service has moved.
    const Planned moved("[rows]\n\"" + radius + "\" = \"10.0.0.1:1645\"\n");
    CHECK(moved.used(radius) == "need UDP/1812 10.0.0.1");
    CHECK(moved.at(radius, "UDP/1812 10.0.0.1").dial_port == 1645);
    CHECK(moved.at(radius, "UDP/1812 10.0.0.1").wanted() == Port{Transport::udp, 1645});
    CHECK_THAT(moved.list(), Contains("dialled at port 1645"));
    // One that it has leaves the checks of that port.
    const Planned plain("[rows]\n\"" + scep + "\" = \"10.0.0.1:80\"\n");
    CHECK(plain.used(scep) == "need TCP/80 10.0.0.1");
    CHECK(plain.why(scep, "TCP/443 10.0.0.1") == "The site file has port 80 for this row.");
    CHECK(Planned("[rows]\n\"" + scep + "\" = \"10.0.0.1:443\"\n").used(scep) == "need TCP/443 10.0.0.1");
    // Each address has its own.
    const Planned two("[rows]\n\"" + scep + "\" = [\"10.0.0.1:80\", \"10.0.0.2\"]\n");
    CHECK(two.used(scep) == "need TCP/80 10.0.0.1\nneed TCP/80 10.0.0.2\nneed TCP/443 10.0.0.2");
    // LDAPS is one of the ports of the LDAP row, though the document does not print it.
    const std::string ldap = "outgoing/fortiauthenticator/ldap-pki-authentication";
    const Planned ldaps("[rows]\n\"" + ldap + "\" = \"10.0.0.1:636\"\n");
    CHECK(ldaps.needed(ldap) == "need TCP/636 10.0.0.1");
    CHECK(ldaps.at(ldap, "TCP/636 10.0.0.1").probe == "tls");
    CHECK(Planned("[rows]\n\"" + ldap + "\" = \"10.0.0.1:389\"\n").needed(ldap) == "need TCP/389 10.0.0.1");
}

TEST_CASE("[rows]: two ports of one address are both meant", "[app][device][rows]") {
    const std::string scep = "outgoing/fortiauthenticator/scep";
    CHECK(Planned("[rows]\n\"" + scep + "\" = [\"10.0.0.1:80\", \"10.0.0.1:443\"]\n").used(scep) ==
          "need TCP/80 10.0.0.1\nneed TCP/443 10.0.0.1");
}

TEST_CASE("[rows]: an address with a port that a check dials in place of the printed one", "[app][device][rows]") {
    // RADIUS disconnect has UDP/3799 beside the printed 1700, and a captive portal TCP/1003 beside 1000.
    const std::string disconnect = "incoming/fortiauthenticator/radius-disconnect";
    CHECK(Planned("[rows]\n\"" + disconnect + "\" = \"10.0.0.2:3799\"\n").used(disconnect) == "need UDP/3799 10.0.0.2");
    const std::string portal = "incoming/fortiauthenticator/policy-authentication-through-captive-portal";
    CHECK(Planned("[rows]\n\"" + portal + "\" = \"10.0.0.2:1003\"\n").used(portal) == "need TCP/1003 10.0.0.2");
}

TEST_CASE("[rows]: ports and levels", "[app][device][rows]") {
    const std::string admin = "incoming/others/web-admin";
    const Planned ports(
        "[peers]\nFortiProxy = { address = \"10.0.0.2\", ports = { \"TCP/443\" = 9443, \"TCP/80\" = 81 } "
        "}\n[rows]\n\"" +
        admin + "\" = { ports = { \"TCP/443\" = 8443 } }\n");
    CHECK(ports.at(admin, "TCP/443 10.0.0.2").dial_port == 8443);
    CHECK(ports.at(admin, "TCP/80 10.0.0.2").dial_port == 81);
    CHECK(ports.at("incoming/others/ssl-vpn", "TCP/443 10.0.0.2").dial_port == 9443);

    const std::string app_db = "outgoing/fortiguard/cloud-app-db";
    CHECK(Planned("").used(app_db) == "notice TCP/9582 flow.fortinet.net");
    CHECK(Planned("[rows]\n\"" + app_db + "\" = { level = \"need\" }\n").used(app_db) ==
          "need TCP/9582 flow.fortinet.net");
    CHECK(Planned(device("fortiguard = \"off\"\n") + "[rows]\n\"" + app_db + "\" = { level = \"need\" }\n")
              .used(app_db)
              .empty());
    const std::string logs = "outgoing/fortimanager/log-report";
    CHECK(Planned("[rows]\n\"" + logs + "\" = { address = \"10.0.0.5\", level = \"need\" }\n").used(logs) ==
          "need TCP/514 10.0.0.5\nneed UDP/514 10.0.0.5");
    const std::string vpn = "incoming/others/ssl-vpn";
    CHECK(Planned("[rows]\n\"" + vpn + "\" = { address = \"10.0.0.2\", level = \"notice\" }\n").used(vpn) ==
          "notice TCP/443 10.0.0.2");
    // A notice is no way: nothing of it counts.
    const Planned notices("[rows]\n\"" + queries + "\" = { level = \"notice\" }\n");
    CHECK(notices.needed(queries).empty());
    for (const Check* check : notices.checks_of(queries)) CHECK_FALSE(check->choice);
    CHECK_THAT(notices.list(), Contains("outgoing/fortiguard/fortiguard-queries: level notice"));
}

TEST_CASE("[rows]: a row that no table has is told", "[app][device][rows]") {
    Problems problems;
    app::look_at_rows(proxy_table(), read_site("[rows]\n\"outgoing/fortiguard/av-ips-updat\" = \"10.0.0.1\"\n"),
                      problems);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].warning);
    CHECK(problems[0].line == 3);
    CHECK_THAT(problems[0].what, Contains("did you mean 'outgoing/fortiguard/av-ips-update'?"));
    problems.clear();
    app::look_at_rows(proxy_table(),
                      read_site("[rows]\n\"fortiproxy-7.4/" + av + "\" = \"10.0.0.1\"\n\"" + queries +
                                "\" = { level = \"notice\" }\n"),
                      problems);
    CHECK(problems.empty());
}

TEST_CASE("[report] accept: states that are good at this site, beside --accept", "[app][device]") {
    const Site site = read_site("[report]\naccept = [\"inconclusive\"]\n");
    app::CheckOptions options;
    CHECK(app::accepted_states(options, site) == std::vector<State>{State::inconclusive});
    options.accept = {"degraded"};
    const auto both = app::accepted_states(options, site);
    CHECK(std::set<State>(both.begin(), both.end()) == std::set<State>{State::inconclusive, State::degraded});
    CHECK(app::accepted_states(app::CheckOptions{}, Site{}).empty());
    // It changes nothing of what is checked.
    CHECK(Planned("[report]\naccept = [\"blocked\"]\n").used(av) == Planned("").used(av));
}

TEST_CASE("family: FGFM over IPv4 and over IPv6 are two ports", "[app][device]") {
    const std::string four = "outgoing/fortimanager/ipv4-fgfm-management";
    const std::string six = "outgoing/fortimanager/ipv6-fgfm-management";
    const Planned v4("[peers]\nFortiManager = \"10.0.0.5\"\n");
    CHECK(v4.used(four) == "need TCP/541 10.0.0.5");
    CHECK(v4.used(six).empty());
    CHECK(v4.why(six, "TCP/542 10.0.0.5") == "10.0.0.5 is not an IPv6 address.");
    const Planned v6("[peers]\nFortiManager = \"2001:db8::5\"\n");
    CHECK(v6.used(four).empty());
    CHECK(v6.why(four, "TCP/541 2001:db8::5") == "2001:db8::5 is not an IPv4 address.");
    CHECK(v6.used(six) == "need TCP/542 2001:db8::5");
    const Planned dual("[peers]\nFortiManager = [\"10.0.0.5\", \"2001:db8::5\"]\n");
    CHECK(dual.used(four) == "need TCP/541 10.0.0.5");
    CHECK(dual.used(six) == "need TCP/542 2001:db8::5");
    // A name may have addresses of both: of IPv6 nobody knows that it must be there.
    const Planned named("[peers]\nFortiManager = \"fmg.example\"\n");
    CHECK(named.used(four) == "need TCP/541 fmg.example");
    CHECK(named.used(six) == "notice TCP/542 fmg.example");
    // A row of its own has its own family.
    const Planned own("[rows]\n\"" + six + "\" = \"2001:db8::5\"\n\"" + four + "\" = \"10.0.0.5\"\n");
    CHECK(own.used(six) == "need TCP/542 2001:db8::5");
    CHECK(own.used(four) == "need TCP/541 10.0.0.5");
    CHECK_THAT(v4.list(), Contains("skipped (not-applicable): 10.0.0.5 is not an IPv6 address: TCP/542 at 10.0.0.5"));
}

namespace {

/// A table of one row that needs any of its ports, with these checks.
std::vector<Table> table_of(const std::string& checks, const std::string& row = "need = \"any\"\n") {
    return {
        read_table("schema = \"fdnprobe.table/1\"\nid = \"t\"\ntitle = \"T\"\nproduct = \"D\"\n[[row]]\nid = \"r\"\n"
                   "direction = \"outgoing\"\npeer = \"P\"\npurpose = \"Q\"\nports = \"TCP/443, TCP/80\"\n" +
                       row + checks,
                   "t.toml")};
}

std::string check_of(const std::string& lines, const char* port = "TCP/443") {
    return "[[row.check]]\nport = \"" + std::string(port) + "\"\nprobe = \"tcp\"\n" + lines;
}

}  // namespace

TEST_CASE("beside the way that the device is known to use, the others are notices", "[app][device]") {
    const auto tables = table_of(check_of("host = \"a.example\"\nwhen = { push = true }\n") +
                                 check_of("host = \"b.example\"\nwhen = { ha = \"cluster\" }\n") +
                                 check_of("host = \"c.example\"\n", "TCP/80"));
    CHECK(Planned("", tables).used("r") == "way TCP/443 a.example\nway TCP/443 b.example\nneed TCP/80 c.example");
    CHECK(Planned(device("push = true\n"), tables).used("r") ==
          "need TCP/443 a.example\nnotice TCP/443 b.example\nneed TCP/80 c.example");
    CHECK(Planned(device("push = false\n"), tables).used("r") == "way TCP/443 b.example\nneed TCP/80 c.example");
    CHECK(Planned(device("push = true\nha = \"cluster\"\n"), tables).used("r") ==
          "need TCP/443 a.example\nneed TCP/443 b.example\nneed TCP/80 c.example");
    // In groups, each for itself.
    const auto grouped =
        table_of(check_of("host = \"a.example\"\nwhen = { push = true }\nalternative = \"x\"\n") +
                     check_of("host = \"b.example\"\nwhen = { ha = \"cluster\" }\nalternative = \"x\"\n") +
                     check_of("host = \"c.example\"\nwhen = { ha = \"cluster\" }\nalternative = \"y\"\n", "TCP/80") +
                     check_of("host = \"d.example\"\nwhen = { ha = \"cluster\" }\n", "TCP/80"),
                 "need = \"all\"\n");
    CHECK(Planned(device("push = true\n"), grouped).used("r") ==
          "need TCP/443 a.example\nnotice TCP/443 b.example\nway TCP/80 c.example\nnotice TCP/80 d.example");
    // An undecided check that nothing stands in for is only shown.
    CHECK(Planned("", grouped).used("r") ==
          "way TCP/443 a.example\nway TCP/443 b.example\nway TCP/80 c.example\nnotice TCP/80 d.example");
    // What nobody can try is no way, as long as it is not known that the device uses it.
    const auto unknown = table_of("[[row.check]]\nport = \"TCP/443\"\nskip = \"why\"\nwhen = { push = true }\n" +
                                  check_of("host = \"b.example\"\nwhen = { ha = \"cluster\" }\n", "TCP/80"));
    CHECK(Planned("", unknown).used("r") == "way TCP/80 b.example");
}

TEST_CASE("what a table says twice of one endpoint counts once, as it is best known", "[app][device]") {
    const std::string need = check_of("host = \"a.example\"\nwhen = { push = true }\nnote = \"first\"\n");
    const std::string way = check_of("host = \"a.example\"\nwhen = { ha = \"cluster\" }\nnote = \"second\"\n");
    const std::string from = check_of("host_from = \"update_servers\"\nnote = \"third\"\n");
    const std::string rest = check_of("level = \"notice\"\n", "TCP/80");
    const auto tables = table_of(need + way + from + rest);
    const auto note = [&](const std::string& site) {
        const Planned planned(device(site), tables);
        const auto checks = planned.checks_of("r");
        std::set<std::string> ids;
        for (const Check* check : checks) CHECK(ids.insert(check->id).second);
        return planned.at("r", "TCP/443 a.example").note;
    };
    CHECK(note("push = true\n") == "first");
    CHECK(note("push = false\nha = \"cluster\"\n") == "second");
    CHECK(note("push = true\nha = \"cluster\"\n") == "first");
    // A need goes before a way, a way before what does not apply, whatever the order.
    CHECK(note("ha = \"cluster\"\n") == "second");
    CHECK(note("push = false\n") == "second");
    CHECK(note("ha = \"standalone\"\n") == "first");
    CHECK(note("push = false\nupdate_servers = [\"A.example\"]\n") == "third");
    // Where none of them applies, it is still in the list.
    CHECK(note("push = false\nha = \"standalone\"\n") == "first");
    // Another host of the list is another check.
    const Planned two(device("push = true\nupdate_servers = [\"a.example\", \"b.example:8443\"]\n"), tables);
    CHECK(two.at("r", "TCP/443 b.example").dial_port == 8443);
}

TEST_CASE("hosts from a [device] key", "[app][device]") {
    for (const char* key : {"sdns", "update_servers", "rating_servers", "dns"}) {
        INFO(key);
        const auto tables =
            table_of(check_of("host_from = \"" + std::string(key) + "\"\nwhen = { ha = \"cluster\" }\n") +
                     check_of("level = \"notice\"\n", "TCP/80"));
        const std::string list = std::string(key) + " = [\"10.0.0.1\", \"a.example:8443\", \"[2001:db8::1]:9\"]\n";
        const Planned planned(device("ha = \"cluster\"\n" + list), tables);
        CHECK(planned.needed("r") == "need TCP/443 10.0.0.1\nneed TCP/443 a.example\nneed TCP/443 2001:db8::1");
        CHECK(planned.at("r", "TCP/443 10.0.0.1").dial_port == 443);
        CHECK(planned.at("r", "TCP/443 10.0.0.1").pinned.size() == 1);
        CHECK(planned.at("r", "TCP/443 a.example").dial_port == 8443);
        CHECK(planned.at("r", "TCP/443 a.example").pinned.empty());
        CHECK(planned.at("r", "TCP/443 2001:db8::1").dial_port == 9);
        // The site's own: no private answer is a sinkhole there.
        CHECK_FALSE(planned.at("r", "TCP/443 a.example").public_name);
        CHECK(Planned(device(list), tables).needed("r") ==
              "way TCP/443 10.0.0.1\nway TCP/443 a.example\nway TCP/443 2001:db8::1");
        CHECK(Planned(device("ha = \"standalone\"\n" + list), tables).needed("r").empty());
        CHECK(Planned("", tables).why("r", "TCP/443 " + slug(key)) ==
              "used only by a device with " + std::string(key) + " set");
    }
    for (const char* key : {"mail", "update_proxy"}) {
        const auto tables = table_of(check_of("host_from = \"" + std::string(key) + "\"\n") +
                                     check_of("level = \"notice\"\n", "TCP/80"));
        const Planned planned(device(std::string(key) + " = \"A.example:8443\"\n"), tables);
        CHECK(planned.needed("r") == "need TCP/443 a.example");
        CHECK(planned.at("r", "TCP/443 a.example").dial_port == 8443);
    }
}

TEST_CASE("a check that goes through the device's own proxy goes through no other", "[app][device]") {
    const auto tables = table_of(check_of("host = \"a.example\"\nthrough = \"update_proxy\"\n") +
                                 check_of("host = \"b.example\"\n", "TCP/80"));
    const Planned none(device("update_proxy = \"\"\n"), tables);
    CHECK_FALSE(none.at("r", "TCP/443 a.example").proxy);
    CHECK_FALSE(Planned("", tables).at("r", "TCP/443 a.example").proxy);
    const Planned one(
        device("update_proxy = \"[2001:db8::9]:3128\"\n") + "[network]\nproxy = \"http://user@other.example:8080\"\n",
        tables);
    CHECK(one.at("r", "TCP/443 a.example").proxy == ProxyAddress{"", "2001:db8::9", 3128});
    CHECK_FALSE(one.at("r", "TCP/80 b.example").proxy);  // it takes the run's
}

TEST_CASE("the example of every [device] key is one", "[app][device]") {
    std::string together = "[device]\n";
    for (const DeviceKey& key : device_keys()) {
        const std::string line = std::string(key.name) + " = " + std::string(key.example) + "\n";
        INFO(line);
        CHECK(read_site("[device]\n" + line).device.find(key.name) != nullptr);
        together += line;
    }
    CHECK(read_site(together).device.values.size() == device_keys().size());
}

namespace {

const app::FileSection& section_of(const std::vector<app::FileSection>& sections, std::string_view title) {
    for (const app::FileSection& section : sections)
        if (section.title == title) return section;
    FAIL("no section " << title);
    return sections.front();
}

/// The names of a section's keys, each alone.
std::set<std::string> names_of(const app::FileSection& section) {
    std::set<std::string> names;
    for (const app::FileKey& key : section.keys)
        for (const std::string& name : split(key.name, ',')) names.insert(std::string(trim(name)));
    return names;
}

/// The keys that a reader knows, from what it says of one that nobody knows.
std::vector<std::string> known_keys(const std::string& error) {
    const std::size_t start = error.find("; expected ");
    if (start == std::string::npos) return {};
    std::string list = error.substr(start + 11, error.find('\n', start) - start - 11);
    if (const std::size_t last = list.rfind(" or "); last != std::string::npos) list.replace(last, 4, ", ");
    std::vector<std::string> keys;
    for (const std::string& key : split(list, ',')) keys.emplace_back(trim(key));
    return keys;
}

std::string site_errors(const std::string& text) {
    Problems warnings;
    const auto site = config::parse_site(text, "s.toml", warnings);
    return site ? std::string() : all_of(site.error());
}

std::string table_errors(const std::string& text) {
    Problems warnings;
    const auto table = config::parse_table(text, "t.toml", known_probes(), warnings);
    return table ? std::string() : all_of(table.error());
}

}  // namespace

TEST_CASE("the manual's examples, put together, are a site file", "[app][device]") {
    std::string text;
    for (const app::FileSection& section : app::site_file_sections()) {
        CHECK_FALSE(section.about.empty());
        if (section.title.starts_with('[')) text += std::string(section.title) + "\n";
        int row = 0;
        std::string of_a_peer;
        for (const app::FileKey& key : section.keys) {
            INFO(section.title << " " << key.name);
            CHECK_FALSE(key.about.empty());
            CHECK_FALSE(key.about.ends_with('.'));
            const std::string example(key.example);
            REQUIRE_FALSE(example.empty());
            if (section.title == "[device]")
                text += std::string(key.name) + " = " + example + "\n";
            else if (example.starts_with('{'))
                text += "row-" + std::to_string(++row) + " = " + example + "\n";
            else if (section.title == "[peers]" && key.name == "ports")
                of_a_peer = "[peers.FortiClient]\n" + example + "\n";
            else
                text += example + "\n";
        }
        text += of_a_peer;
    }
    INFO(text);
    CHECK(site_errors(text) == "");
}

TEST_CASE("the manual's examples, put together, are a table file", "[app][device]") {
    const auto sections = app::table_file_sections();
    std::string head;
    for (const char* title : {"Top of the file", "[[advice_block]]", "[[block_page]]", "[[row]]"}) {
        const app::FileSection& section = section_of(sections, title);
        if (section.title.starts_with('[')) head += std::string(section.title) + "\n";
        for (const app::FileKey& key : section.keys) head += std::string(key.example) + "\n";
    }
    INFO(head);
    CHECK(table_errors(head) == "");
    // A check has no room for all of its keys at once.
    const std::string other = "[[row.check]]\nport = \"TCP/8890\"\nprobe = \"tls\"\n[[row.check]]\n";
    for (const app::FileKey& key : section_of(sections, "[[row.check]]").keys) {
        INFO(key.name);
        std::string check = std::string(key.example) + "\n";
        if (key.name != "port") check += "port = \"TCP/443\"\n";
        if (key.name != "probe" && key.name != "skip") check += "probe = \"tls\"\n";
        if (key.name == "signer") check += "trust = \"public\"\n";
        CHECK(table_errors(head + other + check) == "");
    }
}

TEST_CASE("the manual has every key that the readers know", "[app][device]") {
    const std::string schema = "schema = \"fdnprobe.site/1\"\n";
    const auto site = app::site_file_sections();
    for (const char* title :
         {"[device]", "[network]", "[tls]", "[dns]", "[report]", "[secrets]", "[schedule]", "[history]", "[notify]"}) {
        const auto keys = known_keys(site_errors(schema + title + "\nzzzzzzzzzzzzzzzz = 1\n"));
        const auto names = names_of(section_of(site, title));
        INFO(title);
        CHECK_FALSE(keys.empty());
        for (const std::string& key : keys) {
            INFO(key);
            CHECK(names.contains(key));
        }
        CHECK(names.size() == keys.size());
    }
    for (const std::string& key : known_keys(site_errors(schema + "zzzzzzzzzzzzzzzz = 1\n"))) {
        INFO(key);
        const bool at_top = names_of(section_of(site, "Top of the file")).contains(key);
        CHECK((at_top || section_of(site, "[" + key + "]").title == "[" + key + "]"));
    }
    for (const char* part : {"peers", "rows"}) {
        const auto names = names_of(section_of(site, "[" + std::string(part) + "]"));
        for (const std::string& key :
             known_keys(site_errors(schema + "[" + part + ".x]\naddress = \"a\"\nzzzzzzzzzzzzzzzz = 1\n"))) {
            INFO(part << " " << key);
            CHECK(names.contains(key));
        }
    }

    const auto table = app::table_file_sections();
    const std::string top = "schema = \"fdnprobe.table/1\"\nid = \"t\"\ntitle = \"T\"\n";
    const std::string row =
        "[[row]]\nid = \"r\"\ndirection = \"outgoing\"\npeer = \"P\"\npurpose = \"Q\"\nports = "
        "\"TCP/443\"\n";
    const std::string unknown = "zzzzzzzzzzzzzzzz = 1\n";
    std::set<std::string> of_row = names_of(section_of(table, "[[row]]"));
    of_row.insert("check");
    std::set<std::string> of_top = names_of(section_of(table, "Top of the file"));
    of_top.insert({"row", "advice_block", "block_page"});
    // Keys of a row that are not repeated there mean the same for a check.
    std::set<std::string> of_check = names_of(section_of(table, "[[row.check]]"));
    of_check.insert({"when", "notice_when", "source", "sure", "note", "advice"});
    const std::vector<std::pair<std::string, std::set<std::string>>> places{
        {top + unknown + row, of_top},
        {top + row + unknown, of_row},
        {top + row + "[[row.check]]\nport = \"TCP/443\"\nskip = \"x\"\n" + unknown, of_check},
        {top + "[[advice_block]]\nid = \"a\"\nsay = \"x\"\n" + unknown + row,
         names_of(section_of(table, "[[advice_block]]"))},
        {top + "[[block_page]]\naddress = \"::1\"\nname = \"x\"\n" + unknown + row,
         names_of(section_of(table, "[[block_page]]"))},
    };
    for (const auto& [text, names] : places) {
        const auto keys = known_keys(table_errors(text));
        INFO(text);
        CHECK_FALSE(keys.empty());
        for (const std::string& key : keys) {
            INFO(key);
            CHECK(names.contains(key));
        }
        CHECK(names.size() == keys.size());
    }
}
