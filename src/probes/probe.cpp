#include "probes/probe.hpp"

#include <utility>

namespace fdnprobe::probes {

Step Step::send(std::string bytes) {
    Step step;
    step.kind = Kind::send;
    step.bytes = std::move(bytes);
    return step;
}

Step Step::receive(std::size_t limit, std::chrono::milliseconds wait) {
    Step step;
    step.kind = Kind::receive;
    step.limit = limit;
    step.wait = wait;
    return step;
}

Step Step::send_once(std::string bytes) {
    Step step = send(std::move(bytes));
    step.repeat = false;
    return step;
}

Step Step::try_tls() {
    Step step = start_tls();
    step.optional = true;
    return step;
}

Step Step::start_tls() {
    Step step;
    step.kind = Kind::start_tls;
    return step;
}

Step Step::hold(std::chrono::milliseconds wait) {
    Step step;
    step.kind = Kind::hold;
    step.wait = wait;
    return step;
}

Step Step::finish() { return {}; }

}  // namespace fdnprobe::probes
