#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/version.hpp"
#include "catch.hpp"
#include "config/folders.hpp"
#include "config/load.hpp"
#include "scratch_folder.hpp"

using namespace fdnprobe;
using namespace fdnprobe::config;

namespace {

bool contains(std::string_view text, std::string_view piece) { return text.find(piece) != std::string_view::npos; }

/// Sets a variable, and puts it back.
class Variable {
  public:
    Variable(const char* name, const std::string& value) : name_(name) {
        if (const char* before = std::getenv(name)) before_ = before;
        ::setenv(name, value.c_str(), 1);
    }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;
    ~Variable() {
        if (before_)
            ::setenv(name_, before_->c_str(), 1);
        else
            ::unsetenv(name_);
    }

  private:
    const char* name_;
    std::optional<std::string> before_;
};

std::vector<std::string> texts(const std::vector<std::filesystem::path>& paths) {
    std::vector<std::string> list;
    for (const auto& path : paths) list.push_back(path.string());
    return list;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

const std::string installed = std::string(install_data_directory()) + "/targets";
const std::string table_text = "schema = \"fdnprobe.table/1\"\n";

}  // namespace

TEST_CASE("tables are looked for from the nearest folder to the farthest", "[config][find]") {
    CHECK(texts(table_folders({"/src/build/dev/fdnprobe", "/mine", "/home/u/.cfg", "/home/u"})) ==
          std::vector<std::string>{"/mine", "/src/build/dev/targets", "/src/build/targets", "/src/targets", "/targets",
                                   "/src/build/share/fdnprobe/targets", "/home/u/.cfg/fdnprobe", "/etc/fdnprobe",
                                   installed});
    CHECK(texts(table_folders({"/opt/fdnprobe/bin/fdnprobe", "", "", "/home/u"})) ==
          std::vector<std::string>{"/opt/fdnprobe/bin/targets", "/opt/fdnprobe/targets", "/opt/targets", "/targets",
                                   "/opt/fdnprobe/share/fdnprobe/targets", "/home/u/.config/fdnprobe", "/etc/fdnprobe",
                                   installed});
    // The XDG specification ignores relative paths.
    CHECK(texts(table_folders({"", "", "relative", ""})) == std::vector<std::string>{"/etc/fdnprobe", installed});
    // Near the root several are one.
    CHECK(texts(table_folders({"/bin/fdnprobe", "", "", ""})) ==
          std::vector<std::string>{"/bin/targets", "/targets", "/share/fdnprobe/targets", "/etc/fdnprobe", installed});
}

TEST_CASE("this process knows where it is", "[config][find]") {
    CHECK(surroundings().program.filename() == "config_test");
}

TEST_CASE("a path is taken as it is", "[config][find]") {
    for (const std::string path : {"./mine", "/no/such/table", "mine.toml", "dir/x"}) CHECK(find_table(path) == path);
}

TEST_CASE("a name is found in the first folder that has it", "[config][find]") {
    const ScratchFolder folder;
    const Variable targets("FDNPROBE_TARGETS_DIR", folder.path("a"));
    const Variable config("XDG_CONFIG_HOME", folder.path("b"));
    const std::string first = folder.write("a/both-of-them.toml", table_text);
    folder.write("b/fdnprobe/both-of-them.toml", table_text);
    const std::string second = folder.write("b/fdnprobe/only-here.toml", table_text);
    // Neither a site file, nor a folder, nor a file of another ending is a table.
    folder.write("b/fdnprobe/branch.toml", "schema = \"fdnprobe.site/1\"\n");
    folder.write("b/fdnprobe/folder.toml/x", "");
    folder.write("b/fdnprobe/notes.txt", table_text);
    // A slip in a table does not hide it.
    folder.write("a/has-a-slip.toml", table_text + "[row\n");

    CHECK(find_table("both-of-them") == first);
    CHECK(find_table("only-here") == second);
    CHECK_FALSE(find_table("folder"));
    const auto names = table_names();
    CHECK(std::is_sorted(names.begin(), names.end()));
    CHECK(std::count(names.begin(), names.end(), "both-of-them") == 1);
    CHECK(has(names, "only-here"));
    CHECK(has(names, "has-a-slip"));
    CHECK_FALSE(has(names, "branch"));
    CHECK_FALSE(has(names, "folder"));
    CHECK_FALSE(has(names, "notes"));

    const auto unknown = find_table("only-hree");
    REQUIRE_FALSE(unknown);
    const std::string what = unknown.error().to_string();
    CHECK(contains(what, "command line: there is no table `only-hree`; did you mean `only-here`? There are "));
    CHECK(contains(what, "`both-of-them`"));
    CHECK(contains(what, ", in " + folder.path("a") + ", "));
    const auto far = find_table("\x1bzzzzzzzzzzzzzzzzzzz");
    REQUIRE_FALSE(far);
    CHECK(contains(far.error().what, "there is no table `\\x1bzzzzzzzzzzzzzzzzzzz`. There are "));
    CHECK(find_table("").error().to_string() == "command line: the name of a table must not be empty");
}
