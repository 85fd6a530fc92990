// The codes are a promise to scripts: each enumerator has one, no two share one, and each is read back.
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "catch.hpp"

#include "fdnprobe/evidence.hpp"
#include "fdnprobe/verdict.hpp"

using namespace fdnprobe;

namespace {

bool is_code(std::string_view text) {
    return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos &&
           text.front() != '-' && text.back() != '-';
}

template <class Enum, class Values>
std::set<std::string_view> codes_of(const Values& values) {
    std::set<std::string_view> codes;
    std::size_t index = 0;
    for (const Enum value : values) {
        CAPTURE(index);
        REQUIRE(static_cast<std::size_t>(value) == index++);
        CHECK(is_code(to_string(value)));
        CHECK(codes.insert(to_string(value)).second);
    }
    return codes;
}

template <class Enum>
std::set<std::string_view> codes_up_to(Enum last) {
    std::vector<Enum> values;
    for (std::size_t index = 0; index <= static_cast<std::size_t>(last); ++index)
        values.push_back(static_cast<Enum>(index));
    return codes_of<Enum>(values);
}

}  // namespace

TEST_CASE("every verdict, cause and state has a code of its own that is read back") {
    codes_of<Verdict>(all_verdicts());
    codes_of<Cause>(all_causes());
    codes_of<State>(all_states());
    for (const Verdict value : all_verdicts()) CHECK(verdict_from(to_string(value)) == value);
    for (const Cause value : all_causes()) CHECK(cause_from(to_string(value)) == value);
    for (const State value : all_states()) CHECK(state_from(to_string(value)) == value);
    for (const char* none : {"", "Reachable", "reachable ", "reach", "no-such-code"}) {
        CHECK_FALSE(verdict_from(none));
        CHECK_FALSE(cause_from(none));
        CHECK_FALSE(state_from(none));
    }
}

TEST_CASE("the codes of the shorter enums") {
    using Codes = std::set<std::string_view>;
    CHECK(codes_up_to(Stage::exchange) == Codes{"plan", "resolve", "connect", "proxy", "tls", "exchange"});
    CHECK(codes_up_to(Confidence::possible) == Codes{"proven", "likely", "possible"});
    CHECK(codes_up_to(Owner::unknown) ==
          Codes{"nobody", "this-host", "network", "resolver", "proxy", "service", "vendor", "unknown"});
    CHECK(codes_up_to(Staple::invalid) == Codes{"none", "good", "revoked", "unknown", "stale", "invalid"});
    CHECK(to_string(Owner::this_host) == "this-host");
    CHECK(to_string(Confidence::likely) == "likely");
    CHECK(to_string(Stage::tls) == "tls");
    CHECK(to_string(Staple::stale) == "stale");
}

TEST_CASE("every kind of evidence has a text of its own that is read back") {
    std::set<std::string_view> seen;
    for (std::size_t index = 0; index <= static_cast<std::size_t>(What::cancelled); ++index) {
        const What what = static_cast<What>(index);
        CAPTURE(to_string(what));
        CHECK(seen.insert(to_string(what)).second);
        CHECK(what_from(to_string(what)) == what);
        const std::string_view text = to_string(what);
        const std::size_t dot = text.find('.');
        CHECK(is_code(text.substr(0, dot)));
        if (what != What::cancelled) CHECK(is_code(text.substr(dot + 1)));
    }
    CHECK(to_string(What::connect_error) == "connect.error");
    CHECK(to_string(What::resolve_answer) == "resolve.answer");
    CHECK_FALSE(what_from(""));
    CHECK_FALSE(what_from("connect"));
}

TEST_CASE("each cause belongs to its verdict") {
    // As the contract lists them; a cause that is added belongs here too.
    const std::map<std::string_view, std::set<std::string_view>> expected{
        {"reachable", {"answered", "client-certificate-required", "connected", "responder-confirmed"}},
        {"closed", {"refused", "port-unreachable"}},
        {"blocked",
         {"timeout", "reset-on-path", "admin-prohibited", "host-unreachable", "net-unreachable",
          "port-unreachable-on-path", "lost-on-path", "mtu-blackhole", "routing-loop", "proxy-unreachable",
          "proxy-auth-required", "proxy-denied"}},
        {"broken",
         {"closed-after-connect", "reset-after-connect", "hello-timeout", "reset-after-hello", "closed-after-hello",
          "tls-alert", "no-answer", "no-banner", "bad-answer", "service-denied"}},
        {"untrusted",
         {"untrusted-issuer", "name-mismatch", "certificate-expired", "certificate-not-yet-valid",
          "certificate-revoked", "ocsp-missing", "ocsp-invalid"}},
        {"intercepted",
         {"tls-intercepted", "answered-on-path", "dns-sinkhole", "dns-rewritten", "captive-portal", "wrong-protocol"}},
        {"unresolved",
         {"nxdomain", "no-address", "servfail", "dns-refused", "dns-timeout", "dns-malformed", "resolver-unreachable"}},
        {"inconclusive", {"no-reply", "path-open", "control-failed"}},
        {"skipped",
         {"not-configured", "needs-privilege", "not-testable-from-here", "not-applicable",
          "address-family-unavailable"}},
        {"local",
         {"no-route", "local-firewall", "source-unavailable", "out-of-descriptors", "out-of-ports", "permission-denied",
          "interrupted", "internal"}},
    };
    std::map<std::string_view, std::set<std::string_view>> actual;
    for (const Cause cause : all_causes()) actual[to_string(verdict_of(cause))].insert(to_string(cause));
    CHECK(actual == expected);
}

TEST_CASE("the states, from the contract") {
    std::set<std::string_view> states;
    for (const State state : all_states()) states.insert(to_string(state));
    CHECK(states == std::set<std::string_view>{"reachable", "degraded", "inconclusive", "untrusted", "broken",
                                               "intercepted", "blocked", "unresolved", "local", "unconfigured"});
}
