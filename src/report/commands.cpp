#include "report/commands.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "report/markdown_text.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {

std::string commands_title(const CommandBlock& block) {
    return block.releases.empty() ? std::string("On the device") : "On " + shown_sentence(block.releases);
}

Json json_commands(std::span<const CommandBlock> blocks) {
    Json list = Json::array();
    for (const CommandBlock& block : blocks) {
        Json object;
        object["for"] = shown_sentence(block.releases);
        object["lines"] = Json::array();
        for (const std::string& line : block.lines) object["lines"].push_back(shown_sentence(line));
        list.push_back(std::move(object));
    }
    return list;
}

void html_commands(Html& html, std::span<const CommandBlock> blocks) {
    for (const CommandBlock& block : blocks) {
        html.leaf("p", {{"class", "aside"}}, commands_title(block) + ":");
        const auto lines = html.element("pre", {{"class", "commands"}});
        for (const std::string& line : block.lines) html.leaf("code", line);
    }
}

std::string markdown_commands(std::span<const CommandBlock> blocks, const std::string& indent) {
    std::string text;
    for (const CommandBlock& block : blocks) {
        // A fence that the commands cannot end.
        std::string fence = "```";
        for (const std::string& line : block.lines)
            while (line.find(fence) != std::string::npos) fence += '`';
        text += fmt::format("\n{}{}:\n\n{}{}\n", indent, markdown_text(commands_title(block)), indent, fence);
        for (const std::string& line : block.lines) text += fmt::format("{}{}\n", indent, printable(line));
        text += fmt::format("{}{}\n\n", indent, fence);
    }
    return text;
}

}  // namespace fdnprobe::report
