"""What fuzz/planted/BUILD builds. Written by fuzz/hunt --table, from the patches."""

BUGS = {
}
