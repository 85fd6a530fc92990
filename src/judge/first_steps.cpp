// The few sentences at the end of a report.
//
// Most failing runs have one cause: a resolver, a clock, an inspecting device, one firewall. The checks cannot see each
// other; here they are looked at together. What lies nearer to this host is named first, because everything behind it
// fails with it, and mending it is the smallest step that helps the most rows.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "judge/judge.hpp"
#include "judge/service.hpp"
#include "probes/responder.hpp"

namespace fdnprobe::judge {
namespace {

constexpr std::size_t most_sentences = 3;  // what somebody reads before scrolling up

using Results = std::vector<const CheckResult*>;

bool needs_a_name(const Check& check) {
    return !check.host.empty() && check.pinned.empty() && !Address::parse(check.host);
}

std::string flow(const Check& check) {
    return fmt::format("{} to {}", check.port.to_string(), printable(check.host, 255));
}

std::string count(std::size_t number, std::string_view noun) {
    return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

/// "a", "a and b", "a, b and 4 more".
std::string join(const std::vector<std::string>& names) {
    if (names.size() == 1) return names[0];
    if (names.size() == 2) return names[0] + " and " + names[1];
    return fmt::format("{}, {} and {} more", names[0], names[1], names.size() - 2);
}

/// Distinct, in the order of first appearance.
template <class Spell>
std::vector<std::string> distinct(const Results& results, const Spell& spell) {
    std::vector<std::string> names;
    std::set<std::string> seen;
    for (const CheckResult* const result : results) {
        std::string name = spell(*result);
        if (seen.insert(name).second) names.push_back(std::move(name));
    }
    return names;
}

std::string host_of(const CheckResult& result) { return printable(result.check.host, 255); }
std::string flow_of(const CheckResult& result) { return flow(result.check); }

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

bool is_bad(State state) {
    return state != State::reachable && state != State::degraded && state != State::inconclusive &&
           state != State::unconfigured;
}

class Sentences {
  public:
    explicit Sentences(const Report& report)
        : report_(report), bad_(pick(checks_in_rows(report, is_bad), [](const CheckResult& result) {
              const Verdict verdict = result.conclusion.verdict;
              return verdict != Verdict::reachable && verdict != Verdict::skipped && verdict != Verdict::inconclusive;
          })) {}

    std::vector<std::string> compose() {
        this_host();
        resolver();
        proxy();
        clock();
        inspection();
        devices();
        silent_paths();
        refusals();
        if (sentences_.empty()) worst_of_the_rest();
        interrupted();
        if (sentences_.empty()) nothing_bad();
        if (sentences_.size() > most_sentences) sentences_.resize(most_sentences);
        return std::move(sentences_);
    }

  private:
    void say(std::string sentence) { sentences_.push_back(std::move(sentence)); }

    void this_host() {
        const Results exhausted = with_cause(bad_, {Cause::out_of_descriptors, Cause::out_of_ports});
        if (!exhausted.empty())
            say(
                fmt::format("This host ran out of descriptors or ports at {}: lower --concurrency or --rate and run "
                            "it again before looking further.",
                            count(exhausted.size(), "check")));
        const Results no_route = with_cause(bad_, {Cause::no_route});
        if (!no_route.empty())
            say(fmt::format("Give this host a route first: it has none for {}.", join(distinct(no_route, host_of))));
        const Results stopped =
            with_cause(bad_, {Cause::local_firewall, Cause::permission_denied, Cause::source_unavailable});
        if (!stopped.empty())
            say(
                fmt::format("Look at this host's own packet filter, rights and source address: they stop {}, such as "
                            "{}.",
                            count(stopped.size(), "check"), flow(stopped.front()->check)));
    }

    void resolver() {
        const auto unresolved = [](const CheckResult& result) {
            return result.conclusion.verdict == Verdict::unresolved && result.conclusion.stage == Stage::resolve;
        };
        const Results failed = pick(bad_, unresolved);
        const Results filtered = with_cause(bad_, {Cause::dns_sinkhole, Cause::dns_rewritten});
        if (!failed.empty()) {
            const bool every_name =
                std::all_of(report_.checks.begin(), report_.checks.end(), [&](const CheckResult& result) {
                    return !needs_a_name(result.check) || result.conclusion.verdict == Verdict::skipped ||
                           unresolved(result);
                });
            if (every_name)
                say(fmt::format("Mend the resolver first{}: no name resolves, and {} wait for it.",
                                report_.vantage.resolvers.empty() ? std::string() : " (" + resolvers() + ")",
                                count(failed.size(), "check")));
            else
                say(fmt::format(
                    "See why {} does not resolve: {} not be tried.", join(distinct(failed, host_of)),
                    failed.size() == 1 ? std::string("1 check could") : count(failed.size(), "check") + " could"));
        }
        if (!filtered.empty())
            say(fmt::format("Have the DNS filter leave {} alone.", join(distinct(filtered, host_of))));
    }

    std::string resolvers() const {
        std::vector<std::string> names;
        for (const std::string& name : report_.vantage.resolvers) names.push_back(printable(name, 80));
        return join(names);
    }

    void proxy() {
        const Results unreached = with_cause(bad_, {Cause::proxy_unreachable});
        const Results unknown = with_cause(bad_, {Cause::proxy_auth_required});
        const bool never_got_there =
            std::none_of(report_.checks.begin(), report_.checks.end(), [](const CheckResult& result) {
                return result.check.transport() == Transport::tcp && !result.attempts.empty() &&
                       result.conclusion.cause != Cause::proxy_unreachable;
            });
        if (!unreached.empty() && never_got_there)
            say(fmt::format("Mend the way to the proxy first{}: {} for it.",
                            report_.vantage.proxy ? " (" + printable(*report_.vantage.proxy, 120) + ")" : "",
                            waiting(unreached)));
        if (!unknown.empty())
            say(fmt::format("Give the proxy credentials that it takes: {} for that.", waiting(unknown)));
        Results denied = with_cause(bad_, {Cause::proxy_denied});
        if (!never_got_there) denied.insert(denied.end(), unreached.begin(), unreached.end());
        if (!denied.empty())
            say(fmt::format("Have the proxy let this host through to {}.", join(distinct(denied, flow_of))));
    }

    static std::string waiting(const Results& results) {
        return count(results.size(), "check") + (results.size() == 1 ? " waits" : " wait");
    }

    void clock() {
        const Results early = with_cause(bad_, {Cause::certificate_not_yet_valid});
        const Results late = with_cause(bad_, {Cause::certificate_expired});
        // One expired certificate is an oversight; several at once are a clock.
        if (early.empty() && distinct(late, host_of).size() < 2) return;
        Results both = early;
        both.insert(both.end(), late.begin(), late.end());
        say(fmt::format("Set the clock of this host and of the device: the certificates of {} are out of date by it.",
                        join(distinct(both, host_of))));
    }

    void inspection() {
        std::map<std::string, Results> by_issuer;
        for (const CheckResult* const result : with_cause(bad_, {Cause::tls_intercepted})) {
            const std::optional<std::size_t> index = result->conclusion.attempt;
            if (!index || *index >= result->attempts.size()) continue;
            const auto& tls = result->attempts[*index].tls;
            if (tls && !tls->chain.empty()) by_issuer[tls->chain.front().issuer_name].push_back(result);
        }
        const auto most = std::max_element(by_issuer.begin(), by_issuer.end(), [](const auto& one, const auto& other) {
            return one.second.size() < other.second.size();
        });
        if (most == by_issuer.end()) return;
        say(fmt::format("Exempt {} from TLS inspection: '{}' signs in place of the real {}.",
                        join(distinct(most->second, host_of)), printable(most->first, 80),
                        distinct(most->second, host_of).size() == 1 ? "server" : "servers"));
    }

    void devices() {
        std::map<Address, Results> by_device;
        for (const CheckResult* const result :
             pick(bad_, [](const CheckResult& candidate) { return candidate.conclusion.verdict == Verdict::blocked; }))
            if (result->conclusion.where && result->conclusion.where->address)
                by_device[*result->conclusion.where->address].push_back(result);
        const auto most = std::max_element(by_device.begin(), by_device.end(), [](const auto& one, const auto& other) {
            return one.second.size() < other.second.size();
        });
        if (most == by_device.end()) return;
        say(fmt::format("Have {} let pass {}.", most->first.to_string(), join(distinct(most->second, flow_of))));
    }

    void silent_paths() {
        const Results silent = with_cause(bad_, {Cause::timeout, Cause::lost_on_path, Cause::reset_on_path});
        const Results unnamed = pick(silent, [](const CheckResult& result) {
            return !result.conclusion.where || !result.conclusion.where->address;
        });
        if (unnamed.empty()) return;
        say(fmt::format("Open {} on the firewalls between here and there.", join(most_wanted(unnamed))));
    }

    /// The flows that most checks need, first.
    static std::vector<std::string> most_wanted(const Results& results) {
        std::vector<std::string> flows = distinct(results, flow_of);
        std::map<std::string, std::size_t> wanted;
        for (const CheckResult* const result : results) ++wanted[flow_of(*result)];
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
        const Results vendors = pick(refused, [](const CheckResult& result) { return is_fortiguard(result.check); });
        if (!vendors.empty())
            say(fmt::format("Look for a firewall that rejects {} in the servers' name.", join(most_wanted(vendors))));
        const Results own = pick(refused, [](const CheckResult& result) { return !is_fortiguard(result.check); });
        if (!own.empty()) say(fmt::format("See whether the service is running for {}.", join(most_wanted(own))));
    }

    /// What has no pattern is said in the check's own words.
    void worst_of_the_rest() {
        const Results rest = pick(bad_, [](const CheckResult& result) {
            return result.conclusion.cause != Cause::interrupted && result.conclusion.advice.has_value();
        });
        if (rest.empty()) return;
        say(fmt::format("Begin with {}: {}", flow(rest.front()->check), *rest.front()->conclusion.advice));
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
            return result->conclusion.verdict == Verdict::inconclusive && !result->check.public_name;
        });
        const bool asked = std::any_of(silent.begin(), silent.end(), [](const CheckResult* result) {
            return !result->check.secret(probes::responder_secret).empty();
        });
        if (own && asked) return "see whether `fdnprobe respond` runs at the far ends, with the same key";
        if (own) return "run `fdnprobe respond` at the far end, or in its place, and check with `--responder-key`";
        return "compare with what the device itself shows, such as `diagnose debug rating`";
    }

    void nothing_bad() {
        const auto rows_in = [&](State state) {
            return static_cast<std::size_t>(std::count_if(report_.rows.begin(), report_.rows.end(),
                                                          [&](const RowResult& row) { return row.state == state; }));
        };
        if (const std::size_t rows = rows_in(State::inconclusive); rows > 0)
            say(fmt::format("Nothing is known to be wrong, but {} stayed silent, which proves nothing: {}.",
                            count(rows, "row"), way_to_tell()));
        if (const std::size_t rows = rows_in(State::degraded); rows > 0)
            say(
                fmt::format("{} by one of the ports listed but not by all: what fails there matters only if the "
                            "device is set to use it.",
                            rows == 1 ? std::string("1 row works") : fmt::format("{} rows work", rows)));
    }

    const Report& report_;
    Results bad_;
    std::vector<std::string> sentences_;
};

}  // namespace

std::vector<std::string> what_to_do_first(const Report& report) {
    if (report.planned_only) return {};
    return Sentences(report).compose();
}

}  // namespace fdnprobe::judge
