// The command line: options, help and dispatch.
#pragma once

namespace fdnprobe::app {

/// The whole program; the exit code.
[[nodiscard]] int run(int argument_count, char** arguments);

}  // namespace fdnprobe::app
