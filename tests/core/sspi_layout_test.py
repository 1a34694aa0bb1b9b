#!/usr/bin/env python3
"""Compares core/sspi*.h with the headers of mingw-w64: every constant, struct,
enumeration, function type and prototype, and both ways.

What we declare is read from our headers' text, what Windows declares from
mingw's sspi.h, schannel.h, credssp.h and winerror.h, and from its wincrypt.h what
we declare too. Values, sizes and offsets come from the compilers:
a generated C file, compiled to assembly and not run, holds them as text. For
types, our own declarations are compiled a second time on top of Windows'
headers, where ULONG, SEC_WCHAR and the rest are Windows' own, and the compiler
is asked whether they are the same.

Differences are listed in DIFFERENT, BEYOND and ABSENT, each with its reason. An
exception that no difference needs is a failure, and so is a missing compiler.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

HEADERS = [Path("core") / name for name in (
    "sspi_status.h", "sspi_types.h", "sspi_flags.h", "sspi_attributes.h",
    "sspi_wincrypt.h", "sspi_schannel.h", "sspi_credssp.h", "sspi.h")]
MINGW = Path("/usr/share/mingw-w64/include")

LONG = "a long has 64 bits on Linux; int has the 32 that it has on Windows"
LONG_LONG = "<stdint.h> makes it of long here, of long long there"
WIDE = "wide literals are u\"\", not L\"\", since wchar_t has 32 bits on Linux"
# What we have and Windows has otherwise: pattern of the comparison -> reason.
DIFFERENT = {
    r"SECURITY_ENTRYPOINT[AW]?": WIDE,
    r"(UNISP|SSL2SP|SSL3SP|TLS1SP|PCT1SP|SCHANNEL|DEFAULT_TLS_SSP)_NAME(_W)?": WIDE,
    r"scalar\((U?LONG|DWORD|NTSTATUS|SECURITY_STATUS|HRESULT)\)": LONG,
    r"scalar\((U?LONGLONG|U?(INT|LONG)_PTR)\)": LONG_LONG,
}

# Macros that we have and mingw-w64 lacks: pattern of the name -> who has it.
SDK = "in the credssp.h of Microsoft's SDK"
BEYOND = {
    r"CREDSSP_NAME|TS_SSP_NAME(_A)?": SDK,
    r"SECPKG_ALT_ATTR|SECPKG_ATTR_(CREDS|NEGOTIATION_PACKAGE|C_\w+"
    r"|SERVER_AUTH_FLAGS|CERT_TRUST_STATUS)": SDK,
    r"CREDSSP_SERVER_AUTH_\w+": SDK,
}

NO_FUNCTION = "not in the function table, and SSPI Lab has no such function"
PROMPT = "for prompting a person for credentials"
KERNEL = "for Windows' kernel"
GUARD = "an include guard"
# What Windows has and we have not: pattern of the name -> reason.
ABSENT = {
    r"_?(Sasl|SASL_)\w+": NO_FUNCTION,
    r"_?(Sspi\w+)": NO_FUNCTION,
    r"(Add|Delete)SecurityPackage[AW]?": NO_FUNCTION,
    r"[P_]?SECURITY_PACKAGE_OPTIONS|SECPKG_OPTIONS_\w+":
        "argument of AddSecurityPackage",
    r"DelegateSecurityContext": NO_FUNCTION,
    r"[P_]?SecDelegationType|Sec(Full|Service|Tree|Directory|Object)":
        "argument of DelegateSecurityContext",
    r"(SEC_WINNT_AUTH_IDENTITY_FLAGS_)?(VALID_)?SSPIPFC_\w+": PROMPT,
    r"[P_]?(SEC_WINNT_CREDUI_CONTEXT\w*|CREDUIWIN_MARSHALED_CONTEXT)": PROMPT,
    r"SEC_WINNT_AUTH_IDENTITY_ENCRYPT_\w+":
        "argument of SspiEncryptAuthIdentityEx",
    r"PSEC_WINNT_AUTH_IDENTITY_OPAQUE": "argument of the Sspi functions",
    r"[P_]?SEC_WINNT_AUTH_(BYTE_VECTOR|SHORT_VECTOR|DATA\w*|CERTIFICATE_DATA"
    r"|NGC_DATA|FIDO_DATA|PACKED_CREDENTIALS\w*)|NGC_DATA_FLAG_\w+":
        "packed credentials, which only Windows' credential providers make",
    r"Sec(MakeSPN|Lookup)\w*|KSECDDDECLSPEC|ISSP_LEVEL|ISSP_MODE": KERNEL,
    r"_SECURITY_INTEGER": "only without windows.h; with it, and here, "
                          "SECURITY_INTEGER is LARGE_INTEGER",
    r"SECURITY_": "an empty word, a slip in mingw's header",
    r"SECURITY_ENTRYPOINT16": "for programs of 16-bit Windows",
    r"SEC_SUCCESS|QWORD": "for Windows 95",
    r"Ssl(EmptyCache[AW]?|Crack\w+|Free\w+|Generate\w+|Get\w+)|SSL_\w+_(FN(_[AW])?|NAME)":
        NO_FUNCTION,
    r"P?SSL_CREDENTIAL_CERTIFICATE|_SSL_CREDENTIAL_CERTIFICATE|PctPublicKey"
    r"|_PctPublicKey|[P_]?X509Certificate|SCH_EXTENSION_DATA|_SCH_EXTENSION_DATA"
    r"|_?SchGetExtensionsOptions|SCH_EXTENSIONS_OPTIONS_NONE|SCH_NO_RECORD_HEADER":
        "argument of those Ssl functions",
    r"[P_]?SCH_CRED|[P_]?SCH_CRED_(SECRET|PUBLIC)_\w+|SCHANNEL_SECRET_\w+"
    r"|SCH_CRED_X509_\w+|SCH_CRED_CERT_CONTEXT":
        "credentials of versions 1 to 3, for Windows NT 4",
    r"CERT_SCHANNEL_IIS_\w+|CERT_SCHANNEL_SGC_\w+":
        "properties in a certificate store, which only its owner reads",
    r"[P_]?SecPkgContext_UiInfo": PROMPT,
    r"_AUTH_IDENTITY_\w*DEFINED|__SEC\w*_DEFINED__|__SSPI_H__|__SCHANNEL_H__"
    r"|_INC_CREDSSP": GUARD,
}

# Members that the reader below does not see, since they are in nested structs.
NESTED_MEMBERS = {
    "LARGE_INTEGER": ["LowPart", "HighPart", "u.LowPart", "u.HighPart"],
}

SCALARS = ["nothing of C", "char", "signed char", "unsigned char", "short",
           "unsigned short", "int", "unsigned int", "long", "unsigned long",
           "long long", "unsigned long long"]

WINDOWS_PROLOGUE = """
#define SECURITY_WIN32
#include <windows.h>
#include <stddef.h>
#include <subauth.h>
#include <sspi.h>
#define SCHANNEL_USE_BLACKLISTS
#include <schannel.h>
#include <credssp.h>
"""
OUR_PROLOGUE = """
#include <stddef.h>
#include "core/sspi.h"
"""
WINDOWS = ["x86_64-w64-mingw32-gcc", "-x", "c", "-std=gnu11",
           "-D_WIN32_WINNT=0x0A00", "-DNTDDI_VERSION=0x0A000010"]
# Without its own assembler clang does not try to understand the assembly.
OURS_C = ["clang-14", "-x", "c", "-std=c11", "-I.", "-fno-integrated-as"]
OURS_CXX = ["clang-14", "-x", "c++", "-std=c++20", "-I.", "-fno-integrated-as"]


def strip_comments(text):
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    return re.sub(r"//[^\n]*", " ", text)


def squeeze(text):
    return " ".join(text.split())


class Declarations:
    """What a header's text declares, by kind."""

    def __init__(self, text):
        text = strip_comments(text).replace("\\\n", " ")
        self.macros = set(re.findall(r"^\s*#\s*define\s+(\w+)(?!\w|\()", text,
                                     flags=re.M))
        self.function_macros = set(re.findall(r"^\s*#\s*define\s+(\w+)\(", text,
                                              flags=re.M))
        code = re.sub(r"^\s*#.*$", "", text, flags=re.M)
        # tag -> members, as (type, name, array suffix)
        self.records = {}
        self.unions = set()
        self.enumerators = set()
        self.enums = set()
        for kind, tag, body in re.findall(
                r"\b(struct|union|enum)\s+(\w+)\s*\{((?:[^{}]|\{[^{}]*\})*)\}",
                code):
            if kind == "enum":
                self.enums.add(tag)
                self.enumerators |= {e.split("=")[0].strip()
                                     for e in body.split(",") if e.strip()}
                continue
            if kind == "union":
                self.unions.add(tag)
            body = re.sub(r"(__extension__\s+)?(struct|union)\s*\{[^{}]*\}\s*\w*;",
                          "", body)
            self.records[tag] = [
                (squeeze(m[0]), m[1], m[2])
                for m in re.findall(r"([\w\s*]+?[\s*])(\w+)((?:\[\w+\])?)\s*;",
                                    body)]
        # name -> declaration with the name cut out, "T (*@)(args)" or "T @(args)"
        self.function_types = {}
        for ret, name, args in re.findall(
                r"typedef\s+([\w\s*]+?)\s*\(\s*(?:SEC_ENTRY|WINAPI)?\s*\*\s*"
                r"(\w+)\s*\)\s*\(([^;]*?)\)\s*;", code):
            self.function_types[name] = f"{squeeze(ret)} (WINAPI *@)({squeeze(args)})"
        self.functions = {}
        for ret, name, args in re.findall(
                r"([\w\s*]+?)\s(?:SEC_ENTRY|WINAPI|NTAPI)\s+(\w+)\s*\(([^;{}]*?)\)\s*;",
                code):
            ret = squeeze(re.sub(r"SSPILAB_API|KSECDDDECLSPEC", "", ret))
            self.functions[name] = f"{ret} WINAPI @({squeeze(args)})"
        self.scalars = set(re.findall(
            r"^\s*typedef\s+(?:unsigned )?(?:char|\w+_t|W?CHAR|LONG)\s+(\w+)\s*;",
            code, flags=re.M))

        flat, n = code.replace('extern "C" {', ""), 1
        while n:
            flat, n = re.subn(r"\{[^{}]*\}", "", flat)
        statements = re.findall(r"\btypedef\s+([^;(]+);", flat)
        self.typedefs = {
            part.split()[-1].lstrip("*") for statement in statements
            for part in statement.replace("*", " *").split(",")} - {"VOID"}
        # How many declarations there are that the patterns above passed over.
        self.unread = (
            len(re.findall(r"\btypedef\b", flat)) - len(statements)
            - len(self.function_types)
            + len(re.findall(r"\bSSPILAB_API\b", flat)) - len(self.functions))

    def names(self):
        return (self.macros | self.typedefs | self.function_macros | set(self.records)
                | self.enums | self.enumerators | set(self.function_types)
                | set(self.functions))


