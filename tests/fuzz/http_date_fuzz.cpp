// Reading any bytes as a time of HTTP's ends, and what is one lies in the years that have four digits; nothing that is
// longer or shorter than a time is one.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "wire/http_date.hpp"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace std::chrono;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const sys_seconds now{seconds(1'790'000'000)};
    const auto time = fdnprobe::wire::http::parse_date(bytes, now);
    if (!time) return 0;
    require(bytes.size() >= 24 && bytes.size() <= 33);
    require(*time >= sys_days(year(0) / January / 1) && *time <= sys_days(year(10000) / January / 1));
    require(!fdnprobe::wire::http::parse_date(bytes.substr(0, bytes.size() - 1), now));
    require(!fdnprobe::wire::http::parse_date(std::string(bytes) + "0", now));
    return 0;
}
