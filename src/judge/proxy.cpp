#include "judge/proxy.hpp"

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "judge/errno_text.hpp"
#include "judge/finding.hpp"
#include "judge/icmp.hpp"
#include "judge/local.hpp"
#include "judge/resolution.hpp"
#include "judge/trace.hpp"
#include "wire/http.hpp"

namespace fdnprobe::judge {
namespace {

/// A status line fits, and a line of a report is not filled by it.
constexpr std::size_t quoted_bytes = 80;

const Event* find_in_proxy(const Attempt& attempt, What what) {
    const auto found = std::find_if(attempt.evidence.rbegin(), attempt.evidence.rend(), [&](const Event& event) {
        return event.stage == Stage::proxy && event.what == what;
    });
    return found == attempt.evidence.rend() ? nullptr : &*found;
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

std::string quoted(std::string_view text) { return "'" + printable(trim(text), quoted_bytes) + "'"; }

std::optional<Finding> judge_connection_to_it(const Attempt& attempt) {
    if (find_in_proxy(attempt, What::connect_ok) != nullptr) return std::nullopt;
    if (const Event* const icmp = find_in_proxy(attempt, What::icmp_error);
        icmp != nullptr && read_icmp(*icmp).meaning != IcmpMeaning::note) {
        Finding finding = make(Cause::proxy_unreachable, Confidence::proven, read_icmp(*icmp).text);
        if (icmp->from) finding.where = at_device(*icmp->from);
        const bool its_own = icmp->from && attempt.proxy && *icmp->from == attempt.proxy->address;
        if (!its_own) finding.owner = Owner::network;
        return finding;
    }
    if (const Event* const error = find_in_proxy(attempt, What::connect_error)) {
        if (error->code == ECONNREFUSED)
            return make(Cause::proxy_unreachable, Confidence::proven, "it refuses the connection");
        return make(Cause::proxy_unreachable, Confidence::proven, errno_text(error->code));
    }
    if (const Event* const timeout = find_in_proxy(attempt, What::connect_timeout))
        return make(Cause::proxy_unreachable, Confidence::likely,
                    fmt::format("no answer in {}", spell_milliseconds(timeout->detail)));
    return std::nullopt;
}

/// How the connection to the proxy ended before it had answered.
std::optional<Finding> judge_end(const Attempt& attempt) {
    const bool asked = find_in_proxy(attempt, What::sent) != nullptr;
    const std::string_view after = asked ? "it took the request and" : "it accepted the connection and";
    if (find_in_proxy(attempt, What::reset) != nullptr)
        return make(Cause::proxy_unreachable, Confidence::proven, fmt::format("{} reset the connection", after));
    if (const Event* const error = find_in_proxy(attempt, What::send_error))
        return make(Cause::proxy_unreachable, Confidence::proven,
                    fmt::format("the connection broke off: {}", errno_text(error->code)));
    if (find_in_proxy(attempt, What::closed) != nullptr)
        return make(Cause::proxy_unreachable, Confidence::proven, fmt::format("{} closed the connection", after));
    const Event* const silent = find_in_proxy(attempt, What::silent);
    if (silent == nullptr) return std::nullopt;
    const std::string waited = spell_milliseconds(silent->code);
    if (!asked || silent->detail == 0)
        return make(Cause::proxy_unreachable, Confidence::likely,
                    fmt::format("it accepted the connection and took nothing for {}", waited));
    return make(Cause::proxy_unreachable, Confidence::possible,
                fmt::format("it took the request and said nothing for {}; a proxy that waits for the destination "
                            "looks the same, and a longer --timeout would show which it is",
                            waited));
}

/// The ways to identify oneself that it offers: the first word of each Proxy-Authenticate (RFC 9110, 11.7.1).
std::vector<std::string> schemes_of(const wire::http::ResponseHead& head) {
    std::vector<std::string> schemes;
    for (const wire::http::Header& header : head.headers) {
        if (lower(header.name) != "proxy-authenticate") continue;
        std::string scheme(trim(header.value));
        scheme = scheme.substr(0, scheme.find_first_of(" ,"));
        if (!scheme.empty() && std::find(schemes.begin(), schemes.end(), scheme) == schemes.end())
            schemes.push_back(scheme);
    }
    return schemes;
}

Finding judge_want_of_credentials(const Attempt& attempt, const wire::http::ResponseHead& head,
                                  const std::string& status_line) {
    const Event* const sent = find_in_proxy(attempt, What::sent);
    const std::int32_t use = sent == nullptr ? 0 : sent->detail;
    std::string detail = status_line;
    if (use == 1) detail += " although credentials were sent, so they are wrong, or this user may not";
    if (use == 2) detail += "; credentials were not sent again, since it had refused them before";
    const std::vector<std::string> schemes = schemes_of(head);
    const bool basic =
        std::any_of(schemes.begin(), schemes.end(), [](const std::string& scheme) { return lower(scheme) == "basic"; });
    if (!schemes.empty() && !basic)
        detail += fmt::format("; it offers {}, and fdnprobe knows Basic alone",
                              printable(fmt::format("{}", fmt::join(schemes, ", ")), quoted_bytes));
    return make(Cause::proxy_auth_required, Confidence::proven, detail);
}

/// What it adds to a status in its own words: squid's header, and that of RFC 9209.
std::string reason_of(const wire::http::ResponseHead& head) {
    for (const std::string_view name : {"x-squid-error", "proxy-status"})
        if (const auto reason = head.header(name); reason && !reason->empty())
            return fmt::format(" ({})", quoted(*reason));
    return {};
}

bool is_success(int status) { return status >= 200 && status < 300; }

std::optional<Finding> judge_answer(const Attempt& attempt, std::string_view bytes) {
    const std::string_view first_line = trim(bytes.substr(0, bytes.find('\n')));
    auto head = wire::http::parse_connect_answer(bytes);
    if (!head) {
        // Evidence keeps the beginning of what goes beyond all bounds.
        const bool too_long = std::any_of(attempt.evidence.begin(), attempt.evidence.end(), [](const Event& event) {
            return event.stage == Stage::proxy && event.what == What::received &&
                   event.code > static_cast<std::int32_t>(event.text.size());
        });
        const std::string wrong = head.error().fault == wire::http::HeadFault::foreign ? "which is not HTTP"
                                  : too_long                                           ? "and the head is too long"
                                                                                       : "and " + head.error().what;
        // A refusal is one however badly it goes on; consent has to be whole.
        head = wire::http::parse_connect_answer(fmt::format("{}\r\n\r\n", first_line));
        if (!head || is_success(head->status))
            return make(Cause::proxy_unreachable, Confidence::likely,
                        fmt::format("it answered {}, {}", quoted(first_line), wrong));
    }
    if (is_success(head->status)) return std::nullopt;
    const std::string status_line = quoted(fmt::format("HTTP/{} {} {}", head->version, head->status, head->reason));
    if (head->status == 407) return judge_want_of_credentials(attempt, *head, status_line);
    // 502, 503 and 504 (RFC 9110, 15.6): it would, and could not get there.
    if (head->status >= 502 && head->status <= 504)
        return make(Cause::proxy_denied, Confidence::likely,
                    fmt::format("{}{}, so the proxy may not get there itself", status_line, reason_of(*head)));
    return make(Cause::proxy_denied, head->status >= 500 ? Confidence::likely : Confidence::proven,
                status_line + reason_of(*head));
}

}  // namespace

std::optional<Finding> judge_proxy_name(const Check& check, const Attempt& attempt) {
    if (attempt.proxy) return std::nullopt;
    Attempt lookup;
    for (const Event& event : attempt.evidence) {
        if (event.stage != Stage::proxy) continue;
        lookup.evidence.push_back(event);
        lookup.evidence.back().stage = Stage::resolve;
    }
    if (lookup.evidence.empty()) return std::nullopt;
    Check of_proxy = check;
    of_proxy.public_name = false;
    of_proxy.vendor_host = false;
    auto finding = judge_local(of_proxy, lookup);
    if (!finding) {
        finding = judge_resolution(of_proxy, lookup);
        if (!finding) return std::nullopt;
        finding->detail = fmt::format("its name does not resolve ({}{}{})", to_string(finding->cause),
                                      finding->detail.empty() ? "" : ", ", finding->detail);
        finding->cause = Cause::proxy_unreachable;
    }
    finding->stage = Stage::proxy;
    return finding;
}

std::optional<Finding> judge_proxy(const Attempt& attempt) {
    if (auto finding = judge_connection_to_it(attempt)) return finding;
    if (const std::string heard = heard_from(attempt); !heard.empty()) return judge_answer(attempt, heard);
    return judge_end(attempt);
}

Attempt behind_proxy(const Attempt& attempt) {
    Attempt behind = attempt;
    std::erase_if(behind.evidence, [](const Event& event) {
        return event.stage == Stage::proxy && (event.what == What::sent || event.what == What::received);
    });
    for (Event& event : behind.evidence)
        if (event.what == What::silent) event.detail = -1;
    return behind;
}

}  // namespace fdnprobe::judge
