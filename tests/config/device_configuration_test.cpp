// Configurations of many kinds, and the site file that each of them gives.
#include "config/device_configuration.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "catch.hpp"
#include "config/load.hpp"
#include "config/site_text.hpp"

using namespace fdnprobe;
using namespace fdnprobe::config;

namespace {

namespace fs = std::filesystem;

const fs::path folder = fs::path(FDNPROBE_SOURCE_DIR) / "tests/config/configurations";

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    INFO(path.string());
    REQUIRE(file.good());
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// What is said of a configuration: the warnings, then the site file or why there is none.
struct Outcome {
    std::string warnings;  ///< one a line
    std::string refusal;
    std::string site;
};

Outcome outcome(const std::string& text, const ConfigurationWishes& wishes = {}) {
    Outcome out;
    Problems warnings;
    const auto draft = read_device_configuration(text, "x.conf", wishes, warnings);
    for (const Problem& one : warnings)
        out.warnings += std::to_string(one.line) + ":" + std::to_string(one.column) + ": " + one.what + "\n";
    if (draft)
        out.site = site_text(*draft);
    else
        out.refusal = draft.error().to_string();
    return out;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::vector<std::string> configurations() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".conf") names.push_back(entry.path().stem().string());
    std::sort(names.begin(), names.end());
    return names;
}

const std::string header = "#config-version=FGT60F-7.2.8-FW-build1639-240313:opmode=0:vdom=0:user=admin\n";

}  // namespace

TEST_CASE("each configuration gives its site file") {
    const std::vector<std::string> names = configurations();
    REQUIRE(names.size() >= 16);
    const char* write = std::getenv("FDNPROBE_WRITE_GOLDEN");
    for (const std::string& name : names) {
        INFO(name);
        const Outcome found = outcome(read(folder / (name + ".conf")));
        CHECK(found.refusal.empty());
        const fs::path golden = folder / (name + ".site.toml");
        if (write != nullptr && std::string(write) == "1") std::ofstream(golden, std::ios::binary) << found.site;
        CHECK(found.site == read(golden));
    }
}

TEST_CASE("nothing of a configuration that is not an address, a port, a name or a mode is ever said") {
    for (const std::string& name : configurations()) {
        INFO(name);
        const Outcome found = outcome(read(folder / (name + ".conf")));
        for (const std::string& said : {found.site, found.warnings, found.refusal})
            for (const char* secret : {"TOP", "SECRET", "jane", "ENC ", "MII", "BEGIN"}) CHECK(!has(said, secret));
    }
}

TEST_CASE("what is written is a good site file") {
    // The sections that a configuration fills are read since the same release that writes them.
    for (const std::string& name : configurations()) {
        INFO(name);
        const std::string text = outcome(read(folder / (name + ".conf"))).site;
        Problems warnings;
        const auto site = parse_site(text, name + ".site.toml", warnings);
        if (!site)
            for (const Problem& one : site.error()) FAIL_CHECK(one.to_string());
        for (const Problem& one : warnings) FAIL_CHECK(one.to_string());
    }
}

TEST_CASE("what is wrong with a configuration is said with its place") {
    const Outcome broken = outcome(read(folder / "broken-quotes.conf"));
    CHECK(has(broken.warnings, "7:35: a quotation mark is not closed here"));
    CHECK(has(broken.warnings, "11:28: "));
    CHECK(has(broken.warnings, "16:32: "));
    CHECK(has(outcome(read(folder / "certificates.conf")).warnings, "40:9: the value of `http-url` is no URL"));
    CHECK(has(outcome(read(folder / "collector-rancid.conf")).warnings, "the value of `server` is neither an address"));
    for (const std::string& name : configurations()) {
        INFO(name);
        if (name == "broken-quotes" || name == "certificates" || name == "collector-rancid") continue;
        CHECK(outcome(read(folder / (name + ".conf"))).warnings.empty());
    }
}

