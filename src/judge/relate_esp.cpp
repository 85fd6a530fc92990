#include "judge/relate_esp.hpp"

#include <string>

#include <fmt/format.h>

namespace fdnprobe::judge {
namespace {

/// The one of the same host; where there is none, the first of the row.
const CheckResult* find_natt(std::span<const CheckResult> results, const Check& esp) {
    const CheckResult* chosen = nullptr;
    for (const CheckResult& result : results) {
        if (result.check.row != esp.row || result.check.probe != "ike-natt") continue;
        if (result.check.host == esp.host) return &result;
        if (chosen == nullptr) chosen = &result;
    }
    return chosen;
}

std::string in_place_of_esp(const CheckResult& natt) {
    const std::string port = natt.check.port.to_string();
    const std::string why = fmt::format("({})", to_string(natt.conclusion.cause));
    switch (natt.conclusion.verdict) {
        case Verdict::reachable: return port + " answers, so IPsec can go through NAT traversal in place of ESP.";
        case Verdict::closed:
            return fmt::format("{} is closed {}, so NAT traversal is no way out where ESP does not get through.", port,
                               why);
        case Verdict::blocked:
            return fmt::format("{} is blocked too {}, so NAT traversal is no way out where ESP does not get through.",
                               port, why);
        case Verdict::inconclusive:
            return fmt::format("{} tells nothing either {}, so whether NAT traversal could stand in for ESP is open.",
                               port, why);
        case Verdict::broken:
        case Verdict::untrusted:
        case Verdict::intercepted:
            return fmt::format("{} does not answer as a gateway does {}, so NAT traversal may not stand in for ESP.",
                               port, why);
        // It was not tried, or not far enough: there is nothing to say instead.
        case Verdict::unresolved:
        case Verdict::skipped:
        case Verdict::local: break;
    }
    return {};
}

}  // namespace

void relate_esp(std::span<CheckResult> results) {
    for (CheckResult& esp : results) {
        if (esp.check.probe != "esp" || esp.conclusion.verdict != Verdict::skipped) continue;
        const CheckResult* const natt = find_natt(results, esp.check);
        const std::string sentence = natt == nullptr ? std::string() : in_place_of_esp(*natt);
        if (sentence.empty()) continue;
        // A report may show either.
        for (std::string* text : {&esp.conclusion.summary, &esp.check.skip_reason})
            if (!text->empty()) *text += " " + sentence;
    }
}

}  // namespace fdnprobe::judge
