// Carries out runs beside the event loop of a watch, one at a time, so that signals, timers and the watchdog have their
// turn whatever a run is busy with.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "app/options.hpp"
#include "app/preparation.hpp"
#include "engine/plan.hpp"
#include "fdnprobe/report.hpp"
#include "net/asio.hpp"
#include "net/context.hpp"

namespace fdnprobe::app {

class RunThread {
  public:
    /// What has ended is given to `done` on `loop`.
    RunThread(asio::io_context& loop, const CheckOptions& options, std::function<void(Report)> done)
        : loop_(loop), options_(options), done_(std::move(done)) {}
    RunThread(const RunThread&) = delete;
    RunThread& operator=(const RunThread&) = delete;
    ~RunThread();

    [[nodiscard]] bool busy() const { return context_ != nullptr; }
    /// Only while it is not busy.
    void start(std::shared_ptr<const Preparation> preparation, engine::Plan plan);
    /// Ends the run early; what it has until then comes as a report.
    void stop();

  private:
    void ended(Report report);

    asio::io_context& loop_;
    const CheckOptions& options_;
    std::function<void(Report)> done_;
    std::unique_ptr<net::Context> context_;
    std::thread thread_;
};

}  // namespace fdnprobe::app
