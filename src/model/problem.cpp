#include "model/problem.hpp"

#include <fmt/format.h>

namespace fdnprobe {

std::string Problem::to_string() const {
    const std::string mark = warning ? "warning: " : "";
    if (line == 0) return fmt::format("{}: {}{}", file, mark, what);
    return fmt::format("{}:{}:{}: {}{}", file, line, column, mark, what);
}

}  // namespace fdnprobe
