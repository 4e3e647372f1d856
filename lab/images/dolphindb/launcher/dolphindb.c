/* The stand-in's executable: Python in one process that is called dolphindb, with all it needs beside it in standin/. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void die(PyStatus status) {
  if (PyStatus_Exception(status)) Py_ExitStatusException(status);
}

int main(int argc, char **argv) {
  char exe[PATH_MAX], path[PATH_MAX + 32];
  const char *parts[] = {"app", "python3.11", "python3.11/lib-dynload"};
  ssize_t size = readlink("/proc/self/exe", exe, sizeof exe - 1);
  if (size < 0) {
    perror("dolphindb (stand-in): /proc/self/exe");
    return 1;
  }
  exe[size] = 0;
  *strrchr(exe, '/') = 0;

  PyConfig config;
  PyConfig_InitIsolatedConfig(&config);
  config.parse_argv = 0;
  config.site_import = 0;
  config.write_bytecode = 0;
  config.install_signal_handlers = 1;
  config.module_search_paths_set = 1;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    snprintf(path, sizeof path, "%s/standin/%s", exe, parts[i]);
    wchar_t *wide = Py_DecodeLocale(path, NULL);
    die(PyWideStringList_Append(&config.module_search_paths, wide));
    PyMem_RawFree(wide);
  }
  snprintf(path, sizeof path, "%s/standin", exe);
  die(PyConfig_SetBytesString(&config, &config.home, path));
  die(PyConfig_SetBytesArgv(&config, argc, argv));
  die(PyConfig_SetString(&config, &config.run_module, L"dolphindb_standin"));
  die(Py_InitializeFromConfig(&config));
  PyConfig_Clear(&config);
  return Py_RunMain();
}