TEST_CASE("what is no configuration, or not enough of one, is refused with what to export") {
    const std::string noise = [] {
        std::string bytes;
        for (int index = 0; index < 4000; ++index) bytes += static_cast<char>((index * 167 + index / 7) & 0xFF);
        return bytes;
    }();
    struct Case {
        std::string text;
        std::string said;
    };
    for (const Case& one : std::vector<Case>{
             {"", "nothing in it"},
             {"\xEF\xBB\xBF\r\n  \n", "nothing in it"},
             {"#FGBK|4|FGT60F|7|2|1639|\n" + noise, "encrypted with a password, which cannot be read; export"},
             {header + noise, "the backup is encrypted; export"},
             {noise, "binary file"},
             {std::string("\x1F\x8B\x08\0", 4) + noise, "gunzip"},
             {"PK\x03\x04" + noise, "ZIP"},
             {std::string("\xFF\xFE#\0c\0", 6), "UTF-16"},
             {"<!DOCTYPE html><html>config system dns</html>", "no configuration"},
             {"{\"results\": []}", "JSON"},
             {"Version: FortiGate-60F v7.2.8,build1639,240313 (GA.M)\nfan : ok\n", "no `config` section"},
             {"#config-version=FGT60F-7.2.8-FW-build1639-240313:opmode=0:vdom=1:user=a\n#global_vdom=0:vd_name=branch\n"
              "config user radius\nedit r\nset server 198.51.100.7\nnext\nend\n",
              "backup of one VDOM"},
             {"config firewall policy\nedit 1\nnext\nend\n", "nothing of FortiGuard"},
             {header + "config system dns\n set primary 198.51.100.53\nend\nconfig system global\n set hostname x\n",
              "x.conf:6:1: it ends inside the section that line 5 opens"},
             {header + "config system dns\nend\nconfig vpn certificate ca\n edit x\n  set ca \"BEGIN\nMII\n",
              "x.conf:6:10: the quotation mark that stands here is never closed"},
         }) {
        const Outcome found = outcome(one.text);
        INFO(found.refusal);
        CHECK(has(found.refusal, one.said));
        CHECK(found.site.empty());
    }
}

TEST_CASE("a pasted part that breaks off is read as far as it goes") {
    const Outcome found = outcome("config system dns\n set primary 198.51.100.53\n");
    CHECK(has(found.site, "dns = [\"198.51.100.53\"]"));
    CHECK(has(found.warnings, "2:1: it ends inside the section that line 1 opens"));
}

TEST_CASE("the user says what the file does not") {
    const std::string text = "config system fortiguard\nend\nconfig system global\nset auth-http-port 1080\nend\n";
    const Outcome alone = outcome(text);
    CHECK(!has(alone.site, "# assumed\nfortiguard"));
    CHECK(!has(alone.site, "\nfortiguard = "));
    CHECK(!has(alone.site, "FortiProxy ="));
    const Outcome told = outcome(text, {"FortiProxy", "7.4.3", ""});
    CHECK(has(told.site, "product = \"FortiProxy\"\nversion = \"7.4.3\"\nfortiguard = \"anycast\"  # assumed\n"));
    CHECK(has(told.site, "FortiProxy = { ports = { \"TCP/1000\" = 1080 } }"));
    const Outcome old = outcome(text, {"FortiGate", "6.0.9", ""});
    CHECK(has(old.site, "fortiguard = \"unicast\"  # assumed\n"));
}

TEST_CASE("a VDOM is chosen by its name") {
    const std::string text = read(folder / "vdoms-7.4.conf");
    const Outcome branch = outcome(text, {"", "", "branch"});
    CHECK(has(branch.site, "\"outgoing/fortiauthenticator/radius\" = [\"203.0.113.21:1645\"]"));
    CHECK(has(branch.site, "FortiAnalyzer = [\"203.0.113.6\"]"));
    CHECK(!has(branch.site, "TACACS"));
    const Outcome none = outcome(text, {"", "", "brunch"});
    CHECK(has(none.refusal, "there is no such VDOM in it; there are `root`, `branch`, `guest`"));
    CHECK(has(outcome(header + "config system dns\nend\n", {"", "", "x"}).refusal, "there are no VDOMs in it"));
}

TEST_CASE("a FortiManager that is sent logs is said to be") {
    const std::string manager = "config system central-management\nset type fortimanager\nset fmg 198.51.100.5\nend\n";
    const std::string logs = "config log fortianalyzer setting\nset status enable\nset server ";
    const std::string line = "\"outgoing/fortimanager/log-report\" = { level = \"need\" }\n";
    CHECK(has(outcome(manager + logs + "198.51.100.5\nend\n").site, line));
    CHECK(!has(outcome(manager + logs + "198.51.100.6\nend\n").site, line));
}

