#include "probes/registry.hpp"

#include <set>
#include <string_view>

#include "catch.hpp"

using namespace fdnprobe;

TEST_CASE("every probe is found by its name and says what help needs") {
    std::set<std::string_view> names;
    for (const probes::Probe* probe : probes::all()) {
        const ProbeDescription& description = probe->description;
        INFO(description.name);
        CHECK(names.insert(description.name).second);
        CHECK(probes::find(description.name) == probe);
        CHECK((description.over_tcp || description.over_udp || description.over_esp || description.over_ethernet));
        CHECK(description.sends.ends_with('.'));
        CHECK(description.positive.ends_with('.'));
        CHECK(probe->begin != nullptr);
        CHECK(probe->judge != nullptr);
        for (const ProbeOption& option : description.options) {
            CHECK_FALSE(option.name.empty());
            CHECK_FALSE(option.expects.empty());
            CHECK(option.accepts != nullptr);
        }
    }
    CHECK(probes::descriptions().size() == names.size());
    CHECK(probes::find("telnet") == nullptr);
}
