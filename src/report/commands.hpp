// Commands for the device, as each format shows them: lines that can be copied as they stand, never wrapped, under the
// releases that have them.
#pragma once

#include <span>
#include <string>

#include "fdnprobe/device.hpp"
#include "report/html_writer.hpp"
#include "report/json_values.hpp"

namespace fdnprobe::report {

/// "On FortiGate 6.2 to 7.6.2".
[[nodiscard]] std::string commands_title(const CommandBlock& block);

/// [{"for": "FortiGate 6.2 to 7.6.2", "lines": ["config …"]}]
[[nodiscard]] Json json_commands(std::span<const CommandBlock> blocks);

void html_commands(Html& html, std::span<const CommandBlock> blocks);

/// A fenced block each, behind `indent` so that they belong to an item of a list.
[[nodiscard]] std::string markdown_commands(std::span<const CommandBlock> blocks, const std::string& indent);

}  // namespace fdnprobe::report
