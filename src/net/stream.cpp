#include "net/stream.hpp"

#include <algorithm>

#include "net/certificate.hpp"
#include "net/staple_period.hpp"

namespace fdnprobe::net {
namespace {

/// Does it begin like a TLS record (RFC 8446, 5.1): a known content type, then 3 as the major version?
bool looks_like_tls(std::string_view bytes) {
    const auto type = static_cast<unsigned char>(bytes[0]);
    return type >= 20 && type <= 24 && (bytes.size() < 2 || bytes[1] == 3);
}

}  // namespace

/// From what was there already, or from the socket.
Task<Received> Stream::take(std::span<char> buffer, Clock::time_point limit) {
    Received received;
    if (pending_.empty()) {
        received = co_await net::receive(socket_, buffer, limit);
        co_return received;
    }
    received.outcome = Outcome::ok;
    received.size = std::min(buffer.size(), pending_.size());
    std::copy_n(pending_.begin(), received.size, buffer.begin());
    pending_.erase(0, received.size);
    co_return received;
}

Task<Outcome> Stream::await_bytes(Clock::time_point limit) {
    if (!pending_.empty()) co_return Outcome::ok;
    const Outcome readable = co_await socket_.wait_readable(limit);
    co_return readable;
}

Task<Outcome> Stream::flush(Clock::time_point limit) {
    const std::string output = tls_->take_output();
    if (output.empty()) co_return Outcome::ok;
    if (greeting_at_) {
        recorder_.attempt().evidence[*greeting_at_].code = static_cast<int>(output.size());
        greeting_at_.reset();
    }
    const Outcome sent = co_await send_all(socket_, output, limit, recorder_);
    co_return sent;
}

/// Takes bytes from the socket and gives them to TLS.
Task<Outcome> Stream::feed(Clock::time_point limit) {
    const std::span<char> buffer = recorder_.context().scratch();
    const Clock::time_point began = Clock::now();
    const Received received = co_await take(buffer, limit);
    switch (received.outcome) {
        case Outcome::ok: break;
        case Outcome::closed: recorder_.note(What::closed); co_return Outcome::closed;
        case Outcome::failed:
            recorder_.note_icmp(socket_.descriptor());
            recorder_.note(What::reset, received.error);
            co_return Outcome::failed;
        case Outcome::expired: {
            const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
            recorder_.note(What::silent, static_cast<int>(waited.count()), all_acknowledged(socket_.descriptor()));
            co_return Outcome::expired;
        }
        case Outcome::stopped: co_return Outcome::stopped;
    }
    const std::string_view bytes(buffer.data(), received.size);
    if (!handshake_seen_ && !looks_like_tls(bytes)) {
        recorder_.note(What::tls_plaintext, static_cast<int>(bytes.size()), 0, std::string(bytes.substr(0, 256)));
        co_return Outcome::failed;
    }
    handshake_seen_ = true;
    tls_->feed(bytes);
    co_return Outcome::ok;
}

Task<Outcome> Stream::shake_hands(Clock::time_point limit) {
    for (;;) {
        const TlsSession::Status status = tls_->handshake();
        const Outcome flushed = co_await flush(limit);
        if (status == TlsSession::Status::failed) {
            recorder_.note(What::tls_error, tls_->error(), 0, tls_->error_text());
            co_return Outcome::failed;
        }
        if (status == TlsSession::Status::closed) {
            recorder_.note(What::closed);
            co_return Outcome::closed;
        }
        if (flushed != Outcome::ok) {
            // What the far end said before it hung up may still be there, and says why.
            const Outcome last_words = co_await feed(Clock::now());
            if (last_words == Outcome::ok) {
                const TlsSession::Status after = tls_->handshake();
                if (after == TlsSession::Status::failed)
                    recorder_.note(What::tls_error, tls_->error(), 0, tls_->error_text());
            }
            co_return flushed;
        }
        if (status == TlsSession::Status::done) co_return Outcome::ok;
        const Outcome fed = co_await feed(limit);
        if (fed != Outcome::ok) co_return fed;
    }
}

Task<Outcome> Stream::await_refusal(Clock::time_point limit) {
    for (;;) {
        const std::span<char> buffer = recorder_.context().scratch();
        std::size_t size = 0;
        const TlsSession::Status status = tls_->read(buffer, size);
        if (status == TlsSession::Status::failed) {
            recorder_.note(What::tls_error, tls_->error(), 0, tls_->error_text());
            co_return Outcome::failed;
        }
        if (status == TlsSession::Status::closed) {
            recorder_.note(What::closed);
            co_return Outcome::closed;
        }
        if (status == TlsSession::Status::done) {
            early_.append(buffer.data(), size);
            co_return Outcome::ok;
        }
        // A silence here is good news and no evidence: waited for apart from feed(), which would record it.
        const Outcome readable = co_await await_bytes(limit);
        if (readable != Outcome::ok) co_return readable == Outcome::expired ? Outcome::ok : readable;
        const Outcome fed = co_await feed(limit);
        if (fed != Outcome::ok) co_return fed;
    }
}

void Stream::record_facts(const TrustStore& trust, const std::string& expected_name) {
    const std::vector<system::Certificate> chain = tls_->chain();
    if (chain.empty()) return;
    const auto facts = std::make_shared<TlsFacts>();
    facts->version = tls_->version();
    facts->cipher = tls_->cipher();
    facts->alpn = tls_->alpn();
    facts->server_name = expected_name;
    for (const system::Certificate& certificate : chain) facts->chain.push_back(describe(certificate.get()));
    facts->seen_at = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    facts->staple = examine_staple(tls_->staple(), chain);
    if (facts->staple == Staple::good) {
        const StaplePeriod period = staple_period(tls_->staple());
        facts->staple_from = period.from;
        facts->staple_until = period.until;
    }
    facts->client_certificate_requested = certificate_requested_;
    facts->complete = recorder_.attempt().find(What::tls_ok) != nullptr;
    trust.examine(chain, expected_name, *facts);
    recorder_.attempt().tls = facts;
}

Task<Outcome> Stream::start_tls(SSL_CTX* context, const TrustStore& trust, const std::string& server_name,
                                const std::string& expected_name, bool optional, Clock::time_point limit) {
    recorder_.stage = Stage::tls;
    const Clock::time_point began = Clock::now();
    TlsObserver observer;
    observer.alert = [this](bool received, int alert) {
        recorder_.note(received ? What::tls_alert_received : What::tls_alert_sent, alert);
    };
    observer.certificate_requested = [this] {
        certificate_requested_ = true;
        recorder_.note(What::tls_certificate_requested);
    };
    tls_.emplace(TlsSession::client(context, server_name, std::move(observer)));
    greeting_at_ = recorder_.attempt().evidence.size();
    recorder_.note(What::tls_start, 0, optional ? 1 : 0, server_name);
    Outcome outcome = co_await shake_hands(limit);
    if (outcome == Outcome::ok) {
        recorder_.note(What::tls_ok);
        if (certificate_requested_) {
            // The refusal is one round trip away; the handshake took one or two.
            const auto patience = std::chrono::milliseconds(150) + 2 * (Clock::now() - began);
            outcome = co_await await_refusal(std::min(limit, Clock::now() + patience));
        }
    }
    record_facts(trust, expected_name);
    recorder_.attempt().timing.tls = Clock::now() - began;
    co_return outcome;
}

Task<Outcome> Stream::send(std::string_view bytes, Clock::time_point limit) {
    if (!tls_) {
        const Outcome sent = co_await send_all(socket_, bytes, limit, recorder_);
        co_return sent;
    }
    if (tls_->write(bytes) == TlsSession::Status::failed) {
        recorder_.note(What::tls_error, tls_->error(), 0, tls_->error_text());
        co_return Outcome::failed;
    }
    const Outcome flushed = co_await flush(limit);
    co_return flushed;
}

Task<Received> Stream::receive(std::span<char> buffer, Clock::time_point limit) {
    Received received;
    if (!tls_) {
        received = co_await take(buffer, limit);
        if (received.outcome == Outcome::closed) recorder_.note(What::closed);
        if (received.outcome == Outcome::failed) {
            recorder_.note_icmp(socket_.descriptor());
            recorder_.note(What::reset, received.error);
        }
        co_return received;
    }
    if (!early_.empty()) {
        received.size = std::min(buffer.size(), early_.size());
        std::copy_n(early_.begin(), received.size, buffer.begin());
        early_.erase(0, received.size);
        received.outcome = Outcome::ok;
        co_return received;
    }
    for (;;) {
        const TlsSession::Status status = tls_->read(buffer, received.size);
        if (status == TlsSession::Status::done) {
            received.outcome = Outcome::ok;
            co_return received;
        }
        if (status == TlsSession::Status::closed) {
            recorder_.note(What::closed);
            received.outcome = Outcome::closed;
            co_return received;
        }
        if (status == TlsSession::Status::failed) {
            recorder_.note(What::tls_error, tls_->error(), 0, tls_->error_text());
            received.outcome = Outcome::failed;
            co_return received;
        }
        const Outcome readable = co_await await_bytes(limit);
        if (readable != Outcome::ok) {
            received.outcome = readable;
            co_return received;
        }
        const Outcome fed = co_await feed(limit);
        if (fed != Outcome::ok) {
            received.outcome = fed;
            co_return received;
        }
    }
}

}  // namespace fdnprobe::net
