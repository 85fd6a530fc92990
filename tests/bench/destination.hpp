// ADDRESS:PORT on a command line, IPv4 only: the benchmarks stay on loopback.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace fdnprobe::bench {

[[noreturn]] inline void fail(std::string_view what) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(what.size()), what.data());
    std::exit(2);
}

inline sockaddr_in destination(const std::string& text) {
    const std::size_t colon = text.find(':');
    sockaddr_in native{};
    native.sin_family = AF_INET;
    if (colon == std::string::npos || inet_pton(AF_INET, text.substr(0, colon).c_str(), &native.sin_addr) != 1)
        fail("expected ADDRESS:PORT, not " + text);
    native.sin_port = htons(static_cast<std::uint16_t>(std::strtoul(text.c_str() + colon + 1, nullptr, 10)));
    return native;
}

inline std::vector<sockaddr_in> destinations(int count, char** arguments) {
    std::vector<sockaddr_in> all;
    for (int index = 0; index < count; ++index) all.push_back(destination(arguments[index]));
    if (all.empty()) fail("expected at least one ADDRESS:PORT");
    return all;
}

}  // namespace fdnprobe::bench
