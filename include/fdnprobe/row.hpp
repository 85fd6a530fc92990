// A vendor's port document as data: the table, its rows, and what a row says of its checks.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fdnprobe/address.hpp"
#include "fdnprobe/device.hpp"

namespace fdnprobe {

enum class Direction : std::uint8_t {
    outgoing,  ///< product -> peer, probed at the peer
    incoming,  ///< peer -> product, probed at the product
};

enum class Transport : std::uint8_t {
    tcp,
    udp,
    esp,       ///< IP protocol 50 (RFC 4303); the number is 50
    ethernet,  ///< the number is the EtherType
};

/// A port as the tables name it. Text: `TCP/443`, `UDP/53`, `ESP/50`, `ETH/0x8890`; in ids `tcp-443`, `eth-0x8890`.
struct Port {
    Transport transport = Transport::tcp;
    std::uint16_t number = 0;

    /// Reads the text form, case-insensitively.
    static std::optional<Port> parse(std::string_view text);
    [[nodiscard]] std::string to_string() const;
    [[nodiscard]] std::string to_id() const;

    friend auto operator<=>(const Port&, const Port&) = default;
};

/// Whether all of a row's checks must pass or one suffices.
enum class Need : std::uint8_t { any, all };

enum class Level : std::uint8_t {
    need,    ///< counts
    notice,  ///< shown, never worsens a row's state
};

/// Who may have signed an endpoint's certificate. A set: more than one bit may be on; `any` accepts everybody.
struct Trust {
    bool public_ca = false;
    bool fortinet = false;
    bool any = false;
    friend bool operator==(const Trust&, const Trust&) = default;
};

/// What becomes of a check to which no OCSP answer (RFC 6066, 8) was stapled.
enum class Stapling : std::uint8_t {
    ignored,   ///< nothing
    expected,  ///< a warning: the service is known to staple, and nobody is known to insist on it
    demanded,  ///< it fails: the device insists on it
};

/// How well a fact of a table is known.
enum class Sureness : std::uint8_t {
    unsaid,
    low,     ///< inferred
    medium,  ///< one source, or several that are no statement of the vendor's
    high,    ///< the vendor's own text, or several sources that agree
};

/// An address with which a vendor's DNS filter answers in place of the true ones.
struct BlockPage {
    Address address;
    std::string name;         ///< whose filter: "FortiGuard's DNS filter"
    std::string certificate;  ///< the name on the page's certificate; empty: it is not known
};
using BlockPages = std::vector<BlockPage>;

/// The value of a probe's own option in a table.
using OptionValue = std::variant<bool, std::int64_t, double, std::string>;
using ProbeOptions = std::map<std::string, OptionValue, std::less<>>;

/// One `[[row.check]]` of a table, or the plain reading of a port where a row has none.
struct CheckRule {
    Port port;
    std::string probe;               ///< empty where `skip` says why there is none
    std::vector<std::string> hosts;  ///< empty: the peer's address from the site
    std::string host_from;           ///< the [device] key that holds the hosts; empty: none does
    std::optional<Family> family;    ///< addresses of the other family are not its; nothing: of both
    std::string through;             ///< the [device] key that holds the proxy of this check; empty: the site's own
    When when;                       ///< the devices that use it
    When notice_when;                ///< those to which it is a notice; empty: none
    Trust trust;
    Stapling ocsp = Stapling::ignored;
    std::optional<Port> dial;  ///< the port that is really in use where the document prints another
    std::string server_name;   ///< name to ask for and to expect in TLS; empty: the host
    Level level = Level::need;
    std::string signer;       ///< who signs the certificate, as far as is known; empty: it is not
    std::string alternative;  ///< rules of one row with the same word here stand in for each other
    std::string note;
    std::string source;  ///< where its facts are from
    Sureness sure = Sureness::unsaid;
    AdviceByCode advice;
    std::string skip;  ///< why this port cannot be probed
    ProbeOptions options;
};

struct Row {
    std::string table;  ///< the table's id
    std::string id;     ///< unique in the table: `outgoing/fortiguard/av-ips-update`
    Direction direction = Direction::outgoing;
    std::string section;  ///< the document's own heading
    std::string product;  ///< whose row this is
    std::string peer;
    std::string purpose;          ///< as the document prints it
    std::string ports;            ///< as the document prints it
    std::vector<Port> port_list;  ///< `ports`, read
    Need need = Need::all;
    std::string note;
    std::string origin;  ///< who has added the row to the document's; empty: it is the document's own
    std::string source;  ///< of the facts of its checks, where they do not say otherwise
    Sureness sure = Sureness::unsaid;
    When when;         ///< the devices that use it at all
    When notice_when;  ///< those to which all of it is a notice; empty: none
    AdviceByCode advice;
    std::vector<CheckRule> checks;

    /// `TABLE/ROW`: unique in a run.
    [[nodiscard]] std::string full_id() const { return table + "/" + id; }
    /// Whether a person who writes this glob may mean the row: by its id, with or without its table's, its peer or its
    /// purpose.
    [[nodiscard]] bool matches(std::string_view pattern) const;
};

struct Table {
    std::string file;  ///< where it was read from
    std::string id;
    std::string title;
    std::string edition;
    std::string product;
    std::string note;
    AdviceByCode advice;  ///< where a row and its checks have none of their own
    BlockPages block_pages;
    std::vector<Row> rows;
};

[[nodiscard]] std::string_view to_string(Direction);
[[nodiscard]] std::string_view to_string(Transport);
[[nodiscard]] std::string_view to_string(Need);
[[nodiscard]] std::string_view to_string(Level);
[[nodiscard]] std::string_view to_string(Sureness);

}  // namespace fdnprobe
