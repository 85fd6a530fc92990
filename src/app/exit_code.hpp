// The exit codes of the program, as its documentation promises them.
#pragma once

namespace fdnprobe::app {

inline constexpr int exit_ok = 0;
inline constexpr int exit_usage = 2;     ///< the command line, a table or a site file is wrong; nothing was sent
inline constexpr int exit_internal = 4;  ///< fdnprobe itself failed
inline constexpr int exit_interrupted = 130;

}  // namespace fdnprobe::app
