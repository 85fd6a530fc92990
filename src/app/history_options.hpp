// What the command line of `fdnprobe history` said.
#pragma once

#include <string>

namespace fdnprobe::app {

struct HistoryOptions {
    std::string history;  ///< file; empty: default_history_file()
    std::string row;
    std::string since = "24h";
    std::string until;  ///< empty: now
    std::string format = "table";
    std::string output;
    bool no_colour = false;
    bool verbose = false;
};

/// Where the packaged service keeps it: in systemd's $STATE_DIRECTORY, else below /var/lib.
[[nodiscard]] std::string default_history_file();

}  // namespace fdnprobe::app
