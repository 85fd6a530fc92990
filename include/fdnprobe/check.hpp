// A check: one probe of one endpoint and port, for one row; and what became of it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fdnprobe/address.hpp"
#include "fdnprobe/device.hpp"
#include "fdnprobe/evidence.hpp"
#include "fdnprobe/row.hpp"
#include "fdnprobe/site.hpp"
#include "fdnprobe/verdict.hpp"

namespace fdnprobe {

/// What a site's secret files hold, by their key in [secrets]. Never part of any output.
using Secrets = std::map<std::string, std::string, std::less<>>;

/// How an endpoint identified itself at a place that was known to be good (`--learn`).
struct KnownIdentity {
    std::string issuer;             ///< of its certificate, in RFC 2253 form
    std::string issuer_name;        ///< the same, for people
    std::string issuer_key_sha256;  ///< of the issuer's public key; empty: its certificate was not sent
    std::string key_sha256;         ///< of the endpoint's own public key
};

struct Check {
    std::string id;       ///< TABLE/ROW/PORT/PROBE/HOST, the same in every run
    std::size_t row = 0;  ///< index into the plan's rows
    Direction direction = Direction::outgoing;
    Level level = Level::need;
    std::string alternative;
    /// One of several ways of which the device uses one: those that `alternative` groups, and those of a row that are
    /// for devices which this one may or may not be like. Where another of them works, it is a notice.
    bool choice = false;
    std::string condition;     ///< what a device must have set to use it, as far as that is not known: `push = true`
    bool vendor_host = false;  ///< the host is the table's own, or stands in for one that is
    std::string host;          ///< name or address; empty: the peer's address is not known
    bool host_is_address = false;
    std::vector<Address> pinned;              ///< not empty: where the host is, no name is resolved
    Port port;                                ///< as the table names it
    std::optional<Port> in_use;               ///< where the document prints another than the one that is dialled
    std::uint16_t dial_port = 0;              ///< as the site has it
    std::optional<Transport> dial_transport;  ///< as the site has it; nothing: the port's
    std::string probe;
    ProbeOptions options;
    std::optional<ProxyAddress> proxy;  ///< its own; nothing: the run's
    Trust trust;
    Stapling ocsp = Stapling::ignored;
    std::string signer;                          ///< who signs its certificate, as far as is known: "DigiCert"
    std::shared_ptr<const KnownIdentity> known;  ///< from a baseline; nothing: none was given, or it lacks this one
    std::string server_name;                     ///< for TLS and HTTP; empty: an address, no name
    bool public_name = false;                    ///< the host is the table's own: a private answer for it is a sinkhole
    std::string note;
    std::string source;  ///< where the table has its facts from
    Sureness sure = Sureness::unsaid;
    std::shared_ptr<const AdviceByCode> advice;     ///< for its product; nothing: the table has none
    std::shared_ptr<const BlockPages> block_pages;  ///< nothing: none are known
    std::optional<Cause> skip;                      ///< why it is not tried
    std::string skip_reason;                        ///< one sentence
    bool for_others = false;                        ///< it is skipped because this site's device does not use it
    bool permitted = false;  ///< the user has allowed what the probe's description asks to be allowed
    std::shared_ptr<const Secrets> secrets;

    /// The port that a firewall has to open.
    [[nodiscard]] Port wanted() const { return in_use.value_or(port); }
    /// What packets are sent in.
    [[nodiscard]] Transport transport() const { return dial_transport.value_or(port.transport); }
    /// The block page that has this address; nullptr: it is none that is known.
    [[nodiscard]] const BlockPage* block_page(const Address& address) const {
        if (block_pages == nullptr) return nullptr;
        for (const BlockPage& page : *block_pages)
            if (page.address == address) return &page;
        return nullptr;
    }
    /// The secret of that name; empty: the site has none.
    [[nodiscard]] std::string_view secret(std::string_view name) const {
        if (secrets == nullptr) return {};
        const auto found = secrets->find(name);
        return found == secrets->end() ? std::string_view() : std::string_view(found->second);
    }
};

/// What all attempts of a check come to.
struct Conclusion {
    Verdict verdict = Verdict::local;
    Cause cause = Cause::internal;
    Stage stage = Stage::plan;
    Confidence confidence = Confidence::proven;
    Owner owner = Owner::unknown;
    std::string summary;  ///< one sentence, escaped
    std::optional<std::string> advice;
    std::vector<CommandBlock> commands;  ///< that carry the advice out on the device
    std::vector<std::string> warnings;
    std::optional<Where> where;
    std::optional<std::size_t> attempt;  ///< the attempt it rests on
    std::optional<std::size_t> reason;   ///< index into Report::reasons: one that it shares with other checks
};

struct CheckResult {
    Check check;
    std::vector<Attempt> attempts;
    Conclusion conclusion;
};

}  // namespace fdnprobe
