// From a request to its answer: who may ask, and what there is. No socket, no HTTP.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "history/history.hpp"
#include "web/answer.hpp"
#include "web/live.hpp"
#include "web/pages.hpp"
#include "web/request_head.hpp"
#include "web/routes.hpp"
#include "web/server.hpp"
#include "web/target.hpp"

namespace fdnprobe::web {

class Answering {
  public:
    /// `settings.names` has this host's own name in it. `history` may be null.
    Answering(ServerSettings settings, const Live& live, history::History* history)
        : settings_(std::move(settings)), live_(live), history_(history), pages_(history) {}

    [[nodiscard]] Work work_of(const RequestHead& head) const;
    /// Whether the answer may be a stream of events, of which there are only so many.
    [[nodiscard]] static bool is_stream(const RequestHead& head);

    /// Requests of one kind of work may not be answered at the same time.
    [[nodiscard]] Answer answer(const RequestHead& head, bool stream_free, WallTime now);
    [[nodiscard]] static Answer answer(const BadHead& bad);
    /// What was asked for cannot wait any longer.
    [[nodiscard]] static Answer overloaded(const RequestHead& head);

  private:
    /// The same for all who ask for the same before the next run: many who want it make no more work than one.
    [[nodiscard]] Answer report(const RequestHead& head, const Parameters& parameters, const Snapshot* snapshot);

    ServerSettings settings_;
    const Live& live_;
    history::History* history_;
    Pages pages_;
    Answer last_report_;
    std::string last_report_target_;
    std::uint64_t last_report_serial_ = 0;
};

}  // namespace fdnprobe::web
