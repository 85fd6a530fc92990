# Writes SOURCE for fdnprobe_embed (embed.cmake). An array of numbers: a literal has a longest length that a compiler
# must take, and characters that would have to be escaped.
string(REPLACE "|" ";" FILES "${FILES}")
set(bytes "")
foreach(file ${FILES})
    file(READ ${file} hex HEX)
    string(APPEND bytes ${hex})
endforeach()
string(REGEX REPLACE "(..)" "'\\\\x\\1'," numbers "${bytes}")
file(WRITE ${SOURCE} "#include <string_view>

namespace fdnprobe::${ROOM} {
extern const std::string_view ${NAME};
static constexpr char bytes[] = {${numbers}};
constinit const std::string_view ${NAME}(bytes, sizeof bytes);
}  // namespace fdnprobe::${ROOM}
")
