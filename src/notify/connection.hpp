// A socket to a receiver. Nothing blocks: each call ends at the attempt's deadline or when it is cancelled, whatever
// the peer or the resolver does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/expected.hpp"
#include "notify/attempt.hpp"

namespace fdnprobe::notify {

/// Tries the addresses of the name in turn. `type` is SOCK_STREAM or SOCK_DGRAM. The error is a clause.
[[nodiscard]] Expected<system::Descriptor, std::string> connect_to(const std::string& host, std::uint16_t port,
                                                                   int type, const Attempt& attempt);

/// What an errno means, in the words of the system.
[[nodiscard]] std::string error_text(int error);

/// Bytes to and from a peer, plain or under TLS.
class Stream {
  public:
    Stream() = default;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    virtual ~Stream() = default;

    /// At least one byte was written or read; 0: the peer has ended (reading only).
    [[nodiscard]] virtual Expected<std::size_t, std::string> write(const char* bytes, std::size_t size,
                                                                   const Attempt& attempt) = 0;
    [[nodiscard]] virtual Expected<std::size_t, std::string> read(char* bytes, std::size_t size,
                                                                  const Attempt& attempt) = 0;
};

class PlainStream : public Stream {
  public:
    explicit PlainStream(system::Descriptor descriptor) : descriptor_(std::move(descriptor)) {}
    [[nodiscard]] Expected<std::size_t, std::string> write(const char* bytes, std::size_t size,
                                                           const Attempt& attempt) override;
    [[nodiscard]] Expected<std::size_t, std::string> read(char* bytes, std::size_t size,
                                                          const Attempt& attempt) override;
    [[nodiscard]] int descriptor() const { return descriptor_.number(); }

  private:
    system::Descriptor descriptor_;
};

/// All of it, or why not.
[[nodiscard]] Expected<std::size_t, std::string> write_all(Stream& stream, std::string_view bytes,
                                                           const Attempt& attempt);

}  // namespace fdnprobe::notify
