#include "judge/clock.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/time.hpp"
#include "judge/advice.hpp"
#include "judge/finding.hpp"
#include "judge/summary.hpp"
#include "judge/time_witness.hpp"

namespace fdnprobe::judge {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

/// What time servers and certificates both bear with; OpenSSL's own tolerance for OCSP answers is the same.
constexpr seconds tolerance = std::chrono::minutes(5);

bool agree(seconds one, seconds other) { return one - other <= tolerance && other - one <= tolerance; }

bool in_order(const CertificateFacts& certificate, sys_seconds time) {
    return certificate.not_before <= time && time <= certificate.not_after;
}

/// A certificate that is out of date, and what is heard about whose fault it is.
class Case {
  public:
    Case(const CheckResult& result, const Attempt& attempt)
        : result_(result),
          attempt_(attempt),
          facts_(*attempt.tls),
          leaf_(attempt.tls->chain.front()),
          expired_(attempt.finding.cause == Cause::certificate_expired) {}

    void hear(const ForeignClock& clock) {
        const bool own = clock.host == result_.check.host ||
                         (attempt_.destination && clock.address == attempt_.destination->address);
        auto& side = own ? own_ : in_order(leaf_, facts_.seen_at + clock.ahead) ? against_clock_ : against_certificate_;
        side.push_back(&clock);
    }

    void hear(const DatedIdentity& other) {
        if (other.host == result_.check.host || other.issuer == leaf_.issuer) return;
        const CertificateFacts& certificate = other.facts->chain.front();
        const bool valid = in_order(certificate, other.facts->seen_at);
        // What was signed after this one's end shows that its end has come.
        const bool good_staple = other.facts->staple == Staple::good && other.facts->staple_from;
        const sys_seconds signed_at =
            good_staple ? std::max(*other.facts->staple_from, certificate.not_before) : certificate.not_before;
        const bool too_late = valid && expired_ && signed_at > leaf_.not_after;
        // And an answer that will be over before this one begins, that its time has not come. (A certificate would say
        // less: those that have ended are forgotten on servers now and then.)
        const bool too_early = valid && !expired_ && good_staple && other.facts->staple_until &&
                               *other.facts->staple_until < leaf_.not_before;
        if (too_late || too_early) signed_since_.insert(other.host);
        const bool alike =
            expired_ ? other.facts->seen_at > certificate.not_after : other.facts->seen_at < certificate.not_before;
        if (alike && issuers_alike_.insert(other.issuer).second) alike_.insert(other.host);
    }

    /// What it comes to.
    void decide(Finding& finding, Circumstances& circumstances) const;
    /// By whom this host's clock was found to be wrong; nullptr: it was not, or nobody said by how much.
    [[nodiscard]] const ForeignClock* better_clock() const {
        return clock_is_wrong() && !against_clock_.empty() ? against_clock_.front() : nullptr;
    }

  private:
    /// Nobody signs certificates for the future, so one more CA that seems to is enough. Certificates that have ended
    /// are forgotten now and then, though hardly by three at once.
    [[nodiscard]] bool others_alike() const { return issuers_alike_.size() >= (expired_ ? 2U : 1U); }
    [[nodiscard]] bool clock_is_wrong() const {
        return (!against_clock_.empty() || others_alike()) && against_certificate_.empty() && signed_since_.empty();
    }
    [[nodiscard]] bool clock_is_right() const {
        return (!against_certificate_.empty() || !signed_since_.empty()) && against_clock_.empty() && !others_alike();
    }

    void blame_clock(Finding& finding) const;
    void blame_certificate(Finding& finding) const;
    void hear_server(Finding& finding) const;

