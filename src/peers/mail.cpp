// A mail server, as far as a client gets that has no mail: it greets, answers EHLO and takes its leave.
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "peers/emulation.hpp"
#include "wire/smtp.hpp"

namespace fdnprobe::peers {
namespace {

namespace smtp = wire::smtp;

/// RFC 5321, 4.5.3.1.4: what a command may be long; who sends more without an end is not talking SMTP.
constexpr std::size_t longest_command = 512;

std::string one_line(int code, std::string_view text) { return smtp::encode_reply(code, std::array{text}); }

std::string answer_to(const smtp::Command& command) {
    constexpr std::array extensions{std::string_view("mail.lab.test at your service"), std::string_view("8BITMIME"),
                                    std::string_view("SIZE 1000")};
    const bool greets = command.verb == "EHLO" || command.verb == "HELO";
    if (greets && command.argument.empty()) return one_line(501, "a greeting names its sender");
    if (command.verb == "EHLO") return smtp::encode_reply(250, extensions);
    if (command.verb == "HELO") return one_line(250, extensions[0]);
    if (command.verb == "QUIT") return one_line(221, "mail.lab.test closes the connection");
    return one_line(502, "the lab takes no mail");
}

ServeConnection mail_service(const EmulationSettings&) {
    return [](Connection& connection) -> net::Task<void> {
        std::string greeting = one_line(220, "mail.lab.test ESMTP fdnprobe lab");
        bool going_on = co_await connection.write(std::move(greeting));
        std::string heard;
        while (going_on && heard.size() <= longest_command) {
            const std::string bytes = co_await connection.read();
            if (bytes.empty()) co_return;
            heard += bytes;
            while (const auto command = smtp::parse_command(heard)) {
                heard.erase(0, command->size);
                std::string answer = answer_to(*command);
                const bool sent = co_await connection.write(std::move(answer));
                going_on = sent && command->verb != "QUIT";
                if (!going_on) break;
            }
        }
    };
}

/// RFC 8314, 7.3.
bool tls_on_submissions(Port port) { return port.number == 465; }

}  // namespace

extern const Emulation play_smtp{"smtp", tls_on_submissions, mail_service, nullptr};

}  // namespace fdnprobe::peers
