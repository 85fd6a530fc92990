#include "judge/time_witness.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include <fmt/format.h>

#include "base/text.hpp"
#include "wire/http.hpp"
#include "wire/http_date.hpp"

namespace fdnprobe::judge {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

/// A copy that is older says nothing of today.
constexpr long oldest_copy = 31L * 24 * 3600;

/// How far ahead of this host's clock the far end's was when it answered.
std::optional<seconds> ahead_of_us(const Attempt& attempt, std::chrono::system_clock::time_point started) {
    const Event* const answer = attempt.find(What::received);
    if (attempt.abandoned || attempt.responder || answer == nullptr) return std::nullopt;
    const auto head = wire::http::parse_response_head(attempt.received_bytes());
    if (!head) return std::nullopt;
    const auto here = std::chrono::floor<seconds>(
        started + std::chrono::duration_cast<std::chrono::system_clock::duration>(answer->at));
    const auto said = head->header("Date");
    const auto there = said ? wire::http::parse_date(*said, here) : std::nullopt;
    if (!there) return std::nullopt;
    // A copy keeps the time at which it was made, and says how long it has been kept (RFC 9111, 5.1).
    seconds age{};
    if (const auto kept = head->header("Age")) {
        const auto number = parse_number(*kept, 0, oldest_copy);
        if (!number) return std::nullopt;
        age = seconds(*number);
    }
    return *there + age - here;
}

bool something_else_answered(const CheckResult& result) { return result.conclusion.verdict == Verdict::intercepted; }

std::string host_of(const CheckResult& result) { return printable(result.check.host, 255); }

}  // namespace

std::vector<ForeignClock> foreign_clocks(const Report& report) {
    std::vector<ForeignClock> clocks;
    const auto add = [&](const CheckResult& result, const Attempt& attempt) {
        const auto ahead = ahead_of_us(attempt, report.started);
        if (!ahead) return;
        ForeignClock clock{host_of(result), std::nullopt, *ahead};
        if (attempt.destination) clock.address = attempt.destination->address;
        const bool known = std::any_of(clocks.begin(), clocks.end(), [&](const ForeignClock& one) {
            return one.host == clock.host && one.address == clock.address;
        });
        if (!known) clocks.push_back(std::move(clock));
    };
    for (const CheckResult& result : report.checks) {
        if (something_else_answered(result)) continue;
        for (const Attempt& attempt : result.attempts) {
            add(result, attempt);
            for (const Comparison& comparison : attempt.comparisons) add(result, comparison.attempt);
        }
    }
    return clocks;
}

std::vector<DatedIdentity> dated_identities(const Report& report) {
    std::vector<DatedIdentity> identities;
    for (const CheckResult& result : report.checks) {
        if (something_else_answered(result)) continue;
        for (const Attempt& attempt : result.attempts) {
            const TlsFacts* const facts = attempt.tls.get();
            if (facts == nullptr || facts->chain.empty()) continue;
            if (!facts->public_chain && facts->fortinet_chain != FortinetChain::proven) continue;
            identities.push_back({host_of(result), facts->chain.front().issuer, facts});
        }
    }
    return identities;
}

std::string spell_difference(std::chrono::seconds difference) {
    struct Unit {
        seconds length;
        std::string_view one;
    };
    // Two of a unit at least, so that what is cut off is never as much as what is said.
    constexpr std::array units{Unit{std::chrono::days(1), "day"}, Unit{std::chrono::hours(1), "hour"},
                               Unit{std::chrono::minutes(1), "minute"}, Unit{seconds(1), "second"}};
    const seconds span = difference < seconds::zero() ? -difference : difference;
    for (const Unit& unit : units) {
        const auto count = span / unit.length;
        if (count >= 2) return fmt::format("{} {}s", count, unit.one);
    }
    return fmt::format("{} second{}", span.count(), span.count() == 1 ? "" : "s");
}

}  // namespace fdnprobe::judge