def run(compiler, source, *options):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "probe.txt"
        path.write_text(source)
        try:
            done = subprocess.run([*compiler, *options, "-o", "-", str(path)],
                                  capture_output=True, text=True, check=False)
        except FileNotFoundError:
            sys.exit(f"{compiler[0]} is missing: bazel/setup build tests")
    if done.returncode != 0:
        errors = "\n".join(done.stderr.splitlines()[:20])
        sys.exit(f"{' '.join(compiler)} refuses the probe:\n{errors}")
    return done.stdout


def measure(compiler, prologue, expressions):
    """The value of each {label: integer constant expression}."""
    lines = [f'  __asm__("@@{label} %0" :: "i"((long long)({expression})));'
             for label, expression in expressions.items()]
    source = "\n".join([prologue, "void probe(void) {", *lines, "}", ""])
    assembly = run(compiler, source, "-S", "-O1", "-w")
    values = {label: int(value) for label, value in
              re.findall(r"@@(\S+) [$#]?(-?\d+)", assembly)}
    lost = set(expressions) - set(values)
    if lost:
        sys.exit(f"no value for {sorted(lost)} from {compiler[0]}")
    return values


def expand(compiler, prologue, names, *options):
    """What each macro's name expands to."""
    lines = [f'@@"{name}" {name} @@end' for name in sorted(names)]
    text = run(compiler, "\n".join([prologue, *lines, ""]), "-E", "-P", *options)
    return {name: squeeze(value) for name, value in
            re.findall(r'@@"(\w+)"(.*?)@@end', text, flags=re.S)}


