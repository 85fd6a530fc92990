#include "config/baseline.hpp"

#include "catch.hpp"
#include "config/load.hpp"

using namespace fdnprobe;
using namespace fdnprobe::config;

namespace {

const std::string key(64, 'a');
const std::string other_key(64, 'b');

const std::string head = "schema = \"fdnprobe.baseline/1\"\nlearned = \"2026-11-20T06:25:00.123Z\"\nvantage = \"v\"\n";
const std::string endpoint =
    "[[endpoint]]\nhost = \"update.example.net\"\nport = \"TCP/443\"\nissuer = \"CN=CA\"\nissuer_name = \"CA\"\n";
const std::string both_keys = "issuer_key = \"" + other_key + "\"\nkey = \"" + key + "\"\n";

/// One a line; empty: it can be read.
std::string errors_of(const std::string& text) {
    std::string errors;
    const auto baseline = parse_baseline(text, "b.toml");
    if (!baseline)
        for (const Problem& problem : baseline.error()) errors += problem.to_string() + "\n";
    return errors;
}

KnownIdentity known_as(const std::string& issuer) {
    KnownIdentity known;
    known.issuer = "CN=" + issuer;
    known.issuer_name = issuer;
    known.issuer_key_sha256 = other_key;
    known.key_sha256 = key;
    return known;
}

}  // namespace

TEST_CASE("a baseline is read", "[config][baseline]") {
    const auto baseline = parse_baseline(head + endpoint + both_keys, "b.toml");
    REQUIRE(baseline);
    CHECK(baseline->learned == "2026-11-20T06:25:00.123Z");
    CHECK(baseline->vantage == "v");
    REQUIRE(baseline->endpoints.size() == 1);
    const KnownIdentity& known = baseline->endpoints.at({"update.example.net", Port{Transport::tcp, 443}});
    CHECK(known.issuer == "CN=CA");
    CHECK(known.issuer_name == "CA");
    CHECK(known.issuer_key_sha256 == other_key);
    CHECK(known.key_sha256 == key);
    CHECK(kind_of(head) == FileKind::baseline);
    CHECK(kind_of(head + "[[endpoint\n") == FileKind::baseline);
}

TEST_CASE("hosts, ports and digests may be written in other ways", "[config][baseline]") {
    const std::string text = head +
                             "[[endpoint]]\nhost = \"Update.Example.NET\"\nport = \"tcp/443\"\nissuer = \"\"\n"
                             "issuer_name = \"\"\nkey = \"" +
                             std::string(64, 'A') + "\"\n";
    const auto baseline = parse_baseline(text, "b.toml");
    REQUIRE(baseline);
    const KnownIdentity& known = baseline->endpoints.at({"update.example.net", Port{Transport::tcp, 443}});
    CHECK(known.key_sha256 == key);
    CHECK(known.issuer_key_sha256.empty());
}

