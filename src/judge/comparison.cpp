#include "judge/comparison.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "judge/changes.hpp"
#include "judge/finding.hpp"
#include "judge/tls_alert.hpp"
#include "judge/trace.hpp"

namespace fdnprobe::judge {
namespace {

/// Adds a clause to what is said already, if anything is.
void add_clause(Finding& finding, std::string_view clause) {
    finding.detail += fmt::format("{}{}", finding.detail.empty() ? "" : "; ", clause);
}

/// How a TLS greeting was received.
enum class Reception : std::uint8_t {
    untold,    ///< it was not sent, or what came of it says nothing
    answered,  ///< in TLS: a certificate, or at least an alert
    reset,
    closed,
    silence,
};

const Event* silence_of(const Attempt& attempt) {
    const Event* const start = attempt.find(What::tls_start);
    return start == nullptr ? nullptr : find_after(attempt, start, What::silent);
}

Reception reception_of(const Attempt& attempt) {
    const Event* const start = attempt.find(What::tls_start);
    if (!connected(attempt) || start == nullptr || find_after(attempt, start, What::tls_plaintext) != nullptr)
        return Reception::untold;
    const bool certificate = attempt.tls && !attempt.tls->chain.empty();
    if (certificate || find_alert(attempt) != nullptr || find_after(attempt, start, What::tls_ok) != nullptr ||
        find_after(attempt, start, What::tls_error) != nullptr)
        return Reception::answered;
    if (find_abort(attempt) != nullptr) return Reception::reset;
    if (find_after(attempt, start, What::closed) != nullptr) return Reception::closed;
    return silence_of(attempt) != nullptr ? Reception::silence : Reception::untold;
}

/// The same greeting, compared with each of those that were changed.
class Greetings {
  public:
    explicit Greetings(const Attempt& attempt) : attempt_(attempt) {}

    [[nodiscard]] const Comparison* find(Change change) const {
        for (const Comparison& comparison : attempt_.comparisons)
            if (comparison.change == change) return &comparison;
        return nullptr;
    }

    [[nodiscard]] Reception with(Change change) const {
        const Comparison* const comparison = find(change);
        if (comparison == nullptr) return Reception::untold;
        const Reception reception = reception_of(comparison->attempt);
        // A silence that was cut short is none.
        if (reception == Reception::silence && !lasted(comparison->attempt)) return Reception::untold;
        return reception;
    }

    [[nodiscard]] bool answered(Change change) const { return with(change) == Reception::answered; }
    [[nodiscard]] bool told(Change change) const { return with(change) != Reception::untold; }
    [[nodiscard]] bool failed(Change change) const { return told(change) && !answered(change); }

    /// As large as the real one, with another name or with none, and as unheard.
    [[nodiscard]] bool other_names_vanish_alike() const {
        bool any = false;
        for (const Change change : {Change::other_name, Change::no_name}) {
            if (!told(change)) continue;
            if (with(change) != Reception::silence) return false;
            if (acknowledged(find(change)->attempt) != acknowledged(attempt_)) return false;
            any = true;
        }
        return any;
    }

    /// 1 yes, 0 no, -1 unknown. A proxy acknowledges in nobody's name but its own.
    [[nodiscard]] static int acknowledged(const Attempt& attempt) {
        const Event* const silence = silence_of(attempt);
        return silence == nullptr || attempt.proxy ? -1 : silence->detail;
    }

  private:
    /// At least half as long as the real one: the connection takes its share of the same time.
    [[nodiscard]] bool lasted(const Attempt& other) const {
        const Event* const real = silence_of(attempt_);
        return real == nullptr || 2 * silence_of(other)->code >= real->code;
    }

