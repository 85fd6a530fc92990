#include "probes/crl.hpp"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/time.hpp"
#include "probes/finding.hpp"
#include "probes/option.hpp"
#include "probes/web.hpp"
#include "wire/crl.hpp"

namespace fdnprobe::probes {
namespace {

/// Most private CAs' lists are smaller and are read whole; of the others, all that counts is in the first kilobyte.
constexpr std::size_t read_of_list = std::size_t{16} * 1024;

constexpr std::array options{path_option, tls_option};

bool path_is_known(const Check& check) { return check.options.contains(path_option.name); }

std::unique_ptr<Dialogue> begin(const Check& check, const Occasion&) {
    WebRequest request;
    request.path = text_option(check, path_option.name, "/");
    request.tls = inside_tls(check);
    request.body = read_of_list;
    return get(check, request);
}

/// The far end's clock: probes have none, and a server that makes a list has a clock (RFC 9110, 6.6.1).
void warn_of_age(const wire::crl::Crl& list, const WebAnswer& answer, Finding& finding) {
    const auto now = wire::http::parse_date(answer.head.header("Date").value_or(""));
    if (!now) return;
    if (list.next_update && *list.next_update < *now)
        finding.warnings.push_back(
            fmt::format("The revocation list ended on {}, and the server's own clock says {}: a device that checks "
                        "against it may refuse every certificate.",
                        to_date(*list.next_update), to_date(*now)));
    if (list.this_update > *now)
        finding.warnings.push_back(fmt::format("The revocation list begins on {}, and the server's own clock says {}.",
                                               to_date(list.this_update), to_date(*now)));
}

Finding judge_list(const wire::crl::Crl& list, const WebAnswer& answer) {
    // One that breaks off although more would have been read is none that a device could use.
    if (!list.whole && answer.body.bytes.size() < read_of_list)
        return found(Cause::bad_answer, Owner::service, Confidence::likely,
                     fmt::format("a revocation list that breaks off before its {} bytes", list.size));
    std::string text = fmt::format("a revocation list of {}", to_date(list.this_update));
    if (list.next_update) text += fmt::format(", to be replaced by {}", to_date(*list.next_update));
    Finding finding = reached(Cause::answered, std::move(text));
    warn_of_age(list, answer, finding);
    return finding;
}

/// HTTP, and no list. Where nobody has said at which path it is, that is all there is to learn.
Finding judge_web_server(const Check& check, const WebAnswer& answer) {
    const bool redirected = answer.head.status / 100 == 3;
    const std::string text = redirected ? fmt::format("{}, a redirect that was not followed", answer.status())
                                        : fmt::format("{} without a revocation list", answer.status());
    if (path_is_known(check) && !redirected) return found(Cause::bad_answer, Owner::service, Confidence::proven, text);
    Finding finding = found(Cause::connected, Owner::nobody, Confidence::likely, text);
    if (!path_is_known(check))
        finding.warnings.emplace_back(
            "A web server answers, but whether it has the revocation list is not shown: a table can name its `path`.");
    return finding;
}

Finding judge(const Check& check, const Attempt& attempt) {
    const auto answer = read_own_answer(check, attempt);
    if (!answer) return answer.error();
    const auto list = wire::crl::parse(answer->body.bytes);
    if (answer->head.status == 200 && list) return judge_list(*list, *answer);
    return judge_web_server(check, *answer);
}

}  // namespace

constinit const Probe crl{
    {
        .name = "crl",
        .over_tcp = true,
        .uses_tls = true,
        .sends = "One GET request for the list, inside TLS except on TCP/80.",
        .positive = "A revocation list that can be read. Without the table's word on where it is, a web server shows "
                    "an open path and no more.",
        .options = options,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
