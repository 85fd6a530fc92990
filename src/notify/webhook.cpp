#include "notify/webhook.hpp"

#include <sys/socket.h>

#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/base64.hpp"
#include "base/digest.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "notify/connection.hpp"
#include "notify/tls_stream.hpp"
#include "wire/http.hpp"
#include "wire/http_date.hpp"

namespace fdnprobe::notify {
namespace {

/// Interim answers (RFC 9110, 15.2) and the head of the last.
constexpr std::size_t most_of_answer = 3 * wire::http::largest_head;
/// Of a body this much is read and thrown away, so that most servers end their sending in peace; nobody waits for more.
constexpr std::size_t most_of_body = 4096;
constexpr std::chrono::milliseconds longest_goodbye{300};

std::chrono::sys_seconds wall_now() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

std::string host_header(const WebhookTarget& target) {
    const bool colons = target.host.find(':') != std::string::npos;
    std::string host = colons ? '[' + target.host + ']' : target.host;
    if (target.port != (target.tls ? 443 : 80)) host += fmt::format(":{}", target.port);
    return host;
}

/// RFC 9110, 10.2.3: seconds, or a time.
std::optional<std::chrono::seconds> retry_after(const wire::http::ResponseHead& head, std::chrono::sys_seconds now) {
    const auto value = head.header("Retry-After");
    if (!value) return std::nullopt;
    constexpr long year = 366L * 24 * 3600;
    if (const auto seconds = parse_number(trim(*value), 0, year)) return std::chrono::seconds(*seconds);
    if (const auto time = wire::http::parse_date(trim(*value), now); time && *time > now) return *time - now;
    return std::nullopt;
}

Outcome outcome_of(const wire::http::ResponseHead& head, std::chrono::sys_seconds now) {
    const int status = head.status;
    if (status >= 200 && status <= 299) return taken();
    // The reason phrase and the body are left out: a peer that mirrors what it was sent would have the log hold the
    // credentials.
    std::string problem = fmt::format("it answered {}", status);
    if (status >= 300 && status <= 399) return failed(problem + ": redirects are not followed");
    // Too long, too early, too many: RFC 9110, 15.5.9; RFC 8470, 5.2; RFC 6585, 4.
    const bool passing = status == 408 || status == 425 || status == 429;
    if (status >= 400 && status <= 499 && !passing) return refused(std::move(problem));
    Outcome outcome = failed(std::move(problem));
    if (status == 429 || status == 503) outcome.retry_after = retry_after(head, now);
    return outcome;
}

class Webhook : public Carrier {
  public:
    explicit Webhook(WebhookSettings settings) : settings_(std::move(settings)) {}

    Outcome deliver(const Message& message, const Attempt& attempt) override {
        auto stream = connect(attempt);
        if (!stream) return failed(stream.error());
        const auto written = write_all(**stream, webhook_request(settings_, message, wall_now()), attempt);
        // Who refuses a body may do so before it is all there, and end.
        auto outcome = read_answer(**stream, written ? attempt : attempt.until(goodbye()));
        if (outcome) return std::move(*outcome);
        return failed(written ? outcome.error() : written.error());
    }

  private:
    static Attempt::Moment goodbye() { return std::chrono::steady_clock::now() + longest_goodbye; }

    Expected<std::unique_ptr<Stream>, std::string> connect(const Attempt& attempt) {
        const WebhookTarget& target = settings_.target;
        auto socket = connect_to(target.host, target.port, SOCK_STREAM, attempt);
        if (!socket) return Unexpected<std::string>(socket.error());
        if (!target.tls) return std::make_unique<PlainStream>(std::move(*socket));
        // Made anew each time: a bundle that was replaced counts from then on.
        auto context = make_tls_context(settings_.ca_files);
        if (!context) return Unexpected<std::string>(context.error());
        auto stream = TlsStream::start(**context, std::move(*socket), target.host, attempt);
        if (!stream) return Unexpected<std::string>(stream.error());
        return std::move(*stream);
    }

    /// The error: there was no answer.
    static Expected<Outcome, std::string> read_answer(Stream& stream, const Attempt& attempt) {
        std::string answer;
        std::array<char, 4096> buffer{};
        while (answer.size() < most_of_answer) {
            const auto got = stream.read(buffer.data(), buffer.size(), attempt);
            if (!got) return Unexpected<std::string>(got.error());
            if (*got == 0) return Unexpected<std::string>("it ended the connection without an answer");
            answer.append(buffer.data(), *got);
            if (auto outcome = webhook_outcome(answer, wall_now())) {
                throw_away_body(stream, attempt.until(goodbye()));
                return std::move(*outcome);
            }
        }
        return failed("its answer has no end");
    }

    static void throw_away_body(Stream& stream, const Attempt& attempt) {
        std::array<char, 1024> buffer{};
        for (std::size_t read = 0; read < most_of_body;) {
            const auto got = stream.read(buffer.data(), buffer.size(), attempt);
            if (!got || *got == 0) return;
            read += *got;
        }
    }

    WebhookSettings settings_;
};

}  // namespace

std::unique_ptr<Carrier> make_webhook(WebhookSettings settings) {
    return std::make_unique<Webhook>(std::move(settings));
}

std::string signature(std::string_view secret, std::string_view timestamp, std::string_view body) {
    std::string signed_text(timestamp);
    signed_text += '.';
    signed_text += body;
    return "sha256=" + hex(hmac_sha256(secret, signed_text));
}

std::string webhook_request(const WebhookSettings& settings, const Message& message, std::chrono::sys_seconds now) {
    const std::string timestamp = std::to_string(now.time_since_epoch().count());
    std::string head = fmt::format(
        "POST {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: fdnprobe/{}\r\nContent-Type: application/json\r\n"
        "Content-Length: {}\r\nConnection: close\r\nX-Fdnprobe-Event-Id: {}\r\nX-Fdnprobe-Timestamp: {}\r\n",
        settings.target.path, host_header(settings.target), version(), message.body.size(), message.id, timestamp);
    if (!settings.secret.empty())
        head += fmt::format("X-Fdnprobe-Signature: {}\r\n", signature(settings.secret, timestamp, message.body));
    if (!settings.target.credentials.empty())
        head += fmt::format("Authorization: Basic {}\r\n", base64(settings.target.credentials));
    return head + "\r\n" + message.body;
}

std::optional<Outcome> webhook_outcome(std::string_view answer, std::chrono::sys_seconds now) {
    while (true) {
        const auto head = wire::http::parse_response_head(answer);
        if (!head && head.error().fault == wire::http::HeadFault::incomplete) return std::nullopt;
        if (!head) return failed("it answered with what is no HTTP");
        if (head->status >= 200) return outcome_of(*head, now);
        // RFC 9110, 7.8: nobody asked for another protocol.
        if (head->status == 101) return failed("it answered 101");
        answer.remove_prefix(head->size);
    }
}

}  // namespace fdnprobe::notify
