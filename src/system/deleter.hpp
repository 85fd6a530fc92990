// What a C library hands out goes back to it with its owner: std::unique_ptr<Thing, Deleter<free_thing>>.
#pragma once

namespace fdnprobe::system {

template <auto Free>
struct Deleter {
    template <class Object>
    void operator()(Object* object) const {
        Free(object);
    }
};

}  // namespace fdnprobe::system