def layout_expressions(ours):
    probes = {}
    for tag, members in ours.records.items():
        keyword = "union" if tag in ours.unions else "struct"
        type_name = f"{keyword} {tag}"
        probes[f"sizeof({tag})"] = f"sizeof({type_name})"
        names = [name for _, name, _ in members]
        for name in names + NESTED_MEMBERS.get(tag.lstrip("_"), []):
            field = f"(({type_name}*)0)->{name}"
            probes[f"{tag}.{name}:offset"] = f"offsetof({type_name},{name})"
            probes[f"{tag}.{name}:size"] = f"sizeof({field})"
    for name in ours.enumerators:
        probes[name] = name
    for name in ours.typedefs:
        probes[f"sizeof({name})"] = f"sizeof({name})"
    for name in ours.scalars:
        probes[f"signed({name})"] = f"({name})-1 < ({name})0"
    return probes


def type_expressions(ours):
    """Declarations and probes that ask whether our types are Windows' own."""
    declarations, probes = [], {}
    same = "__builtin_types_compatible_p"
    for name, declaration in ours.function_types.items():
        declarations.append(f"typedef {declaration.replace('@', 'our_' + name)};")
        probes[f"type({name})"] = f"{same}(our_{name}, {name})"
    for name, declaration in ours.functions.items():
        declarations.append(f"{declaration.replace('@', 'our_' + name)};")
        probes[f"type({name})"] = (
            f"{same}(__typeof__(our_{name}), __typeof__({name}))")
    for tag, members in ours.records.items():
        keyword = "union" if tag in ours.unions else "struct"
        declarations.append(f"{keyword} our_{tag} {{")
        declarations += [f"  {kind} {name}{suffix};"
                         for kind, name, suffix in members]
        declarations.append("};")
        for _, name, _ in members:
            probes[f"type({tag}.{name})"] = (
                f"{same}(__typeof__((({keyword} our_{tag}*)0)->{name}), "
                f"__typeof__((({keyword} {tag}*)0)->{name}))")
    return "\n".join(declarations), probes