TEST_CASE("LDAP over TLS has its port, where the file has it") {
    const auto row = [](const std::string& more) {
        return outcome("config user ldap\nedit a\nset server 2001:db8::1\n" + more + "next\nend\n").site;
    };
    CHECK(has(row(""), "= [\"[2001:db8::1]:389\"]\n"));
    CHECK(has(row("set secure ldaps\nset port 636\n"), "= [\"[2001:db8::1]:636\"]\n"));
    CHECK(has(row("set secure ldaps\n"), "= [\"2001:db8::1\"]\n"));
}

TEST_CASE("the releases' defaults, where they are certain") {
    const auto site = [](const std::string& version, const std::string& body = "config system fortiguard\nend\n") {
        return outcome("#config-version=FGT60F-" + version + "-FW-build1-240313:opmode=0\n" + body).site;
    };
    CHECK(has(site("7.4.1"), "fortiguard = \"anycast\"  # assumed"));
    CHECK(has(site("6.4.3"), "fortiguard = \"anycast\"  # assumed"));
    CHECK(!has(site("6.4.2"), "\nfortiguard = "));
    CHECK(!has(site("6.2.0"), "\nfortiguard = "));
    CHECK(has(site("6.0.5"), "fortiguard = \"unicast\"  # assumed"));
    CHECK(has(site("7.6.4"), "update_proxy = \"\"  # assumed"));
    CHECK(!has(site("6.2.1", "config firewall policy\nend\nconfig system dns\nend\n"), "dns = "));
    const std::string off = site("7.2.5",
                                 "config system fortiguard\nset webfilter-force-off enable\nset "
                                 "antispam-force-off enable\nset outbreak-prevention-force-off enable\nend\n");
    CHECK(has(off, "services_off = [\"webfilter\", \"antispam\", \"outbreak\"]\n"));
    const std::string tunnel =
        "config system autoupdate tunneling\nset status enable\nset address 2001:db8::1\nset port "
        "3128\nend\n";
    CHECK(has(site("7.4.1", tunnel), "update_proxy = \"[2001:db8::1]:3128\"\n"));
    CHECK(has(site("7.6.3", tunnel), "update_proxy = \"\"  # assumed"));
    CHECK(has(site("7.2.1", "config system ha\nset mode a-p\nset unicast-hb enable\nend\n"), "ha = \"unicast\"\n"));
}

TEST_CASE("text of any content stays inside its string or its comment") {
    SiteDraft draft;
    draft.introduction = {"one\n[peers]\r\nEvil = \"x\"\x1b[2J \xE2\x80\xA8 end"};
    draft.name = "a\"b\\c\n\xFF]";
    draft.device = {{"product", std::string("\" # assumed\n"), true}, {"default_servers", true, false}};
    draft.peers = {{"A peer \"of\" = ours", {"192.0.2.1", "2001:db8::1"}, {}, {"x\ny = 1"}}};
    draft.secrets = {{"radius", "/etc/a b\"c"}};
    const std::string text = site_text(draft);
    CHECK(has(text, "# one\\x0a[peers]\\x0d\\x0aEvil = \"x\"\\x1b[2J \\u{2028} end\n"));
    CHECK(has(text, "name = \"a\\\"b\\\\c\\\\x0a\\\\xff]\"\n"));
    CHECK(has(text, "product = \"\\\" # assumed\\\\x0a\"  # assumed\n"));
    CHECK(has(text, "default_servers = true\n"));
    CHECK(has(text, "# x\\x0ay = 1\n\"A peer \\\"of\\\" = ours\" = [\"192.0.2.1\", \"2001:db8::1\"]\n"));
    CHECK(std::count(text.begin(), text.end(), '\r') == 0);
}

TEST_CASE("a million settings end in time and with a message") {
    std::string text = header + "config user radius\n";
    for (int index = 0; index < 300'000; ++index)
        text += "edit " + std::to_string(index) + "\nset server 192.0.2.1\nnext\n";
    text += "end\n";
    const Outcome found = outcome(text);
    CHECK(has(found.warnings, "more than 200000 settings"));
    CHECK(has(found.site, "\"192.0.2.1:1812\""));
}
