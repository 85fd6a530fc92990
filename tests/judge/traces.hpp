// Traces and checks for the judges' tests, in as few words as they need.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

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

Address ip(std::string_view text);

inline const Address destination = ip("198.18.0.80");
inline const Address own = ip("198.18.0.1");
inline const Address firewall = ip("198.18.0.254");
inline const Address proxy = ip("198.18.0.8");

Check check_of(std::string_view port = "TCP/443", std::string host = "update.fortiguard.net");

/// A service's judge that is content with whatever it is asked.
Finding content(const Check&, const Attempt&);

class Trace {
  public:
    /// Towards an address, from this host's own.
    static Trace to(const Address& address = destination);
    /// No address was found.
    static Trace nowhere();
    /// Towards the proxy, for an address or, without one, for a name that the proxy looks up.
    static Trace through_proxy(const std::optional<Address>& address = destination);

    Trace& add(Stage stage, What what, std::int32_t code = 0, std::int32_t detail = 0, std::string text = {});
    Trace& from(const Address& address);
    Trace& later(std::chrono::milliseconds span);
    Trace& without_local();

    Trace& start();
    Trace& fail(std::int32_t number, std::string text = {});
    Trace& icmp(std::int32_t type, std::int32_t code, const Address& sender, Stage stage = Stage::connect);
    Trace& connect();
    Trace& send(std::string bytes = "request");
    Trace& receive(std::string bytes = "answer");
    Trace& hello();
    Trace& tls(TlsFacts facts);
    /// A handshake that ended well.
    Trace& handshake(TlsFacts facts);
    Trace& abandon();

    // NOLINTNEXTLINE(google-explicit-constructor): a finished trace is used as an attempt.
    operator Attempt() const;

  private:
    Attempt attempt_;
    std::chrono::nanoseconds now_{};
};

/// Noon of the day on which all these handshakes were seen.
inline constexpr std::chrono::sys_seconds seen_at{std::chrono::seconds(1'790'000'000)};

CertificateFacts certificate(std::string subject, std::string issuer);

/// Signed by somebody unknown, and in order otherwise.
TlsFacts facts_of(std::string issuer = "Corp Inspection CA");

TlsFacts public_facts();

TlsFacts fortinet_facts();

}  // namespace traces
