// A file descriptor that is closed with its owner.
#pragma once

#include <unistd.h>

#include <utility>

namespace fdnprobe::system {

class Descriptor {
  public:
    Descriptor() = default;
    /// Takes it over; below 0: there is none.
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        // What this one had is closed here and now, not when the other one goes.
        Descriptor taken(std::move(other));
        std::swap(number_, taken.number_);
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(); }

    [[nodiscard]] int number() const { return number_; }
    [[nodiscard]] bool is_open() const { return number_ >= 0; }
    void close() {
        if (is_open()) ::close(release());
    }
    /// For whoever closes it from then on.
    [[nodiscard]] int release() { return std::exchange(number_, -1); }

  private:
    int number_ = -1;
};

}  // namespace fdnprobe::system
