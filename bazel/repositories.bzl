"""Every repository outside this one, so that Bazel never asks the network.

Debian's Bazel would download its rules at the first build. Here each of them is
a Debian package, a folder that bazel/setup unpacked, or a few generated lines.
"""

def _generated_repository_impl(ctx):
    ctx.file("WORKSPACE", "workspace(name = \"%s\")\n" % ctx.name)
    for path, content in ctx.attr.files.items():
        ctx.file(path, content)

_generated_repository = repository_rule(
    implementation = _generated_repository_impl,
    attrs = {"files": attr.string_dict(mandatory = True)},
    doc = "A repository whose files (path to content) are written out here.",
)

def _platforms_impl(ctx):
    ctx.file("WORKSPACE", "workspace(name = \"platforms\")\n")
    for package in ["", "cpu/", "os/"]:
        content = ctx.read("%s/%sBUILD" % (ctx.attr.path, package))
        if package == "cpu/":
            for cpu in ctx.attr.extra_cpus:
                if "name = \"%s\"" % cpu not in content:
                    content += "constraint_value(name = \"%s\", constraint_setting = \":cpu\")\n" % cpu
        ctx.file(package + "BUILD", content)

_platforms = repository_rule(
    implementation = _platforms_impl,
    attrs = {
        "extra_cpus": attr.string_list(),
        "path": attr.string(mandatory = True),
    },
    doc = "Debian's bazel-platforms, and the CPUs that it does not know yet.",
)

# Debian's bazel-rules-cc needs a newer Bazel; this Bazel's own rules do.
_RULES_CC_DEFS = """
cc_binary = native.cc_binary
cc_import = native.cc_import
cc_library = native.cc_library
cc_proto_library = native.cc_proto_library
cc_test = native.cc_test
cc_toolchain = native.cc_toolchain
cc_toolchain_suite = native.cc_toolchain_suite
objc_library = native.objc_library
"""

# Bazel loads this with every test, though only `bazel coverage` runs it.
_COVERAGE_TOOLS = """
sh_binary(
    name = "coverage_report_generator",
    srcs = ["unsupported.sh"],
    visibility = ["//visibility:public"],
)
"""

def sspilab_repositories():
    """Declares all external repositories."""
    native.local_repository(name = "rules_java", path = "/usr/share/bazel/rules/java")
    native.local_repository(name = "rules_proto", path = "/usr/share/bazel/rules/proto")
    native.local_repository(name = "bazel_skylib", path = "/usr/share/bazel/tools/skylib")
    _platforms(
        name = "platforms",
        extra_cpus = ["wasm32", "wasm64"],
        path = "/usr/share/bazel/tools/platforms",
    )
    _generated_repository(
        name = "rules_cc",
        files = {
            "BUILD": "",
            "cc/BUILD": "",
            "cc/defs.bzl": _RULES_CC_DEFS,
        },
    )
    _generated_repository(
        name = "remote_coverage_tools",
        files = {
            "BUILD": _COVERAGE_TOOLS,
            "unsupported.sh": "echo >&2 'coverage reports are not set up here'; exit 1\n",
        },
    )

    # Built from source, so that the sanitizers see them; bazel/setup unpacks
    # Debian's source packages there.
    native.local_repository(name = "com_google_absl", path = ".cache/source/abseil")
    native.local_repository(name = "com_google_googletest", path = ".cache/source/googletest")

    # Libraries of Debian, as they are.
    native.local_repository(name = "system", path = "bazel/system")
