# What every target of the project shares: language, warnings, sanitizers, ccache, linker.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

set(GUICHET_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize takes them; empty for none")

find_program(GUICHET_CCACHE ccache)
if(GUICHET_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${GUICHET_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${GUICHET_CCACHE})
endif()

find_program(GUICHET_MOLD mold)
if(GUICHET_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options("-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.")
add_compile_definitions(BOOST_ASIO_NO_DEPRECATED)

if(GUICHET_SANITIZE)
  add_compile_options(-fsanitize=${GUICHET_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${GUICHET_SANITIZE})
endif()

# g++ 12 reports members of std::variant as uninitialised that are not (its bugs 105562, 80635), and
# overlaps in std::string that cannot be (105651); the sanitizers look for real ones.
set(GUICHET_WARNINGS -Wall -Wextra -Wpedantic -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  list(APPEND GUICHET_WARNINGS -Wno-maybe-uninitialized -Wno-restrict)
endif()

# guichet_library(NAME SOURCES... [USES targets...])
# A static library of one folder. Includes are written from the top of the repository. What it uses
# must stand above it in the order of add_subdirectory: dependencies point one way.
function(guichet_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;PRIVATE_USES" ${ARGN})
  foreach(used ${ARG_USES} ${ARG_PRIVATE_USES})
    if(used MATCHES "^guichet_" AND NOT TARGET ${used})
      message(FATAL_ERROR "${name} uses ${used}, which is not above it: see ARCHITECTURE.md")
    endif()
  endforeach()
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_compile_options(${name} PRIVATE ${GUICHET_WARNINGS})
  target_link_libraries(${name} PUBLIC ${ARG_USES} PRIVATE ${ARG_PRIVATE_USES})
endfunction()

# guichet_embed(NAME SPACE HEADER OUT)
# OUT: a source file with SPACE::NAME_json(), which HEADER declares: schemas/NAME.json as it is now.
function(guichet_embed name space header out)
  set(to ${CMAKE_CURRENT_BINARY_DIR}/${name}_json.cpp)
  add_custom_command(
    OUTPUT ${to}
    COMMAND ${CMAKE_COMMAND} -DNAME=${name}_json -DSPACE=${space} -DHEADER=${header}
      -DFROM=${CMAKE_SOURCE_DIR}/schemas/${name}.json -DTO=${to}
      -P ${CMAKE_SOURCE_DIR}/cmake/embed_document.cmake
    DEPENDS ${CMAKE_SOURCE_DIR}/schemas/${name}.json ${CMAKE_SOURCE_DIR}/cmake/embed_document.cmake)
  set(${out} ${to} PARENT_SCOPE)
endfunction()

# guichet_test(NAME SOURCES... [USES targets...] [SECONDS limit] [LABELS ...])
# One GoogleTest program, registered whole with ctest under its name.
function(guichet_test name)
  cmake_parse_arguments(ARG "" "SECONDS" "SOURCES;USES;LABELS" ${ARGN})
  if(NOT ARG_SECONDS)
    set(ARG_SECONDS 60)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_options(${name} PRIVATE ${GUICHET_WARNINGS})
  target_compile_definitions(${name} PRIVATE GUICHET_SOURCE_DIR="${CMAKE_SOURCE_DIR}" GUICHET_BINARY_DIR="${CMAKE_BINARY_DIR}")
  target_link_libraries(${name} PRIVATE ${ARG_USES} GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_SECONDS} LABELS "${ARG_LABELS}")
endfunction()
