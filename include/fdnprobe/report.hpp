// A finished run. Reports (report/) are pure functions of it.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fdnprobe/check.hpp"
#include "fdnprobe/device.hpp"
#include "fdnprobe/resolvers.hpp"
#include "fdnprobe/row.hpp"
#include "fdnprobe/verdict.hpp"

namespace fdnprobe {

/// The host that the checks ran from.
struct Vantage {
    std::string host;
    std::string site;  ///< empty: no site file
    std::vector<std::string> resolvers;
    std::optional<std::string> proxy;
};

struct RowResult {
    Row row;
    State state = State::unconfigured;
    std::vector<std::size_t> checks;  ///< indices into Report::checks
};

/// What a site would have to give for more to be tested.
struct Missing {
    std::string what;        ///< "the address of FortiManager"
    std::string how;         ///< an option, a key of the site file, a command
    std::size_t checks = 0;  ///< how many it would help
};

/// One reason for the failure of many checks.
struct Reason {
    std::string code;                    ///< stable, for scripts: "no-resolver"
    std::string summary;                 ///< one sentence, escaped
    std::vector<std::string> rests_on;   ///< what was observed, one sentence each, escaped
    std::string advice;                  ///< one or two sentences, escaped
    std::vector<CommandBlock> commands;  ///< that carry it out on the device
    Confidence confidence = Confidence::likely;
    Owner owner = Owner::unknown;
    std::optional<Where> where;
    std::vector<std::size_t> checks;  ///< indices into Report::checks
};

struct Report {
    std::string version;
    std::chrono::system_clock::time_point started;
    std::chrono::nanoseconds elapsed{};
    Vantage vantage;
    Device device;  ///< as the site file describes it
    std::vector<RowResult> rows;
    std::vector<CheckResult> checks;
    ResolverFacts resolvers;
    std::vector<Reason> reasons;   ///< the one that explains most comes first
    bool interrupted = false;      ///< ended by the user or by --deadline; what was not run is `local`/`interrupted`
    bool planned_only = false;     ///< a plan (`fdnprobe list`): no verdicts but for what would be skipped
    std::vector<Missing> missing;  ///< of a plan
};

/// How many rows are in each state, how many checks have each verdict.
[[nodiscard]] std::map<State, std::size_t> count_rows(const Report&);
[[nodiscard]] std::map<Verdict, std::size_t> count_checks(const Report&);

}  // namespace fdnprobe
