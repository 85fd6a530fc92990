// One GET, in plain text or inside TLS, and what every probe of a web server says of the answer in the same words.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/expected.hpp"
#include "fdnprobe/check.hpp"
#include "fdnprobe/evidence.hpp"
#include "probes/probe.hpp"
#include "wire/http.hpp"
#include "wire/http_body.hpp"

namespace fdnprobe::probes {

[[nodiscard]] bool accepts_path(const OptionValue& value);
[[nodiscard]] bool accepts_flag(const OptionValue& value);
inline constexpr ProbeOption path_option{"path", "a path that begins with '/', without spaces", accepts_path};
/// For probes of services that are found inside TLS and outside of it.
inline constexpr ProbeOption tls_option{"tls", "true or false", accepts_flag};

/// Whether such a service is asked inside TLS: as the table says, else as the port that the table names is commonly
/// used. A site that has moved a port has not changed what is spoken there.
[[nodiscard]] bool inside_tls(const Check& check);

struct WebRequest {
    std::string path = "/";
    bool tls = false;
    std::size_t body = 0;  ///< as much of the body is read
    bool head = false;     ///< the head of the answer is all that is asked for
};
[[nodiscard]] std::unique_ptr<Dialogue> get(const Check& check, const WebRequest& request);

struct WebAnswer {
    wire::http::ResponseHead head;
    wire::http::Body body;
    /// `HTTP 200`.
    [[nodiscard]] std::string status() const;
};
/// The answer, or what it is that came in its place.
[[nodiscard]] Expected<WebAnswer, Finding> read_answer(const Attempt& attempt);

/// The finding where the status itself says that somebody who stands in between has given it.
[[nodiscard]] std::optional<Finding> judge_proxy_status(const wire::http::ResponseHead& head);

/// The same, for a portal that stands in between: its own status, or a redirect to somebody else.
[[nodiscard]] std::optional<Finding> judge_portal(const Check& check, const wire::http::ResponseHead& head);

/// The answer where it is the service's own; else the finding of what answered in its place, or of nothing that did.
[[nodiscard]] Expected<WebAnswer, Finding> read_own_answer(const Check& check, const Attempt& attempt);

}  // namespace fdnprobe::probes
