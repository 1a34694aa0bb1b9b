// What the sanitizers find in the peers, and no more: libraries of Debian that
// are not ours to mend. The sanitizers look these functions up by name.
//
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)

extern "C" const char* __asan_default_suppressions() {
  // strndup() of memory without a terminator: allowed, but not in the eyes of
  // strict_string_checks.
  return "interceptor_via_lib:gssntlmssp.so\n";
}

extern "C" const char* __lsan_default_suppressions() {
  // Only the peers use libcrypto; its frames hide which of them. MIT's SPNEGO
  // asks Kerberos for a credential, too, which loses a principal when it has
  // none.
  // Its unwrapping loses the byte that it took for an empty message.
  return "leak:libwinpr2.so\n"
         "leak:libcrypto.so\n"
         "leak:krb5_build_principal_alloc_va\n"
         "leak:gss_krb5int_unseal_token_v3\n";
}

// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
