#include "judge/openings.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "judge/judge.hpp"

namespace fdnprobe::judge {
namespace {

/// Sites have a dozen ports to open. Only tables that no vendor writes have more, and those need not be searched whole.
constexpr std::size_t most_candidates = 256;

/// What a device is known by; nothing: it is not known.
using Device = std::optional<std::pair<std::optional<Address>, std::optional<int>>>;

/// Where the check ended or, where that could not be followed, where the reason that it shares lies; empty: not known.
Where place_of(const Report& report, const CheckResult& result) {
    const std::optional<Where>& own = result.conclusion.where;
    const std::optional<std::size_t>& reason = result.conclusion.reason;
    if (own && (own->address || own->hop)) return *own;
    return reason && *reason < report.reasons.size() ? report.reasons[*reason].where.value_or(Where{}) : Where{};
}

Device device_of(const Report& report, const CheckResult& result) {
    const Where where = place_of(report, result);
    if (!where.address && !where.hop) return std::nullopt;
    if (where.address) return std::pair(where.address, std::optional<int>());
    return std::pair(std::optional<Address>(), where.hop);
}

/// A rule: some ports, at one device or at whichever it is.
struct Rule {
    std::set<Port> ports;
    std::optional<Device> device;  ///< nothing: at all devices
    friend bool operator<(const Rule& one, const Rule& other) {
        return std::tie(one.ports, one.device) < std::tie(other.ports, other.device);
    }
};

/// A row that fails, as little of it as rolling it up takes.
struct Ailing {
    const RowResult* row = nullptr;
    std::vector<std::size_t> indices;  ///< of its checks
    std::vector<CheckResult> stubs;    ///< level, alternative and verdict, in the order of `indices`
};

class Search {
  public:
    explicit Search(const Report& report) : report_(report) {
        for (const RowResult& row : report.rows)
            if (fails(row.state)) add(row);
    }

    std::optional<Opening> next() {
        std::optional<Opening> best;
        std::size_t best_ports = 1;
        for (const Rule& rule : rules()) {
            Opening opening = grant(rule);
            if (opening.restored == 0) continue;
            const std::size_t ports = rule.ports.size();
            // Rows for each port; of equals the one that does more; of those the one that opens less.
            const std::size_t here = opening.restored * best_ports;
            const std::size_t there = best ? best->restored * ports : 0;
            const bool better = !best || here > there || (here == there && is_better(opening, *best));
            if (!better) continue;
            best = std::move(opening);
            best_ports = ports;
        }
        if (best) settle(*best);
        return best;
    }

  private:
    void add(const RowResult& row) {
        Ailing ailing;
        ailing.row = &row;
        for (const std::size_t index : row.checks) {
            if (index >= report_.checks.size()) continue;
            const CheckResult& result = report_.checks[index];
            CheckResult stub;
            stub.check.level = result.check.level;
            stub.check.alternative = result.check.alternative;
            stub.check.choice = result.check.choice;
            stub.conclusion.verdict = result.conclusion.verdict;
            ailing.indices.push_back(index);
            ailing.stubs.push_back(std::move(stub));
        }
        ailing_.push_back(std::move(ailing));
    }

    static bool is_better(const Opening& one, const Opening& other) {
        return one.restored != other.restored ? one.restored > other.restored : one.checks.size() < other.checks.size();
    }

    [[nodiscard]] bool is_open_to(const Rule& rule, std::size_t index) const {
        const CheckResult& result = report_.checks[index];
        return wants_an_opening(result) && rule.ports.contains(result.check.wanted()) &&
               (!rule.device || *rule.device == device_of(report_, result));
    }

