"""Puts the files of folders into a zip file, the same bytes each time.

  seed_zip.py ZIP FOLDER...

A folder may be missing; no file at all is an error.
"""

import pathlib
import sys
import zipfile


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    files = [file for folder in map(pathlib.Path, sys.argv[2:]) for file in sorted(folder.rglob("*"))
             if file.is_file()]
    if not files:
        print(f"seed_zip: no seed in {' '.join(sys.argv[2:])}", file=sys.stderr)
        return 1
    with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            # A ZipInfo of a name alone has the year 1980 for its time.
            archive.writestr(zipfile.ZipInfo("_".join(file.parts[-3:])), file.read_bytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
