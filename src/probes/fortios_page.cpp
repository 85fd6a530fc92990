#include "probes/fortios_page.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/text.hpp"
#include "probes/finding.hpp"
#include "probes/option.hpp"

namespace fdnprobe::probes {
namespace {

/// A page that FortiOS writes itself says what it is within its first kilobyte or two.
constexpr std::size_t read_of_page = 4096;

/// Portals and override pages. A FortiGate or FortiProxy that has them enabled answers these ports for every
/// destination behind it.
constexpr std::array<std::uint16_t, 6> ports_answered_on_path{1000, 1003, 8008, 8010, 8015, 8020};

/// What FortiOS hides the name of its web server behind.
bool is_mask_of_fortios(const wire::http::Header& header) {
    return lower(header.name) == "server" && header.value == "xxxxxxxx-xxxxx";
}

bool is_cookie_of_fortios(const wire::http::Header& header) {
    constexpr std::array<std::string_view, 3> cookies{"APSCOOKIE_", "SVPNCOOKIE", "SVPNNETWORKCOOKIE"};
    return lower(header.name) == "set-cookie" &&
           std::any_of(cookies.begin(), cookies.end(),
                       [&](std::string_view cookie) { return header.value.starts_with(cookie); });
}

bool has_words_of_fortios(std::string_view text) {
    constexpr std::array<std::string_view, 5> words{"/remote/login", "/fgtauth?", "/keepalive?",
                                                    "invalid or missing protection profile id",
                                                    "invalid fortiguard web filtering override request"};
    const std::string all = lower(text);
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return all.find(word) != std::string::npos; });
}

/// By what an answer shows that FortiOS gave it; empty: by nothing.
std::string_view mark_of_fortios(const WebAnswer& answer) {
    const auto& headers = answer.head.headers;
    if (std::any_of(headers.begin(), headers.end(), is_mask_of_fortios)) return "its Server header";
    if (std::any_of(headers.begin(), headers.end(), is_cookie_of_fortios)) return "its cookie";
    if (has_words_of_fortios(answer.head.header("Location").value_or(""))) return "its redirect";
    return has_words_of_fortios(answer.body.bytes) ? "its page" : "";
}

std::optional<Finding> judge_stranger(const Check& check, const WebAnswer& answer, Page page) {
    if (page == Page::ordinary)
        if (auto finding = judge_portal(check, answer.head)) return finding;
    return judge_proxy_status(answer.head);
}

}  // namespace

std::unique_ptr<Dialogue> get_page(const Check& check, std::string_view usual_path) {
    WebRequest request;
    request.path = text_option(check, path_option.name, usual_path);
    request.tls = inside_tls(check);
    request.body = read_of_page;
    return get(check, request);
}

Finding judge_page(const Check& check, const Attempt& attempt, Page page) {
    const auto answer = read_answer(attempt);
    if (!answer) return answer.error();
    const std::string_view mark = mark_of_fortios(*answer);
    // FortiOS may well send its visitors to an identity provider; anybody else's redirect is a portal's.
    if (mark.empty())
        if (auto finding = judge_stranger(check, *answer, page)) return *finding;
    Finding finding = reached(Cause::answered, answer->status());
    if (!mark.empty()) {
        finding.detail += fmt::format(" from FortiOS, by {}", mark);
    } else if (check.direction == Direction::incoming) {
        finding.detail += ", which does not show that the device gave it";
        finding.confidence = Confidence::likely;
    }
    const auto& on_path = ports_answered_on_path;
    if (std::find(on_path.begin(), on_path.end(), check.port.number) != on_path.end()) {
        finding.confidence = Confidence::likely;
        finding.warnings.push_back(
            fmt::format("A FortiGate or FortiProxy on the way that has this feature enabled answers {} itself, in "
                        "place of the device behind it.",
                        check.port.to_string()));
    }
    return finding;
}

}  // namespace fdnprobe::probes
