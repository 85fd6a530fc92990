#include "traces.hpp"

#include <memory>
#include <utility>

namespace traces {

Address ip(std::string_view text) { return Address::parse(text).value(); }

Check check_of(std::string_view port, std::string host) {
    Check check;
    check.id = "table/row/port/probe/host";
    check.port = Port::parse(port).value();
    check.dial_port = check.port.number;
    check.probe = "fake";
    check.host = host;
    check.server_name = std::move(host);
    check.public_name = true;
    check.vendor_host = true;
    static const auto pages =
        std::make_shared<const BlockPages>(BlockPages{{ip("208.91.112.55"), "Vendor's DNS filter", "Blocked Page"},
                                                      {ip("2620:101:9000:53::55"), "Vendor's DNS filter", ""}});
    check.block_pages = pages;
    return check;
}

Finding content(const Check&, const Attempt&) {
    Finding finding;
    finding.cause = Cause::answered;
    finding.stage = Stage::exchange;
    finding.owner = Owner::nobody;
    return finding;
}

Trace Trace::to(const Address& address) {
    Trace trace;
    trace.attempt_.destination = SocketAddress{address, 443};
    const Address from = address.family() == Family::ipv4 ? own : ip("2001:db8::1");
    trace.attempt_.local = SocketAddress{from, 50000};
    return trace;
}

Trace Trace::nowhere() { return {}; }

Trace Trace::through_proxy(const std::optional<Address>& address) {
    Trace trace = address ? to(*address) : nowhere();
    trace.attempt_.proxy = SocketAddress{proxy, 3128};
    trace.attempt_.local = SocketAddress{own, 50000};
    return trace;
}

Trace& Trace::add(Stage stage, What what, std::int32_t code, std::int32_t detail, std::string text) {
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

Trace& Trace::from(const Address& address) {
    attempt_.evidence.back().from = address;
    return *this;
}

Trace& Trace::later(std::chrono::milliseconds span) {
    now_ += span;
    return *this;
}

Trace& Trace::without_local() {
    attempt_.local.reset();
    return *this;
}

Trace& Trace::start() { return add(Stage::connect, What::connect_start).from(attempt_.local->address); }

Trace& Trace::fail(std::int32_t number, std::string text) {
    return add(Stage::connect, What::connect_error, number, 0, std::move(text));
}

Trace& Trace::icmp(std::int32_t type, std::int32_t code, const Address& sender, Stage stage) {
    return add(stage, What::icmp_error, type, code, sender.family() == Family::ipv4 ? "icmp" : "icmpv6").from(sender);
}

Trace& Trace::connect() {
    if (attempt_.local) start();
    return add(Stage::connect, What::connect_ok);
}

Trace& Trace::send(std::string bytes) { return add(Stage::exchange, What::sent, 7, 0, std::move(bytes)); }

Trace& Trace::receive(std::string bytes) {
    return add(Stage::exchange, What::received, static_cast<std::int32_t>(bytes.size()), 0, bytes);
}

Trace& Trace::hello() { return add(Stage::tls, What::tls_start, 0, 0, "update.fortiguard.net"); }

Trace& Trace::tls(TlsFacts facts) {
    attempt_.tls = std::make_shared<const TlsFacts>(std::move(facts));
    return *this;
}

Trace& Trace::handshake(TlsFacts facts) { return hello().add(Stage::tls, What::tls_ok).tls(std::move(facts)); }

Trace& Trace::abandon() {
    attempt_.abandoned = true;
    return add(Stage::connect, What::cancelled, 0, 0, "another address had answered");
}

Trace::operator Attempt() const { return attempt_; }

CertificateFacts certificate(std::string subject, std::string issuer) {
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

TlsFacts facts_of(std::string issuer) {
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

TlsFacts public_facts() {
    TlsFacts facts = facts_of("DigiCert TLS RSA SHA256 2020 CA1");
    facts.public_chain = true;
    facts.public_anchor = "DigiCert Global Root CA";
    facts.verify_error.clear();
    return facts;
}

TlsFacts fortinet_facts() {
    TlsFacts facts = facts_of("support");
    facts.fortinet_chain = FortinetChain::proven;
    facts.fortinet_anchor = "support";
    return facts;
}

}  // namespace traces
