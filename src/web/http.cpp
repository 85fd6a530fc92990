#include "web/http.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include <httplib.h>

#include "web/limits.hpp"
#include "web/security.hpp"

namespace fdnprobe::web {
namespace {

/// A request and its answer, both in memory.
class Memory final : public httplib::Stream {
  public:
    explicit Memory(std::string_view request) : request_(request) {}

    [[nodiscard]] bool is_readable() const override { return true; }
    [[nodiscard]] bool is_writable() const override { return true; }
    ssize_t read(char* bytes, std::size_t size) override {
        const std::size_t count = std::min(size, request_.size());
        std::memcpy(bytes, request_.data(), count);
        request_.remove_prefix(count);
        return static_cast<ssize_t>(count);
    }
    ssize_t write(const char* bytes, std::size_t size) override {
        written_.append(bytes, size);
        return static_cast<ssize_t>(size);
    }
    void get_remote_ip_and_port(std::string& /*ip*/, int& /*port*/) const override {}
    void get_local_ip_and_port(std::string& /*ip*/, int& /*port*/) const override {}
    // cpp-httplib holds it against the size of an fd_set, and does nothing else with it.
    [[nodiscard]] socket_t socket() const override { return 0; }

    std::string take() { return std::move(written_); }

  private:
    std::string_view request_;
    std::string written_;
};

}  // namespace

class HttpWriter::Engine final : public httplib::Server {
  public:
    Engine() {
        set_keep_alive_timeout(std::chrono::seconds(limits::idle_time).count());
        set_keep_alive_max_count(limits::requests);
        set_pre_routing_handler([this](const httplib::Request& /*request*/, httplib::Response& response) {
            fill(response);
            return HandlerResponse::Handled;
        });
    }

    std::string write(bool without_body, bool close, const Answer& answer) {
        answer_ = &answer;
        const std::string request = std::string(without_body ? "HEAD" : "GET") + " / HTTP/1.1\r\n\r\n";
        Memory memory(request);
        bool closed = false;
        process_request(memory, close, closed, nullptr);
        return memory.take();
    }

  private:
    void fill(httplib::Response& response) const {
        response.status = answer_->status;
        const auto given = [&](std::string_view name) {
            return std::any_of(answer_->headers.begin(), answer_->headers.end(),
                               [&](const auto& header) { return header.first == name; });
        };
        for (const auto& [name, value] : security_headers) response.set_header(std::string(name), std::string(value));
        if (!given("Content-Security-Policy"))
            response.set_header("Content-Security-Policy", std::string(content_policy));
        if (!given("Cache-Control")) response.set_header("Cache-Control", "no-store");
        for (const auto& [name, value] : answer_->headers) response.set_header(name, value);
        if (!answer_->stream) {
            response.set_content(answer_->body, answer_->content_type);
            return;
        }
        // Its length is not known, and it is not chunked: it ends with the connection. cpp-httplib writes the head
        // alone.
        response.set_content_provider(answer_->content_type, [](std::size_t /*offset*/, httplib::DataSink& sink) {
            sink.done();
            return true;
        });
    }

    const Answer* answer_ = nullptr;
};

HttpWriter::HttpWriter() : engine_(std::make_unique<Engine>()) {}
HttpWriter::~HttpWriter() = default;

std::string HttpWriter::write(bool without_body, bool close, const Answer& answer) {
    std::string bytes = engine_->write(without_body, close, answer);
    if (answer.stream) bytes += answer.body;
    // RFC 9110, 8.6: a 304 gives the length of what it stands for, or none.
    if (answer.status == 304) {
        constexpr std::string_view length = "Content-Length: 0\r\n";
        if (const std::size_t at = bytes.find(length); at != std::string::npos) bytes.erase(at, length.size());
    }
    return bytes;
}

}  // namespace fdnprobe::web
