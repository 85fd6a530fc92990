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

/// Who should have signed it.
std::string wanted(const Check& check) {
    const std::string public_ca = check.signer.empty() ? std::string("a public CA") : printable(check.signer, 80);
    if (check.trust.public_ca && check.trust.fortinet) return fmt::format("neither by {} nor by Fortinet", public_ca);
    return check.trust.fortinet ? std::string("not by Fortinet") : "not by " + public_ca;
}

/// The certificate that ends the chain as it was sent.
const CertificateFacts& top_of(const TlsFacts& facts) { return facts.chain.back(); }

/// "signed by 'Corp Issuing CA' under 'Corp Root CA'".
std::string signer_under(const TlsFacts& facts, std::string_view anchor) {
    if (facts.chain.front().issuer_name == anchor) return signer_text(facts);
    return fmt::format("{} under {}", signer_text(facts), quoted(anchor));
}

/// A CA that this host trusts and that is none of the public ones: its administrator has added it, as is done where TLS
/// is inspected; or it is a public one that is newer than both lists of them.
Finding judge_host_anchor(const Check& check, const TlsFacts& facts) {
    const std::string signer = signer_under(facts, facts.host_anchor);
    if (const auto organisation = public_ca_by_name(top_of(facts)))
        return make(Cause::untrusted_issuer, Confidence::possible, Owner::unknown,
                    fmt::format("{}, which this host trusts; by its name it is {}, but it is none of the public CAs "
                                "that are known here",
                                signer, *organisation));
    if (check.signer.empty())
        return make(Cause::tls_intercepted, Confidence::likely, Owner::network,
                    signer + ", which this host trusts but which is no public CA");
    return make(Cause::tls_intercepted, Confidence::likely, Owner::network,
                fmt::format("{}, {}; this host trusts that CA, but it is no public one", signer, wanted(check)));
}

/// A vendor's DNS filter led the name to a page of its own.
std::optional<Finding> judge_block_page(const Check& check, const TlsFacts& facts) {
    if (check.block_pages == nullptr) return std::nullopt;
    const CertificateFacts& leaf = facts.chain.front();
    for (const BlockPage& page : *check.block_pages)
        if (!page.certificate.empty() && lower(leaf.subject_name) == lower(page.certificate))
            return make(Cause::tls_intercepted, Confidence::likely, Owner::resolver,
                        fmt::format("the certificate of {}, the block page of {}", quoted(leaf.subject_name),
                                    printable(page.name, 80)));
    return std::nullopt;
}

/// Nobody who may have signed it has. Is that somebody on the way, or a certificate that is merely not in order?
Finding judge_stranger(const Check& check, const TlsFacts& facts) {
    const CertificateFacts& leaf = facts.chain.front();
    const std::string signer = signer_text(facts);
    // A site may have given its own servers certificates of its own, which is no sign of anybody in between.
    if (!check.vendor_host && check.trust.fortinet && !check.trust.public_ca)
        return make(Cause::untrusted_issuer, Confidence::likely, Owner::service,
                    fmt::format("{}, {}", signer, wanted(check)));
    const bool lone_self_signed = facts.chain.size() == 1 && leaf.self_signed;
    if (is_fortigate_inspection(leaf))
        return make(Cause::tls_intercepted, Confidence::likely, Owner::network,
                    fmt::format("{}, {}: a FortiGate or FortiProxy on the way inspects TLS", signer, wanted(check)));
    if (!facts.host_anchor.empty() && !lone_self_signed) return judge_host_anchor(check, facts);
    if (facts.public_chain)
        return make(Cause::tls_intercepted, Confidence::likely, Owner::network,
                    fmt::format("{} under {}, which this host trusts but which is not Fortinet's own CA", signer,
                                quoted(facts.public_anchor)));
    if (facts.fortinet_chain != FortinetChain::no)
        return make(Cause::tls_intercepted, Confidence::likely, Owner::network,
                    fmt::format("{}, {}, as if another Fortinet device on the way answered", signer, wanted(check)));
    if (lone_self_signed)
        return make(Cause::untrusted_issuer, Confidence::likely, Owner::unknown,
                    fmt::format("{} is signed by itself", quoted(leaf.subject_name)));
    // A server that forgets an intermediate, or a host whose bundle of CAs is old, looks like this; so does an
    // inspector that keeps the names of what it replaces.
    if (const auto organisation = public_ca_by_name(top_of(facts)))
        return make(Cause::untrusted_issuer, Confidence::possible, Owner::unknown,
                    fmt::format("the chain ends at {}, and what should lead on to {} is not known here",
                                quoted(top_of(facts).issuer_name), *organisation));
    return make(Cause::tls_intercepted, Confidence::likely, Owner::network,
                fmt::format("{}, {}", signer, wanted(check)));
}