TEST_CASE("mistakes in a baseline are named where they are", "[config][baseline]") {
    const std::string good = endpoint + both_keys;
    const std::pair<std::string, std::string> cases[] = {
        {"schema = \"fdnprobe.baseline/2\"\n",
         "b.toml:1:10: `schema` is `fdnprobe.baseline/2`; expected `fdnprobe.baseline/1`: this version reads no "
         "other\n"},
        {"schema = \"fdnprobe.site/1\"\n",
         "b.toml:1:10: `schema` is `fdnprobe.site/1`; expected `fdnprobe.baseline/1`: this is a site file\n"},
        {head, "b.toml:1:1: a baseline has no `endpoint`; expected at least one [[endpoint]]\n"},
        {head + "endpoint = []\n", "b.toml:4:12: `endpoint` must not be empty\n"},
        {head + "endpoint = 1\n", "b.toml:4:12: `endpoint` must be an array of tables, not an integer\n"},
        {head + "learnt = \"x\"\n" + good, "b.toml:4:1: a baseline has no key `learnt`; did you mean `learned`?\n"},
        {head + endpoint + "isuer_key = \"x\"\nkey = \"" + key + "\"\n",
         "b.toml:9:1: an endpoint has no key `isuer_key`; did you mean `issuer_key`?\n"},
        {head + endpoint, "b.toml:4:1: an endpoint has no `key`\n"},
        {head + "[[endpoint]]\nhost = \"a.example\"\nport = \"TCP/443\"\n" + both_keys,
         "b.toml:4:1: an endpoint has no `issuer`\nb.toml:4:1: an endpoint has no `issuer_name`\n"},
        {head + endpoint + "key = \"abc\"\n",
         "b.toml:9:7: `key` is `abc`; expected a SHA-256 digest, which is 64 hexadecimal digits\n"},
        {head + endpoint + "key = \"" + std::string(63, 'a') + "g\"\n",
         "b.toml:9:7: `key` is `" + std::string(63, 'a') +
             "g`; expected a SHA-256 digest, which is 64 hexadecimal digits\n"},
        {head + good + good, "b.toml:11:1: `update.example.net` TCP/443 is there already, in line 4\n"},
        {head + "[[endpoint]]\nhost = \"a b\"\nport = \"443\"\nissuer = 1\nissuer_name = \"\"\n" + both_keys,
         "b.toml:5:8: `a b` is neither a host name nor an address: ` ` cannot be part of one\n"
         "b.toml:6:8: `port` is `443`; expected something like `TCP/443`\n"
         "b.toml:7:10: `issuer` must be a string, not an integer\n"},
    };
    for (const auto& [text, expected] : cases) {
        INFO(text);
        CHECK(errors_of(text) == expected);
    }
    CHECK(errors_of(head + good).empty());
    CHECK_THAT(errors_of("schema = \n"), Contains("b.toml:1:"));
}

TEST_CASE("what is written is sorted and reads the same again", "[config][baseline]") {
    Baseline baseline;
    baseline.learned = "2026-11-20T06:25:00.123Z";
    baseline.vantage = "probe \"17\"";
    baseline.endpoints[{"b.example", Port{Transport::tcp, 8443}}] = known_as("B");
    baseline.endpoints[{"b.example", Port{Transport::tcp, 443}}] = known_as("A");
    baseline.endpoints[{"10.0.0.5", Port{Transport::tcp, 443}}] = known_as("C");
    baseline.endpoints[{"10.0.0.5", Port{Transport::tcp, 443}}].issuer_key_sha256.clear();
    const std::string text = write_baseline(baseline);
    CHECK(text ==
          "# How each endpoint identified itself at a place that is known to be good: for `fdnprobe check "
          "--baseline`.\n"
          "schema = \"fdnprobe.baseline/1\"\nlearned = \"2026-11-20T06:25:00.123Z\"\nvantage = \"probe \\\"17\\\"\"\n"
          "\n[[endpoint]]\nhost = \"10.0.0.5\"\nport = \"TCP/443\"\nissuer = \"CN=C\"\nissuer_name = \"C\"\nkey = \"" +
              key +
              "\"\n\n[[endpoint]]\nhost = \"b.example\"\nport = \"TCP/443\"\nissuer = \"CN=A\"\nissuer_name = "
              "\"A\"\nissuer_key = \"" +
              other_key + "\"\nkey = \"" + key +
              "\"\n\n[[endpoint]]\nhost = \"b.example\"\nport = \"TCP/8443\"\nissuer = \"CN=B\"\nissuer_name = "
              "\"B\"\nissuer_key = \"" +
              other_key + "\"\nkey = \"" + key + "\"\n");
    const auto again = parse_baseline(text, "b.toml");
    REQUIRE(again);
    CHECK(write_baseline(*again) == text);
}

TEST_CASE("whatever a certificate calls itself, the file can be read", "[config][baseline]") {
    const std::string names[] = {std::string("a\0b", 3), "\x1b]0;title\x07",        "a\"b\\c\nd", "\xff\xfe",
                                 "\u202e\u2028",         std::string(1024, '\x01'), "'''\"\"\""};
    for (const std::string& name : names) {
        Baseline baseline;
        baseline.vantage = name;
        baseline.endpoints[{"b.example", Port{Transport::tcp, 443}}] = known_as(name);
        const std::string text = write_baseline(baseline);
        INFO(text);
        CHECK(text.find('\x1b') == std::string::npos);
        const auto again = parse_baseline(text, "b.toml");
        REQUIRE(again);
        CHECK(again->endpoints.size() == 1);
        CHECK(write_baseline(*again) == text);
    }
}
