// A fuzz target without a fuzzer: runs every file of a corpus folder, and mechanical mutations of it, through the
// target's entry point. It looks for nothing new beyond them; it keeps what was found from coming back, with any
// compiler.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

// Mutations of each kind of one file. Corpus files are small: nearly all of them get every truncation and the flips of
// every bit of their first 250 bytes, where the lengths and types are; a whole corpus stays within seconds.
constexpr std::size_t most_mutations = 2000;

struct Now {
    std::array<char, 512> text{};
    std::size_t length = 0;
};
Now now;  // what the signal handler prints

/// What is being tried, for the message that a crash leaves behind.
void set_now(const std::string& file, std::string_view mutation, std::size_t index) {
    const int length = std::snprintf(now.text.data(), now.text.size(), "\nfailed at %s, %.*s %zu\n", file.c_str(),
                                     static_cast<int>(mutation.size()), mutation.data(), index);
    now.length = std::min(static_cast<std::size_t>(std::max(length, 0)), now.text.size() - 1);
}

extern "C" void say_where(int signal) {
    [[maybe_unused]] const auto written = write(STDERR_FILENO, now.text.data(), now.length);
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

void run(const std::string& bytes) {
    // A copy of exactly that size, so that a sanitizer sees a read of one byte too many.
    const std::vector<std::uint8_t> input(bytes.begin(), bytes.end());
    LLVMFuzzerTestOneInput(input.data(), input.size());
}

std::size_t replay(const std::string& name, const std::string& bytes) {
    set_now(name, "as it is", 0);
    run(bytes);
    std::size_t runs = 1;
    const std::size_t step = 1 + bytes.size() / most_mutations;
    for (std::size_t size = 0; size < bytes.size(); size += step, ++runs) {
        set_now(name, "truncated to", size);
        run(bytes.substr(0, size));
    }
    const std::size_t bits = std::min(bytes.size() * 8, most_mutations);
    for (std::size_t bit = 0; bit < bits; ++bit, ++runs) {
        set_now(name, "with the flipped bit", bit);
        std::string flipped = bytes;
        flipped[bit / 8] = static_cast<char>(static_cast<unsigned char>(flipped[bit / 8]) ^ (1U << (bit % 8)));
        run(flipped);
    }
    // What a length field that is off by much leads to: nothing, the largest, and more of the same.
    for (std::size_t at = 0; at < std::min(bytes.size(), most_mutations); ++at, runs += 2) {
        std::string extreme = bytes;
        extreme[at] = '\0';
        set_now(name, "with zero at", at);
        run(extreme);
        extreme[at] = '\xFF';
        set_now(name, "with 255 at", at);
        run(extreme);
    }
    set_now(name, "twice", 0);
    run(bytes + bytes);
    return runs + 1;
}

int replay_folder(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.is_regular_file()) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    if (files.empty()) {
        std::fprintf(stderr, "%s holds no file: a fuzz target has a corpus\n", folder.c_str());
        return 1;
    }
    std::size_t runs = replay("nothing at all", "");
    for (const auto& path : files) {
        std::ifstream file(path, std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
        if (!file) {
            std::fprintf(stderr, "%s cannot be read\n", path.c_str());
            return 1;
        }
        runs += replay(path.filename().string(), bytes);
    }
    std::printf("%zu files, %zu runs\n", files.size(), runs);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
        return 2;
    }
    for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGBUS, SIGILL}) std::signal(signal, say_where);
    try {
        return replay_folder(argv[1]);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s%s\n", now.text.data(), error.what());
        return 1;
    }
}
