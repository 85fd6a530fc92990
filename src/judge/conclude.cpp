#include "judge/conclude.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "judge/advice.hpp"
#include "judge/badness.hpp"
#include "judge/finding.hpp"
#include "judge/judge.hpp"
#include "judge/responder.hpp"
#include "judge/summary.hpp"

namespace fdnprobe::judge {
namespace {

Verdict verdict_of_attempt(const Attempt& attempt) { return verdict_of(attempt.finding.cause); }

/// From best to worst; what says nothing of the service comes last, so that it is chosen only where there is nothing
/// else.
int rank(const Attempt& attempt) { return static_cast<int>(state_of(verdict_of_attempt(attempt))); }

/// The same, among tries at one address: there, silence is worse than anything that was said.
int rank_at_one_address(const Attempt& attempt) {
    const Verdict verdict = verdict_of_attempt(attempt);
    // What the far end itself said of the way back explains whatever else failed there.
    if (attempt.responder && attempt.finding.cause == Cause::lost_on_path) return static_cast<int>(State::degraded);
    // But not worse than this host's own; and silence that was to be expected is silence too.
    if (verdict == Verdict::inconclusive || attempt.finding.cause == Cause::not_testable_from_here)
        return static_cast<int>(State::local);
    return verdict == Verdict::local ? static_cast<int>(State::unconfigured) : rank(attempt);
}

/// From best to worst among tries at one address. Between a connection attempt that stayed unanswered and one that was
/// refused, the refusal is what was said.
bool tells_more(const Attempt& one, const Attempt& other) {
    const int rank_of_one = rank_at_one_address(one);
    const int rank_of_other = rank_at_one_address(other);
    if (rank_of_one != rank_of_other) return rank_of_one < rank_of_other;
    return one.finding.cause != Cause::timeout && other.finding.cause == Cause::timeout;
}

/// What nothing can be told of neither helps a check nor harms it.
bool tells(const Attempt& attempt) {
    return verdict_of_attempt(attempt) != Verdict::skipped && !found_no_responder(attempt);
}

bool lacks_family(const Attempt& attempt) { return attempt.finding.cause == Cause::address_family_unavailable; }

/// Most hosts without IPv6 still get IPv6 addresses from the resolver. That there is no route to them is how such a
/// host is, and no news as long as the service has an IPv4 address too.
bool lacks_ipv6_route(const Attempt& attempt) {
    return attempt.finding.cause == Cause::no_route && attempt.destination &&
           attempt.destination->address.family() == Family::ipv6;
}

using Tries = std::vector<std::size_t>;  // indices of attempts at one address

/// The attempts that count, by address, in the order in which the addresses were first tried.
std::vector<Tries> by_address(std::span<const Attempt> attempts) {
    if (attempts.size() == 1 && !attempts.front().abandoned) return {Tries{0}};
    const auto is_ipv4 = [](const Attempt& attempt) {
        return attempt.destination && attempt.destination->address.family() == Family::ipv4;
    };
    const bool has_ipv4 = std::any_of(attempts.begin(), attempts.end(),
                                      [&](const Attempt& attempt) { return !attempt.abandoned && is_ipv4(attempt); });
    const bool service_asked = std::any_of(attempts.begin(), attempts.end(), [](const Attempt& attempt) {
        return !attempt.abandoned && !attempt.responder;
    });
    const auto counts = [&](const Attempt& attempt, bool leave_out_families) {
        if (attempt.abandoned) return false;
        // Unless a responder elsewhere on the host had something to say of it.
        if (service_asked && found_no_responder(attempt) && attempt.find(What::arrival) == nullptr) return false;
        if (!leave_out_families) return true;
        return !lacks_family(attempt) && !(has_ipv4 && lacks_ipv6_route(attempt));
    };
    for (const bool leave_out_families : {true, false}) {
        std::vector<Tries> addresses;
        std::map<std::optional<SocketAddress>, std::size_t> known;
        for (std::size_t index = 0; index < attempts.size(); ++index) {
            if (!counts(attempts[index], leave_out_families)) continue;
            const auto [place, is_new] = known.try_emplace(attempts[index].destination, addresses.size());
            if (is_new) addresses.emplace_back();
            addresses[place->second].push_back(index);
        }
        if (!addresses.empty()) return addresses;
    }
    return {};
}

std::string spell_cause(Cause cause) { return fmt::format("{} ({})", to_string(verdict_of(cause)), to_string(cause)); }

std::string join(const std::vector<std::string>& names) {
    constexpr std::size_t shown = 3;  // a line has room for three IPv6 addresses
    std::string text;
    const std::size_t listed = names.size() > shown + 1 ? shown : names.size();
    for (std::size_t index = 0; index < listed; ++index) {
        const bool last = index + 1 == names.size();
        text += (index == 0 ? "" : last ? " and " : ", ") + names[index];
    }
    if (listed < names.size()) text += fmt::format(" and {} more", names.size() - listed);
    return text;
}

/// "2001:db8::1 and 2001:db8::2 are blocked (timeout)": one warning for each cause among the other addresses.
std::vector<std::string> warn_of_addresses(std::span<const Attempt> attempts, std::span<const std::size_t> others,
                                           const Attempt& best) {
    std::map<Cause, std::vector<std::string>> worse_ones;
    for (const std::size_t index : others)
        if (tells(attempts[index]) && rank(attempts[index]) > rank(best) && attempts[index].destination)
            worse_ones[attempts[index].finding.cause].push_back(attempts[index].destination->address.to_string());
    std::vector<std::string> warnings;
    for (const auto& [cause, addresses] : worse_ones)
        warnings.push_back(
            fmt::format("{} {} {}.", join(addresses), addresses.size() == 1 ? "is" : "are", spell_cause(cause)));
    return warnings;
}

/// "1 of 3 tries was blocked (timeout)": what works only now and then.
std::vector<std::string> warn_of_tries(std::span<const Attempt> attempts, const Tries& tries, const Attempt& best) {
    if (verdict_of_attempt(best) != Verdict::reachable) return {};
    std::map<Cause, std::size_t> worse_ones;
    for (const std::size_t index : tries)
        if (tells(attempts[index]) && verdict_of_attempt(attempts[index]) != Verdict::reachable)
            ++worse_ones[attempts[index].finding.cause];
    std::vector<std::string> warnings;
    for (const auto& [cause, count] : worse_ones)
        warnings.push_back(
            fmt::format("{} of {} tries {} {}.", count, tries.size(), count == 1 ? "was" : "were", spell_cause(cause)));
    return warnings;
}

Conclusion from_finding(const Check& check, const Finding& finding, const std::optional<SocketAddress>& destination) {
    Conclusion conclusion;
    conclusion.verdict = verdict_of(finding.cause);
    conclusion.cause = finding.cause;
    conclusion.stage = finding.stage;
    conclusion.confidence = finding.confidence;
    conclusion.owner = finding.owner;
    conclusion.where = finding.where;
    conclusion.warnings = finding.warnings;
    conclusion.summary = summarise(check, finding, destination);
    return conclusion;
}

/// A sentence of somebody else's, ended like one.
std::string sentence(std::string_view text) {
    std::string out = printable(trim(text));
    if (!out.empty() && out.back() != '.' && out.back() != '?' && out.back() != '!') out += '.';
    return out;
}

}  // namespace

Conclusion conclude_with(ProbeJudge probe_judge, const Check& check, std::span<Attempt> attempts) {
    for (Attempt& attempt : attempts) attempt.finding = judge_attempt_with(probe_judge, check, attempt);

    const std::vector<Tries> addresses = by_address(attempts);
    if (addresses.empty()) {
        const Finding finding = make_finding(Cause::internal, Stage::plan, Confidence::proven, Owner::this_host,
                                             "the check ended without an attempt");
        Conclusion conclusion = from_finding(check, finding, std::nullopt);
        take_advice(conclusion, advise(check, finding, {}));
        return conclusion;
    }

    std::vector<std::size_t> bests;
    for (const Tries& tries : addresses)
        bests.push_back(*std::min_element(tries.begin(), tries.end(), [&](std::size_t one, std::size_t other) {
            return tells_more(attempts[one], attempts[other]);
        }));
    const auto chosen = std::min_element(bests.begin(), bests.end(), [&](std::size_t one, std::size_t other) {
        return rank(attempts[one]) < rank(attempts[other]);
    });
    const Attempt& best = attempts[*chosen];

    Conclusion conclusion = from_finding(check, best.finding, best.destination);
    conclusion.attempt = *chosen;
    const std::vector<std::string> unsteady =
        warn_of_tries(attempts, addresses[static_cast<std::size_t>(chosen - bests.begin())], best);
    const std::vector<std::string> other_addresses = warn_of_addresses(attempts, bests, best);
    conclusion.warnings.insert(conclusion.warnings.end(), unsteady.begin(), unsteady.end());
    conclusion.warnings.insert(conclusion.warnings.end(), other_addresses.begin(), other_addresses.end());

    Circumstances circumstances;
    circumstances.tls = best.tls.get();
    circumstances.destination = best.destination;
    circumstances.through_proxy = best.proxy.has_value();
    circumstances.unsteady = !unsteady.empty();
    circumstances.other_addresses_fail = !other_addresses.empty();
    take_advice(conclusion, advise(check, best.finding, circumstances));
    return conclusion;
}

Conclusion conclude_skipped(const Check& check) {
    const Finding finding = make_finding(
        check.skip.value_or(Cause::internal), Stage::plan, Confidence::proven,
        check.skip == Cause::not_configured || check.skip == Cause::needs_privilege ? Owner::this_host : Owner::nobody,
        "");
    Conclusion conclusion = from_finding(check, finding, std::nullopt);
    if (!check.skip_reason.empty()) conclusion.summary = sentence(check.skip_reason);
    take_advice(conclusion, advise(check, finding, {}));
    return conclusion;
}

Conclusion conclude_interrupted(const Check& check) {
    const Finding finding = make_finding(Cause::interrupted, Stage::plan, Confidence::proven, Owner::nobody,
                                         "the run ended before its turn");
    Conclusion conclusion = from_finding(check, finding, std::nullopt);
    take_advice(conclusion, advise(check, finding, {}));
    return conclusion;
}

}  // namespace fdnprobe::judge
