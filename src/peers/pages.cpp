#include "peers/pages.hpp"

#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

#include "peers/emulation.hpp"
#include "wire/crl.hpp"
#include "wire/web_ports.hpp"

namespace fdnprobe::peers {
namespace {

namespace http = wire::http;
using http::Header;
using http::RequestLine;

/// What FortiOS puts in place of its web server's name.
const Header mask{"Server", "xxxxxxxx-xxxxx"};

std::string page(const Header& more, std::string_view body) {
    const std::vector<Header> headers{mask, {"Content-Type", "text/html"}, more};
    return http::encode_response(200, "OK", headers, body);
}

/// RFC 8894, 3.5.2.
std::string answer_scep(const RequestLine& request) {
    const std::vector<Header> headers{{"Content-Type", "text/plain"}};
    if (!request.target.ends_with("?operation=GetCACaps")) return http::encode_response(404, "Not Found", {}, "");
    return http::encode_response(200, "OK", headers, "POSTPKIOperation\nRenewal\nSHA-256\nAES\nSCEPStandard\n");
}

/// Made now, and good for a week.
std::string answer_crl(const RequestLine&) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const std::vector<Header> headers{{"Content-Type", "application/pkix-crl"}};
    return http::encode_response(200, "OK", headers, wire::crl::encode(now, now + std::chrono::days(7)));
}

std::string answer_portal(const RequestLine&) {
    return page({"Cache-Control", "no-store"},
                "<html><body><script>window.location=\"/fgtauth?0123456789abcdef\";</script></body></html>\n");
}

/// To a page that nobody was sent to.
std::string answer_override(const RequestLine&) {
    const std::vector<Header> headers{mask, {"Content-Type", "text/html"}};
    return http::encode_response(403, "Forbidden", headers,
                                 "<html><body>Invalid FortiGuard Web Filtering override request</body></html>\n");
}

std::string answer_admin(const RequestLine&) {
    return page({"Set-Cookie", "APSCOOKIE_0123456789=0; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT"},
                "<html><body><script>top.location=\"/login?redir=%2F\";</script></body></html>\n");
}

std::string answer_sslvpn(const RequestLine& request) {
    if (request.target == "/")
        return page({"Cache-Control", "no-store"},
                    "<html><script type=\"text/javascript\">top.location=\"/remote/login\";</script></html>\n");
    return page({"Set-Cookie", "SVPNCOOKIE=; path=/; expires=Sun, 11 Mar 1984 12:00:00 GMT; secure; httponly"},
                "<html><body>Please Login</body></html>\n");
}

/// As the probes take the port.
bool by_port(Port port) { return !http::is_plain_port(port.number); }

template <std::string (*answer)(const RequestLine&)>
ServeConnection serve(const EmulationSettings&) {
    return serve_requests(answer);
}

}  // namespace

ServeConnection serve_requests(AnswerRequest answer) {
    return [answer = std::move(answer)](Connection& connection) -> net::Task<void> {
        std::string request;
        while (!http::head_size(request) && request.size() < http::largest_head) {
            const std::string bytes = co_await connection.read();
            if (bytes.empty()) co_return;
            request += bytes;
        }
        const auto line = http::parse_request_line(request);
        std::string response = line ? answer(*line) : http::encode_response(400, "Bad Request", {}, "");
        [[maybe_unused]] const bool sent = co_await connection.write(std::move(response));
    };
}

extern const Emulation play_scep{"scep", by_port, serve<answer_scep>, nullptr};
extern const Emulation play_crl{"crl", by_port, serve<answer_crl>, nullptr};
extern const Emulation play_captive_portal{"captive-portal", by_port, serve<answer_portal>, nullptr};
extern const Emulation play_override_page{"override", by_port, serve<answer_override>, nullptr};
extern const Emulation play_admin{"admin", by_port, serve<answer_admin>, nullptr};
extern const Emulation play_sslvpn{"sslvpn", by_port, serve<answer_sslvpn>, nullptr};

}  // namespace fdnprobe::peers
