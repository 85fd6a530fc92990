// The bytes of one connection, in the clear or through TLS. Nothing here waits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/expected.hpp"
#include "system/descriptor.hpp"
#include "system/openssl.hpp"

namespace fdnprobe::web {

/// A server's context with this certificate and key; the error names the file that is wrong.
[[nodiscard]] Expected<system::SslContext, std::string> server_context(const std::string& certificate_file,
                                                                       const std::string& key_file);

class Channel {
  public:
    enum class Result : std::uint8_t {
        done,
        wants_read,   ///< again, once the socket is readable
        wants_write,  ///< again, once it is writable
        ended,        ///< by the far end, or by an error
    };

    /// `context` is null for plain HTTP.
    Channel(system::Descriptor socket, SSL_CTX* context);

    [[nodiscard]] int descriptor() const { return socket_.number(); }
    /// Appends what there is, up to `most` bytes.
    [[nodiscard]] Result read(std::string& bytes, std::size_t most);
    /// Moves `written` by what went out.
    [[nodiscard]] Result write(std::string_view bytes, std::size_t& written);
    /// Says that nothing more will be sent.
    void finish();

  private:
    system::Descriptor socket_;
    system::Ssl ssl_;
};

}  // namespace fdnprobe::web
