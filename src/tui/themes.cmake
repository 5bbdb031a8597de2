# The shipped themes, compiled in so that the binary works from any folder.
file(GLOB themes CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/themes/*.ini)
set(rows "")
foreach(theme ${themes})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${theme})
  get_filename_component(name ${theme} NAME_WE)
  file(READ ${theme} text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n\"\n     \"" text "${text}")
  string(APPEND rows "    {\"${name}\",\n     \"${text}\"},\n")
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/tui/themes_shipped.c @ONLY CONTENT
"/* Made by the build from the files in themes. */
#include \"terminal/theme.h\"

#include <stddef.h>

const struct sl_theme_shipped sl_themes_shipped[] = {
@rows@    {NULL, NULL},
};
")
target_sources(sl_tui PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/tui/themes_shipped.c)
