// From the name of a table to its file.
#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/folders.hpp"
#include "config/load.hpp"
#include "config/words.hpp"

namespace fdnprobe::config {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view ending = ".toml";

bool is_there(const fs::path& path) {
    std::error_code error;
    return fs::exists(path, error) && !fs::is_directory(path, error);
}

bool is_table(const fs::path& path) {
    const auto text = read_text_file(path.string());
    return text && kind_of(*text) == FileKind::table;
}

void add_names(const fs::path& folder, std::set<std::string>& names) {
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        const fs::path path = entry->path();
        // A user's folder has site files too.
        if (path.extension() == ending && is_table(path)) names.insert(path.stem().string());
    }
}

std::string searched(const std::vector<fs::path>& folders) {
    std::string list;
    for (const fs::path& folder : folders) list += (list.empty() ? "" : ", ") + printable(folder.string());
    return list;
}

}  // namespace

std::vector<std::string> table_names() {
    std::set<std::string> names;
    for (const fs::path& folder : table_folders(surroundings())) add_names(folder, names);
    return {names.begin(), names.end()};
}

Expected<std::string, Problem> find_table(const std::string& name_or_file) {
    const auto fail = [](std::string what) {
        return Unexpected<Problem>(Problem{"command line", 0, 0, std::move(what), false});
    };
    if (name_or_file.empty()) return fail("the name of a table must not be empty");
    if (name_or_file.find('/') != std::string::npos || name_or_file.ends_with(ending)) return name_or_file;
    const std::vector<fs::path> folders = table_folders(surroundings());
    for (const fs::path& folder : folders) {
        const fs::path path = folder / (name_or_file + std::string(ending));
        if (is_there(path)) return path.string();
    }
    const std::vector<std::string> names = table_names();
    const std::string what = fmt::format("there is no table {}", in_quotes(name_or_file));
    if (names.empty()) return fail(fmt::format("{}, and none at all in {}", what, searched(folders)));
    const std::string hint = did_you_mean(name_or_file, names);
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ", ") + in_quotes(name);
    return fail(fmt::format("{}{} There are {}, in {}", what, hint.empty() ? "." : hint, list, searched(folders)));
}

}  // namespace fdnprobe::config
