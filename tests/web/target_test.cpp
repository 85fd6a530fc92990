#include <chrono>
#include <string>

#include "catch.hpp"
#include "web/api_history.hpp"
#include "web/limits.hpp"
#include "web/parameters.hpp"
#include "web/target.hpp"

namespace fdnprobe::web {
namespace {

using namespace std::chrono_literals;

const WallTime now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 20) + 6h + 25min;

TEST_CASE("a target is decoded once") {
    const auto target = parse_target("/rows/a%2Fb%2525?row=AV%2FIPS+Update&empty=&bare&&x=1=2");
    REQUIRE(target.has_value());
    CHECK(target->path == "/rows/a/b%25");
    CHECK(target->parameters == Parameters{{"row", "AV/IPS Update"}, {"empty", ""}, {"bare", ""}, {"x", "1=2"}});
    CHECK(parse_target("/a+b")->path == "/a+b");
    CHECK(parse_target("/?")->parameters.empty());
}

TEST_CASE("a target that is none is refused with a sentence") {
    std::string many = "/?";
    for (std::size_t index = 0; index <= limits::parameters; ++index) many += "p" + std::to_string(index) + "&";
    for (const std::string& text :
         {std::string("/%"), std::string("/%4"), std::string("/%zz"), std::string("/?a=%1"), std::string("/%00"),
          std::string("/%0d%0aSet-Cookie:x"), std::string("/?x=%0A"), std::string("/%7f"), std::string("/?a=1&a=2"),
          std::string("/?a=1&%61=2"), std::string(""), std::string("x"), many, "/" + std::string(3000, 'x')}) {
        INFO(text);
        const auto target = parse_target(text);
        REQUIRE_FALSE(target.has_value());
        CHECK(target.error().ends_with('.'));
    }
}

TEST_CASE("a moment is so long ago, or a date, or a time in UTC") {
    CHECK(parse_moment("24h", now) == now - 24h);
    CHECK(parse_moment("0s", now) == now);
    CHECK(parse_moment("2026-11-20", now) == now - 6h - 25min);
    CHECK(parse_moment("2026-11-20T06:24:59Z", now) == now - 1s);
    for (const char* const text :
         {"", "yesterday", "2026-02-30", "2026-13-01", "2026-11-20T24:00:00Z", "2026-11-20T06:24:59",
          "2026-11-20 06:24:59Z", "9999-01-01", "0000-01-01", "2026-11-2x", "-1h"}) {
        INFO(text);
        CHECK_FALSE(parse_moment(text, now).has_value());
    }
}

TEST_CASE("a question to the history is read, and what is wrong with it is said") {
    const auto query =
        history_query({{"row", "*fortiguard*"}, {"since", "7d"}, {"until", "1d"}, {"period", "day"}}, now);
    REQUIRE(query.has_value());
    CHECK(query->row == "*fortiguard*");
    CHECK(query->from == now - 168h);
    CHECK(query->until == now - 24h);
    CHECK(query->period == 24h);
    const auto usual = history_query({}, now);
    CHECK(usual->from == now - 24h);
    CHECK(usual->until == now);
    CHECK(usual->period == 1h);

    const auto said = [](const Parameters& parameters) { return history_query(parameters, now).error(); };
    CHECK(said({{"sonce", "1h"}}) == "There is no parameter \"sonce\" here; did you mean since?");
    CHECK(said({{"since", "soon"}}).find("\"soon\"") != std::string::npos);
    CHECK(said({{"since", "1h"}, {"until", "2h"}}) == "since has to be before until.");
    CHECK(said({{"period", "week"}}) == "period is hour or day, and not \"week\".");
    CHECK(said({{"since", "365d"}}).find("period=day") != std::string::npos);
    CHECK(history_query({{"since", "365d"}, {"period", "day"}}, now).has_value());
    CHECK_FALSE(history_query({{"since", "1970-01-01"}, {"period", "day"}}, now).has_value());
}

}  // namespace
}  // namespace fdnprobe::web
