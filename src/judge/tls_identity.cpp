#include "judge/tls_identity.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time.hpp"
#include "judge/finding.hpp"
#include "judge/issuer.hpp"

namespace fdnprobe::judge {
namespace {

/// A name from a certificate, as people may see it.
std::string quoted(std::string_view name) { return name.empty() ? "an unnamed CA" : "'" + printable(name, 80) + "'"; }

std::string signer_text(const TlsFacts& facts) {
    const CertificateFacts& leaf = facts.chain.front();
    return leaf.self_signed ? "signed by itself" : "signed by " + quoted(leaf.issuer_name);
}

std::string signer_kind(const TlsFacts& facts) {
    if (facts.fortinet_chain != FortinetChain::no) return " (Fortinet)";
    return facts.public_chain ? " (public CA)" : "";
}

Finding make(Cause cause, Confidence confidence, Owner owner, std::string detail) {
    return make_finding(cause, Stage::tls, confidence, owner, std::move(detail));
}

std::string wanted(const Trust& trust) {
    if (trust.public_ca && trust.fortinet) return "neither by a public CA nor by Fortinet";
    return trust.fortinet ? "not by Fortinet" : "not by a public CA";
}

/// The certificate that ends the chain as it was sent.
const CertificateFacts& top_of(const TlsFacts& facts) { return facts.chain.back(); }

/// Nobody who may have signed it has. Is that somebody on the way, or a certificate that is merely not in order?
Finding judge_stranger(const Trust& trust, const TlsFacts& facts) {
    const CertificateFacts& leaf = facts.chain.front();
    const std::string signer = signer_text(facts);
    if (is_fortigate_inspection(leaf))
        return make(Cause::tls_intercepted, Confidence::likely, Owner::network,
                    fmt::format("signed by {}, so a FortiGate or FortiProxy on the way inspects TLS",
                                quoted(leaf.issuer_name)));
    if (facts.public_chain)
        return make(Cause::tls_intercepted, Confidence::likely, Owner::network,
                    fmt::format("{} under {}, which this host trusts but which is not Fortinet's own CA", signer,
                                quoted(facts.public_anchor)));
    if (facts.fortinet_chain != FortinetChain::no)
        return make(Cause::tls_intercepted, Confidence::likely, Owner::network,
                    fmt::format("{}, {}, as if another Fortinet device on the way answered", signer, wanted(trust)));
    if (facts.chain.size() == 1 && leaf.self_signed)
        return make(Cause::untrusted_issuer, Confidence::likely, Owner::unknown,
                    fmt::format("{} is signed by itself", quoted(leaf.subject_name)));
    // A server that forgets an intermediate, or a host whose bundle of CAs is old, looks like this; so does an
    // inspector that keeps the names of what it replaces.
    if (const auto organisation = public_ca_by_name(top_of(facts)))
        return make(Cause::untrusted_issuer, Confidence::possible, Owner::unknown,
                    fmt::format("the chain ends at {}, and what should lead on to {} is not known here",
                                quoted(top_of(facts).issuer_name), *organisation));
    return make(Cause::tls_intercepted, Confidence::likely, Owner::network,
                fmt::format("{}, {}", signer, wanted(trust)));
}

std::optional<Finding> judge_issuer(const Trust& trust, const TlsFacts& facts, Identity& identity) {
    if (!facts.inspection_ca.empty())
        return make(Cause::tls_intercepted, Confidence::proven, Owner::network,
                    fmt::format("signed by {}, an inspection CA of this site", quoted(facts.inspection_ca)));
    if (trust.any) return std::nullopt;
    if (trust.public_ca && facts.public_chain) return std::nullopt;
    if (trust.fortinet && facts.fortinet_chain == FortinetChain::proven) return std::nullopt;
    if (trust.fortinet && facts.fortinet_chain == FortinetChain::by_name &&
        !is_fortigate_inspection(facts.chain.front())) {
        identity.confidence = Confidence::likely;
        identity.warnings.push_back(
            fmt::format("The chain names Fortinet's CA {} but does not carry the certificate that would prove it.",
                        quoted(facts.fortinet_anchor)));
        return std::nullopt;
    }
    return judge_stranger(trust, facts);
}

std::string names_of(const CertificateFacts& leaf) {
    constexpr std::size_t shown = 3;  // enough to recognise a block page or a neighbour's server
    if (leaf.names.empty()) return quoted(leaf.subject_name);
    std::string text;
    for (std::size_t index = 0; index < std::min(shown, leaf.names.size()); ++index)
        text += (index == 0 ? "" : ", ") + quoted(leaf.names[index]);
    if (leaf.names.size() > shown) text += fmt::format(" and {} more", leaf.names.size() - shown);
    return text;
}

std::optional<Finding> judge_name(const Check& check, const TlsFacts& facts, Identity& identity) {
    if (facts.name_matches) return std::nullopt;
    if (check.server_name.empty()) {
        // Nobody has said what a host that is only an address is called, and its certificate need not name the address.
        identity.confidence = weaker(identity.confidence, Confidence::likely);
        identity.warnings.push_back(
            fmt::format("The certificate is for {}; the host was given as an address, so its "
                        "name could not be checked.",
                        names_of(facts.chain.front())));
        return std::nullopt;
    }
    const std::string detail =
        fmt::format("it is for {}, not for {}", names_of(facts.chain.front()), quoted(facts.server_name));
    const bool accepted_as_public = check.trust.public_ca && facts.public_chain;
    if (!accepted_as_public) {
        identity.warnings.push_back("The certificate's name differs, as Fortinet's own often do: " + detail + ".");
        return std::nullopt;
    }
    return make(Cause::name_mismatch, Confidence::proven, Owner::unknown, detail);
}

std::string validity_text(const TlsFacts& facts) {
    const CertificateFacts& leaf = facts.chain.front();
    const std::string clock = fmt::format("this host's clock says {}", to_date(facts.seen_at));
    if (facts.seen_at < leaf.not_before) return fmt::format("valid from {}, and {}", to_date(leaf.not_before), clock);
    return fmt::format("valid until {}, and {}", to_date(leaf.not_after), clock);
}

std::optional<Finding> judge_validity(const TlsFacts& facts) {
    const CertificateFacts& leaf = facts.chain.front();
    if (facts.seen_at < leaf.not_before)
        return make(Cause::certificate_not_yet_valid, Confidence::likely, Owner::this_host, validity_text(facts));
    if (facts.seen_at > leaf.not_after)
        return make(Cause::certificate_expired, Confidence::likely, Owner::service, validity_text(facts));
    return std::nullopt;
}

void warn_of_expiry(const TlsFacts& facts, Identity& identity) {
    const std::int64_t days = days_left(facts);
    if (facts.seen_at > facts.chain.front().not_after || days > expiry_warning_days) return;
    identity.warnings.push_back(fmt::format("The certificate ends on {}, {}.", to_date(facts.chain.front().not_after),
                                            days == 0   ? std::string("within a day")
                                            : days == 1 ? std::string("in 1 day")
                                                        : fmt::format("in {} days", days)));
}

std::optional<Finding> judge_staple(const Check& check, const TlsFacts& facts, Identity& identity) {
    if (!check.ocsp_stapled) {
        if (facts.staple == Staple::revoked)
            identity.warnings.emplace_back("A stapled OCSP answer says that the certificate has been withdrawn.");
        return std::nullopt;
    }
    switch (facts.staple) {
        case Staple::good: return std::nullopt;
        case Staple::revoked:
            return make(Cause::certificate_revoked, Confidence::proven, Owner::vendor, "a stapled OCSP answer says so");
        case Staple::none:
            // In TLS 1.2 the answer follows the certificate: a handshake that broke off between the two lacks it for
            // another reason. The request for a client certificate comes later still.
            if (!facts.complete && !facts.client_certificate_requested) return std::nullopt;
            return make(Cause::ocsp_missing, Confidence::proven, Owner::unknown, "none came with the certificate");
        case Staple::unknown:
            return make(Cause::ocsp_invalid, Confidence::proven, Owner::unknown,
                        "the answer says that the certificate is not known");
        case Staple::stale:
            return make(Cause::ocsp_invalid, Confidence::likely, Owner::unknown,
                        fmt::format("the answer is out of date by this host's clock ({})", to_date(facts.seen_at)));
        case Staple::invalid: break;
    }
    return make(Cause::ocsp_invalid, Confidence::proven, Owner::unknown,
                "the answer cannot be read, or is not signed by the certificate's issuer");
}

}  // namespace

std::int64_t days_left(const TlsFacts& facts) {
    return std::chrono::floor<std::chrono::days>(facts.chain.front().not_after - facts.seen_at).count();
}

Identity judge_identity(const Check& check, const TlsFacts& facts) {
    Identity identity;
    identity.signed_by = signer_text(facts);
    identity.signer_is = signer_kind(facts);
    // A table that says nothing of a signer accepts any.
    Trust trust = check.trust;
    trust.any = trust.any || !(trust.public_ca || trust.fortinet);

    identity.failure = judge_issuer(trust, facts, identity);
    if (identity.failure) return identity;
    if (trust.any) {
        // Certificates that appliances make for themselves are ordinary, and nobody renews them.
        if (judge_validity(facts))
            identity.warnings.push_back("The certificate is not valid: " + validity_text(facts) + ".");
    } else {
        identity.failure = judge_name(check, facts, identity);
        if (!identity.failure) identity.failure = judge_validity(facts);
    }
    if (!identity.failure) identity.failure = judge_staple(check, facts, identity);
    if (!identity.failure) warn_of_expiry(facts, identity);
    return identity;
}

}  // namespace fdnprobe::judge
