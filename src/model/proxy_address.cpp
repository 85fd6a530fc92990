#include <fmt/format.h>

#include "fdnprobe/site.hpp"

namespace fdnprobe {

std::string ProxyAddress::to_string() const {
    const bool bare_colons = host.find(':') != std::string::npos;
    return fmt::format("http://{}{}{}:{}", bare_colons ? "[" : "", host, bare_colons ? "]" : "", port);
}

}  // namespace fdnprobe
