# Code that no vend passes is compiled for size: a server's memory is mostly its text.
set(HOURKEY_COLD_OPTIONS $<$<CONFIG:Release>:-Os>)

# hourkey_module(NAME [COLD] [DEPENDS our modules...] [PRIVATE third-party targets...])
# makes the static library hourkey_NAME from lib/NAME and its folders. Third parties stay PRIVATE: their headers do not leave the module.
function(hourkey_module name)
  cmake_parse_arguments(ARG "COLD" "" "DEPENDS;PRIVATE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/lib/${name}/*.cpp)
  list(TRANSFORM ARG_DEPENDS PREPEND hourkey_)
  if(NOT sources)
    add_library(hourkey_${name} INTERFACE)
    target_include_directories(hourkey_${name} INTERFACE ${CMAKE_SOURCE_DIR}/lib)
    target_link_libraries(hourkey_${name} INTERFACE ${ARG_DEPENDS})
    return()
  endif()
  add_library(hourkey_${name} STATIC ${sources})
  target_compile_options(hourkey_${name} PRIVATE ${HOURKEY_LTO_OPTIONS})
  if(ARG_COLD)
    target_compile_options(hourkey_${name} PRIVATE ${HOURKEY_COLD_OPTIONS})
  endif()
  target_include_directories(hourkey_${name} PUBLIC ${CMAKE_SOURCE_DIR}/lib)
  target_link_libraries(hourkey_${name} PUBLIC ${ARG_DEPENDS} Threads::Threads PRIVATE ${ARG_PRIVATE})
endfunction()

# hourkey_program(NAME [LTO] SOURCES... LINK our modules and others...)
# LTO: optimised across modules in a release build; for what is shipped or measured.
function(hourkey_program name)
  cmake_parse_arguments(ARG "LTO" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
  target_link_libraries(${name} PRIVATE ${ARG_LINK} Threads::Threads)
  if(ARG_LTO)
    target_compile_options(${name} PRIVATE ${HOURKEY_LTO_OPTIONS})
    target_link_options(${name} PRIVATE ${HOURKEY_LTO_LINK_OPTIONS})
  endif()
endfunction()

# hourkey_archive(NAME TARGET FILE) makes hourkey_NAME: TARGET, or for a static program the archive that lies beside its shared library.
function(hourkey_archive name target file)
  find_library(HOURKEY_ARCHIVE_${name} ${file})
  mark_as_advanced(HOURKEY_ARCHIVE_${name})
  add_library(hourkey_${name} INTERFACE)
  target_link_libraries(hourkey_${name} INTERFACE $<IF:$<BOOL:$<TARGET_PROPERTY:HOURKEY_STATIC>>,${HOURKEY_ARCHIVE_${name}},${target}>)
endfunction()

# hourkey_static_program(NAME) makes it need no file of the machine that it runs on.
function(hourkey_static_program name)
  set_target_properties(${name} PROPERTIES HOURKEY_STATIC ON)
  target_compile_definitions(${name} PRIVATE HOURKEY_STATIC)
  set_property(TARGET ${name} PROPERTY POSITION_INDEPENDENT_CODE)  # neither CMake's -pie nor its -no-pie goes with -static-pie
  target_compile_options(${name} PRIVATE -fPIE)
  target_link_options(${name} PRIVATE -static-pie)
endfunction()

# hourkey_embed_schema(NAME) compiles the migrations of schema/sqlite into hourkey_NAME.
function(hourkey_embed_schema name)
  file(GLOB migrations CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/schema/sqlite/*.sql)
  set(output ${CMAKE_BINARY_DIR}/generated/embedded_schema.cpp)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DSCHEMA_DIR=${CMAKE_SOURCE_DIR}/schema/sqlite -DOUTPUT=${output} -P ${CMAKE_SOURCE_DIR}/cmake/embed_schema.cmake
    DEPENDS ${migrations} ${CMAKE_SOURCE_DIR}/cmake/embed_schema.cmake
    VERBATIM)
  target_sources(hourkey_${name} PRIVATE ${output})
endfunction()
