// Opening a history with other settings than the usual: for tests.
#pragma once

#include <memory>
#include <string>

#include "base/expected.hpp"
#include "fdnprobe/schedule.hpp"
#include "history/connection.hpp"
#include "history/history.hpp"

namespace fdnprobe::history {

[[nodiscard]] Expected<std::unique_ptr<History>, Trouble> open_with(const std::string& file, const Retention& retention,
                                                                    const Settings& settings);
[[nodiscard]] Expected<std::unique_ptr<History>, Trouble> open_to_read_with(const std::string& file,
                                                                            const Settings& settings);

}  // namespace fdnprobe::history