def scalar_expressions(ours):
    """Which of C's own types each scalar is, by its place in SCALARS."""
    return {f"scalar({name})": " + ".join(
        f"{i} * __builtin_types_compatible_p({name}, {scalar})"
        for i, scalar in enumerate(SCALARS[1:], 1)) for name in ours.scalars}


class Report:
    def __init__(self):
        self.failures, self.used, self.compared = [], set(), 0

    def excused(self, name, exceptions):
        patterns = {p for p in exceptions if re.fullmatch(p, name)}
        self.used |= patterns
        return bool(patterns)

    def compare(self, label, ours, windows):
        self.compared += 1
        if ours != windows and not self.excused(label, DIFFERENT):
            self.failures.append(f"{label}: ours {ours}, Windows {windows}")


def compare_macros(report, ours):
    names = {name for name in ours.macros
             if not name.endswith("_H_") and not name.startswith("SSPILAB_")}
    constants = set()
    for options in [(), ("-DUNICODE", "-D_UNICODE")]:
        our_text = expand(OURS_C, OUR_PROLOGUE, names, *options)
        windows_text = expand(WINDOWS, WINDOWS_PROLOGUE, names, *options)
        for name in sorted(names):
            text = our_text[name]
            if windows_text[name] == name and report.excused(name, BEYOND):
                continue
            if text and not re.fullmatch(r'[A-Za-z_]\w*|u?"[^"]*"', text):
                if windows_text[name] != name:
                    constants.add(name)
                elif not options:
                    report.failures.append(f"{name}: Windows has no such macro")
                continue
            report.compare(name, text, windows_text[name])
    probes = {name: name for name in constants}
    windows = measure(WINDOWS, WINDOWS_PROLOGUE, probes)
    for name, value in measure(OURS_C, OUR_PROLOGUE, probes).items():
        report.compare(name, value, windows[name])


def compare_layouts(report, ours):
    probes = layout_expressions(ours)
    windows = measure(WINDOWS, WINDOWS_PROLOGUE, probes)
    for language in (OURS_C, OURS_CXX):
        for label, value in measure(language, OUR_PROLOGUE, probes).items():
            report.compare(f"{label} in {language[2]}", value, windows[label])


def compare_scalars(report, ours):
    probes = scalar_expressions(ours)
    windows = measure(WINDOWS, WINDOWS_PROLOGUE, probes)
    for label, value in measure(OURS_C, OUR_PROLOGUE, probes).items():
        report.compare(label, SCALARS[value], SCALARS[windows[label]])


def compare_types(report, ours):
    declarations, probes = type_expressions(ours)
    same = measure(WINDOWS, WINDOWS_PROLOGUE + declarations, probes)
    for label, value in same.items():
        report.compare(label, "as declared" if value else "another type",
                       "as declared")


def compare_names(report, ours):
    windows = set()
    for header in ("sspi.h", "schannel.h", "credssp.h"):
        windows |= Declarations((MINGW / header).read_text()).names()
    windows |= {name for name in
                Declarations((MINGW / "winerror.h").read_text()).macros
                if re.match(r"SEC_[EI]_", name)}
    report.compared += len(windows)
    for name in sorted(windows - ours.names()):
        if not report.excused(name, ABSENT):
            report.failures.append(f"{name}: Windows has it, we have not")
    # A pattern that covers what we have would also excuse its loss.
    for name in sorted(ours.names()):
        if report.excused(name, ABSENT):
            report.failures.append(f"{name}: is excused from being here, and is")


def main():
    text = "\n".join(path.read_text() for path in HEADERS)
    ours = Declarations(text)

    report = Report()
    if ours.unread:
        report.failures.append(f"{ours.unread} declarations not understood")
    compare_macros(report, ours)
    compare_layouts(report, ours)
    compare_scalars(report, ours)
    compare_types(report, ours)
    compare_names(report, ours)
    report.failures += [f"exception {pattern} is not needed any more"
                        for pattern in [*DIFFERENT, *BEYOND, *ABSENT]
                        if pattern not in report.used]
    for failure in report.failures:
        print(failure)
    print(f"{len(ours.macros)} macros, {len(ours.records)} structs, "
          f"{len(ours.functions)} functions, {len(ours.function_types)} function "
          f"types: {report.compared} comparisons, {len(report.failures)} differ")
    sys.exit(1 if report.failures else 0)


if __name__ == "__main__":
    main()
