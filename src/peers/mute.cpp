// What listens and never says a word, as the real ones do.
#include <string>

#include "peers/emulation.hpp"
#include "peers/service.hpp"

namespace fdnprobe::peers {
namespace {

AnswerDatagram no_answer(const EmulationSettings&) {
    return [](std::string_view) { return std::string(); };
}
ServeConnection listener(const EmulationSettings&) { return serve_nothing(); }

}  // namespace

extern const Emulation play_syslog{"syslog", without_tls, listener, no_answer};
extern const Emulation play_fds_push{"fds-push", without_tls, nullptr, no_answer};

}  // namespace fdnprobe::peers
