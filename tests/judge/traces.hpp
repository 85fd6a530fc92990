// Traces and checks for the judges' tests, in as few words as they need.
#pragma once

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "fdnprobe/check.hpp"
#include "fdnprobe/evidence.hpp"

namespace traces {

using namespace fdnprobe;

/// Catch2 2 and 3 call the matcher for a part of a text by different names.
inline auto says(const std::string& part) {
#if __has_include(<catch2/catch_all.hpp>)
    return Catch::Matchers::ContainsSubstring(part);
#else
    return Catch::Matchers::Contains(part);
#endif
}

inline Address ip(std::string_view text) { return Address::parse(text).value(); }

inline const Address destination = ip("198.18.0.80");
inline const Address own = ip("198.18.0.1");
inline const Address firewall = ip("198.18.0.254");
inline const Address proxy = ip("198.18.0.8");

inline Check check_of(std::string_view port = "TCP/443", std::string host = "update.fortiguard.net") {
    Check check;
    check.id = "table/row/port/probe/host";
    check.port = Port::parse(port).value();
    check.dial_port = check.port.number;
    check.probe = "fake";
    check.host = host;
    check.server_name = std::move(host);
    check.public_name = true;
    return check;
}

/// A service's judge that is content with whatever it is asked.
inline Finding content(const Check&, const Attempt&) {
    Finding finding;
    finding.cause = Cause::answered;
    finding.stage = Stage::exchange;
    finding.owner = Owner::nobody;
    return finding;
}

class Trace {
  public:
    /// Towards an address, from this host's own.
    static Trace to(const Address& address = destination) {
        Trace trace;
        trace.attempt_.destination = SocketAddress{address, 443};
        const Address from = address.family() == Family::ipv4 ? own : ip("2001:db8::1");
        trace.attempt_.local = SocketAddress{from, 50000};
        return trace;
    }
    /// No address was found.
    static Trace nowhere() { return {}; }
    /// Towards the proxy, for an address or, without one, for a name that the proxy looks up.
    static Trace through_proxy(const std::optional<Address>& address = destination) {
        Trace trace = address ? to(*address) : nowhere();
        trace.attempt_.proxy = SocketAddress{proxy, 3128};
        trace.attempt_.local = SocketAddress{own, 50000};
        return trace;
    }

    Trace& add(Stage stage, What what, std::int32_t code = 0, std::int32_t detail = 0, std::string text = {}) {
        Event event;
        event.at = now_ += std::chrono::milliseconds(1);
        event.stage = stage;
        event.what = what;
        event.code = code;
        event.detail = detail;
        event.text = std::move(text);
        attempt_.evidence.push_back(std::move(event));
        return *this;
    }
    Trace& from(const Address& address) {
        attempt_.evidence.back().from = address;
        return *this;
    }
    Trace& later(std::chrono::milliseconds span) {
        now_ += span;
        return *this;
    }
    Trace& without_local() {
        attempt_.local.reset();
        return *this;
    }

    Trace& start() { return add(Stage::connect, What::connect_start).from(attempt_.local->address); }
    Trace& fail(std::int32_t number, std::string text = {}) {
        return add(Stage::connect, What::connect_error, number, 0, std::move(text));
    }
    Trace& icmp(std::int32_t type, std::int32_t code, const Address& sender, Stage stage = Stage::connect) {
        return add(stage, What::icmp_error, type, code, sender.family() == Family::ipv4 ? "icmp" : "icmpv6")
            .from(sender);
    }
    Trace& connect() {
        if (attempt_.local) start();
        return add(Stage::connect, What::connect_ok);
    }
    Trace& send(std::string bytes = "request") { return add(Stage::exchange, What::sent, 7, 0, std::move(bytes)); }
    Trace& receive(std::string bytes = "answer") {
        return add(Stage::exchange, What::received, static_cast<std::int32_t>(bytes.size()), 0, bytes);
    }
    Trace& hello() { return add(Stage::tls, What::tls_start, 0, 0, "update.fortiguard.net"); }
    Trace& tls(TlsFacts facts) {
        attempt_.tls = std::make_shared<const TlsFacts>(std::move(facts));
        return *this;
    }
    /// A handshake that ended well.
    Trace& handshake(TlsFacts facts) { return hello().add(Stage::tls, What::tls_ok).tls(std::move(facts)); }
    Trace& abandon() {
        attempt_.abandoned = true;
        return add(Stage::connect, What::cancelled, 0, 0, "another address had answered");
    }

    // NOLINTNEXTLINE(google-explicit-constructor): a finished trace is used as an attempt.
    operator Attempt() const { return attempt_; }

  private:
    Attempt attempt_;
    std::chrono::nanoseconds now_{};
};

/// Noon of the day on which all these handshakes were seen.
inline constexpr std::chrono::sys_seconds seen_at{std::chrono::seconds(1'790'000'000)};

inline CertificateFacts certificate(std::string subject, std::string issuer) {
    CertificateFacts facts;
    facts.subject = "CN=" + subject;
    facts.issuer = "CN=" + issuer;
    facts.subject_name = subject;
    facts.issuer_name = issuer;
    facts.names = {std::move(subject)};
    facts.not_before = seen_at - std::chrono::days(100);
    facts.not_after = seen_at + std::chrono::days(100);
    return facts;
}

/// Signed by somebody unknown, and in order otherwise.
inline TlsFacts facts_of(std::string issuer = "Corp Inspection CA") {
    TlsFacts facts;
    facts.server_name = "update.fortiguard.net";
    facts.chain = {certificate("update.fortiguard.net", std::move(issuer))};
    facts.verify_error = "unable to get local issuer certificate";
    facts.name_matches = true;
    facts.seen_at = seen_at;
    facts.staple = Staple::none;
    facts.complete = true;
    return facts;
}

inline TlsFacts public_facts() {
    TlsFacts facts = facts_of("DigiCert TLS RSA SHA256 2020 CA1");
    facts.public_chain = true;
    facts.public_anchor = "DigiCert Global Root CA";
    facts.verify_error.clear();
    return facts;
}

inline TlsFacts fortinet_facts() {
    TlsFacts facts = facts_of("support");
    facts.fortinet_chain = FortinetChain::proven;
    facts.fortinet_anchor = "support";
    return facts;
}

}  // namespace traces
