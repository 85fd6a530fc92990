#include "probes/scep.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.hpp"
#include "probes/finding.hpp"
#include "probes/option.hpp"
#include "probes/web.hpp"

namespace fdnprobe::probes {
namespace {

/// FortiAuthenticator's. RFC 8894, 4.1 has others use /cgi-bin/pkiclient.exe.
constexpr std::string_view usual_path = "/app/cert/scep/";
/// All the capabilities that there are fill a tenth of it.
constexpr std::size_t read_of_answer = 2048;

/// RFC 8894, 3.5.2, and two that its drafts had before it. A client passes over what it does not know.
constexpr std::array<std::string_view, 10> capabilities{"AES",          "DES3",  "GetNextCACert", "POSTPKIOperation",
                                                        "Renewal",      "SHA-1", "SHA-256",       "SHA-512",
                                                        "SCEPStandard", "Update"};

constexpr std::array options{path_option, tls_option};

std::unique_ptr<Dialogue> begin(const Check& check, const Occasion&) {
    WebRequest request;
    request.path = fmt::format("{}?operation=GetCACaps", text_option(check, path_option.name, usual_path));
    request.tls = inside_tls(check);
    request.body = read_of_answer;
    return get(check, request);
}

/// The known ones among the lines of an answer, as the RFC writes them.
std::vector<std::string_view> known_capabilities(std::string_view body) {
    std::vector<std::string_view> found;
    for (const std::string& line : split(body, '\n')) {
        const std::string word = lower(trim(line));
        const auto* const known = std::find_if(capabilities.begin(), capabilities.end(),
                                               [&](std::string_view one) { return lower(one) == word; });
        if (known != capabilities.end() && std::find(found.begin(), found.end(), *known) == found.end())
            found.push_back(*known);
    }
    return found;
}

/// A web server is there, and so the path is open; that it is a CA has not been shown. An old CA does not know the
/// request, and so does not disprove it either.
Finding judge_web_server(const Check& check, const WebAnswer& answer) {
    Finding finding = found(Cause::connected, Owner::nobody, Confidence::likely,
                            fmt::format("{}, which lists no SCEP capabilities", answer.status()));
    finding.warnings.push_back(
        fmt::format("A web server answers, but whether SCEP is served at {} is not shown: older CAs do not know the "
                    "question, and a table can name another `path`.",
                    printable(text_option(check, path_option.name, usual_path), 120)));
    return finding;
}

Finding judge(const Check& check, const Attempt& attempt) {
    const auto answer = read_own_answer(check, attempt);
    if (!answer) return answer.error();
    const std::vector<std::string_view> known = known_capabilities(answer->body.bytes);
    if (answer->head.status != 200 || known.empty()) return judge_web_server(check, *answer);
    return reached(Cause::answered, fmt::format("SCEP with {}", fmt::join(known, ", ")));
}

}  // namespace

constinit const Probe scep{
    {
        .name = "scep",
        .over_tcp = true,
        .uses_tls = true,
        .sends = "One GET request for the CA's capabilities, inside TLS except on TCP/80; no key and no name.",
        .positive = "A list of capabilities. A web server that has none shows an open path and no more.",
        .options = options,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
