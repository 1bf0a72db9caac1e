# One folder = one namespace = one library. lazaret_module(NAME DEPS ...) makes `lazaret_NAME` out of
# the folder's *.cpp, and a test program out of its *_test.cpp. COMMON names the headers that nearly
# every file there includes and that take longest to read: they are compiled once for all of them.
# TOGETHER: with LAZARET_TOGETHER ten of its files are compiled as one, which is much quicker from scratch;
# so no two of them may give one name to different things, not even in unnamed namespaces.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_FIND_LIBRARY_SUFFIXES .a .so)
set(Boost_USE_STATIC_LIBS ON)
set(OPENSSL_USE_STATIC_LIBS ON)
set(LAZARET_SANITIZE "" CACHE STRING "Comma-separated sanitizers, for example address,undefined")

find_program(CCACHE ccache)
if(CCACHE)
  # Without these two it would keep nothing that was compiled with a precompiled header.
  set(cached ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${cached})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${cached})
endif()

add_library(lazaret_flags INTERFACE)
target_include_directories(lazaret_flags INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR})
target_compile_options(lazaret_flags INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -Wswitch-enum -Werror -Wno-missing-field-initializers
  -ffunction-sections -fdata-sections $<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>)
target_link_options(lazaret_flags INTERFACE -fuse-ld=lld -Wl,--gc-sections)
if(LAZARET_SANITIZE)
  target_compile_options(lazaret_flags INTERFACE -fsanitize=${LAZARET_SANITIZE} -fno-omit-frame-pointer
                                                 -fno-sanitize-recover=all)
  target_link_options(lazaret_flags INTERFACE -fsanitize=${LAZARET_SANITIZE})
else()
  target_link_options(lazaret_flags INTERFACE -static-libgcc -static-libstdc++)
endif()

# Boost headers are not ours to warn about; Asio runs without its deprecated names and threads of its own.
add_library(lazaret_asio INTERFACE)
target_compile_definitions(lazaret_asio INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE)
target_include_directories(lazaret_asio SYSTEM INTERFACE ${Boost_INCLUDE_DIRS})
target_link_libraries(lazaret_asio INTERFACE Threads::Threads)

function(lazaret_module name)
  cmake_parse_arguments(arg "TOGETHER" "" "DEPS;TEST_DEPS;COMMON" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(test_sources ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER test_sources INCLUDE REGEX "_test\\.cpp$")
  if(sources)
    add_library(lazaret_${name} STATIC ${sources})
    target_link_libraries(lazaret_${name} PUBLIC lazaret_flags ${arg_DEPS})
    target_precompile_headers(lazaret_${name} PRIVATE ${arg_COMMON})
    if(arg_TOGETHER AND LAZARET_TOGETHER)
      set_target_properties(lazaret_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 10)
    endif()
    set(self lazaret_${name})
  else()
    add_library(lazaret_${name} INTERFACE)
    target_link_libraries(lazaret_${name} INTERFACE lazaret_flags ${arg_DEPS})
    set(self lazaret_${name})
  endif()
  if(LAZARET_TESTS AND test_sources)
    add_executable(${name}_test ${test_sources})
    target_link_libraries(${name}_test PRIVATE ${self} ${arg_TEST_DEPS} GTest::gtest GTest::gtest_main)
    if(arg_COMMON)
      target_precompile_headers(${name}_test PRIVATE ${arg_COMMON} <gtest/gtest.h>)
    endif()
    lazaret_discover(${name}_test)
  endif()
endfunction()

# The sanitizer builds do not optimise, to be built quickly; except what the simulator runs millions of times.
function(lazaret_runs_hot name)
  if(LAZARET_SANITIZE MATCHES address)
    target_compile_options(lazaret_${name} PRIVATE -O1)
  endif()
endfunction()

# Small before quick, in what users get: nobody waits for it, but for the sources named after it.
function(lazaret_runs_rarely name)
  if(NOT CMAKE_BUILD_TYPE STREQUAL "Release")
    return()
  endif()
  target_compile_options(lazaret_${name} PRIVATE -Oz)
  if(ARGN)
    set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS -O3 SKIP_PRECOMPILE_HEADERS ON)
  endif()
endfunction()

# Fuzzers see which branches of this library an input takes.
function(lazaret_is_fuzzed name)
  if(LAZARET_FUZZ)
    target_compile_options(lazaret_${name} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
endfunction()

# Registers every case of a GoogleTest program with CTest, under the program's name.
include(GoogleTest OPTIONAL)
function(lazaret_discover target)
  cmake_parse_arguments(arg "" "LABEL;TIMEOUT" "" ${ARGN})
  if(NOT arg_LABEL)
    set(arg_LABEL quick)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  gtest_discover_tests(${target} TEST_PREFIX "${target}." DISCOVERY_TIMEOUT 60
                       PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT})
endfunction()
