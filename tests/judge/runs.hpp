// Whole runs for the judges that look at all checks together, in as few words as they need.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fdnprobe/report.hpp"
#include "traces.hpp"

namespace runs {

using namespace traces;

inline const Address lan = ip("10.1.0.2");      // this host
inline const Address gateway = ip("10.1.0.1");  // its first hop

struct Run {
    Report report;

    /// A check of a row of its own, with an attempt at that address.
    CheckResult& add(Cause cause, std::string_view port, std::string host, std::string_view at = {});

    static void conclude(CheckResult& result, Cause cause);

    /// SYNs without an answer.
    CheckResult& silent(std::string_view port, std::string_view at);
    /// A datagram without an answer.
    CheckResult& silent_datagram(std::string_view port, std::string_view at);
    CheckResult& open(std::string_view port, std::string host, std::string_view at);
    /// A name that a resolver said nothing to.
    CheckResult& nameless(std::string host, const std::string& resolver, Cause cause = Cause::dns_timeout);

    static Event& note(CheckResult& result, Stage stage, What what, std::int32_t code = 0, std::int32_t detail = 0,
                       std::string text = {});

    /// What came back for packets with a small TTL: the first of them with a TTL of one.
    static void path(CheckResult& result, std::vector<std::pair<HopAnswer, std::string_view>> answers);

    DnsQuestion& ask(std::string_view resolver, Transport transport = Transport::udp);

    void roll_up();
    [[nodiscard]] std::size_t count(Cause cause) const;
};

}  // namespace runs
