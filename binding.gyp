{
  "targets": [
    {
      "target_name": "re2",
      "type": "static_library",
      "sources": ["<!@(node scripts/native-sources.mjs re2)"],
      "include_dirs": ["node_modules/re2/vendor/re2", "node_modules/re2/vendor/abseil-cpp"],
      "defines": ["NDEBUG"],
      "cflags": ["-w", "-O2", "-fPIC", "-fvisibility=hidden"],
      "cflags_cc!": ["-std=gnu++17", "-fno-exceptions", "-fno-rtti"],
      "cflags_cc": ["-std=c++20"]
    },
    {
      "target_name": "attache",
      "dependencies": ["re2"],
      "sources": ["<!@(node scripts/native-sources.mjs core)", "<!@(node scripts/native-sources.mjs binding)"],
      "include_dirs": ["native", "node_modules/re2/vendor/re2", "node_modules/re2/vendor/abseil-cpp"],
      "defines": ["NDEBUG"],
      "cflags!": ["-O2", "-O3"],
      "cflags_cc!": ["-std=gnu++17", "-std=gnu++20"],
      "cflags": ["-O3", "-fPIC", "-fvisibility=hidden"],
      "cflags_cc": ["-std=c++20", "-fno-exceptions", "-fno-rtti", "-Wall", "-Wextra", "-Werror", "-isystem", "<(module_root_dir)/node_modules/re2/vendor/re2", "-isystem", "<(module_root_dir)/node_modules/re2/vendor/abseil-cpp"],
      "ldflags": ["-Wl,--gc-sections", "-Wl,--exclude-libs,ALL"]
    }
  ]
}
