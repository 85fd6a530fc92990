#include "peers/service.hpp"

#include <utility>
#include <vector>

#include "base/text.hpp"
#include "peers/emulation.hpp"
#include "peers/pages.hpp"
#include "wire/dns.hpp"
#include "wire/http.hpp"

namespace fdnprobe::peers {
namespace {

namespace dns = wire::dns;
namespace http = wire::http;

/// What update.fortiguard.net had in public DNS when it was observed; nobody dials it.
const Address genuine = *Address::parse("173.243.138.66");
/// FortiGuard's block page for names that a DNS filter stops.
const Address block_page = *Address::parse("208.91.112.55");

std::string reply(std::string_view query, std::uint8_t rcode, const Address* address) {
    const auto asked = dns::decode(query);
    if (!asked || asked->response || asked->questions.size() != 1) return {};
    const dns::Question& question = asked->questions.front();
    std::vector<dns::Record> answers;
    if (address != nullptr && question.type == dns::type_a)
        answers.push_back(dns::address_record(question.name, *address, 60));
    return dns::encode(dns::response_to(*asked, rcode, std::move(answers))).value_or("");
}

}  // namespace

std::string answer_dns(std::string_view query) { return reply(query, dns::rcode_noerror, &genuine); }

std::string fail_dns(std::string_view query, std::uint8_t rcode) { return reply(query, rcode, nullptr); }

std::string sinkhole_dns(std::string_view query) { return reply(query, dns::rcode_noerror, &block_page); }

std::string asked_name(std::string_view query) {
    const auto asked = dns::decode(query);
    return asked && asked->questions.size() == 1 ? lower(asked->questions.front().name) : std::string();
}

ServeConnection serve_nothing() {
    return [](Connection& connection) -> net::Task<void> {
        for (;;) {
            const std::string bytes = co_await connection.read();
            if (bytes.empty()) co_return;
        }
    };
}

ServeConnection serve_dns() {
    return [](Connection& connection) -> net::Task<void> {
        std::string stream;
        for (;;) {
            const std::string bytes = co_await connection.read();
            if (bytes.empty()) co_return;
            stream += bytes;
            while (const auto query = dns::unframe(stream)) {
                std::string answer = dns::frame(answer_dns(*query));
                stream.erase(0, *dns::frame_size(stream));
                const bool sent = co_await connection.write(std::move(answer));
                if (!sent) co_return;
            }
        }
    };
}

ServeConnection serve_http() {
    return serve_requests(
        [](const http::RequestLine&) { return http::encode_response(200, "OK", {}, "fdnprobe lab\n"); });
}

namespace {

ServeConnection silent_service(const EmulationSettings&) { return serve_nothing(); }
ServeConnection dns_service(const EmulationSettings&) { return serve_dns(); }
ServeConnection http_service(const EmulationSettings&) { return serve_http(); }
AnswerDatagram any_answer(const EmulationSettings&) { return answer_datagrams(); }
AnswerDatagram dns_answers(const EmulationSettings&) { return answer_dns; }

}  // namespace

extern const Emulation play_tcp{"tcp", without_tls, silent_service, nullptr};
extern const Emulation play_udp{"udp", without_tls, nullptr, any_answer};
extern const Emulation play_tls{"tls", with_tls, silent_service, nullptr};
extern const Emulation play_dns{"dns", without_tls, dns_service, dns_answers};
extern const Emulation play_dot{"dot", with_tls, dns_service, nullptr};
extern const Emulation play_http{"http", without_tls, http_service, nullptr};

AnswerDatagram answer_datagrams() {
    return [](std::string_view) { return std::string("fdnprobe lab"); };
}

}  // namespace fdnprobe::peers