/// A table that says nothing of a signer accepts any.
bool accepts_any(const Trust& trust) { return trust.any || !(trust.public_ca || trust.fortinet); }

std::optional<Finding> judge_issuer(const Check& check, const TlsFacts& facts, Identity& identity) {
    const Trust& trust = check.trust;
    if (!facts.inspection_ca.empty())
        return make(Cause::tls_intercepted, Confidence::proven, Owner::network,
                    fmt::format("signed by {}, an inspection CA of this site", quoted(facts.inspection_ca)));
    if (accepts_any(trust)) return std::nullopt;
    if (auto page = judge_block_page(check, facts)) return page;
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
    return judge_stranger(check, facts);
}

/// Nothing was stapled, where there was the occasion. In TLS 1.2 the answer follows the certificate: a handshake that
/// broke off between the two lacks it for another reason. The request for a client certificate comes later still.
bool lacks_staple(const TlsFacts& facts) {
    return facts.staple == Staple::none && (facts.complete || facts.client_certificate_requested);
}

/// What inspects TLS has no answer of the real issuer's to staple, and seldom one of its own. That is a second
/// observation beside the issuer, which makes the conclusion surer. It is none where the chain may merely lack an
/// intermediate: a server that forgets that cannot staple either.
void corroborate_by_staple(const Check& check, const TlsFacts& facts, Finding& failure) {
    if (check.ocsp == Stapling::ignored || !lacks_staple(facts) || failure.cause != Cause::tls_intercepted) return;
    failure.detail += ", and no OCSP answer is stapled, as the real service does";
    failure.confidence = failure.confidence == Confidence::possible ? Confidence::likely : Confidence::proven;
}

