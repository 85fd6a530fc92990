// Evidence: what was observed, when, and in which stage; never what it means. Judges (judge/) read it; nothing else
// decides a verdict. A trace is owned above the deadline that may end an attempt, so an attempt that is cut off loses
// nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fdnprobe/address.hpp"
#include "fdnprobe/path.hpp"
#include "fdnprobe/verdict.hpp"

namespace fdnprobe {

/// One kind of observation. The text form is `stage.word`, as in `connect.error`. The comment says what `code`,
/// `detail`, `from` and `text` hold; what it does not name is unused.
enum class What : std::uint8_t {
    resolve_literal,    ///< the host is an address
    resolve_pinned,     ///< the site file pins the host; from: the address
    resolve_hosts,      ///< found in the hosts file; from: the address
    resolve_answer,     ///< from: an address that the resolver gave; text: the resolver
    resolve_rcode,      ///< code: the DNS rcode of the answer; detail: query type (1 A, 28 AAAA); text: the resolver
    resolve_no_data,    ///< NOERROR without an address; detail: query type; text: the resolver
    resolve_malformed,  ///< the answer is not DNS; detail: query type; text: what is wrong with it
    resolve_error,      ///< code: errno towards the resolver; from: an ICMP sender, where one spoke; text: the resolver
    resolve_timeout,    ///< no answer in time; detail: query type; text: the resolvers asked
    connect_start,      ///< from: this host's own address; code: its port
    connect_ok,         ///< the transport is connected (TCP), or ready to send; text: the interface (Ethernet)
    connect_error,      ///< code: errno; text: the step that failed, where it was not the connect itself: `socket`,
                        ///< `bind`, `interface` (none could be told), `raw socket of PROGRAM`
    connect_timeout,    ///< code: SYNs sent again; detail: milliseconds waited
    icmp_error,         ///< code: type; detail: ICMP code; from: the sender; text: `icmp` or `icmpv6`
    descriptor_wait,    ///< had to queue for a descriptor or an ephemeral port; code: errno; detail: milliseconds
    sent,               ///< code: bytes; text: the bytes (the first 512); to a proxy: text: without the credentials;
                        ///< code: its bytes; detail: 0 there are none, 1 they were sent, 2 withheld, since the proxy
                        ///< had refused them
    send_error,         ///< code: errno
    received,           ///< code: bytes; from: sender, where it is not the address asked; text: the bytes (bounded)
    receive_limit,      ///< code: bytes read when the limit ended the reading
    closed,             ///< the far end closed in order
    reset,              ///< code: errno of the abort
    silent,     ///< nothing came; code: milliseconds waited; detail: 1 when what was sent was acknowledged, 0 not, -1
                ///< unknown
    held,       ///< the connection stood, unharmed; code: milliseconds
    tls_start,  ///< ClientHello sent; code: its bytes; text: the server name in it; detail: 1 when the service may do
                ///< without TLS
    tls_plaintext,              ///< bytes that are not TLS came; text: the first of them
    tls_alert_received,         ///< code: the alert's number (RFC 8446, 6)
    tls_alert_sent,             ///< code: the alert's number
    tls_certificate_requested,  ///< the far end asked for a client certificate
    tls_error,                  ///< the handshake failed here; code: OpenSSL's reason; text: its words
    tls_ok,                     ///< the handshake completed
    arrival,                    ///< the responder was asked over another connection; code: how many of this attempt's
                                ///< requests had arrived there; from, detail: the source that it saw, and its port;
                                ///< detail, where none had arrived: 1 when the responder listens on the port; text: the
                                ///< port that it was asked at
    cancelled,                  ///< stopped from outside: another address had answered, or the run ended; text: which
};

[[nodiscard]] std::string_view to_string(What);
[[nodiscard]] std::optional<What> what_from(std::string_view code);

struct Event {
    std::chrono::nanoseconds at{};  ///< since the run began
    Stage stage = Stage::plan;
    What what = What::cancelled;
    std::int32_t code = 0;
    std::int32_t detail = 0;
    std::optional<Address> from;
    std::optional<HardwareAddress> hardware;  ///< of a frame: the sender, or what the responder saw of it
    std::string text;                         ///< raw, perhaps from the network: reports escape it
};

/// One certificate as it was presented. All text is raw; lists and lengths are bounded where it is read.
struct CertificateFacts {
    std::string subject;             ///< RFC 2253 form
    std::string issuer;              ///< RFC 2253 form
    std::string subject_name;        ///< the CN, or the first DNS name, or the organisation
    std::string issuer_name;         ///< the issuer's CN, or its organisation
    std::vector<std::string> names;  ///< DNS names and addresses it is good for (at most 64)
    std::chrono::sys_seconds not_before{};
    std::chrono::sys_seconds not_after{};
    std::string sha256;      ///< of the certificate, lower-case hex
    std::string key_sha256;  ///< of its public key
    bool self_signed = false;
};

enum class Staple : std::uint8_t {
    none,     ///< no OCSP answer was stapled
    good,     ///< the issuer vouches for the certificate
    revoked,  ///< the issuer has withdrawn it
    unknown,  ///< the issuer does not know it
    stale,    ///< signed correctly, but out of date
    invalid,  ///< cannot be read, or is not signed by the issuer
};
[[nodiscard]] std::string_view to_string(Staple);

/// How a chain relates to the identities of Fortinet's own CAs.
enum class FortinetChain : std::uint8_t {
    no,       ///< it does not lead there
    by_name,  ///< an issuer has the name of one, and its certificate was not there to prove it
    proven,   ///< signatures lead to a certificate with a known fingerprint
};

/// What a TLS handshake showed. Present from the moment a certificate was seen, even when the handshake then failed.
struct TlsFacts {
    std::string version;
    std::string cipher;
    std::string alpn;
    std::string server_name;              ///< the name that was expected
    std::vector<CertificateFacts> chain;  ///< as sent, leaf first (at most 10)
    bool public_chain = false;            ///< signatures lead to a public CA
    std::string public_anchor;            ///< its name
    std::string anchor_retired;           ///< the day on which it left the public programmes; empty: it has not
    std::string host_anchor;  ///< signatures lead to a CA that this host trusts and that is not public: its name
    FortinetChain fortinet_chain = FortinetChain::no;
    std::string fortinet_anchor;    ///< its name
    std::string issuer_key_sha256;  ///< of the key that the leaf's signature holds under; empty: it was not there
    std::string inspection_ca;      ///< the site's inspection CA that signed it, if one did
    std::string verify_error;       ///< why no public chain was found, in OpenSSL's words
    bool name_matches = false;
    std::chrono::sys_seconds seen_at{};  ///< this host's clock during the handshake
    Staple staple = Staple::none;
    std::optional<std::chrono::sys_seconds> staple_from;   ///< the time that the stapled answer is good for, where it
    std::optional<std::chrono::sys_seconds> staple_until;  ///< is good; without an end: until there is a newer one
    bool client_certificate_requested = false;
    bool complete = false;  ///< the handshake ended well
};

/// How long each stage of an attempt took.
struct Timing {
    std::chrono::nanoseconds resolve{}, connect{}, tls{}, exchange{}, total{};
};

struct Comparison;

/// One try of a check, at one address.
struct Attempt {
    std::optional<SocketAddress> destination;  ///< nothing: the name never became an address
    std::optional<SocketAddress> local;
    std::vector<Event> evidence;
    std::shared_ptr<const TlsFacts> tls;
    Timing timing;
    bool responder = false;                 ///< asked for fdnprobe at the far end, not for the service
    std::optional<SocketAddress> proxy;     ///< the proxy that it went through
    bool abandoned = false;                 ///< ended because another address had answered: it says nothing
    std::shared_ptr<const PathFacts> path;  ///< where its packets went, where that was looked at
    std::vector<Comparison> comparisons;    ///< the same once more with one thing changed, where that was tried
    Finding finding;                        ///< what the judges said of this attempt alone

