"""Planted bugs: a patch of one source file, linked in place of the original.

The shipped sources carry no switch. A planted bug is the file with the patch
applied, compiled as the original is, and linked whole and before the library
that has the original. The linker finds everything that this file defines there
already, so it never takes the original out of its archive.
"""

load("//bazel:cc.bzl", "sspilab_cc_binary", "sspilab_cc_library")
load("//bazel:fuzz.bzl", "LIBFUZZER")

def original(source):
    """The label of a file that has a path from the root, and a folder that is a package."""
    folder, _, file = source.rpartition("/")
    return "//%s:%s" % (folder, file)

def planted_library(name, patch, source, deps, **kwargs):
    """`source` with `patch` applied. Must come first in the deps of what links it.

    Args:
      name: of the library.
      patch: as `diff -u` writes it; what stands above the diff is for readers.
      source: a file's path from the root.
      deps: libraries that have the headers, the one with the original among them.
      **kwargs: for the library and its generated source.
    """

    # .bazelrc knows sources of core by their paths, which end alike here.
    changed = "%s/%s" % (name, source)
    native.genrule(
        name = name + "_source",
        srcs = [
            original(source),
            patch,
        ],
        outs = [changed],
        cmd = "cp -L $(location %s) $@ && chmod +w $@ &&" % original(source) +
              " patch --quiet --fuzz=0 --no-backup-if-mismatch $@ $(location %s)" % patch,
        message = "Planting " + name + " in",
        **kwargs
    )
    sspilab_cc_library(
        name = name,
        srcs = [changed],
        alwayslink = True,
        deps = deps,
        **kwargs
    )

def planted_bugs(bugs, deps):
    """Fuzz targets with a bug: for each of them BUG_TARGET, which needs --config=fuzz.

    Args:
      bugs: name of a bug -> (patch, source, the targets that hunt it). A target is
        one of //fuzz, by its name.
      deps: libraries that have core's headers.
    """
    for bug, (patch, source, targets) in bugs.items():
        planted_library(
            name = bug,
            testonly = True,
            patch = patch,
            source = source,
            tags = ["manual"],
            deps = deps,
        )
        for target in targets:
            sspilab_cc_binary(
                name = "%s_%s" % (bug, target),
                testonly = True,
                linkopts = LIBFUZZER,
                tags = ["manual"],
                visibility = ["//tests/fuzz/planted:__pkg__"],
                deps = [
                    bug,
                    "//fuzz:%s_target" % target,
                ],
            )
