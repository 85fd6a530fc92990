# Files in the binary: fdnprobe_embed(ROOM NAME file…) makes the files, one after the other, the constant
# fdnprobe::ROOM::NAME, which a header of that room declares as `extern const std::string_view`. The source is written
# into the build folder, anew whenever one of the files changes.
function(fdnprobe_embed room name)
    set(files)
    foreach(file ${ARGN})
        list(APPEND files ${CMAKE_CURRENT_SOURCE_DIR}/${file})
    endforeach()
    set(source ${CMAKE_CURRENT_BINARY_DIR}/embedded_${room}_${name}.cpp)
    list(JOIN files "|" joined)
    add_custom_command(OUTPUT ${source}
        COMMAND ${CMAKE_COMMAND} -D ROOM=${room} -D NAME=${name} -D "FILES=${joined}" -D SOURCE=${source}
            -P ${CMAKE_CURRENT_SOURCE_DIR}/cmake/embed_files.cmake
        DEPENDS ${files} ${CMAKE_CURRENT_SOURCE_DIR}/cmake/embed_files.cmake
        COMMENT "Embedding ${name}" VERBATIM)
    target_sources(fdnprobe_${room} PRIVATE ${source})
endfunction()
