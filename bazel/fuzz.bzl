"""Fuzz targets that are tests as well."""

load("//bazel:cc.bzl", "sspilab_cc_binary", "sspilab_cc_library", "sspilab_cc_test")

# The link options of a libFuzzer binary.
LIBFUZZER = ["-fsanitize=fuzzer"]

def cc_fuzz_test(name, srcs = None, deps = [], dictionary = None, size = "small", **kwargs):
    """A fuzz target X and what one does with it.

    X: a test, in every configuration: replays corpus/X and regressions/X, and
      fails if there is no seed in corpus/X.
    X_bin: the libFuzzer binary; needs --config=fuzz.
    X_run: fuzzes, from corpus/X and with the dictionary; needs --config=fuzz.
      What it finds goes to a folder of the user's cache. fuzz/run calls it.

    Args:
      name: X.
      srcs: what defines LLVMFuzzerTestOneInput, X_fuzz.cc if not given. Its first
        line is a comment, one sentence that `fuzz/run --list` shows.
      deps: of srcs.
      dictionary: a libFuzzer dictionary.
      size: of the test.
      **kwargs: for the test.
    """
    corpus = "corpus/" + name
    regressions = "regressions/" + name
    seeds = native.glob([corpus + "/**"])
    past = native.glob([regressions + "/**"])
    package = native.package_name()

    sspilab_cc_library(
        name = name + "_target",
        testonly = True,
        srcs = srcs or [name + "_fuzz.cc"],
        alwayslink = True,
        visibility = ["//fuzz/planted:__pkg__"],
        deps = deps,
    )
    sspilab_cc_test(
        name = name,
        size = size,
        args = [package + "/" + corpus] + ([package + "/" + regressions] if past else []),
        data = seeds + past,
        visibility = ["//tests/fuzz/replay:__pkg__"],
        deps = [
            name + "_target",
            "//fuzz:replay_main",
        ],
        **kwargs
    )
    sspilab_cc_binary(
        name = name + "_bin",
        testonly = True,
        linkopts = LIBFUZZER,
        tags = ["manual"],
        visibility = ["//tests/fuzz:__subpackages__"],
        deps = [name + "_target"],
    )
    native.sh_binary(
        name = name + "_run",
        testonly = True,
        srcs = ["//bazel:fuzz_run.sh"],
        args = [
            name,
            "$(rootpath %s_bin)" % name,
            package + "/" + corpus,
            "$(rootpath %s)" % dictionary if dictionary else "''",
        ],
        data = [name + "_bin"] + seeds + ([dictionary] if dictionary else []),
        tags = ["manual"],
    )
