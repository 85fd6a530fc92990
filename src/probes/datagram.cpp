#include "probes/datagram.hpp"

#include <utility>

#include <fmt/format.h>

#include "probes/finding.hpp"

namespace fdnprobe::probes {
namespace {

/// An off-path guesser gets this many tries, and a noisy network does not hold up the run.
constexpr int most_datagrams = 16;

class OneQuestion final : public Dialogue {
  public:
    OneQuestion(std::string question, Fits fits) : question_(std::move(question)), fits_(std::move(fits)) {}

    Step resume(const Input& input) override {
        switch (input.kind) {
            case Input::Kind::ready: return Step::send(question_);
            case Input::Kind::done: return Step::receive(largest_datagram);
            case Input::Kind::received:
                if (++datagrams_ == most_datagrams || fits_(input.bytes)) return Step::finish();
                return Step::receive(largest_datagram);
            default: return Step::finish();
        }
    }

  private:
    std::string question_;
    Fits fits_;
    int datagrams_ = 0;
};

}  // namespace

bool anything_fits(std::string_view) { return true; }

std::unique_ptr<Dialogue> ask_by_datagram(std::string question, Fits fits) {
    return std::make_unique<OneQuestion>(std::move(question), std::move(fits));
}

const Event* find_datagram(const Attempt& attempt, const Fits& fits) {
    const Event* elsewhere = nullptr;
    for (const Event& event : attempt.evidence) {
        if (event.what != What::received || !fits(event.text)) continue;
        if (!event.from) return &event;
        if (elsewhere == nullptr) elsewhere = &event;
    }
    return elsewhere;
}

std::string what_came(std::string_view bytes) {
    return bytes.empty() ? "an empty datagram came back" : fmt::format("it said {}", quoted(bytes));
}

void weigh_origin(Finding& finding, const Event& received) {
    if (!received.from) return;
    if (finding.confidence == Confidence::proven) finding.confidence = Confidence::likely;
    finding.warnings.push_back(came_from_elsewhere(received));
}

}  // namespace fdnprobe::probes
