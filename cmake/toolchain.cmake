# Compiler, warnings, hardening and sanitizers for every target.

if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  message(FATAL_ERROR "hourkey is built with clang 19 and nothing else (CXX=clang++-19, what ./dev does): g++ 12 miscompiles coroutines "
                      "(GCC bug 107288, a double free), and newer ones leak in other ways.")
endif()

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

option(HOURKEY_TESTS "Build the tests" ON)
option(HOURKEY_FUZZ "Build the libFuzzer targets" OFF)
option(HOURKEY_LTO "Optimise a release build in full and across modules; off: builds sooner, for the loop of edit and test" ON)
set(HOURKEY_SANITIZERS "" CACHE STRING "Value for -fsanitize=, e.g. address,undefined")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
include(CheckPIESupported)
check_pie_supported()

# Boost 1.81's Beast has an assertion that one unauthenticated client can trip, so its assertions are off in every
# build type (security: "always build with NDEBUG"); our own invariants do not use assert().
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")
if(NOT HOURKEY_LTO)
  set(CMAKE_CXX_FLAGS_RELEASE "-O1 -g1 -DNDEBUG")
endif()
if(HOURKEY_SANITIZERS)
  # Line tables are what a report shows. Unoptimised, for compiling coroutines is most of what a test run takes.
  set(CMAKE_CXX_FLAGS_DEBUG "-O0 -gline-tables-only -DNDEBUG")
else()
  set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g -DNDEBUG")
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast -Werror)
# Coroutine frames come from operator new: Asio's own recycling searches a list in which the wrong sizes pile up, and then
# takes aligned_alloc(), which glibc's per-thread cache does not serve. hourkeyd's operator delete overwrites them besides.
# Asio's few other blocks go the same way; so nothing that is handed to it may be aligned beyond operator new's 16 bytes.
add_compile_definitions(BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_HAS_CO_AWAIT BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING
  BOOST_ASIO_DISABLE_STD_ALIGNED_ALLOC BOOST_ASIO_DISABLE_BOOST_ALIGN)

if(HOURKEY_SANITIZERS)
  add_compile_options(-fsanitize=${HOURKEY_SANITIZERS} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${HOURKEY_SANITIZERS})
  add_compile_definitions(HOURKEY_SANITIZED)
else()
  add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection -D_GLIBCXX_ASSERTIONS)
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fno-plt)  # all is bound at start (-z now): no lazy stubs
    add_link_options(-Wl,--gc-sections -Wl,--icf=safe)
  endif()
  add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
endif()
# Without machine code besides the bitcode: a fifth of the compiler's time, for tests of a release build that link sooner.
set(HOURKEY_LTO_OPTIONS "")
set(HOURKEY_LTO_LINK_OPTIONS "")
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND HOURKEY_LTO AND NOT HOURKEY_SANITIZERS)
  set(HOURKEY_LTO_OPTIONS -flto=thin)
  set(HOURKEY_LTO_LINK_OPTIONS ${HOURKEY_LTO_OPTIONS} -Wl,--thinlto-cache-dir=${CMAKE_BINARY_DIR}/lto-cache)
endif()
if(HOURKEY_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
add_link_options(-fuse-ld=lld)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
