# fdnprobe_flags: what our own code is compiled with, and third-party headers are not.
add_library(fdnprobe_flags INTERFACE)
target_compile_features(fdnprobe_flags INTERFACE cxx_std_20)
target_compile_options(fdnprobe_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual -Wformat=2)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Awaitable frames are allocated and freed by a pair that GCC 12 takes for a mismatch; at -O3 it sees std::string
    # overlap itself where it does not (GCC bug 105651).
    target_compile_options(fdnprobe_flags INTERFACE -Wduplicated-cond -Wlogical-op -fcoroutines
        -Wno-mismatched-new-delete -Wno-restrict)
endif()

# In a git checkout warnings are errors; in a source package a newer compiler must not stop a build.
if(EXISTS ${CMAKE_SOURCE_DIR}/.git)
    set(werror_default ON)
else()
    set(werror_default OFF)
endif()
option(FDNPROBE_WERROR "Warnings are errors" ${werror_default})
if(FDNPROBE_WERROR)
    target_compile_options(fdnprobe_flags INTERFACE -Werror)
endif()

set(FDNPROBE_SANITIZE "" CACHE STRING "Sanitizers to build with, such as address,undefined")
if(FDNPROBE_SANITIZE)
    # Without a question before every use of a pointer, which takes a fifth of a build: null pointers stop at the
    # processor, and the address sanitizer says where.
    add_compile_options(-fsanitize=${FDNPROBE_SANITIZE} -fno-sanitize=null -fno-sanitize-recover=all
        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${FDNPROBE_SANITIZE})
endif()

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
find_program(ccache ccache)
if(ccache)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${ccache})
endif()
