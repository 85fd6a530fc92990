// Writes evidence into an attempt that somebody above the deadline owns.
#pragma once

#include <string>
#include <utility>

#include "fdnprobe/evidence.hpp"
#include "net/context.hpp"
#include "net/error_queue.hpp"

namespace fdnprobe::net {

class Recorder {
  public:
    Recorder(Context& context, Attempt& attempt) : context_(context), attempt_(attempt) {}

    Stage stage = Stage::plan;

    Event& note(What what, int code = 0, int detail = 0, std::string text = {}) {
        Event& event = attempt_.evidence.emplace_back();
        event.at = context_.now();
        event.stage = stage;
        event.what = what;
        event.code = code;
        event.detail = detail;
        event.text = std::move(text);
        return event;
    }

    /// What the error queue of a socket held. True when there was something.
    bool note_icmp(int descriptor) {
        const auto errors = drain_errors(descriptor);
        for (const IcmpError& error : errors)
            note(What::icmp_error, error.type, error.code, error.version6 ? "icmpv6" : "icmp").from = error.sender;
        return !errors.empty();
    }

    [[nodiscard]] Attempt& attempt() { return attempt_; }
    [[nodiscard]] Context& context() const { return context_; }

  private:
    Context& context_;
    Attempt& attempt_;
};

}  // namespace fdnprobe::net
