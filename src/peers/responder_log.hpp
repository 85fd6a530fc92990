// Who asked, and what came of it: a line each, and no more of them than somebody can read.
//
// A source that is refused again is summed up once a second for as long as it goes on, and beyond a few sources all are
// summed up together: whoever may send packets must not be able to fill a disk.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "peers/arrivals.hpp"
#include "peers/responder_guard.hpp"

namespace fdnprobe::peers {

class ResponderLog {
  public:
    /// Takes one line, without its end.
    using Write = std::function<void(std::string_view)>;

    static constexpr std::size_t most_sources = 16;

    explicit ResponderLog(Write write) : write_(std::move(write)) {}

    void answered(const Arrival& arrival, std::string_view result, Instant now);
    void refused(const Arrival& arrival, std::string_view result, Instant now);
    /// To be called every second: writes what has been summed up.
    void flush(Instant now);

  private:
    struct Repeats {
        std::size_t count = 0;  ///< since the last flush, without the one that had a line of its own
        std::string last;
    };

    Write write_;
    std::unordered_map<std::string, Repeats> refused_;  ///< those of this second and of the one before
    std::size_t others_ = 0;
};

}  // namespace fdnprobe::peers
