// A directory, as far as a client gets that does not log in: it knows its rootDSE and nothing else.
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "peers/emulation.hpp"
#include "wire/ldap.hpp"

namespace fdnprobe::peers {
namespace {

namespace ldap = wire::ldap;

std::string answer_to(const ldap::Message& request) {
    if (request.kind != ldap::Kind::search) return {};
    // RFC 4512, 5.1: the rootDSE is found by asking for the object "" itself.
    if (!request.name.empty() || request.scope != 0)
        return ldap::encode_done(request.id, ldap::no_such_object, "the lab has a rootDSE only");
    const std::array attributes{ldap::Attribute{"supportedLDAPVersion", {"3"}}};
    return ldap::encode_entry(request.id, "", attributes) + ldap::encode_done(request.id, ldap::success, "");
}

/// RFC 4511, 4.4.1: whoever does not speak LDAP is told so, and the connection ends.
std::string part() { return ldap::encode_disconnection(2, "the lab expects a search"); }

ServeConnection directory_service(const EmulationSettings&) {
    return [](Connection& connection) -> net::Task<void> {
        std::string heard;
        for (;;) {
            const std::string bytes = co_await connection.read();
            if (bytes.empty()) co_return;
            heard += bytes;
            for (;;) {
                const auto request = ldap::parse_message(heard);
                if (!request && request.error().fault == ldap::MessageFault::incomplete) break;
                std::string answer = request ? answer_to(*request) : part();
                const bool ends = !request || answer.empty();
                if (request) heard.erase(0, request->size);
                if (answer.empty()) co_return;
                const bool sent = co_await connection.write(std::move(answer));
                if (!sent || ends) co_return;
            }
        }
    };
}

AnswerDatagram directory_answers(const EmulationSettings&) {
    return [](std::string_view datagram) {
        const auto request = ldap::parse_message(datagram);
        return request ? answer_to(*request) : std::string();
    };
}

}  // namespace

extern const Emulation play_ldap{"ldap", without_tls, directory_service, directory_answers};

}  // namespace fdnprobe::peers
