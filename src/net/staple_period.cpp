#include "net/staple_period.hpp"

#include <ctime>

#include <openssl/err.h>

#include "system/openssl.hpp"

namespace fdnprobe::net {
namespace {

std::optional<std::chrono::sys_seconds> to_time(const ASN1_GENERALIZEDTIME* time) {
    std::tm broken_down{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &broken_down) != 1) return std::nullopt;
    return std::chrono::sys_seconds(std::chrono::seconds(timegm(&broken_down)));
}

}  // namespace

StaplePeriod staple_period(std::string_view der) {
    StaplePeriod period;
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
    const system::OcspResponse response(d2i_OCSP_RESPONSE(nullptr, &bytes, static_cast<long>(der.size())));
    system::OcspBasicResponse basic;
    if (response) basic.reset(OCSP_response_get1_basic(response.get()));
    OCSP_SINGLERESP* const answer = basic ? OCSP_resp_get0(basic.get(), 0) : nullptr;
    ERR_clear_error();
    if (answer == nullptr) return period;
    ASN1_GENERALIZEDTIME* from = nullptr;
    ASN1_GENERALIZEDTIME* until = nullptr;
    OCSP_single_get0_status(answer, nullptr, nullptr, &from, &until);
    period.from = to_time(from);
    period.until = to_time(until);
    ERR_clear_error();
    return period;
}

}  // namespace fdnprobe::net
