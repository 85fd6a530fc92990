#include "fdnprobe/report.hpp"

namespace fdnprobe {

std::map<State, std::size_t> count_rows(const Report& report) {
    std::map<State, std::size_t> counts;
    for (const RowResult& row : report.rows) ++counts[row.state];
    return counts;
}

std::map<Verdict, std::size_t> count_checks(const Report& report) {
    std::map<Verdict, std::size_t> counts;
    for (const CheckResult& result : report.checks) ++counts[result.conclusion.verdict];
    return counts;
}

}  // namespace fdnprobe
