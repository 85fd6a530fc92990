// A baseline of any content is either read, or refused with messages that can be shown; what was read can be written,
// and reads the same again.
#include <cstddef>
#include <cstdint>
#include <string>

#include "../config/good_problems.hpp"
#include "config/baseline.hpp"

using fdnprobe::config::Baseline;
using fdnprobe::config::sample::require;
using fdnprobe::config::sample::require_good_problems;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto baseline = fdnprobe::config::parse_baseline(text, "conf/fuzz.toml");
    if (!baseline) {
        require(!baseline.error().empty());
        require_good_problems(baseline.error(), text);
        return 0;
    }
    require(!baseline->endpoints.empty());
    for (const auto& [endpoint, known] : baseline->endpoints) {
        require(!endpoint.first.empty() && known.key_sha256.size() == 64);
        require(known.issuer_key_sha256.empty() || known.issuer_key_sha256.size() == 64);
    }
    const std::string written = fdnprobe::config::write_baseline(*baseline);
    const auto again = fdnprobe::config::parse_baseline(written, "conf/fuzz.toml");
    require(again && again->endpoints.size() == baseline->endpoints.size());
    require(fdnprobe::config::write_baseline(*again) == written);
    return 0;
}
