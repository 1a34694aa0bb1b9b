"""C++ toolchains for Debian's compilers.

Bazel could find a compiler by itself, but only one at a time, and only anew
whenever the choice changes. Named here, both stand side by side: --compiler
chooses. Headers of other repositories count as system headers, so they may warn
without breaking a build whose warnings are errors.
"""

load(
    "@bazel_tools//tools/cpp:cc_toolchain_config_lib.bzl",
    "feature",
    "flag_group",
    "flag_set",
    "tool_path",
    "with_feature_set",
)
load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")

_COMPILE = [
    ACTION_NAMES.c_compile,
    ACTION_NAMES.cpp_compile,
    ACTION_NAMES.cpp_header_parsing,
    ACTION_NAMES.assemble,
    ACTION_NAMES.preprocess_assemble,
]

_LINK = [
    ACTION_NAMES.cpp_link_executable,
    ACTION_NAMES.cpp_link_dynamic_library,
    ACTION_NAMES.cpp_link_nodeps_dynamic_library,
]

def _flags(actions, flags, with_features = []):
    return flag_set(
        actions = actions,
        flag_groups = [flag_group(flags = flags)],
        with_features = [with_feature_set(features = with_features)] if with_features else [],
    )

def _toolchain_config_impl(ctx):
    features = [
        feature(name = "dbg"),
        feature(name = "fastbuild"),
        feature(name = "opt"),
        feature(name = "supports_start_end_lib", enabled = False),
        feature(name = "supports_pic", enabled = True),
        feature(
            name = "default_compile_flags",
            enabled = True,
            flag_sets = [
                _flags(_COMPILE, [
                    # Output that depends on the input alone.
                    "-no-canonical-prefixes",
                    "-Wno-builtin-macro-redefined",
                    "-D__DATE__=\"redacted\"",
                    "-D__TIMESTAMP__=\"redacted\"",
                    "-D__TIME__=\"redacted\"",
                    "-fstack-protector",
                    "-fno-omit-frame-pointer",
                ]),
                _flags(_COMPILE, ["-O0", "-g"], ["dbg"]),
                _flags(_COMPILE, ["-O1"], ["fastbuild"]),
                _flags(_COMPILE, [
                    "-O2",
                    "-DNDEBUG",
                    "-ffunction-sections",
                    "-fdata-sections",
                ], ["opt"]),
            ],
        ),
        feature(
            name = "default_link_flags",
            enabled = True,
            flag_sets = [
                # Only clang finds lld-14 without an unversioned ld.lld.
                _flags(_LINK, (["-fuse-ld=lld"] if ctx.attr.compiler == "clang" else []) + [
                    "-Wl,-z,relro,-z,now",
                    "-lstdc++",
                    "-lm",
                ]),
                _flags(_LINK, ["-Wl,--gc-sections"], ["opt"]),
            ],
        ),
        # Replaces Bazel's own: its -iquote becomes -isystem, after an -iquote
        # of this repository, where our own headers are thus found first.
        feature(
            name = "include_paths",
            enabled = True,
            flag_sets = [flag_set(
                actions = _COMPILE,
                flag_groups = [
                    flag_group(flags = ["-iquote", "."]),
                    flag_group(
                        flags = ["-isystem", "%{quote_include_paths}"],
                        iterate_over = "quote_include_paths",
                    ),
                    flag_group(
                        flags = ["-I%{include_paths}"],
                        iterate_over = "include_paths",
                    ),
                    flag_group(
                        flags = ["-isystem", "%{system_include_paths}"],
                        iterate_over = "system_include_paths",
                    ),
                ],
            )],
        ),
    ]
    return cc_common.create_cc_toolchain_config_info(
        ctx = ctx,
        abi_libc_version = "local",
        abi_version = "local",
        compiler = ctx.attr.compiler,
        cxx_builtin_include_directories = [
            "/usr/include",
            "/usr/lib/gcc",
            "/usr/lib/clang",
            "/usr/lib/llvm-14/lib/clang",
        ],
        features = features,
        host_system_name = "local",
        target_cpu = ctx.attr.cpu,
        target_libc = "local",
        target_system_name = "local",
        tool_paths = [tool_path(name = "gcc", path = ctx.attr.driver)] + [
            tool_path(name = name, path = "/usr/bin/" + name)
            for name in ["ar", "cpp", "dwp", "gcov", "ld", "nm", "objcopy", "objdump", "strip"]
        ],
        toolchain_identifier = ctx.attr.compiler,
    )

_toolchain_config = rule(
    implementation = _toolchain_config_impl,
    attrs = {
        "compiler": attr.string(mandatory = True),
        "cpu": attr.string(mandatory = True),
        "driver": attr.string(mandatory = True),
    },
    provides = [CcToolchainConfigInfo],
)

def sspilab_toolchains(name, compilers, cpus, default_compiler):
    """A cc_toolchain_suite for --crosstool_top.

    Args:
      name: of the suite.
      compilers: from what --compiler says to the driver's path.
      cpus: those that Bazel may run on.
      default_compiler: for when nothing asks for one.
    """
    native.filegroup(name = "no_files")
    toolchains = {}
    for cpu in cpus:
        for compiler, driver in compilers.items():
            toolchain = "%s_%s" % (compiler, cpu)
            _toolchain_config(
                name = toolchain + "_config",
                compiler = compiler,
                cpu = cpu,
                driver = driver,
            )
            native.cc_toolchain(
                name = toolchain,
                all_files = ":no_files",
                compiler_files = ":no_files",
                dwp_files = ":no_files",
                linker_files = ":no_files",
                objcopy_files = ":no_files",
                strip_files = ":no_files",
                supports_param_files = True,
                toolchain_config = toolchain + "_config",
                toolchain_identifier = compiler,
            )
            toolchains["%s|%s" % (cpu, compiler)] = toolchain
            if compiler == default_compiler:
                toolchains[cpu] = toolchain
    native.cc_toolchain_suite(name = name, toolchains = toolchains)
