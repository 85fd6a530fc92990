// Reading any bytes as the target of a request ends; what comes of it has no control characters, and a question that is
// made of its parameters is about a time that is bounded.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "web/api_history.hpp"
#include "web/limits.hpp"
#include "web/parameters.hpp"
#include "web/target.hpp"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

bool has_control(std::string_view text) {
    for (const char letter : text)
        if (static_cast<unsigned char>(letter) < 0x20 || letter == '\x7f') return true;
    return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace std::chrono;
    using namespace fdnprobe;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const WallTime now = sys_seconds(seconds(1'790'000'000));
    if (const auto moment = web::parse_moment(bytes, now))
        require(*moment > now - days(40'000) && *moment < sys_days(year(2201) / January / 1));

    const auto target = web::parse_target(bytes);
    if (!target) {
        require(!target.error().empty() && !has_control(target.error()));
        return 0;
    }
    require(target->path.starts_with('/') && target->path.size() <= size && !has_control(target->path));
    require(target->parameters.size() <= web::limits::parameters);
    for (const auto& [name, value] : target->parameters) require(!has_control(name) && !has_control(value));
    const auto query = web::history_query(target->parameters, now);
    if (query)
        require(query->from < query->until && (query->until - query->from) / query->period <= 2000);
    else
        require(!query.error().empty() && !has_control(query.error()));
    return 0;
}
