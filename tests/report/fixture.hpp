// Runs made by hand, as a busy site would produce them: a firewall that drops one port and resets another, an
// inspecting proxy, peers that nobody has configured. Sentences are the fixture's own, so that no other room's wording
// moves a golden file.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fdnprobe/report.hpp"
#include "fdnprobe/site.hpp"

namespace fdnprobe::report::fixture {

using std::chrono::microseconds;

std::chrono::sys_seconds day(int y, unsigned m, unsigned d);

Address address(std::string_view text);
Port port(std::string_view text);

Event event(microseconds at, Stage stage, What what, std::int32_t code = 0, std::int32_t detail = 0,
            std::string text = {}, std::string_view from = {});

class Builder {
  public:
    Builder();

    Row& row(std::string peer, std::string purpose, std::string ports, Need need, State state);

    /// A check of the last row.
    CheckResult& check(std::string_view port_text, std::string probe, std::string host);

    CheckResult& skipped(std::string_view port_text, std::string probe, Cause cause, std::string reason);

    static void conclude(CheckResult& result, Cause cause, Stage stage, Owner owner, std::string summary,
                         std::string advice);

    static Attempt& attempt(CheckResult& result, std::string_view at, microseconds total);

    CheckResult& reachable(std::string_view port_text, std::string probe, std::string host, std::string_view at,
                           microseconds total);

    CheckResult& timed_out(std::string_view port_text, std::string probe, std::string host, std::string_view at,
                           int milliseconds = 3500);

    std::string table = "fortiproxy-7.4";
    std::string product = "FortiProxy";
    Direction direction = Direction::outgoing;
    Report report;
};

/// The evidence of a first attempt that has none yet.
std::vector<Event>& bare_evidence(CheckResult& result);

std::shared_ptr<TlsFacts> fortiguard_tls();

/// A site with one of everything that can be shown.
Report busy_site();

/// What `fdnprobe list` would make of the same site.
Report busy_plan();

/// A site file with one of everything that can be configured.
Site full_site();

Report quiet_night();

}  // namespace fdnprobe::report::fixture
