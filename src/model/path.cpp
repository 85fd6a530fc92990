#include "fdnprobe/path.hpp"

#include <array>
#include <utility>

namespace fdnprobe {
namespace {

constexpr std::array<std::pair<HopAnswer, std::string_view>, 7> answers{{
    {HopAnswer::silence, "silence"},
    {HopAnswer::time_exceeded, "time-exceeded"},
    {HopAnswer::unreachable, "unreachable"},
    {HopAnswer::accepted, "accepted"},
    {HopAnswer::reset, "reset"},
    {HopAnswer::replied, "replied"},
    {HopAnswer::not_sent, "not-sent"},
}};

}  // namespace

std::string_view to_string(HopAnswer answer) {
    for (const auto& [one, code] : answers)
        if (one == answer) return code;
    return {};
}

std::optional<HopAnswer> hop_answer_from(std::string_view code) {
    for (const auto& [one, text] : answers)
        if (text == code) return one;
    return std::nullopt;
}

}  // namespace fdnprobe
