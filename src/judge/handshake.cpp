#include "judge/handshake.hpp"

#include <string>

#include <fmt/format.h>

#include "base/text.hpp"
#include "judge/comparison.hpp"
#include "judge/errno_text.hpp"
#include "judge/finding.hpp"
#include "judge/tls_alert.hpp"
#include "judge/trace.hpp"

namespace fdnprobe::judge {
namespace {

/// Enough to recognise a status line or a banner.
constexpr std::size_t quoted_bytes = 60;

bool has_certificate(const Attempt& attempt) { return attempt.tls && !attempt.tls->chain.empty(); }

Finding judge_plaintext(const Check& check, const Event& event) {
    const std::string quoted = printable(std::string_view(event.text).substr(0, quoted_bytes), 4 * quoted_bytes);
    const bool http = event.text.starts_with("HTTP/") || lower(event.text).starts_with("<html") ||
                      lower(event.text).starts_with("<!doctype");
    // At a public name the port is known to be right; at a site's own host it may just be the wrong one.
    const Confidence confidence = check.public_name ? Confidence::likely : Confidence::possible;
    return make_finding(Cause::wrong_protocol, Stage::tls, confidence,
                        check.public_name ? Owner::network : Owner::unknown,
                        fmt::format("{} in place of TLS: '{}'", http ? "plain HTTP" : "something else", quoted));
}

/// The one end of a handshake that is good news: the far end has identified itself, asked for a certificate, and ends
/// the talk when it gets none. TLS 1.3 has the client finish first, so the alert may come after `tls_ok`.
std::optional<Finding> judge_want_of_certificate(const Attempt& attempt) {
    if (!has_certificate(attempt) || !wants_client_certificate(attempt)) return std::nullopt;
    if (const Event* const alert = find_alert(attempt)) {
        if (!is_about_client_certificate(alert->code)) return std::nullopt;
        constexpr std::int32_t handshake_failure = 40;
        return make_finding(Cause::client_certificate_required, Stage::tls,
                            alert->code == handshake_failure ? Confidence::likely : Confidence::proven, Owner::nobody,
                            alert_text(alert->code));
    }
    // A server that gives up closes the connection; what cuts connections on the path resets them.
    if (attempt.find(What::closed) != nullptr && find_abort(attempt) == nullptr)
        return make_finding(Cause::client_certificate_required, Stage::tls, Confidence::likely, Owner::nobody,
                            "it closed when it got none");
    return std::nullopt;
}

std::string wanted(const Attempt& attempt) {
    return wants_client_certificate(attempt) ? ", after it had asked for a client certificate" : "";
}

Finding judge_silence(const Attempt& attempt, const Event& silent) {
    const std::string waited = spell_milliseconds(silent.code);
    if (has_certificate(attempt))
        return make_finding(Cause::hello_timeout, Stage::tls, Confidence::likely, Owner::unknown,
                            fmt::format("its certificate came, then nothing for {}", waited));
    switch (silent.detail) {
        case 0:
            return make_finding(Cause::hello_timeout, Stage::tls, Confidence::likely, Owner::network,
                                fmt::format("the ClientHello was not even acknowledged in {}, as if large packets, or "
                                            "this content, were dropped",
                                            waited));
        case 1:
            return make_finding(Cause::hello_timeout, Stage::tls, Confidence::likely, Owner::unknown,
                                fmt::format("the ClientHello was acknowledged, then nothing came for {}", waited));
        default:
            return make_finding(Cause::hello_timeout, Stage::tls, Confidence::possible, Owner::unknown,
                                fmt::format("nothing came for {}", waited));
    }
}

}  // namespace

bool wants_client_certificate(const Attempt& attempt) {
    return (attempt.tls && attempt.tls->client_certificate_requested) ||
           attempt.find(What::tls_certificate_requested) != nullptr;
}

std::optional<Finding> judge_handshake(const Check& check, const Attempt& attempt) {
    const Event* const start = attempt.find(What::tls_start);
    if (start == nullptr || did_without_tls(attempt)) return std::nullopt;
    const Event* const done = find_after(attempt, start, What::tls_ok);
    if (done != nullptr && answered(attempt, done)) return std::nullopt;

    if (const Event* const event = find_after(attempt, start, What::tls_plaintext))
        return judge_plaintext(check, *event);
    if (auto finding = judge_want_of_certificate(attempt)) return finding;
    if (const Event* const alert = find_alert(attempt))
        return make_finding(Cause::tls_alert, Stage::tls, Confidence::proven, Owner::service,
                            alert_text(alert->code) + wanted(attempt));
    if (done != nullptr) return std::nullopt;

    if (const Event* const error = find_after(attempt, start, What::tls_error))
        return make_finding(Cause::bad_answer, Stage::tls, Confidence::likely, Owner::unknown,
                            error->text.empty() ? fmt::format("OpenSSL reason {}", error->code)
                                                : fmt::format("'{}'", printable(error->text, 160)));
    if (const Event* const abort = find_abort(attempt))
        return compare_greetings(check, attempt,
                                 make_finding(Cause::reset_after_hello, Stage::tls, Confidence::proven, Owner::unknown,
                                              errno_text(abort->code) + wanted(attempt)));
    if (find_after(attempt, start, What::closed) != nullptr)
        return compare_greetings(
            check, attempt,
            make_finding(Cause::closed_after_hello, Stage::tls, Confidence::proven, Owner::unknown, ""));
    if (const Event* const silent = find_after(attempt, start, What::silent))
        return compare_greetings(check, attempt, judge_silence(attempt, *silent));
    return make_finding(Cause::internal, Stage::tls, Confidence::proven, Owner::this_host,
                        "the handshake ended without a result and without a reason");
}

}  // namespace fdnprobe::judge
