// A RADIUS server, and a device that takes disconnects. Both drop what is not signed with the secret, as RFC 2865, 3,
// and RFC 5176, 3.3, have it.
#include <array>
#include <string>
#include <utility>

#include "peers/emulation.hpp"
#include "wire/radius.hpp"

namespace fdnprobe::peers {
namespace {

namespace radius = wire::radius;

/// "Session Context Not Found" (RFC 5176, 3.5): a request that names no session has none.
constexpr std::uint32_t no_session = 503;

std::string answer_status(std::string_view request, const std::string& secret) {
    const auto packet = radius::decode(request);
    if (!packet || packet->code != radius::code_status_server || !radius::verify_request(request, secret)) return {};
    return radius::encode_response(radius::code_access_accept, request, {}, secret);
}

std::string answer_disconnect(std::string_view request, const std::string& secret) {
    const auto packet = radius::decode(request);
    if (!packet || packet->code != radius::code_disconnect_request || !radius::verify_request(request, secret))
        return {};
    const std::array attributes{radius::error_cause(no_session)};
    return radius::encode_response(radius::code_disconnect_nak, request, attributes, secret);
}

AnswerDatagram status_answers(const EmulationSettings& settings) {
    return [secret = settings.radius_secret](std::string_view request) { return answer_status(request, secret); };
}

AnswerDatagram disconnect_answers(const EmulationSettings& settings) {
    return [secret = settings.radius_secret](std::string_view request) { return answer_disconnect(request, secret); };
}

/// Whatever is not a request under the secret ends the connection (RFC 6613, 2.6.3).
ServeConnection serve_disconnects(const EmulationSettings& settings) {
    return [secret = settings.radius_secret](Connection& connection) -> net::Task<void> {
        std::string stream;
        for (;;) {
            const std::string bytes = co_await connection.read();
            if (bytes.empty()) co_return;
            stream += bytes;
            for (auto size = radius::packet_size(stream); size; size = radius::packet_size(stream)) {
                if (*size < radius::header_size || *size > radius::largest_packet) co_return;
                if (stream.size() < *size) break;
                std::string answer = answer_disconnect(std::string_view(stream).substr(0, *size), secret);
                stream.erase(0, *size);
                if (answer.empty()) co_return;
                const bool sent = co_await connection.write(std::move(answer));
                if (!sent) co_return;
            }
        }
    };
}

}  // namespace

extern const Emulation play_radius{"radius", without_tls, nullptr, status_answers};
extern const Emulation play_radius_dynauth{"radius-dynauth", without_tls, serve_disconnects, disconnect_answers};

}  // namespace fdnprobe::peers
