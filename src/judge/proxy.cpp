#include "judge/proxy.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "base/text.hpp"
#include "judge/errno_text.hpp"
#include "judge/finding.hpp"
#include "judge/icmp.hpp"
#include "judge/trace.hpp"

namespace fdnprobe::judge {
namespace {

const Event* find_in_proxy(const Attempt& attempt, What what) {
    const auto found = std::find_if(attempt.evidence.begin(), attempt.evidence.end(), [&](const Event& event) {
        return event.stage == Stage::proxy && event.what == what;
    });
    return found == attempt.evidence.end() ? nullptr : &*found;
}

std::string heard_from(const Attempt& attempt) {
    std::string bytes;
    for (const Event& event : attempt.evidence)
        if (event.stage == Stage::proxy && event.what == What::received) bytes += event.text;
    return bytes;
}

Finding make(Cause cause, Confidence confidence, std::string detail) {
    return make_finding(cause, Stage::proxy, confidence, Owner::proxy, std::move(detail));
}

/// The status of `HTTP/1.1 407 Proxy Authentication Required`.
std::optional<long> status_of(std::string_view line) {
    if (!line.starts_with("HTTP/")) return std::nullopt;
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    return parse_number(line.substr(space + 1, 3), 100, 599);
}

std::optional<Finding> judge_answer(std::string_view bytes) {
    const std::string_view line = trim(bytes.substr(0, bytes.find('\n')));
    const std::string quoted = printable(line, 80);
    const auto status = status_of(line);
    if (!status)
        return make(Cause::proxy_unreachable, Confidence::likely, fmt::format("it answered '{}', not HTTP", quoted));
    if (*status >= 200 && *status < 300) return std::nullopt;
    if (*status == 407) return make(Cause::proxy_auth_required, Confidence::proven, fmt::format("'{}'", quoted));
    // 502, 503 and 504: it would, but could not get there.
    if (*status >= 500)
        return make(Cause::proxy_denied, Confidence::likely,
                    fmt::format("'{}', so the proxy may not get there itself", quoted));
    return make(Cause::proxy_denied, Confidence::proven, fmt::format("'{}'", quoted));
}

}  // namespace

std::optional<Finding> judge_proxy(const Attempt& attempt) {
    const std::string heard = heard_from(attempt);
    if (!heard.empty()) return judge_answer(heard);
    if (find_in_proxy(attempt, What::connect_ok) == nullptr) {
        if (const Event* const icmp = find_in_proxy(attempt, What::icmp_error);
            icmp != nullptr && read_icmp(*icmp).meaning != IcmpMeaning::note) {
            Finding finding = make(Cause::proxy_unreachable, Confidence::proven, read_icmp(*icmp).text);
            if (icmp->from) finding.where = at_device(*icmp->from);
            finding.owner = Owner::network;
            return finding;
        }
        if (const Event* const error = find_in_proxy(attempt, What::connect_error))
            return make(Cause::proxy_unreachable, Confidence::proven, errno_text(error->code));
        if (const Event* const timeout = find_in_proxy(attempt, What::connect_timeout))
            return make(Cause::proxy_unreachable, Confidence::likely,
                        fmt::format("no answer in {}", spell_milliseconds(timeout->detail)));
    }
    if (find_in_proxy(attempt, What::reset) != nullptr)
        return make(Cause::proxy_unreachable, Confidence::proven, "it accepted the connection and reset it");
    if (find_in_proxy(attempt, What::closed) != nullptr)
        return make(Cause::proxy_unreachable, Confidence::proven, "it accepted the connection and closed it");
    if (find_in_proxy(attempt, What::silent) != nullptr)
        return make(Cause::proxy_unreachable, Confidence::likely, "it accepted the connection and said nothing");
    return std::nullopt;
}

}  // namespace fdnprobe::judge
