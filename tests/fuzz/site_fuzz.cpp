// A site file of any content is either read, or refused with messages that can be shown.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../config/good_problems.hpp"
#include "config/load.hpp"

namespace {

using fdnprobe::config::sample::require;
using fdnprobe::config::sample::require_good_problems;

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

void require_good_windows(const std::vector<fdnprobe::WeekWindow>& windows) {
    for (const fdnprobe::WeekWindow& window : windows) {
        require(!window.spans.empty() && window.spans.size() <= 7);
        for (const fdnprobe::WeekSpan& span : window.spans)
            require(span.from >= 0 && span.from < 10080 && span.until >= 1 && span.until <= 10080);
    }
}

void require_good_schedule(const fdnprobe::Schedule& schedule) {
    using std::chrono::seconds;
    require(schedule.every.value_or(seconds(1)) >= seconds(1));
    require(schedule.jitter.value_or(0) >= 0 && schedule.jitter.value_or(0) <= 0.5);
    const fdnprobe::Confirmation confirm = schedule.confirm.value_or(fdnprobe::Confirmation{});
    require(confirm.needed >= 1 && confirm.needed <= confirm.of && confirm.of <= 20);
    for (const fdnprobe::RowInterval& row : schedule.rows) require(row.every >= seconds(1) && !row.pattern.empty());
    require_good_windows(schedule.quiet);
    require_good_windows(schedule.paused);
}

/// What is finer is kept no longer than what is coarser; zero is for ever.
void require_good_retention(const fdnprobe::Retention& retention) {
    const auto for_ever = [](std::chrono::hours span) { return span == std::chrono::hours(0); };
    const auto fits = [&](std::chrono::hours finer, std::chrono::hours coarser) {
        return for_ever(coarser) || (!for_ever(finer) && finer >= std::chrono::hours(1) && finer <= coarser);
    };
    require(fits(retention.raw, retention.hourly) && fits(retention.hourly, retention.daily));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    fdnprobe::Problems warnings;
    const auto site = fdnprobe::config::parse_site(text, "conf/fuzz.toml", warnings);
    require_good_problems(warnings, text);
    if (!site) {
        require(!site.error().empty());
        require_good_problems(site.error(), text);
        return 0;
    }
    for (const auto& [name, peer] : site->peers) {
        require(!peer.addresses.empty() || !peer.ports.empty());
        for (const std::string& address : peer.addresses) require(!address.empty() && !has_nul(address));
        for (const auto& [port, dialled] : peer.ports) require(dialled.number != 0);
    }
    for (const fdnprobe::Pin& pin : site->pins) require(!pin.host.empty() && !has_nul(pin.host));
    for (const auto& [name, path] : site->secret_files) require(!has_nul(path));
    require_good_schedule(site->schedule);
    if (site->retention) require_good_retention(*site->retention);
    for (const std::string& receiver : site->notify.to) require(receiver.find('=') != 0 && !has_nul(receiver));
    require(site->notify.at_most >= 1 && site->notify.per >= std::chrono::seconds(1));
    return 0;
}
