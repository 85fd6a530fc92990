#include "judge/tls_alert.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace fdnprobe::judge {
namespace {

struct AlertName {
    std::int32_t number;
    std::string_view name;
};

constexpr std::array names{
    AlertName{0, "close_notify"},
    AlertName{10, "unexpected_message"},
    AlertName{20, "bad_record_mac"},
    AlertName{21, "decryption_failed"},
    AlertName{22, "record_overflow"},
    AlertName{30, "decompression_failure"},
    AlertName{40, "handshake_failure"},
    AlertName{41, "no_certificate"},
    AlertName{42, "bad_certificate"},
    AlertName{43, "unsupported_certificate"},
    AlertName{44, "certificate_revoked"},
    AlertName{45, "certificate_expired"},
    AlertName{46, "certificate_unknown"},
    AlertName{47, "illegal_parameter"},
    AlertName{48, "unknown_ca"},
    AlertName{49, "access_denied"},
    AlertName{50, "decode_error"},
    AlertName{51, "decrypt_error"},
    AlertName{60, "export_restriction"},
    AlertName{70, "protocol_version"},
    AlertName{71, "insufficient_security"},
    AlertName{80, "internal_error"},
    AlertName{86, "inappropriate_fallback"},
    AlertName{90, "user_canceled"},
    AlertName{100, "no_renegotiation"},
    AlertName{109, "missing_extension"},
    AlertName{110, "unsupported_extension"},
    AlertName{111, "certificate_unobtainable"},
    AlertName{112, "unrecognized_name"},
    AlertName{113, "bad_certificate_status_response"},
    AlertName{114, "bad_certificate_hash_value"},
    AlertName{115, "unknown_psk_identity"},
    AlertName{116, "certificate_required"},
    AlertName{120, "no_application_protocol"},
};

}  // namespace

std::string alert_text(std::int32_t number) {
    const auto* const found =
        std::find_if(names.begin(), names.end(), [&](const AlertName& entry) { return entry.number == number; });
    return found == names.end() ? fmt::format("alert {}", number) : fmt::format("alert {} ({})", number, found->name);
}

bool is_about_client_certificate(std::int32_t number) {
    constexpr std::array numbers{40, 41, 42, 43, 44, 45, 46, 48, 49, 116};
    return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

const Event* find_alert(const Attempt& attempt) {
    const auto found = std::find_if(attempt.evidence.begin(), attempt.evidence.end(), [](const Event& event) {
        return event.what == What::tls_alert_received && event.code != 0;
    });
    return found == attempt.evidence.end() ? nullptr : &*found;
}

}  // namespace fdnprobe::judge
