#include "app/run_thread.hpp"

#include <utility>

#include <asio/post.hpp>

#include "app/check_run.hpp"

namespace fdnprobe::app {

RunThread::~RunThread() {
    stop();
    if (thread_.joinable()) thread_.join();
}

void RunThread::start(std::shared_ptr<const Preparation> preparation, engine::Plan plan) {
    context_ = std::make_unique<net::Context>(descriptor_budget(options_.lab.has_value()));
    thread_ = std::thread([this, preparation = std::move(preparation), plan = std::move(plan)]() mutable {
        auto report = std::make_shared<Report>(carry_out(*context_, options_, *preparation, std::move(plan), {}));
        asio::post(loop_, [this, report] { ended(std::move(*report)); });
    });
}

void RunThread::stop() {
    if (context_) asio::post(context_->io, [context = context_.get()] { context->stop(); });
}

void RunThread::ended(Report report) {
    thread_.join();
    context_.reset();
    done_(std::move(report));
}

}  // namespace fdnprobe::app
