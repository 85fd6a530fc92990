#include "notify/syslog.hpp"

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "notify/connection.hpp"
#include "notify/syslog_format.hpp"

namespace fdnprobe::notify {
namespace {

/// How long an ICMP error, or the end of a connection, is waited for: more than any path takes there and back.
constexpr std::chrono::milliseconds objection_time{500};

class Syslog : public Carrier {
  public:
    explicit Syslog(SyslogTarget target) : target_(std::move(target)) {}

    Outcome deliver(const Message& message, const Attempt& attempt) override {
        auto socket = connect_to(target_.host, target_.port, target_.tcp ? SOCK_STREAM : SOCK_DGRAM, attempt);
        if (!socket) return failed(socket.error());
        const long process = getpid();
        if (target_.tcp)
            return send_stream(std::move(*socket), syslog_frame(syslog_text(message, process, largest_line)), attempt);
        return send_datagram(*socket, syslog_text(message, process, largest_datagram), attempt);
    }

  private:
    static Outcome send_datagram(const system::Descriptor& socket, const std::string& text, const Attempt& attempt) {
        if (send(socket.number(), text.data(), text.size(), MSG_NOSIGNAL) < 0)
            return failed("it cannot be sent: " + error_text(errno));
        // The socket is connected, so that an ICMP error comes back to it (RFC 1122, 4.1.3.3).
        const auto end = std::chrono::steady_clock::now() + objection_time;
        if (attempt.until(end).wait(socket.number(), POLLIN) != Waited::ready) return taken();
        std::array<char, 1> answer{};
        if (recv(socket.number(), answer.data(), answer.size(), MSG_DONTWAIT) < 0 && errno != EAGAIN)
            return failed("it was not received: " + error_text(errno));
        return taken();
    }

    static Outcome send_stream(system::Descriptor socket, const std::string& frame, const Attempt& attempt) {
        PlainStream stream(std::move(socket));
        const auto written = write_all(stream, frame, attempt);
        if (!written) return failed(written.error());
        shutdown(stream.descriptor(), SHUT_WR);
        // Most receivers now end the connection as well; a reset tells of one that was gone already.
        const Attempt rest = attempt.until(std::chrono::steady_clock::now() + objection_time);
        std::array<char, 256> answer{};
        for (std::size_t read = 0; read < most_of_answer;) {
            if (const Waited waited = rest.wait(stream.descriptor(), POLLIN); waited != Waited::ready) break;
            const auto got = stream.read(answer.data(), answer.size(), rest);
            if (!got) return failed(got.error());
            if (*got == 0) return taken();
            read += *got;
        }
        int unacknowledged = 0;
        if (ioctl(stream.descriptor(), SIOCOUTQ, &unacknowledged) == 0 && unacknowledged == 0) return taken();
        return failed("it has not acknowledged the message");
    }

    /// A receiver says nothing; one that does is not listened to for long.
    static constexpr std::size_t most_of_answer = 4096;
    SyslogTarget target_;
};

}  // namespace

std::unique_ptr<Carrier> make_syslog(SyslogTarget target) { return std::make_unique<Syslog>(std::move(target)); }

}  // namespace fdnprobe::notify
