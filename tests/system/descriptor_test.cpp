#include "system/descriptor.hpp"

#include <fcntl.h>

#include <utility>

#include "catch.hpp"

using fdnprobe::system::Descriptor;

namespace {

int opened() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

bool is_open(int number) { return ::fcntl(number, F_GETFD) >= 0; }

}  // namespace

TEST_CASE("a descriptor is closed with its owner, and only once", "[system]") {
    int number = -1;
    {
        Descriptor file(opened());
        number = file.number();
        REQUIRE(file.is_open());
        CHECK(is_open(number));
    }
    CHECK_FALSE(is_open(number));

    // The number is given to the next one, which must be left alone.
    Descriptor file(opened());
    file.close();
    CHECK_FALSE(file.is_open());
    const Descriptor next(opened());
    REQUIRE(next.number() == number);
    file.close();
    CHECK(is_open(number));
}

TEST_CASE("where there is none, nothing is closed", "[system]") {
    const Descriptor none;
    CHECK_FALSE(none.is_open());
    CHECK(none.number() == -1);
    CHECK_FALSE(Descriptor(-1).is_open());
}

TEST_CASE("a descriptor is moved, and what was there before is closed at once", "[system]") {
    Descriptor first(opened());
    const int number = first.number();
    Descriptor second(std::move(first));
    CHECK(second.number() == number);
    CHECK_FALSE(first.is_open());

    Descriptor third(opened());
    const int replaced = third.number();
    third = std::move(second);
    CHECK(third.number() == number);
    CHECK_FALSE(second.is_open());
    CHECK_FALSE(is_open(replaced));
    CHECK(is_open(number));

    Descriptor& same = third;
    third = std::move(same);
    CHECK(third.number() == number);
    CHECK(is_open(number));
}

TEST_CASE("what is released belongs to somebody else", "[system]") {
    int number = -1;
    {
        Descriptor file(opened());
        number = file.release();
        CHECK_FALSE(file.is_open());
    }
    REQUIRE(is_open(number));
    const Descriptor again(number);
}
