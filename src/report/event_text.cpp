#include "report/event_text.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "judge/errno_text.hpp"
#include "judge/icmp.hpp"
#include "judge/tls_alert.hpp"
#include "report/shown.hpp"
#include "wire/dns.hpp"

namespace fdnprobe::report {
namespace {

/// Enough of a banner or a request to recognise it, without burying the events around it.
constexpr std::size_t bytes_shown = 160;

std::string joined(std::string first, std::string_view word, std::string_view second) {
    if (second.empty()) return first;
    if (!first.empty()) first += ' ';
    return first + std::string(word) + std::string(second);
}

/// What became of a proxy's credentials; what they are is not part of the evidence.
std::string_view credentials(const Event& event) {
    if (event.stage != Stage::proxy) return {};
    return event.detail == 1 ? ", and the credentials," : event.detail == 2 ? ", without the credentials," : "";
}

}  // namespace

bool uses_code(What what) {
    switch (what) {
        case What::resolve_rcode:
        case What::resolve_error:
        case What::connect_start:
        case What::connect_error:
        case What::connect_timeout:
        case What::icmp_error:
        case What::descriptor_wait:
        case What::sent:
        case What::send_error:
        case What::received:
        case What::receive_limit:
        case What::reset:
        case What::silent:
        case What::held:
        case What::tls_start:
        case What::tls_alert_received:
        case What::tls_alert_sent:
        case What::tls_error:
        case What::arrival: return true;
        case What::resolve_literal:
        case What::resolve_pinned:
        case What::resolve_hosts:
        case What::resolve_answer:
        case What::resolve_no_data:
        case What::resolve_malformed:
        case What::resolve_timeout:
        case What::connect_ok:
        case What::closed:
        case What::tls_plaintext:
        case What::tls_certificate_requested:
        case What::tls_ok:
        case What::cancelled: return false;
    }
    return false;
}

bool uses_detail(What what) {
    return what == What::resolve_rcode || what == What::resolve_no_data || what == What::resolve_malformed ||
           what == What::resolve_timeout || what == What::connect_timeout || what == What::icmp_error ||
           what == What::descriptor_wait || what == What::silent || what == What::tls_start || what == What::arrival;
}

bool holds_bytes(What what) { return what == What::sent || what == What::received || what == What::tls_plaintext; }

std::string describe(const Event& event) {
    const std::string from = event.from       ? event.from->to_string()
                             : event.hardware ? event.hardware->to_string()
                                              : std::string();
    const auto quoted = [&] {
        return event.text.empty() ? std::string() : '"' + printable(without_credentials(event.text), bytes_shown) + '"';
    };
    switch (event.what) {
        case What::resolve_literal:
        case What::connect_ok:
        case What::closed:
        case What::tls_certificate_requested:
        case What::tls_ok: return event.text;
        case What::resolve_pinned:
        case What::resolve_hosts: return joined(from, "", event.text);
        case What::resolve_answer: return joined(from, "from ", event.text);
        case What::resolve_rcode:
            return joined(wire::dns::rcode_name(event.code) + " for " + wire::dns::type_name(event.detail), "from ",
                          event.text);
        case What::resolve_no_data:
            return joined("no " + wire::dns::type_name(event.detail) + " record", "from ", event.text);
        case What::resolve_malformed: return joined(wire::dns::type_name(event.detail) + " answer:", "", event.text);
        case What::resolve_error:
            return joined(joined(judge::errno_text(event.code), "at ", event.text), "reported by ", from);
        case What::resolve_timeout:
            return joined("no answer for " + wire::dns::type_name(event.detail), "from ", event.text);
        case What::connect_start:
            if (!event.from || event.code <= 0 || event.code > 65535) return joined("", "from ", from);
            return "from " + SocketAddress{*event.from, static_cast<std::uint16_t>(event.code)}.to_string();
        case What::connect_error:
        case What::send_error:
        case What::reset: return joined(judge::errno_text(event.code), "", event.text);
        case What::connect_timeout:
            return fmt::format("no answer within {} ms, {} sent again", event.detail,
                               counted(event.code < 0 ? 0 : static_cast<std::size_t>(event.code), "SYN"));
        case What::icmp_error: return joined(judge::read_icmp(event).text, "from ", from);
        case What::descriptor_wait:
            return fmt::format("queued for {} ms: {}", event.detail, judge::errno_text(event.code));
        case What::sent: return joined(fmt::format("{} bytes{}", event.code, credentials(event)), "", quoted());
        case What::received: return joined(joined(fmt::format("{} bytes", event.code), "from ", from), "", quoted());
        case What::receive_limit: return fmt::format("reading ended after {} bytes", event.code);
        case What::silent:
            return fmt::format("nothing came within {} ms{}", event.code,
                               event.detail == 1   ? "; what was sent was acknowledged"
                               : event.detail == 0 ? "; what was sent was not acknowledged"
                                                   : "");
        case What::held: return fmt::format("stood for {} ms", event.code);
        case What::tls_start:
            return joined(event.code > 0 ? fmt::format("{} bytes", event.code) : "", "for ", event.text);
        case What::tls_plaintext: return quoted();
        case What::tls_alert_received: return joined(judge::alert_text(event.code), "", event.text);
        case What::tls_alert_sent: return joined(judge::alert_text(event.code), "", event.text);
        case What::tls_error: return event.text.empty() ? fmt::format("reason {}", event.code) : event.text;
        case What::arrival: {
            const bool has_port = event.from && event.detail > 0 && event.detail <= 65535;
            const std::string source =
                has_port ? SocketAddress{*event.from, static_cast<std::uint16_t>(event.detail)}.to_string() : from;
            const auto count = static_cast<std::size_t>(std::max(event.code, 0));
            return joined(joined(counted(count, "request") + " had arrived", "from ", source) + ",",
                          "says the responder at ", event.text);
        }
        case What::cancelled: return event.text;
    }
    return {};
}

}  // namespace fdnprobe::report
