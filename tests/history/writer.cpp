// Writes runs into a history until it is killed, and says the number of each once it is written: for killed_test.cpp.
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <string>

#include "history/runs.hpp"

using namespace fdnprobe;
using namespace fdnprobe::history;
using namespace fdnprobe::history::fixture;

int main(int argument_count, char** arguments) {
    if (argument_count != 3) return 2;
    // A killed process leaves what the kernel has taken; only a machine that fails needs the disk to have it.
    Retention retention;
    retention.raw = 1h;
    const auto history = open_with(arguments[1], retention, quick());
    if (!history) {
        std::fprintf(stderr, "%s\n", history.error().what.c_str());
        return 1;
    }
    for (unsigned long number = std::stoul(arguments[2]);; ++number) {
        Report run = run_at(beginning);
        for (std::size_t row = 0; row < 20; ++row)
            add_row(run, row, (number + row) % 3 == 0 ? Cause::timeout : Cause::answered, 2);
        if (const auto trouble = record(**history, run, beginning + number * 10s)) {
            std::fprintf(stderr, "%s\n", trouble->what.c_str());
            return 1;
        }
        const std::string line = std::to_string(number) + "\n";
        if (write(STDOUT_FILENO, line.data(), line.size()) < 0) return 1;
    }
}
