#include "net/proxy.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "wire/http.hpp"

namespace fdnprobe::net {
namespace {

/// Of what is no answer, enough to recognise what it is.
constexpr std::size_t most_nonsense_kept = 512;

/// What came, once it is known what it is; nothing while more has to come.
std::optional<Tunnel> examine(const std::string& heard, Recorder& recorder) {
    const auto head = wire::http::parse_connect_answer(heard);
    if (!head && head.error().fault == wire::http::HeadFault::incomplete) return std::nullopt;
    Tunnel tunnel;
    const std::size_t kept = head ? head->size : std::min(heard.size(), most_nonsense_kept);
    recorder.note(What::received, static_cast<int>(head ? head->size : heard.size()), 0, heard.substr(0, kept));
    if (!head) return tunnel;
    tunnel.status = head->status;
    if (head->status < 200 || head->status > 299) return tunnel;
    tunnel.outcome = Outcome::ok;
    tunnel.early = heard.substr(head->size);
    return tunnel;
}

void note_end(const Received& received, Clock::duration waited, Socket& socket, Recorder& recorder) {
    switch (received.outcome) {
        case Outcome::closed: recorder.note(What::closed); break;
        case Outcome::failed:
            recorder.note_icmp(socket.descriptor());
            recorder.note(What::reset, received.error);
            break;
        case Outcome::expired:
            recorder.note(What::silent,
                          static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(waited).count()),
                          all_acknowledged(socket.descriptor()));
            break;
        case Outcome::ok:
        case Outcome::stopped: break;
    }
}

}  // namespace

Task<Tunnel> open_tunnel(Socket& socket, const TunnelRequest& request, Clock::time_point limit, Recorder& recorder) {
    recorder.stage = Stage::proxy;
    const Clock::time_point began = Clock::now();
    const bool with_credentials = request.use == Credentials::sent;
    const std::string bytes =
        wire::http::encode_connect(request.authority, with_credentials ? request.credentials : std::string());
    const Outcome sent = co_await send_all(socket, bytes, limit, recorder);
    Received received;
    received.outcome = sent;
    std::string heard;
    if (sent == Outcome::ok) {
        // What is written down is what would have been sent without credentials: not even their length is shown.
        const std::string shown = wire::http::encode_connect(request.authority, {});
        recorder.note(What::sent, static_cast<int>(shown.size()), static_cast<int>(request.use), shown);
        for (;;) {
            received = co_await receive(socket, recorder.context().scratch(), limit);
            if (received.outcome != Outcome::ok) break;
            heard.append(recorder.context().scratch().data(), received.size);
            const std::optional<Tunnel> answer = examine(heard, recorder);
            if (answer) co_return *answer;
        }
        if (!heard.empty())
            recorder.note(What::received, static_cast<int>(heard.size()), 0, heard.substr(0, most_nonsense_kept));
        note_end(received, Clock::now() - began, socket, recorder);
    } else if (sent == Outcome::expired) {
        note_end(received, Clock::now() - began, socket, recorder);
    }
    Tunnel none;
    none.outcome = received.outcome;
    co_return none;
}

}  // namespace fdnprobe::net
