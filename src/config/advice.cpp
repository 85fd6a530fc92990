#include "config/advice.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/words.hpp"
#include "fdnprobe/verdict.hpp"

namespace fdnprobe::config {
namespace {

/// One command a line, as it is typed: the indentation of a `config` block stays, and so that a block can be pasted,
/// nothing else is in it.
std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    for (const std::string& line : split(text, '\n')) {
        std::string_view rest = line;
        while (!rest.empty() && (rest.back() == ' ' || rest.back() == '\t' || rest.back() == '\r'))
            rest.remove_suffix(1);
        if (!rest.empty()) lines.emplace_back(rest);
    }
    return lines;
}

bool has_control_characters(std::string_view line) {
    return std::any_of(line.begin(), line.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7F;
    });
}

/// `say`, `commands` and `versions` of an entry or a block.
ProductAdvice read_entry(Section& section) {
    ProductAdvice advice;
    Complaints& complaints = section.complaints();
    const auto say = section.text("say");
    if (say) advice.say = std::string(trim(say->value));
    const auto commands = section.text("commands");
    if (commands) advice.commands = lines_of(commands->value);
    for (const std::string& line : advice.commands)
        if (has_control_characters(line))
            complaints.error(commands->at, "`commands` must hold one command a line, without control characters");
    if (const auto versions = section.text("versions")) {
        for (const std::string& part : split(versions->value, ',')) {
            const auto releases = Releases::parse(part);
            if (releases)
                advice.releases.push_back(*releases);
            else
                complaints.error(versions->at, fmt::format("cannot read {} in `versions`; expected PRODUCT FROM-TO, "
                                                           "such as \"FortiGate 6.2-7.6.2, FortiProxy 7.0-\"",
                                                           in_quotes(trim(part))));
        }
    }
    const bool misread = (section.has("say") && !say) || (section.has("commands") && !commands);
    if (!misread && advice.say.empty() && advice.commands.empty())
        complaints.error(section.begin(), section.name() + " has neither `say` nor `commands`");
    if (!advice.commands.empty() && !section.has("versions"))
        complaints.error(section.begin(), section.name() +
                                              " has commands, and no `versions` that says which releases "
                                              "of which product have them");
    return advice;
}

bool is_code(std::string_view code) { return cause_from(code) || verdict_from(code); }

std::vector<std::string> all_codes() {
    std::vector<std::string> codes;
    for (const Cause cause : all_causes()) codes.emplace_back(to_string(cause));
    for (const Verdict verdict : all_verdicts()) codes.emplace_back(to_string(verdict));
    return codes;
}

class AdviceReader {
  public:
    AdviceReader(Complaints& complaints, const AdviceBlocks& blocks) : complaints_(complaints), blocks_(blocks) {}

    void add(std::string_view code, const toml::node& node, std::vector<ProductAdvice>& to) {
        if (const auto* text = node.as_string()) {
            if (trim(text->get()).empty())
                complaints_.error(node, fmt::format("the advice for {} must not be empty", in_quotes(code)));
            to.push_back({std::string(trim(text->get())), {}, {}});
        } else if (const auto* list = node.as_array()) {
            if (list->empty())
                complaints_.error(node, fmt::format("the advice for {} must not be empty", in_quotes(code)));
            for (const toml::node& one : *list) add(code, one, to);
        } else if (const auto* table = node.as_table()) {
            add_table(code, *table, to);
        } else {
            complaints_.error(node,
                              fmt::format("the advice for {} must be a string, a table or an array of those, not {}",
                                          in_quotes(code), type_name(node)));
        }
    }

  private:
    void add_table(std::string_view code, const toml::table& table, std::vector<ProductAdvice>& to) {
        Section section(table, fmt::format("the advice for {}", in_quotes(code)), complaints_);
        if (!section.has("use")) {
            to.push_back(read_entry(section));
            return section.refuse_unknown();
        }
        const auto name = section.needed_text("use");
        section.refuse_unknown();
        if (!name) return;
        const auto found = blocks_.find(name->value);
        if (found != blocks_.end()) {
            to.insert(to.end(), found->second.begin(), found->second.end());
            return;
        }
        std::vector<std::string> names;
        for (const auto& [id, block] : blocks_) names.push_back(id);
        complaints_.error(name->at, fmt::format("there is no [[advice_block]] with the id {}{}", in_quotes(name->value),
                                                did_you_mean(name->value, names)));
    }

    Complaints& complaints_;
    const AdviceBlocks& blocks_;
};

}  // namespace

AdviceBlocks read_advice_blocks(Section& top) {
    AdviceBlocks blocks;
    for (const toml::table* table : top.tables("advice_block")) {
        Section section(*table, "an advice block", top.complaints());
        const auto id = section.needed_text("id");
        ProductAdvice advice = read_entry(section);
        section.refuse_unknown();
        if (id) blocks[id->value].push_back(std::move(advice));
    }
    return blocks;
}

AdviceByCode read_advice(Section& section, const AdviceBlocks& blocks) {
    AdviceByCode advice;
    const toml::table* table = section.table("advice");
    if (table == nullptr) return advice;
    AdviceReader reader(section.complaints(), blocks);
    for (const auto& [code, value] : in_file_order(*table)) {
        if (!is_code(code->str())) {
            const std::vector<std::string> codes = all_codes();
            section.complaints().error(code->source().begin,
                                       fmt::format("{} is no cause and no verdict{}", in_quotes(code->str()),
                                                   did_you_mean(code->str(), codes)));
            continue;
        }
        reader.add(code->str(), *value, advice[std::string(code->str())]);
    }
    return advice;
}

}  // namespace fdnprobe::config
