// The few sentences at the end of a report.
//
// Most failing runs have one cause: a resolver, a clock, an inspecting device, one firewall. The reasons of the run say
// which; what they leave is looked at here. What lies nearer to this host is named first, because everything behind it
// fails with it, and mending it is the smallest step that helps the most rows; then the smallest openings.
#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "judge/judge.hpp"
#include "judge/openings.hpp"
#include "judge/reasons.hpp"
#include "judge/words.hpp"
#include "probes/responder.hpp"

namespace fdnprobe::judge {
namespace {

constexpr std::size_t most_sentences = 3;  // what somebody reads before scrolling up

using Results = std::vector<const CheckResult*>;

std::vector<std::string> hosts_of(const Results& results) {
    return distinct(results, [](const CheckResult* result) { return host_of(result->check); });
}
std::vector<std::string> flows_of(const Results& results) {
    return distinct(results, [](const CheckResult* result) { return flow_of(result->check); });
}

template <class Predicate>
Results pick(const Results& results, const Predicate& wanted) {
    Results picked;
    std::copy_if(results.begin(), results.end(), std::back_inserter(picked),
                 [&](const CheckResult* result) { return wanted(*result); });
    return picked;
}

Results with_cause(const Results& results, std::initializer_list<Cause> causes) {
    return pick(results, [&](const CheckResult& result) {
        return std::find(causes.begin(), causes.end(), result.conclusion.cause) != causes.end();
    });
}

/// The checks that count in rows of the given states, each once.
template <class Predicate>
Results checks_in_rows(const Report& report, const Predicate& wanted) {
    std::set<std::size_t> indices;
    for (const RowResult& row : report.rows)
        if (wanted(row.state)) indices.insert(row.checks.begin(), row.checks.end());
    Results results;
    for (const std::size_t index : indices)
        if (index < report.checks.size() && report.checks[index].check.level == Level::need)
            results.push_back(&report.checks[index]);
    return results;
}

class Sentences {
  public:
    explicit Sentences(const Report& report)
        : report_(report),
          bad_(pick(checks_in_rows(report, fails),
                    [](const CheckResult& result) {
                        const Verdict verdict = result.conclusion.verdict;
                        return verdict != Verdict::reachable && verdict != Verdict::skipped &&
                               verdict != Verdict::inconclusive;
                    })),
          single_(pick(bad_, [](const CheckResult& result) { return !result.conclusion.reason; })) {}

    std::vector<std::string> compose() {
        exhaustion();
        reasons();
        this_host();
        names();
        proxy();
        inspection();
        openings();
        routing();
        refusals();
        if (sentences_.empty()) worst_of_the_rest();
        interrupted();
        if (sentences_.empty()) nothing_bad();
        if (sentences_.size() > most_sentences) sentences_.resize(most_sentences);
        return std::move(sentences_);
    }

  private:
    void say(std::string sentence) { sentences_.push_back(std::move(sentence)); }

    void exhaustion() {
        const Results exhausted = with_cause(bad_, {Cause::out_of_descriptors, Cause::out_of_ports});
        if (!exhausted.empty())
            say(
                fmt::format("This host ran out of descriptors or ports at {}: lower --concurrency or --rate and run "
                            "it again before looking further.",
                            count(exhausted.size(), "check")));
    }

    /// From the root to the leaves. What an opening would mend is said there, with what it would restore.
    void reasons() {
        std::set<std::size_t> ailing;
        for (const RowResult& row : report_.rows)
            if (fails(row.state) || row.state == State::inconclusive)
                ailing.insert(row.checks.begin(), row.checks.end());
        const auto bears_on = [&](const Reason& reason) {
            return std::any_of(reason.checks.begin(), reason.checks.end(), [&](std::size_t index) {
                return ailing.contains(index) && report_.checks[index].check.level == Level::need;
            });
        };
        const auto is_an_opening = [&](const Reason& reason) {
            return std::all_of(reason.checks.begin(), reason.checks.end(), [&](std::size_t index) {
                const CheckResult& result = report_.checks[index];
                return wants_an_opening(result) || result.check.level == Level::notice;
            });
        };
        for (const ReasonKind& kind : reason_kinds())
            for (const Reason& reason : report_.reasons)
                if (reason.code == kind.code && bears_on(reason) && !is_an_opening(reason)) say(reason.advice);
    }

