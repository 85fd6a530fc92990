#include "report/shown.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time.hpp"

namespace fdnprobe::report {
namespace {

/// The longest DNS name has 253 characters; nothing that is shown as one word needs more.
constexpr std::size_t name_limit = 256;
/// About a page of text.
constexpr std::size_t sentence_limit = 4096;

}  // namespace

std::string shown_name(std::string_view raw) { return printable(raw, name_limit); }
std::string shown_sentence(std::string_view raw) { return printable(raw, sentence_limit); }

std::string shown_span(std::chrono::nanoseconds span) {
    const double milliseconds = to_milliseconds(span);
    if (milliseconds < 9.95) return fmt::format("{:.1f} ms", milliseconds);
    if (milliseconds < 999.5) return fmt::format("{:.0f} ms", milliseconds);
    if (milliseconds < 59'950.0) return fmt::format("{:.1f} s", milliseconds / 1000);
    const auto seconds = static_cast<long long>(std::llround(milliseconds / 1000));
    return fmt::format("{} min {} s", seconds / 60, seconds % 60);
}

std::string counted(std::size_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string listed(std::span<const std::string> items, std::string_view last_word) {
    std::string out;
    for (std::size_t index = 0; index < items.size(); ++index) {
        if (index > 0) out += index + 1 == items.size() ? fmt::format(" {} ", last_word) : ", ";
        out += items[index];
    }
    return out;
}

std::string shown_proxy(std::string_view proxy) {
    const std::size_t scheme = proxy.find("://");
    const std::size_t begin = scheme == std::string_view::npos ? 0 : scheme + 3;
    const std::size_t at = proxy.rfind('@');
    const std::size_t colon = proxy.find(':', begin);
    if (at == std::string_view::npos || at < begin || colon > at) return shown_name(proxy);
    return shown_name(std::string(proxy.substr(0, colon)) + std::string(proxy.substr(at)));
}

const Attempt* telling_attempt(const CheckResult& result) {
    const auto& attempts = result.attempts;
    if (result.conclusion.attempt && *result.conclusion.attempt < attempts.size())
        return &attempts[*result.conclusion.attempt];
    for (auto attempt = attempts.rbegin(); attempt != attempts.rend(); ++attempt)
        if (!attempt->abandoned) return &*attempt;
    return attempts.empty() ? nullptr : &attempts.back();
}

std::optional<SocketAddress> destination_of(const CheckResult& result) {
    const Attempt* attempt = telling_attempt(result);
    return attempt == nullptr ? std::nullopt : attempt->destination;
}

std::string without_credentials(std::string_view bytes) {
    constexpr std::string_view header = "authorization:";
    std::string out(bytes);
    const std::string low = lower(bytes);
    for (std::size_t at = low.find(header); at != std::string::npos; at = low.find(header, at + 1)) {
        const std::size_t begin = at + header.size();
        const std::size_t end = std::min(low.find_first_of("\r\n", begin), low.size());
        for (std::size_t index = begin; index < end; ++index)
            if (out[index] != ' ') out[index] = '*';
    }
    return out;
}

std::string row_id_of(const Report& report, const Check& check) {
    return check.row < report.rows.size() ? report.rows[check.row].row.full_id() : std::string();
}

}  // namespace fdnprobe::report
