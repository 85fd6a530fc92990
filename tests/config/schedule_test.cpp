#include "config/schedule.hpp"

#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "config/load.hpp"

using namespace fdnprobe;
using namespace fdnprobe::config;
using namespace std::chrono_literals;

namespace {

const std::string schema = "schema = \"fdnprobe.site/1\"\n";

std::string errors_of(const std::string& text) {
    Problems warnings;
    const auto site = parse_site(schema + text, "s.toml", warnings);
    std::string errors;
    if (!site)
        for (const Problem& problem : site.error()) errors += problem.to_string() + "\n";
    return errors;
}

Site good(const std::string& text) {
    Problems warnings;
    auto site = parse_site(schema + text, "s.toml", warnings);
    INFO(text);
    INFO((site ? std::string() : site.error().front().to_string()));
    REQUIRE(site);
    CHECK(warnings.empty());
    return *site;
}

Retention retention(const std::string& text) { return good("[history]\n" + text).retention.value(); }

}  // namespace

TEST_CASE("a confirmation is N of M", "[config][schedule]") {
    CHECK(parse_confirmation("2/3") == Confirmation{2, 3});
    CHECK(parse_confirmation("1/1") == Confirmation{1, 1});
    CHECK(parse_confirmation("20/20") == Confirmation{20, 20});
    for (const char* const text : {"", "/", "2", "2/", "/3", "0/3", "3/2", "1/0", "21/21", "1/21", "2/3/4", " 2/3",
                                   "2 / 3", "-1/3", "+2/3", "2/3 ", "2.0/3", "99999999999999999999/3"}) {
        INFO(text);
        CHECK_FALSE(parse_confirmation(text));
    }
}

TEST_CASE("a percentage becomes a part of one", "[config][schedule]") {
    CHECK(parse_percentage("0%") == 0.0);
    CHECK(parse_percentage("10%") == 0.1);
    CHECK(parse_percentage("12.5%") == 0.125);
    CHECK(parse_percentage("0.05%") == 0.0005);
    CHECK(parse_percentage("50%") == 0.5);
    for (const char* const text : {"", "%", "10", "0.1", "51%", "50.01%", "-1%", "+1%", "1 %", " 1%", ".5%", "5.%",
                                   "1.234%", "1.-1%", "10%%", "1e1%", "1,5%"}) {
        INFO(text);
        CHECK_FALSE(parse_percentage(text));
    }
}

TEST_CASE("the sections of a watch are read", "[config][schedule]") {
    const Site site = good(R"([schedule]
every = "5m"
jitter = "10%"
confirm = "2/3"
quiet = ["Sat 22:00-Sun 06:00", "02:00-02:30"]
paused = "Mon-Fri 08:00-18:00"
[schedule.rows]
"*update*" = "1m"
"FortiGuard" = "1h30m"
"a-last/*" = "90"
[history]
raw = "2w"
hourly = "90d"
daily = "Forever"
[notify]
to = ["webhook=https://hooks.example/a=b", "syslog=udp://log.example", "command=/usr/local/bin/page me"]
group = "1m"
at_most = "5/30m"
[secrets]
webhook = "./webhook.secret"
)");
    CHECK(site.schedule.every == 5min);
    CHECK(site.schedule.jitter == 0.1);
    CHECK(site.schedule.confirm == Confirmation{2, 3});
    REQUIRE(site.schedule.quiet.size() == 2);
    CHECK(site.schedule.quiet[0].text == "Sat 22:00-Sun 06:00");
    CHECK(site.schedule.quiet[1].spans.size() == 7);
    REQUIRE(site.schedule.paused.size() == 1);
    CHECK(site.schedule.paused[0].spans.size() == 5);
    // The first that fits counts, so that their order is the file's.
    CHECK(site.schedule.rows == std::vector<RowInterval>{{"*update*", 60s}, {"FortiGuard", 90min}, {"a-last/*", 90s}});
    CHECK(site.retention == Retention{14 * 24h, 90 * 24h, 0h});
    CHECK(site.notify.to == std::vector<std::string>{"webhook=https://hooks.example/a=b", "syslog=udp://log.example",
                                                     "command=/usr/local/bin/page me"});
    CHECK(site.notify.group == 60s);
    CHECK(site.notify.at_most == 5);
    CHECK(site.notify.per == 30min);
    CHECK(site.secret_files.at("webhook") == "./webhook.secret");
}

