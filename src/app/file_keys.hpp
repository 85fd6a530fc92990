// Every key of table and site files, each with a line and an example: the manual's reference.
#pragma once

#include <string_view>
#include <vector>

namespace fdnprobe::app {

struct FileKey {
    std::string_view name;
    std::string_view about;    ///< without a full stop
    std::string_view example;  ///< as it stands in a file
};

struct FileSection {
    std::string_view title;  ///< "[peers]"
    std::string_view about;  ///< sentences
    std::vector<FileKey> keys;
};

[[nodiscard]] std::vector<FileSection> site_file_sections();
[[nodiscard]] std::vector<FileSection> table_file_sections();

}  // namespace fdnprobe::app
