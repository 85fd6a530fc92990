// One attempt to hand over a message: what bounds it, and what it comes to.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "notify/message.hpp"
#include "system/descriptor.hpp"

namespace fdnprobe::notify {

/// Wakes whoever waits on a descriptor, once and for all: the process wants to end.
class Cancel {
  public:
    Cancel();
    void set();
    [[nodiscard]] bool is_set() const { return set_; }
    [[nodiscard]] int descriptor() const { return descriptor_.number(); }

  private:
    system::Descriptor descriptor_;
    std::atomic<bool> set_ = false;
};

enum class Waited : std::uint8_t {
    ready,
    late,       ///< the time is up
    cancelled,  ///< the process wants to end
};

class Attempt {
  public:
    using Moment = std::chrono::steady_clock::time_point;

    Attempt(const Cancel& cancel, Moment deadline) : cancel_(&cancel), deadline_(deadline) {}
    /// The same with less time.
    [[nodiscard]] Attempt until(Moment deadline) const {
        return {*cancel_, deadline < deadline_ ? deadline : deadline_};
    }

    [[nodiscard]] Moment deadline() const { return deadline_; }
    [[nodiscard]] bool cancelled() const { return cancel_->is_set(); }
    struct Wanted {
        int descriptor = -1;  ///< below 0: is passed over
        short events = 0;     ///< of poll(2)
    };
    static constexpr std::size_t most_wanted = 16;
    /// Until one of the descriptors is ready, or in error, which the next call on it will tell; those beyond
    /// `most_wanted` are not watched.
    [[nodiscard]] Waited wait(std::span<const Wanted> wanted) const;
    [[nodiscard]] Waited wait(std::initializer_list<Wanted> wanted) const {
        return wait(std::span(wanted.begin(), wanted.size()));
    }
    [[nodiscard]] Waited wait(int descriptor, short events) const { return wait({{descriptor, events}}); }
    /// Ready, too, once that moment has come, if it comes before the deadline: for whoever has something to do then.
    [[nodiscard]] Waited wait_until(Moment moment, std::span<const Wanted> wanted) const;

  private:
    const Cancel* cancel_;
    Moment deadline_;
};

/// What kept it from being ready: the sentence for `late`, or that the process ends; empty: it is ready.
[[nodiscard]] std::string why_unless_ready(Waited waited, const std::string& late);

struct Outcome {
    enum class Result : std::uint8_t {
        taken,
        failed,   ///< to be tried again
        refused,  ///< the receiver will never take it
    };
    Result result = Result::failed;
    std::string problem;                              ///< a clause without any secret; the caller escapes it
    std::optional<std::chrono::seconds> retry_after;  ///< as the receiver asked
};

[[nodiscard]] inline Outcome taken() { return {Outcome::Result::taken, "", std::nullopt}; }
[[nodiscard]] Outcome failed(std::string problem);
[[nodiscard]] Outcome refused(std::string problem);

/// One kind of receiver.
class Carrier {
  public:
    Carrier() = default;
    Carrier(const Carrier&) = delete;
    Carrier& operator=(const Carrier&) = delete;
    virtual ~Carrier() = default;

    /// Ends soon after the attempt's deadline or cancellation.
    [[nodiscard]] virtual Outcome deliver(const Message& message, const Attempt& attempt) = 0;
};

}  // namespace fdnprobe::notify