    [[nodiscard]] std::set<Rule> rules() const {
        std::set<Rule> rules;
        std::map<Device, std::set<Port>> at_device;
        for (const Ailing& ailing : ailing_) {
            Rule of_row;
            for (const std::size_t index : ailing.indices) {
                const CheckResult& result = report_.checks[index];
                if (!wants_an_opening(result)) continue;
                of_row.ports.insert(result.check.wanted());
                at_device[device_of(report_, result)].insert(result.check.wanted());
                if (rules.size() >= most_candidates) continue;
                rules.insert({{result.check.wanted()}, device_of(report_, result)});
                rules.insert({{result.check.wanted()}, std::nullopt});
            }
            if (of_row.ports.size() > 1 && rules.size() < most_candidates) rules.insert(std::move(of_row));
        }
        for (const auto& [device, ports] : at_device)
            if (rules.size() < 2 * most_candidates) rules.insert({ports, device});
        return rules;
    }

    [[nodiscard]] Opening grant(const Rule& rule) const {
        Opening opening;
        std::set<std::size_t> checks;
        for (const Ailing& ailing : ailing_) {
            std::vector<std::size_t> let_through;
            for (const std::size_t index : ailing.indices)
                if (is_open_to(rule, index)) let_through.push_back(index);
            if (let_through.empty() || !works_with(ailing, let_through)) continue;
            ++opening.restored;
            checks.insert(let_through.begin(), let_through.end());
        }
        opening.checks.assign(checks.begin(), checks.end());
        return opening;
    }

    [[nodiscard]] static bool works_with(const Ailing& ailing, const std::vector<std::size_t>& let_through) {
        std::vector<CheckResult> changed = ailing.stubs;
        std::vector<const CheckResult*> results;
        for (std::size_t place = 0; place < changed.size(); ++place) {
            if (std::find(let_through.begin(), let_through.end(), ailing.indices[place]) != let_through.end())
                changed[place].conclusion.verdict = Verdict::reachable;
            results.push_back(&changed[place]);
        }
        return !fails(roll_up(ailing.row->row, results));
    }

    /// The rows that it restores fail no longer, and what was granted helps the others.
    void settle(Opening& opening) {
        opening.where = opening_for(report_, opening.checks).where;
        const std::set<std::size_t> granted(opening.checks.begin(), opening.checks.end());
        std::vector<Ailing> left;
        for (Ailing& ailing : ailing_) {
            std::vector<const CheckResult*> results;
            for (std::size_t place = 0; place < ailing.stubs.size(); ++place) {
                if (granted.contains(ailing.indices[place]))
                    ailing.stubs[place].conclusion.verdict = Verdict::reachable;
                results.push_back(&ailing.stubs[place]);
            }
            if (fails(roll_up(ailing.row->row, results))) left.push_back(std::move(ailing));
        }
        ailing_ = std::move(left);
    }

    const Report& report_;
    std::vector<Ailing> ailing_;
};

}  // namespace

bool wants_an_opening(const CheckResult& result) {
    if (result.check.level != Level::need) return false;
    switch (result.conclusion.cause) {
        case Cause::timeout:
        case Cause::reset_on_path:
        case Cause::admin_prohibited:
        case Cause::port_unreachable_on_path:
        case Cause::lost_on_path: return true;
        default: return false;
    }
}

bool fails(State state) {
    return state != State::reachable && state != State::degraded && state != State::inconclusive &&
           state != State::unconfigured;
}

Opening opening_for(const Report& report, std::vector<std::size_t> checks) {
    Opening opening;
    const Device device = checks.empty() ? std::nullopt : device_of(report, report.checks[checks.front()]);
    const bool same = std::all_of(checks.begin(), checks.end(),
                                  [&](std::size_t index) { return device_of(report, report.checks[index]) == device; });
    if (device && same) {
        opening.where = place_of(report, report.checks[checks.front()]);
        // One device, at distances that differ: those say nothing.
        for (const std::size_t index : checks)
            if (place_of(report, report.checks[index]).hop != opening.where->hop) opening.where->hop.reset();
    }
    opening.checks = std::move(checks);
    return opening;
}

std::vector<Opening> find_openings(const Report& report, std::size_t most) {
    Search search(report);
    std::vector<Opening> openings;
    while (openings.size() < most) {
        std::optional<Opening> next = search.next();
        if (!next) break;
        openings.push_back(std::move(*next));
    }
    return openings;
}

}  // namespace fdnprobe::judge