TEST_CASE("a site file without those sections leaves them open", "[config][schedule]") {
    const Site site = good("");
    CHECK(site.schedule == Schedule{});
    CHECK_FALSE(site.retention);
    CHECK(site.notify == NotifySettings{});
    CHECK(good("[schedule]\n[history]\n[notify]\n").retention == Retention{});
}

TEST_CASE("what is not said of a history yields to what is", "[config][schedule]") {
    constexpr auto day = 24h;
    CHECK(retention("") == Retention{7 * day, 90 * day, 0h});
    CHECK(retention("raw = \"1h\"") == Retention{1h, 90 * day, 0h});
    CHECK(retention("raw = \"180d\"") == Retention{180 * day, 180 * day, 0h});
    CHECK(retention("raw = \"forever\"") == Retention{0h, 0h, 0h});
    CHECK(retention("hourly = \"1d\"") == Retention{day, day, 0h});
    CHECK(retention("daily = \"30d\"") == Retention{7 * day, 30 * day, 30 * day});
    CHECK(retention("daily = \"2d\"") == Retention{2 * day, 2 * day, 2 * day});
    CHECK(retention("raw = \"3d\"\ndaily = \"30d\"") == Retention{3 * day, 30 * day, 30 * day});
    CHECK(retention("raw = \"100d\"\ndaily = \"100d\"") == Retention{100 * day, 100 * day, 100 * day});
    CHECK(retention("hourly = \"forever\"\ndaily = \"forever\"") == Retention{7 * day, 0h, 0h});
}

TEST_CASE("a group of no time and a receiver alone are possible", "[config][schedule]") {
    CHECK(good("[notify]\ngroup = \"0s\"\n").notify.group == 0s);
    CHECK(good("[notify]\nto = \"command=/x\"\n").notify.to == std::vector<std::string>{"command=/x"});
    CHECK(good("[notify]\nto = []\n").notify.to.empty());
    CHECK(good("[schedule]\nevery = \"1\"\n").schedule.every == 1s);
}

