#include "probes/web.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "probes/finding.hpp"
#include "wire/web_ports.hpp"

namespace fdnprobe::probes {
namespace {

/// Every server takes a request line of this length (RFC 9112, 3 asks for 8000).
constexpr std::size_t longest_path = 1024;

class Get final : public Dialogue {
  public:
    Get(std::string request, const WebRequest& wanted)
        : request_(std::move(request)), tls_(wanted.tls), body_(wanted.body) {}

    Step resume(const Input& input) override {
        switch (input.kind) {
            case Input::Kind::ready: return tls_ ? Step::start_tls() : Step::send(request_);
            case Input::Kind::done: return next();
            case Input::Kind::received: {
                response_ += input.bytes;
                const std::size_t wanted = missing();
                return wanted != 0 && !input.bytes.empty() ? Step::receive(wanted) : Step::finish();
            }
            default: return Step::finish();
        }
    }

  private:
    /// After TLS the request is sent; after the request, the answer is awaited.
    Step next() {
        if (!tls_) return Step::receive(missing());
        tls_ = false;
        return Step::send(request_);
    }

    /// How much more is to be read at most; 0: all is there. A full head is never incomplete, so there is always room
    /// for one more byte of it.
    [[nodiscard]] std::size_t missing() const {
        const auto head = wire::http::parse_response_head(response_);
        if (!head) {
            const bool more = head.error().fault == wire::http::HeadFault::incomplete;
            return more ? wire::http::largest_head - response_.size() : 0;
        }
        // A body in chunks takes more bytes than it has, but no honest one takes twice as many.
        const std::size_t most = head->size + 2 * body_;
        if (response_.size() >= most) return 0;
        const wire::http::Body body = wire::http::read_body(*head, response_, false);
        return body.complete || body.malformed || body.bytes.size() >= body_ ? 0 : most - response_.size();
    }

    std::string request_;
    bool tls_;
    std::size_t body_;
    std::string response_;
};

/// RFC 9110, 7.2: the port stands in Host where it is not the scheme's own. It is the service's port, not the one that
/// a site's pin leads to.
std::string host_header(const Check& check, bool tls) {
    std::string host = check.server_name.empty() ? check.host : check.server_name;
    if (const auto address = Address::parse(host); address && address->family() == Family::ipv6)
        host = "[" + host + "]";
    if (check.port.number != (tls ? wire::http::https_port : wire::http::http_port))
        host += fmt::format(":{}", check.port.number);
    return host;
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

std::string status_text(const wire::http::ResponseHead& head) { return fmt::format("HTTP {}", head.status); }

}  // namespace

bool accepts_path(const OptionValue& value) {
    const auto* text = std::get_if<std::string>(&value);
    return text != nullptr && text->starts_with('/') && text->size() <= longest_path &&
           std::all_of(text->begin(), text->end(), [](char letter) { return letter > 0x20 && letter < 0x7F; });
}

bool accepts_flag(const OptionValue& value) { return std::holds_alternative<bool>(value); }

bool inside_tls(const Check& check) {
    if (const auto found = check.options.find(tls_option.name); found != check.options.end())
        if (const bool* const wanted = std::get_if<bool>(&found->second)) return *wanted;
    return !wire::http::is_plain_port(check.port.number);
}

std::unique_ptr<Dialogue> get(const Check& check, const WebRequest& request) {
    const auto encode = request.head ? wire::http::encode_head : wire::http::encode_get;
    return std::make_unique<Get>(encode(host_header(check, request.tls), request.path), request);
}

std::string WebAnswer::status() const { return status_text(head); }

Expected<WebAnswer, Finding> read_answer(const Attempt& attempt) {
    const std::string bytes = attempt.received_bytes();
    if (bytes.empty()) return Unexpected<Finding>(unanswered(attempt));
    auto head = wire::http::parse_response_head(bytes);
    if (head) {
        wire::http::Body body = wire::http::read_body(*head, bytes, attempt.find(What::closed) != nullptr);
        return WebAnswer{*std::move(head), std::move(body)};
    }
    if (head.error().fault == wire::http::HeadFault::foreign)
        return Unexpected<Finding>(
            found(Cause::wrong_protocol, Owner::unknown, Confidence::likely, fmt::format("it said {}", quoted(bytes))));
    return Unexpected<Finding>(found(Cause::bad_answer, Owner::service, Confidence::likely,
                                     fmt::format("{}; it said {}", head.error().what, quoted(bytes))));
}

std::optional<Finding> judge_proxy_status(const wire::http::ResponseHead& head) {
    // RFC 9110, 15.5.8: a proxy's word, and none was asked.
    if (head.status != 407) return std::nullopt;
    return found(Cause::answered_on_path, Owner::network, Confidence::likely,
                 fmt::format("{}: a proxy that was not asked wants credentials", status_text(head)));
}

std::optional<Finding> judge_portal(const Check& check, const wire::http::ResponseHead& head) {
    // RFC 6585, 6: only what stands in between may say so.
    if (head.status == 511) return found(Cause::captive_portal, Owner::network, Confidence::proven, status_text(head));
    if (const auto host = stranger(check, head))
        return found(Cause::captive_portal, Owner::network, Confidence::likely,
                     fmt::format("{} sends to {}", status_text(head), printable(*host)));
    return std::nullopt;
}

Expected<WebAnswer, Finding> read_own_answer(const Check& check, const Attempt& attempt) {
    auto answer = read_answer(attempt);
    if (!answer) return answer;
    if (auto finding = judge_portal(check, answer->head)) return Unexpected<Finding>(std::move(*finding));
    if (auto finding = judge_proxy_status(answer->head)) return Unexpected<Finding>(std::move(*finding));
    return answer;
}

}  // namespace fdnprobe::probes
