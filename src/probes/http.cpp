#include "probes/http.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "probes/finding.hpp"
#include "probes/option.hpp"
#include "wire/http.hpp"

namespace fdnprobe::probes {
namespace {

/// Every server takes a request line of this length (RFC 9112, 3 asks for 8000).
constexpr std::size_t longest_path = 1024;
constexpr std::uint16_t default_port = 80;

constexpr std::array options{ProbeOption{
    "path", "a path that begins with '/', without spaces", [](const OptionValue& value) {
        const auto* text = std::get_if<std::string>(&value);
        return text != nullptr && text->starts_with('/') && text->size() <= longest_path &&
               std::all_of(text->begin(), text->end(), [](char letter) { return letter > 0x20 && letter < 0x7F; });
    }}};

class Get final : public Dialogue {
  public:
    explicit Get(std::string request) : request_(std::move(request)) {}

    Step resume(const Input& input) override {
        switch (input.kind) {
            case Input::Kind::ready: return Step::send(request_);
            case Input::Kind::done: return read();
            case Input::Kind::received: {
                head_ += input.bytes;
                const auto head = wire::http::parse_response_head(head_);
                const bool more = !head && head.error().fault == wire::http::HeadFault::incomplete;
                return more && !input.bytes.empty() ? read() : Step::finish();
            }
            default: return Step::finish();
        }
    }

  private:
    /// A full head is never incomplete, so there is always room for one more byte.
    [[nodiscard]] Step read() const { return Step::receive(wire::http::largest_head - head_.size()); }

    std::string request_;
    std::string head_;
};

/// RFC 9110, 7.2: the port stands in Host where it is not the scheme's own. It is the service's port, not the one that
/// a site's pin leads to.
std::string host_header(const Check& check) {
    std::string host = check.server_name.empty() ? check.host : check.server_name;
    if (const auto address = Address::parse(host); address && address->family() == Family::ipv6)
        host = "[" + host + "]";
    if (check.port.number != default_port) host += fmt::format(":{}", check.port.number);
    return host;
}

std::unique_ptr<Dialogue> begin(const Check& check, std::uint64_t) {
    return std::make_unique<Get>(wire::http::encode_get(host_header(check), text_option(check, "path", "/")));
}

/// The host of an absolute or scheme-relative URL; empty for a path on the same server.
std::string url_host(std::string_view url) {
    const std::size_t slashes = url.find("//");
    // The slashes of `/a?to=http://…` belong to a path.
    if (slashes == std::string_view::npos || url.find_first_of("/?#") != slashes) return "";
    url.remove_prefix(slashes + 2);
    url = url.substr(0, url.find_first_of("/?#\\"));
    if (const std::size_t at = url.rfind('@'); at != std::string_view::npos) url.remove_prefix(at + 1);
    if (url.starts_with('[')) return lower(url.substr(1, url.find(']') - 1));
    std::string host = lower(url.substr(0, url.find(':')));
    if (host.ends_with('.')) host.pop_back();
    return host;
}

/// The last two labels: what somebody has registered, or, under a suffix like `co.uk`, more than that, which errs on
/// the side of saying nothing. Empty for an address and for a name of one label.
std::string registered_domain(std::string_view host) {
    if (Address::parse(host)) return "";
    const std::string name = lower(host.ends_with('.') ? host.substr(0, host.size() - 1) : host);
    const std::vector<std::string> labels = split(name, '.');
    if (labels.size() < 2) return "";
    return labels[labels.size() - 2] + "." + labels.back();
}

/// A vendor sends its customers from one of its domains to another; that is no portal.
bool same_owner(const std::string& one, const std::string& other) {
    constexpr std::array<std::string_view, 5> vendor{"fortinet.com", "fortinet.net", "fortiguard.com", "fortiguard.net",
                                                     "forticloud.com"};
    const auto of_vendor = [&](const std::string& domain) {
        return std::find(vendor.begin(), vendor.end(), domain) != vendor.end();
    };
    return one == other || (of_vendor(one) && of_vendor(other));
}

/// Where a redirect leads, if that is somebody else's.
std::optional<std::string> stranger(const Check& check, const wire::http::ResponseHead& head) {
    constexpr std::array redirects{301, 302, 303, 307, 308};
    if (std::find(redirects.begin(), redirects.end(), head.status) == redirects.end()) return std::nullopt;
    const auto location = head.header("Location");
    const std::string here = registered_domain(check.server_name.empty() ? check.host : check.server_name);
    if (!location || here.empty()) return std::nullopt;
    const std::string there = url_host(*location);
    if (there.empty() || same_owner(here, registered_domain(there))) return std::nullopt;
    return there;
}

Finding judge_head(const Check& check, const wire::http::ResponseHead& head) {
    const std::string status = fmt::format("HTTP {}", head.status);
    // RFC 6585, 6: only what stands in between may say so.
    if (head.status == 511) return found(Cause::captive_portal, Owner::network, Confidence::proven, status);
    if (const auto host = stranger(check, head))
        return found(Cause::captive_portal, Owner::network, Confidence::likely,
                     fmt::format("{} sends to {}", status, printable(*host)));
    // RFC 9110, 15.5.8: a proxy's word, and none was asked.
    if (head.status == 407)
        return found(Cause::answered_on_path, Owner::network, Confidence::likely,
                     fmt::format("{}: a proxy that was not asked wants credentials", status));
    return reached(Cause::answered, status);
}

Finding judge(const Check& check, const Attempt& attempt) {
    const std::string bytes = attempt.received_bytes();
    if (bytes.empty()) return unanswered(attempt);
    const auto head = wire::http::parse_response_head(bytes);
    if (head) return judge_head(check, *head);
    if (head.error().fault == wire::http::HeadFault::foreign)
        return found(Cause::wrong_protocol, Owner::unknown, Confidence::likely,
                     fmt::format("it said {}", quoted(bytes)));
    return found(Cause::bad_answer, Owner::service, Confidence::likely,
                 fmt::format("{}; it said {}", head.error().what, quoted(bytes)));
}

}  // namespace

constinit const Probe http{
    {
        .name = "http",
        .over_tcp = true,
        .sends = "One GET request that names fdnprobe as its sender, and no data.",
        .positive = "Any HTTP status from the service, errors included; a portal's or a proxy's is not one.",
        .options = options,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
