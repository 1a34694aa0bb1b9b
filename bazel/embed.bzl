"""Text files as constants in a C++ header."""

def embed_text(name, namespace, texts, **kwargs):
    """Makes the header NAME.h with a constexpr std::string_view for each file.

    Args:
      name: of the header, without .h, and of the rule.
      namespace: of the constants.
      texts: label of a text file -> name of its constant. No file holds
        `)embedded"`.
      **kwargs: visibility and the like.
    """
    guard = "SSPILAB_%s_%s_H_" % (native.package_name().upper().replace("/", "_"), name.upper())
    lines = [
        "echo '#ifndef %s'" % guard,
        "echo '#define %s'" % guard,
        "echo '#include <string_view>'",
        "echo 'namespace %s {'" % namespace,
    ]
    for label, constant in texts.items():
        lines += [
            "printf '%%s' 'inline constexpr std::string_view %s = R\"embedded('" % constant,
            "cat $(location %s)" % label,
            "echo ')embedded\";'",
        ]
    lines += [
        "echo '}  // namespace'",
        "echo '#endif'",
    ]
    native.genrule(
        name = name,
        srcs = texts.keys(),
        outs = [name + ".h"],
        cmd = "{ " + "; ".join(lines) + "; } > $@",
        **kwargs
    )