TEST_CASE("mistakes in the sections of a watch", "[config][schedule]") {
    const std::string span = "expected a duration of at least a second, such as \"30s\", \"5m\" or \"1h30m\"";
    const std::string keep = "expected whole hours, such as \"12h\", \"7d\" or \"1w\", or \"forever\"";
    const std::string order = "; expected what is coarser to be kept at least as long as what is finer";
    const std::string forms = "`webhook=https://...`, `syslog=udp://HOST` or `command=/path`";
    const std::string limit = "; expected MESSAGES/DURATION with 1 to 10000 messages, such as \"10/1h\"";
    // Each text follows the schema, which is line 1.
    const std::vector<std::pair<std::string, std::string>> cases{
        {"schedul = {}", "2:1: a site file has no key `schedul`; did you mean `schedule`?"},
        {"schedule = 1", "2:12: `schedule` must be a table, not an integer"},
        {"[schedule]\nevry = \"5m\"", "3:1: [schedule] has no key `evry`; did you mean `every`?"},
        {"[schedule]\nevery = 300", "3:9: `every` must be a string, not an integer"},
        {"[schedule]\nevery = \"0s\"", "3:9: `every` is `0s`; " + span},
        {"[schedule]\nevery = \"5 minutes\"", "3:9: `every` is `5 minutes`; " + span},
        {"[schedule]\njitter = \"60%\"", "3:10: `jitter` is `60%`; expected a percentage from \"0%\" to \"50%\""},
        {"[schedule]\njitter = 0.1", "3:10: `jitter` must be a string, not a floating-point number"},
        {"[schedule]\nconfirm = \"3/2\"",
         "3:11: `confirm` is `3/2`; expected N/M with 1 <= N <= M <= 20, such as \"2/3\""},
        {"[schedule]\nquiet = [\"02:00-03:00\", \"Sunn 02:00-03:00\"]",
         "3:25: `quiet`: `Sunn` is not a day of the week; expected one of Mon to Sun; did you mean `Sun`?"},
        {"[schedule]\npaused = [\"08:00-08:00\"]",
         "3:11: `paused`: `08:00-08:00` ends where it begins; for whole days write \"00:00-24:00\""},
        {"[schedule]\nquiet = [1]", "3:10: every element of `quiet` must be a string, not an integer"},
        {"[schedule]\nquiet = 1", "3:9: `quiet` must be a string or an array of strings, not an integer"},
        {"[schedule]\nrows = []", "3:8: `rows` must be a table, not an array"},
        {"[schedule.rows]\n\"*\" = 60", "3:7: `*` must be a string, not an integer"},
        {"[schedule.rows]\n\"*\" = \"0\"", "3:7: `*` is `0`; " + span},
        {"[schedule.rows]\n\"\" = \"1m\"",
         "3:1: a pattern of rows was expected: of their ids, peers or purposes, as for --only"},
        {"[schedule.rows]\n\"a\\u0000b\" = \"1m\"",
         "3:1: a pattern of rows was expected: of their ids, peers or purposes, as for --only"},
        {"[schedule.rows]\nDNS = \"1m\"\ndns = \"2m\"", "4:1: `dns` has an interval already"},
        {"[history]\nraw = \"30m\"", "3:7: `raw` is `30m`; " + keep},
        {"[history]\nraw = \"0\"", "3:7: `raw` is `0`; " + keep},
        {"[history]\nhourly = \"90m\"", "3:10: `hourly` is `90m`; " + keep},
        {"[history]\ndaily = \"never\"", "3:9: `daily` is `never`; " + keep},
        {"[history]\nraw = \"8d\"\nhourly = \"1w\"", "4:10: `hourly` is less than `raw`" + order},
        {"[history]\nraw = \"forever\"\nhourly = \"1w\"", "4:10: `hourly` is less than `raw`" + order},
        {"[history]\nhourly = \"8d\"\ndaily = \"1w\"", "4:9: `daily` is less than `hourly`" + order},
        {"[history]\nraw = \"8d\"\ndaily = \"1w\"", "4:9: `daily` is less than `raw`" + order},
        {"[history]\nmonthly = \"1w\"", "3:1: [history] has no key `monthly`; expected raw, hourly or daily"},
        {"[notify]\nto = [\"webhok=https://x\"]",
         "3:7: `to`: `webhok` is not a kind of receiver; expected " + forms + "; did you mean `webhook`?"},
        {"[notify]\nto = [\"mail=root\"]", "3:7: `to`: `mail` is not a kind of receiver; expected " + forms},
        {"[notify]\nto = [\"command= \"]", "3:7: `to`: `command= ` goes nowhere; expected `command=/path`"},
        {"[notify]\nto = [\"command=/x\", \"command=/x\"]", "3:21: this receiver is in this list already"},
        {"[notify]\nto = 1", "3:6: `to` must be a string or an array of strings, not an integer"},
        {"[notify]\ngroup = \"soon\"",
         "3:9: `group` is `soon`; expected a duration, such as \"30s\", \"5m\" or \"1h30m\""},
        {"[notify]\nat_most = \"10\"", "3:11: `at_most` is `10`" + limit},
        {"[notify]\nat_most = \"0/1h\"", "3:11: `at_most` is `0/1h`" + limit},
        {"[notify]\nat_most = \"10/0s\"", "3:11: `at_most` is `10/0s`" + limit},
        {"[notify]\nat_most = \"10001/1h\"", "3:11: `at_most` is `10001/1h`" + limit},
        {"[notify]\nsecret = \"x\"", "3:1: [notify] has no key `secret`; expected to, group or at_most"},
        {"[secrets]\nwebhook = \"hunter2\"",
         "3:11: `secrets.webhook` must be the path of a file that holds the secret, such as `./webhook.secret`, "
         "never the secret itself"},
    };
    for (const auto& [text, expected] : cases) {
        INFO(text);
        CHECK(errors_of(text + "\n") == "s.toml:" + expected + "\n");
    }
}

TEST_CASE("what may be a secret in the address of a receiver is not repeated", "[config][schedule]") {
    const std::string expected =
        "s.toml:3:7: `to`: a receiver is one of `webhook=https://...`, `syslog=udp://HOST` or `command=/path`\n";
    for (const char* const text : {"https://hooks.example/hunter2", "https://hooks.example/?hunter2=1", "hunter2",
                                   "=hunter2", "hunter2hunterhunter=x", ""}) {
        INFO(text);
        CHECK(errors_of("[notify]\nto = [\"" + std::string(text) + "\"]\n") == expected);
    }
}
