// The manual page and the shell completions, made from the command line itself, so that they cannot drift from it.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace fdnprobe::app {

/// man(7) text for section 1.
[[nodiscard]] std::string manual_page(const CLI::App& app);

/// A completion function for bash.
[[nodiscard]] std::string bash_completion(const CLI::App& app);

}  // namespace fdnprobe::app