    /// The first event of that kind, or nullptr. What was said to a proxy and by it is passed over.
    [[nodiscard]] const Event* find(What what) const;
    /// The last event of that kind, or nullptr; likewise.
    [[nodiscard]] const Event* find_last(What what) const;
    /// All bytes that the far end sent after the transport was up (and inside TLS, where there is TLS), in order.
    [[nodiscard]] std::string received_bytes() const;
    /// The bytes last sent.
    [[nodiscard]] std::string_view sent_bytes() const;
};

/// What is changed when an attempt is made once more, to tell what it is that fails.
enum class Change : std::uint8_t {
    other_name,      ///< TLS asks for a name that nobody filters
    no_name,         ///< TLS asks for no name
    small_segments,  ///< TCP's segments are kept small, in both directions
    http_date,       ///< the server is asked for the time (RFC 9110, 6.6.1)
    unchanged,       ///< nothing: does it end in the same way again?
    other_address,   ///< another address that a resolver has given the name
};
[[nodiscard]] std::string_view to_string(Change);
[[nodiscard]] std::optional<Change> change_from(std::string_view code);

struct Comparison {
    Change change = Change::other_name;
    std::string with;  ///< the other name; the size of the segments; the other address
    Attempt attempt;
};

}  // namespace fdnprobe