    void this_host() {
        const Results no_route = with_cause(single_, {Cause::no_route});
        if (!no_route.empty())
            say(fmt::format("Give this host a route first: it has none for {}.", join(hosts_of(no_route))));
        const Results stopped =
            with_cause(single_, {Cause::local_firewall, Cause::permission_denied, Cause::source_unavailable});
        if (!stopped.empty())
            say(
                fmt::format("Look at this host's own packet filter, rights and source address: they stop {}, such as "
                            "{}.",
                            count(stopped.size(), "check"), flow_of(stopped.front()->check)));
    }

    void names() {
        const Results failed = pick(single_, [](const CheckResult& result) {
            return result.conclusion.verdict == Verdict::unresolved && result.conclusion.stage == Stage::resolve;
        });
        if (!failed.empty())
            say(fmt::format(
                "See why {} does not resolve: {} not be tried.", join(hosts_of(failed)),
                failed.size() == 1 ? std::string("1 check could") : count(failed.size(), "check") + " could"));
        const Results filtered = with_cause(single_, {Cause::dns_sinkhole, Cause::dns_rewritten});
        if (!filtered.empty()) say(fmt::format("Have the DNS filter leave {} alone.", join(hosts_of(filtered))));
    }

    void proxy() {
        if (const Results unknown = with_cause(single_, {Cause::proxy_auth_required}); !unknown.empty())
            say(fmt::format("Give the proxy credentials that it takes: {} for that.",
                            count(unknown.size(), "check") + (unknown.size() == 1 ? " waits" : " wait")));
        if (const Results denied = with_cause(single_, {Cause::proxy_denied, Cause::proxy_unreachable});
            !denied.empty())
            say(fmt::format("Have the proxy let this host through to {}.", join(flows_of(denied))));
    }

    void inspection() {
        const Results inspected = with_cause(single_, {Cause::tls_intercepted});
        if (inspected.empty()) return;
        const std::vector<std::string> hosts = hosts_of(inspected);
        say(fmt::format("Exempt {} from TLS inspection: somebody else signs in place of the real {}.", join(hosts),
                        hosts.size() == 1 ? "server" : "servers"));
    }

    /// "Let TCP/443 out to 5 hosts at 10.0.0.1 (hop 1): that alone restores 9 of 11 rows."
    void openings() {
        const auto failing = static_cast<std::size_t>(std::count_if(
            report_.rows.begin(), report_.rows.end(), [](const RowResult& row) { return fails(row.state); }));
        const std::vector<Opening> found = find_openings(report_, most_sentences);
        for (const Opening& opening : found)
            say(fmt::format("{}: {}.", spell(opening), gain(opening, failing, &opening == &found.front())));
        if (!found.empty()) return;
        // Where rows need more than that, what is in the way is in the way all the same.
        std::vector<std::size_t> wanting;
        for (const CheckResult* const result : pick(bad_, wants_an_opening))
            wanting.push_back(static_cast<std::size_t>(result - report_.checks.data()));
        if (!wanting.empty()) say(spell(opening_for(report_, std::move(wanting))) + ".");
    }

    [[nodiscard]] std::string spell(const Opening& opening) const {
        Results results;
        for (const std::size_t index : opening.checks) results.push_back(&report_.checks[index]);
        const std::vector<std::string> hosts = hosts_of(results);
        const std::vector<std::string> ports =
            distinct(results, [](const CheckResult* result) { return result->check.wanted().to_string(); });
        const bool outgoing = std::all_of(results.begin(), results.end(), [](const CheckResult* result) {
            return result->check.direction == Direction::outgoing;
        });
        const std::string place =
            opening.where ? "at " + judge::spell(*opening.where) : "on the firewalls between here and there";
        return fmt::format("Let {} {} to {} {}", join(ports), outgoing ? "out" : "through",
                           hosts.size() <= 2 ? join(hosts) : fmt::format("{} hosts", hosts.size()), place);
    }

    static std::string gain(const Opening& opening, std::size_t failing, bool first) {
        if (failing == 1) return "that restores the one row that fails";
        if (opening.restored == failing) return fmt::format("that alone restores all {} rows that fail", failing);
        if (first) return fmt::format("that alone restores {} of {} rows", opening.restored, failing);
        return fmt::format("that restores {} more", opening.restored);
    }