/// The table names the CA that is known to sign for an endpoint. Services change theirs, and a public CA vouches for
/// the name whichever it is.
void warn_of_other_signer(const Check& check, const TlsFacts& facts, Identity& identity) {
    if (check.signer.empty() || !check.trust.public_ca || !facts.public_chain) return;
    const std::string expected = lower(check.signer);
    std::string signers = facts.public_anchor;
    for (const CertificateFacts& certificate : facts.chain) signers += "\n" + certificate.issuer;
    if (lower(signers).find(expected) != std::string::npos) return;
    identity.warnings.push_back(fmt::format("The certificate is {}, a public CA, where {} was expected.",
                                            signer_under(facts, facts.public_anchor), printable(check.signer, 80)));
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

void warn_of_retired_root(const TlsFacts& facts, Identity& identity) {
    if (!facts.public_chain || facts.anchor_retired.empty()) return;
    identity.warnings.push_back(fmt::format(
        "The chain ends at {}, a root that left the public programmes on {}: a device whose bundle of CAs is "
        "newer than that may refuse it.",
        quoted(facts.public_anchor), facts.anchor_retired));
}

std::optional<Finding> judge_staple(const Check& check, const TlsFacts& facts, Identity& identity) {
    if (check.ocsp != Stapling::demanded) {
        if (facts.staple == Staple::revoked)
            identity.warnings.emplace_back("A stapled OCSP answer says that the certificate has been withdrawn.");
        if (check.ocsp == Stapling::expected && lacks_staple(facts))
            identity.warnings.emplace_back("No OCSP answer is stapled, as the real service does.");
        return std::nullopt;
    }
    switch (facts.staple) {
        case Staple::good: return std::nullopt;
        case Staple::revoked:
            return make(Cause::certificate_revoked, Confidence::proven, Owner::vendor, "a stapled OCSP answer says so");
        case Staple::none:
            if (!lacks_staple(facts)) return std::nullopt;
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

enum class Signer : std::uint8_t { same, changed, unclear };

/// The signer now beside the one at the good place. A certificate may be renewed with a new key by the same issuer, or
/// move to another issuer with the same key: either is the endpoint's own.
Signer compare_signers(const KnownIdentity& known, const TlsFacts& facts) {
    const CertificateFacts& leaf = facts.chain.front();
    if (leaf.key_sha256 == known.key_sha256) return Signer::same;
    if (!facts.issuer_key_sha256.empty() && !known.issuer_key_sha256.empty())
        return facts.issuer_key_sha256 == known.issuer_key_sha256 ? Signer::same : Signer::changed;
    // What lies beside it as its issuer's certificate has not signed it.
    if (facts.issuer_key_sha256.empty() &&
        std::any_of(facts.chain.begin() + 1, facts.chain.end(),
                    [&](const CertificateFacts& other) { return other.subject == leaf.issuer; }))
        return Signer::changed;
    // Names alone: anybody can take one, so that the same name tells nothing. A baseline holds them as they are shown,
    // and in full: they are bounded to 1024 bytes where they are read.
    const auto shown = [](std::string_view name) { return printable(name, 16 * 1024); };
    return shown(leaf.issuer) == shown(known.issuer) ? Signer::unclear : Signer::changed;
}

/// "it was 'Corp CA'", of the good place.
std::string signer_then(const KnownIdentity& known, const TlsFacts& facts) {
    if (known.issuer_key_sha256 == known.key_sha256)
        return facts.chain.front().self_signed ? "it signed itself with another key" : "it had signed itself";
    return "it was " + quoted(known.issuer_name) +
           (known.issuer_name == facts.chain.front().issuer_name ? " with another key" : "");
}

/// "signed by 'Corp CA'; at the good place it was 'DigiCert'".
std::string change_text(const KnownIdentity& known, const TlsFacts& facts) {
    return fmt::format("{}; at the good place {}", signer_text(facts), signer_then(known, facts));
}

/// An issuer that the table accepts is not the one of the baseline.
std::optional<Finding> judge_change(const Check& check, const TlsFacts& facts, Identity& identity) {
    if (check.known == nullptr || compare_signers(*check.known, facts) != Signer::changed) return std::nullopt;
    const std::string text = change_text(*check.known, facts);
    const bool public_ca_vouches =
        facts.public_chain && facts.name_matches && (check.trust.public_ca || accepts_any(check.trust));
    const bool fortinet_vouches = check.trust.fortinet && facts.fortinet_chain == FortinetChain::proven;
    if (!public_ca_vouches && !fortinet_vouches)
        return make(Cause::tls_intercepted, Confidence::possible, Owner::unknown, text);
    identity.warnings.push_back(fmt::format("The certificate is {}.", text));
    return std::nullopt;
}

/// What the baseline says of a signer that the table does not accept.
void compare_stranger(const Check& check, const TlsFacts& facts, Finding& failure) {
    if (check.known == nullptr || !facts.inspection_ca.empty()) return;
    switch (compare_signers(*check.known, facts)) {
        case Signer::unclear: return;
        case Signer::changed: failure.detail += "; at the good place " + signer_then(*check.known, facts); return;
        case Signer::same:
            // Then it is the table that may be wrong.
            failure.detail += ", as at the good place";
            failure.confidence = Confidence::possible;
            return;
    }
}

}  // namespace

std::int64_t days_left(const TlsFacts& facts) {
    return std::chrono::floor<std::chrono::days>(facts.chain.front().not_after - facts.seen_at).count();
}

Identity judge_identity(const Check& check, const TlsFacts& facts) {
    Identity identity;
    identity.signed_by = signer_text(facts);
    identity.signer_is = signer_kind(facts);
    identity.failure = judge_issuer(check, facts, identity);
    if (identity.failure) {
        compare_stranger(check, facts, *identity.failure);
        corroborate_by_staple(check, facts, *identity.failure);
        return identity;
    }
    identity.failure = judge_change(check, facts, identity);
    if (identity.failure) return identity;
    if (accepts_any(check.trust)) {
        // Certificates that appliances make for themselves are ordinary, and nobody renews them.
        if (judge_validity(facts))
            identity.warnings.push_back("The certificate is not valid: " + validity_text(facts) + ".");
    } else {
        identity.failure = judge_name(check, facts, identity);
        if (!identity.failure) identity.failure = judge_validity(facts);
    }
    if (!identity.failure) identity.failure = judge_staple(check, facts, identity);
    if (identity.failure) return identity;
    warn_of_other_signer(check, facts, identity);
    warn_of_retired_root(facts, identity);
    warn_of_expiry(facts, identity);
    return identity;
}

}  // namespace fdnprobe::judge
