# The addon that users install. scripts/build.mjs runs it (npm run build); CMakeLists.txt builds the
# same sources without Node. Define attache_werror=1 (build.mjs --werror) to have warnings as errors.
{
  "variables": {
    "attache_werror%": 0
  },
  "targets": [
    {
      "target_name": "re2",
      "type": "static_library",
      "sources": ["<!@(node scripts/native-sources.mjs re2)"],
      "include_dirs": ["node_modules/re2/vendor/re2", "node_modules/re2/vendor/abseil-cpp"],
      "defines": ["NDEBUG"],
      "cflags": ["-w", "-fPIC", "-fvisibility=hidden", "-ffunction-sections", "-fdata-sections"],
      "cflags!": ["-Wall", "-Wextra", "-Wno-unused-parameter", "-O3"],
      "cflags_cc!": ["-std=gnu++17", "-std=gnu++20"],
      "cflags_cc": ["-std=c++20", "-O2"]
    },
    {
      # Everything that runs without Node: the native tests and the engine alone link it as well.
      "target_name": "attache_core",
      "type": "static_library",
      "dependencies": ["re2"],
      "sources": ["<!@(node scripts/native-sources.mjs core)"]
    },
    {
      "target_name": "attache",
      "dependencies": ["attache_core", "re2"],
      "sources": ["<!@(node scripts/native-sources.mjs binding)"],
      # node exports its own Abseil and libuv symbols: ours must never bind to them, nor theirs to ours.
      "ldflags": ["-Wl,--gc-sections", "-Wl,--exclude-libs,ALL", "-Wl,-Bsymbolic", "-Wl,-z,now", "-pthread"]
    }
  ],
  "target_defaults": {
    "target_conditions": [
      ["_target_name!='re2'", {
        "include_dirs": ["native"],
        "defines": ["NDEBUG"],
        "cflags!": ["-Wno-unused-parameter"],
        "cflags": ["-fPIC", "-fvisibility=hidden", "-ffunction-sections", "-fdata-sections", "-pthread"],
        "cflags_cc!": ["-std=gnu++17", "-std=gnu++20"],
        "cflags_cc": [
          "-std=c++20",
          "-O3",
          # Node's own flags keep frame pointers: 2 % of a request's instructions.
          "-fomit-frame-pointer",
          "-fno-exceptions",
          "-fno-rtti",
          "-Wall",
          "-Wextra",
          # g++ 12 finds an overlap in every std::string that grows by a literal.
          "-Wno-unknown-warning-option",
          "-Wno-restrict",
          "-isystem",
          "<(module_root_dir)/node_modules/re2/vendor/re2",
          "-isystem",
          "<(module_root_dir)/node_modules/re2/vendor/abseil-cpp"
        ],
        "conditions": [["attache_werror==1", { "cflags_cc": ["-Werror"] }]]
      }]
    ]
  }
}