    void routing() {
        const Results lost =
            with_cause(single_, {Cause::net_unreachable, Cause::host_unreachable, Cause::routing_loop});
        const Results named = pick(lost, [](const CheckResult& result) {
            return result.conclusion.where && result.conclusion.where->address;
        });
        if (!named.empty())
            say(fmt::format("See why {} finds no way to {}.", named.front()->conclusion.where->address->to_string(),
                            host_of(named.front()->check)));
        const Results neighbours = pick(lost, [](const CheckResult& result) {
            return !(result.conclusion.where && result.conclusion.where->address);
        });
        if (!neighbours.empty())
            say(fmt::format("See whether {} is up: nobody answers for it.", join(hosts_of(neighbours))));
    }

    /// The flows that most checks need, first.
    static std::vector<std::string> most_wanted(const Results& results) {
        std::vector<std::string> flows = flows_of(results);
        std::map<std::string, std::size_t> wanted;
        for (const CheckResult* const result : results) ++wanted[flow_of(result->check)];
        std::stable_sort(flows.begin(), flows.end(), [&](const std::string& one, const std::string& other) {
            return wanted.at(one) > wanted.at(other);
        });
        return flows;
    }

    void refusals() {
        const Results refused =
            pick(bad_, [](const CheckResult& result) { return result.conclusion.verdict == Verdict::closed; });
        if (refused.empty()) return;
        // The vendor's own servers are up; what refuses in their name stands nearer.
        const Results vendors = pick(refused, [](const CheckResult& result) { return result.check.vendor_host; });
        if (!vendors.empty())
            say(fmt::format("Look for a firewall that rejects {} in the servers' name.", join(most_wanted(vendors))));
        const Results own = pick(refused, [](const CheckResult& result) { return !result.check.vendor_host; });
        if (!own.empty()) say(fmt::format("See whether the service is running for {}.", join(most_wanted(own))));
    }

    /// What has no pattern is said in the check's own words.
    void worst_of_the_rest() {
        const Results rest = pick(bad_, [](const CheckResult& result) {
            return result.conclusion.cause != Cause::interrupted && result.conclusion.advice.has_value();
        });
        if (rest.empty()) return;
        say(fmt::format("Begin with {}: {}", flow_of(rest.front()->check), *rest.front()->conclusion.advice));
    }

    void interrupted() {
        const Results cut_off = with_cause(bad_, {Cause::interrupted});
        if (!cut_off.empty())
            say(fmt::format("Run it again, with a longer --deadline if that ended it: {} {} not run to the end.",
                            count(cut_off.size(), "check"), cut_off.size() == 1 ? "was" : "were"));
    }

    /// What would break the silence: a responder where the site has one to run, the device where only the vendor could.
    std::string way_to_tell() const {
        const Results silent = checks_in_rows(report_, [](State state) { return state == State::inconclusive; });
        const bool own = std::any_of(silent.begin(), silent.end(), [](const CheckResult* result) {
            return result->conclusion.verdict == Verdict::inconclusive && !result->check.vendor_host;
        });
        const bool asked = std::any_of(silent.begin(), silent.end(), [](const CheckResult* result) {
            return !result->check.secret(probes::responder_secret).empty();
        });
        if (own && asked) return "see whether `fdnprobe respond` runs at the far ends, with the same key";
        if (own) return "run `fdnprobe respond` at the far end, or in its place, and check with `--responder-key`";
        return "this service answers nobody but its own devices, so no probe can do better; see what the device itself "
               "says of it";
    }

    void nothing_bad() {
        const auto rows_in = [&](State state) {
            return static_cast<std::size_t>(std::count_if(report_.rows.begin(), report_.rows.end(),
                                                          [&](const RowResult& row) { return row.state == state; }));
        };
        if (const std::size_t rows = rows_in(State::inconclusive); rows > 0)
            say(fmt::format(
                "Nothing is known to be wrong, but {} stayed silent, which proves nothing: {}. Where that is "
                "good enough, `--accept inconclusive`, or `accept = [\"inconclusive\"]` under [report] in "
                "the site file, makes it count as good.",
                count(rows, "row"), way_to_tell()));
        if (const std::size_t rows = rows_in(State::degraded); rows > 0)
            say(
                fmt::format("{} by one of the ports listed but not by all: what fails there matters only if the "
                            "device is set to use it.",
                            rows == 1 ? std::string("1 row works") : fmt::format("{} rows work", rows)));
    }

    const Report& report_;
    Results bad_;
    Results single_;  ///< of those, the ones that share no reason with others
    std::vector<std::string> sentences_;
};

}  // namespace

std::vector<std::string> what_to_do_first(const Report& report) {
    if (report.planned_only) return {};
    return Sentences(report).compose();
}

}  // namespace fdnprobe::judge
