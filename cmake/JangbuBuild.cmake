# What every target of the project shares: language, warnings, sanitizers, and the one function that makes a layer.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

option(JANGBU_TESTS "build the tests" ON)
option(JANGBU_BENCHES "build the benches" OFF)
option(JANGBU_FUZZ "build libFuzzer targets (clang)" OFF)
option(JANGBU_BATCHES "compile neighbouring files of a target as one; OFF: each alone" ON)
set(JANGBU_SANITIZE "" CACHE STRING "sanitizers, e.g. address,undefined or thread")

find_program(CCACHE ccache)
if(CCACHE)
    # Files compiled with a precompiled header are not kept unless ccache is told that macros in it may differ.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()

add_library(jangbu_options INTERFACE)
target_include_directories(jangbu_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(jangbu_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
# One form of debug information: line tables, enough for traces and small on disk.
target_compile_options(jangbu_options INTERFACE $<$<CONFIG:RelWithDebInfo>:-g1>)
if(JANGBU_SANITIZE)
    target_compile_options(jangbu_options INTERFACE -fsanitize=${JANGBU_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(jangbu_options INTERFACE -fsanitize=${JANGBU_SANITIZE})
endif()
if(JANGBU_FUZZ)
    target_compile_options(jangbu_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# jangbu_parsed_once(KIND TARGET... [HEADERS header...] [OPTIONS option...]): the standard library's headers, and these,
# are parsed once for the targets, which a small file spends half its time on. For g++ alone: clang's build with each
# file alone finds the one that forgot to include what it uses.
function(jangbu_parsed_once kind)
    cmake_parse_arguments(PARSED "" "" "HEADERS;OPTIONS" ${ARGN})
    if(NOT CMAKE_CXX_COMPILER_ID STREQUAL GNU)
        return()
    endif()
    # g++ 12 is wrong about the moves of std::string when their header is precompiled.
    set(own_strings -Wno-array-bounds -Wno-stringop-overread -Wno-stringop-overflow -Wno-restrict)
    if(NOT TARGET parsed_${kind})
        add_library(parsed_${kind} OBJECT ${CMAKE_SOURCE_DIR}/cmake/parsed_once.cpp)
        target_link_libraries(parsed_${kind} PRIVATE jangbu_options)
        target_compile_options(parsed_${kind} PRIVATE -fpch-preprocess ${own_strings} ${PARSED_OPTIONS})
        target_precompile_headers(parsed_${kind} PRIVATE <algorithm> <array> <atomic> <charconv> <chrono> <deque> <expected>
            <filesystem> <fstream> <functional> <map> <memory> <mutex> <optional> <random> <ranges> <set> <shared_mutex>
            <span> <sstream> <string> <thread> <variant> <vector> ${PARSED_HEADERS})
    endif()
    foreach(target ${PARSED_UNPARSED_ARGUMENTS})
        target_compile_options(${target} PRIVATE -fpch-preprocess ${own_strings})
        target_precompile_headers(${target} REUSE_FROM parsed_${kind})
    endforeach()
endfunction()

# jangbu_batches(FILES TARGET...): so many neighbouring files of the targets are one translation unit, which halves what a
# full build costs (docs/decisions/0037-files-in-batches.md). Names of a target's files are unique in it, anonymous ones too.
function(jangbu_batches files)
    set_target_properties(${ARGN} PROPERTIES UNITY_BUILD ${JANGBU_BATCHES} UNITY_BUILD_BATCH_SIZE ${files})
endfunction()

# jangbu_layer(ledger BELOW crypto LIBRARIES leveldb::leveldb): a static library of every source in the folder.
function(jangbu_layer name)
    cmake_parse_arguments(LAYER "" "BELOW" "LIBRARIES" ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${name}/*.cpp ${CMAKE_SOURCE_DIR}/${name}/*.h)
    add_library(${name} STATIC ${sources})
    set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX)
    target_link_libraries(${name} PRIVATE jangbu_options PUBLIC ${LAYER_BELOW} ${LAYER_LIBRARIES})
    add_library(jangbu::${name} ALIAS ${name})
    jangbu_parsed_once(product ${name})
    jangbu_batches(6 ${name})
endfunction()
