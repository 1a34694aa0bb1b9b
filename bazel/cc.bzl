"""The house's cc_library, cc_binary and cc_test: Bazel's, with our flags."""

# C++20 is for everything, .bazelrc says it; these are for our own code only.
_COPTS = [
    "-Wall",
    "-Wextra",
    "-Werror",
    "-Wcast-qual",
    "-Wnon-virtual-dtor",
    "-Wold-style-cast",
    "-Woverloaded-virtual",
    "-Wshadow",
    "-Wsign-compare",
    "-Wundef",
    "-Wunused",
    "-Wvla",
] + select({
    "//bazel:clang": [
        "-Wimplicit-fallthrough",
        "-Wshorten-64-to-32",
        "-Wthread-safety",
    ],
    # Only gcc takes designated initializers for a mistake if they leave out a
    # member that shall be zero.
    "//conditions:default": ["-Wno-missing-field-initializers"],
})

def sspilab_cc_library(name, copts = [], **kwargs):
    """A cc_library with the house's warnings, which are errors."""
    native.cc_library(name = name, copts = _COPTS + copts, **kwargs)

def sspilab_cc_binary(name, copts = [], **kwargs):
    """A cc_binary with the house's warnings, which are errors."""
    native.cc_binary(name = name, copts = _COPTS + copts, **kwargs)

def sspilab_cc_test(name, copts = [], size = "small", deps = [], tags = [], **kwargs):
    """A cc_test with the house's warnings, which are errors."""
    native.cc_test(
        name = name,
        size = size,
        copts = _COPTS + copts,
        tags = tags,
        # Those of threads run with ThreadSanitizer, too.
        deps = deps + (["//tests:tsan_suppressions"] if "threads" in tags else []),
        **kwargs
    )