    const CheckResult& result_;
    const Attempt& attempt_;
    const TlsFacts& facts_;
    const CertificateFacts& leaf_;
    bool expired_;
    std::vector<const ForeignClock*> against_clock_;
    std::vector<const ForeignClock*> against_certificate_;
    std::vector<const ForeignClock*> own_;  ///< of the very server that has the certificate
    std::set<std::string> signed_since_;    ///< hosts
    std::set<std::string> alike_;           ///< hosts, one for each issuer
    std::set<std::string> issuers_alike_;
};

/// "20 days ahead", as this host's clock is.
std::string ahead_or_behind(seconds theirs) {
    return fmt::format("{} {}", spell_difference(theirs), theirs < seconds::zero() ? "ahead" : "behind");
}

/// "20 days ahead of that of HOST".
std::string compared_with(const ForeignClock& clock) {
    return fmt::format("{}{} that of {}", ahead_or_behind(clock.ahead), clock.ahead < seconds::zero() ? " of" : "",
                       clock.host);
}

std::string list(const std::set<std::string>& hosts) {
    constexpr std::size_t shown = 3;  // as many as a sentence bears
    std::string text;
    std::size_t count = 0;
    for (const std::string& host : hosts) {
        if (count == shown) return text + " and others";
        text += (count == 0 ? "" : ", ") + host;
        ++count;
    }
    return text;
}

void Case::blame_clock(Finding& finding) const {
    finding.owner = Owner::this_host;
    finding.confidence = Confidence::likely;
    if (against_clock_.empty()) {
        finding.detail += fmt::format(
            "; what other CAs have signed is {} too ({}), so it is this host's clock that is "
            "wrong",
            expired_ ? "expired" : "not valid yet", list(alike_));
        return;
    }
    const ForeignClock& first = *against_clock_.front();
    const bool confirmed = std::any_of(against_clock_.begin() + 1, against_clock_.end(), [&](const auto* other) {
        return other->host != first.host && agree(other->ahead, first.ahead);
    });
    if (confirmed) finding.confidence = Confidence::proven;
    finding.detail +=
        fmt::format("; {} says that it is {}, so this host's clock is {}, and the certificate may be in order",
                    first.host, to_date(facts_.seen_at + first.ahead), ahead_or_behind(first.ahead));
}

void Case::blame_certificate(Finding& finding) const {
    finding.owner = result_.check.public_name ? Owner::vendor : Owner::service;
    if (against_certificate_.empty()) {
        finding.confidence = Confidence::likely;
        finding.detail += fmt::format("; what {} shows was signed for {}, so it is the certificate that is wrong",
                                      list(signed_since_), expired_ ? "a later time" : "an earlier time");
        return;
    }
    const auto close = std::find_if(against_certificate_.begin(), against_certificate_.end(),
                                    [](const auto* clock) { return agree(clock->ahead, seconds::zero()); });
    const bool agrees = close != against_certificate_.end();
    const ForeignClock& witness = agrees ? **close : *against_certificate_.front();
    finding.confidence = agrees ? Confidence::proven : Confidence::likely;
    if (agrees)
        finding.detail += fmt::format(
            "; this host's clock agrees with that of {}, so it is the certificate that is "
            "wrong",
            witness.host);
    else
        finding.detail += fmt::format("; this host's clock is {}, by which the certificate is wrong all the same",
                                      compared_with(witness));
}

/// The server that has the certificate. One whose clock is wrong does not notice that its certificate is.
void Case::hear_server(Finding& finding) const {
    if (own_.empty()) {
        finding.detail += "; nobody told the time in this run, so either of the two may be wrong";
        return;
    }
    const ForeignClock& server = *own_.front();
    if (!in_order(leaf_, facts_.seen_at + server.ahead)) {
        finding.owner = result_.check.public_name ? Owner::vendor : Owner::service;
        finding.confidence = Confidence::likely;
        finding.detail += "; by the server's own clock it is wrong too";
        return;
    }
    finding.owner = Owner::unknown;
    finding.confidence = Confidence::possible;
    finding.detail += fmt::format(
        "; the server itself says that it is {}, so this host's clock is {}, or the server's "
        "is as wrong as its certificate",
        to_date(facts_.seen_at + server.ahead), ahead_or_behind(server.ahead));
}

void Case::decide(Finding& finding, Circumstances& circumstances) const {
    if (clock_is_wrong()) {
        circumstances.clock = Clock::wrong;
        blame_clock(finding);
    } else if (clock_is_right()) {
        circumstances.clock = Clock::right;
        blame_certificate(finding);
    } else if (against_clock_.empty() && against_certificate_.empty() && signed_since_.empty() && !others_alike()) {
        hear_server(finding);
    } else {
        finding.owner = Owner::unknown;
        finding.confidence = Confidence::possible;
        finding.detail += "; those who told the time in this run do not agree, so either of the two may be wrong";
    }
}

/// Two clocks elsewhere that agree with each other and not with this host's; nullptr: there are none.
const ForeignClock* outvoted_by(const std::vector<ForeignClock>& clocks) {
    for (const ForeignClock& one : clocks) {
        if (agree(one.ahead, seconds::zero())) return nullptr;
        for (const ForeignClock& other : clocks)
            if (one.host != other.host && one.address != other.address && agree(one.ahead, other.ahead)) return &one;
    }
    return nullptr;
}

/// Certificates were found good by a clock that is not.
void warn_reachable(Report& report, const ForeignClock& better) {
    for (CheckResult& result : report.checks) {
        const Conclusion& conclusion = result.conclusion;
        if (conclusion.verdict != Verdict::reachable || !conclusion.attempt) continue;
        if (result.attempts[*conclusion.attempt].tls == nullptr) continue;
        result.conclusion.warnings.push_back(fmt::format(
            "This host's clock is {}, and the certificate's dates were judged by it.", compared_with(better)));
    }
}

}  // namespace

void relate_clock(Report& report) {
    const std::vector<ForeignClock> clocks = foreign_clocks(report);
    const std::vector<DatedIdentity> identities = dated_identities(report);
    const ForeignClock* better = outvoted_by(clocks);
    for (CheckResult& result : report.checks) {
        Conclusion& conclusion = result.conclusion;
        if (conclusion.cause != Cause::certificate_expired && conclusion.cause != Cause::certificate_not_yet_valid)
            continue;
        if (!conclusion.attempt) continue;
        Attempt& attempt = result.attempts[*conclusion.attempt];
        if (!attempt.tls || attempt.tls->chain.empty() || attempt.finding.cause != conclusion.cause) continue;
        Case one(result, attempt);
        for (const ForeignClock& clock : clocks) one.hear(clock);
        for (const DatedIdentity& identity : identities) one.hear(identity);

        Circumstances circumstances;
        circumstances.tls = attempt.tls.get();
        circumstances.destination = attempt.destination;
        circumstances.through_proxy = attempt.proxy.has_value();
        Finding finding = attempt.finding;
        one.decide(finding, circumstances);
        conclusion.confidence = finding.confidence;
        conclusion.owner = finding.owner;
        conclusion.summary = summarise(result.check, finding, attempt.destination);
        take_advice(conclusion, advise(result.check, finding, circumstances));
        if (better == nullptr) better = one.better_clock();
        attempt.finding = std::move(finding);
    }
    if (better != nullptr) warn_reachable(report, *better);
}

}  // namespace fdnprobe::judge
