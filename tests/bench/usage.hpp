// What a process has used: the same figures, taken in the same way, for both sides of a comparison.
#pragma once

#include <dirent.h>
#include <malloc.h>
#include <sys/resource.h>

#include <chrono>
#include <cstddef>
#include <cstdio>

#include "destination.hpp"

namespace fdnprobe::bench {

/// Bytes in memory. From smaps_rollup, which counts pages; the counters behind VmRSS may lag by some hundred kilobytes.
inline long resident_bytes() {
    std::FILE* file = std::fopen("/proc/self/smaps_rollup", "r");
    if (file == nullptr) fail("/proc/self/smaps_rollup cannot be read");
    char line[256];
    long kilobytes = -1;
    while (kilobytes < 0 && std::fgets(line, sizeof line, file) != nullptr)
        if (std::sscanf(line, "Rss: %ld kB", &kilobytes) != 1) kilobytes = -1;
    std::fclose(file);
    return kilobytes * 1024;
}

/// Bytes that malloc has given out.
inline long allocated_bytes() {
    const struct mallinfo2 info = mallinfo2();
    return static_cast<long>(info.uordblks + info.hblkhd);
}

inline long open_descriptors() {
    long count = 0;
    if (DIR* folder = opendir("/proc/self/fd"); folder != nullptr) {
        while (readdir(folder) != nullptr) ++count;
        closedir(folder);
    }
    return count;
}

/// Seconds of user and system time so far.
inline double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Memory {
    long resident = 0;
    long allocated = 0;
    long descriptors = 0;

    static Memory now() {
        Memory memory;
        memory.resident = resident_bytes();
        memory.allocated = allocated_bytes();
        memory.descriptors = open_descriptors();
        return memory;
    }
};

/// One line of JSON: how long `checks` took, and how many ended as they should have.
class Stopwatch {
  public:
    void print(std::size_t checks, std::size_t good) const {
        const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - began_;
        std::printf(R"({"checks": %zu, "good": %zu, "seconds": %.6f, "cpu_seconds": %.6f})"
                    "\n",
                    checks, good, wall.count(), cpu_seconds() - cpu_);
    }

  private:
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    double cpu_ = cpu_seconds();
};

/// One line of JSON: what memory grew by between two moments.
inline void print_growth(const Memory& before, const Memory& peak, std::size_t checks, std::size_t good) {
    std::printf(R"({"checks": %zu, "good": %zu, "in_flight": %ld, "resident": %ld, "allocated": %ld})"
                "\n",
                checks, good, peak.descriptors - before.descriptors, peak.resident - before.resident,
                peak.allocated - before.allocated);
}

inline void raise_descriptor_limit() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace fdnprobe::bench