    const Attempt& attempt_;
};

/// "with another server name (example.com), and with none,": those of the two that were answered.
std::string helpful_names(const Greetings& greetings) {
    const Comparison* const other = greetings.find(Change::other_name);
    std::string text;
    if (greetings.answered(Change::other_name))
        text = fmt::format("with another server name ({})", printable(other->with, 80));
    if (greetings.answered(Change::no_name)) text += text.empty() ? "without a server name" : ", and with none,";
    return text;
}

void judge_name(const Check& check, const Attempt& attempt, const Greetings& greetings, Finding& finding) {
    const bool silence = finding.cause == Cause::hello_timeout;
    const Change repeated = silence ? Change::small_segments : Change::unchanged;
    if (!silence && greetings.answered(repeated)) {
        add_clause(finding, "once more, unchanged, it is answered, so this comes and goes");
        return;
    }
    const bool named = !attempt.find(What::tls_start)->text.empty();
    // TCP itself has repeated what stayed unacknowledged, but a filter that sees pieces only may let them pass.
    const bool repeats = silence ? !greetings.answered(repeated) : greetings.failed(repeated);
    finding.confidence = repeats ? Confidence::likely : Confidence::possible;
    if (!named) {
        finding.owner = Owner::unknown;
        add_clause(finding, fmt::format("with a server name ({}) it answers, so a greeting without one is not wanted",
                                        printable(greetings.find(Change::other_name)->with, 80)));
        return;
    }
    // An orderly end may be the service's own, where nobody has said that the name is really its.
    if (finding.cause == Cause::closed_after_hello && !check.public_name) {
        add_clause(finding, fmt::format("{} it answers: the name is not wanted, by a filter or by the service itself",
                                        helpful_names(greetings)));
        return;
    }
    finding.owner = Owner::network;
    add_clause(finding, fmt::format("{} it answers: {}", helpful_names(greetings), name_is_filtered));
}

std::string between(const Attempt& attempt) { return attempt.proxy ? " between this host and the proxy" : ""; }

/// Small segments are answered. That may be their size, and it may be that a filter does not put them together.
void judge_size(const Attempt& attempt, const Greetings& greetings, Finding& finding) {
    const std::int32_t hello = attempt.find(What::tls_start)->code;
    const std::string small = printable(greetings.find(Change::small_segments)->with, 40);
    const std::string size = hello > 0 ? fmt::format(" of {} bytes", hello) : std::string();
    const int acknowledged = Greetings::acknowledged(attempt);
    const bool never_cut = acknowledged == 0 && hello > 0 && hello <= small_segment;
    if (never_cut || !greetings.other_names_vanish_alike()) {
        finding.confidence = weaker(finding.confidence, Confidence::likely);
        add_clause(finding, fmt::format("in segments of {} it answers, as it would behind a link that takes only small "
                                        "packets, or a filter that reads only whole greetings",
                                        small));
        return;
    }
    finding.cause = Cause::mtu_blackhole;
    finding.owner = Owner::network;
    finding.confidence = Confidence::likely;
    switch (acknowledged) {
        case 0:
            finding.detail = fmt::format(
                "a ClientHello{} is never acknowledged, whatever name it has, and in segments of {} it is answered, so "
                "what vanishes is sent by this host",
                size, small);
            break;
        case 1:
            finding.detail = fmt::format(
                "a ClientHello{} is acknowledged and its answer never comes, whatever name it has, and in segments of "
                "{} both ways it does, so what vanishes is sent by the far end",
                size, small);
            break;
        default:
            finding.detail = fmt::format(
                "a ClientHello{} stays unanswered, whatever name it has, and in segments of {} it is answered{}", size,
                small, between(attempt));
    }
}

/// What was tried besides and is no better: it narrows down what to look for.
void tell_of_failures(const Greetings& greetings, Finding& finding) {
    std::vector<std::string_view> tried;
    if (greetings.failed(Change::other_name)) tried.emplace_back("another server name");
    if (greetings.failed(Change::no_name)) tried.emplace_back("no name");
    if (greetings.failed(Change::small_segments)) tried.emplace_back("small segments");
    if (tried.empty()) return;
    std::string list(tried.front());
    for (std::size_t index = 1; index < tried.size(); ++index)
        list += fmt::format("{}{}", index + 1 == tried.size() ? " and " : ", ", tried[index]);
    add_clause(finding, fmt::format("{} fare{} no better", list, tried.size() == 1 ? "s" : ""));
}

}  // namespace

Finding compare_greetings(const Check& check, const Attempt& attempt, Finding finding) {
    const Greetings greetings(attempt);
    if (attempt.comparisons.empty()) return finding;
    if (greetings.answered(Change::other_name) || greetings.answered(Change::no_name))
        judge_name(check, attempt, greetings, finding);
    else if (finding.cause == Cause::hello_timeout && greetings.answered(Change::small_segments))
        judge_size(attempt, greetings, finding);
    else
        tell_of_failures(greetings, finding);
    return finding;
}

std::optional<Finding> compare_requests(const Attempt& attempt) {
    const Event* const request = attempt.find_last(What::sent);
    const Event* const silence = attempt.find_last(What::silent);
    if (attempt.find(What::tls_start) != nullptr || request == nullptr || silence == nullptr || silence->detail != 0 ||
        request->code <= small_segment)
        return std::nullopt;
    for (const Comparison& comparison : attempt.comparisons) {
        if (comparison.change != Change::small_segments || !connected(comparison.attempt) ||
            !answered(comparison.attempt))
            continue;
        // What reads the request, and not its pieces, would have the same effect.
        return make_finding(Cause::mtu_blackhole, Stage::exchange, Confidence::possible, Owner::network,
                            fmt::format("a request of {} bytes is never acknowledged, and in segments of {} it is "
                                        "answered, unless a filter only misses what it dislikes in small pieces",
                                        request->code, printable(comparison.with, 40)));
    }
    return std::nullopt;
}

}  // namespace fdnprobe::judge
