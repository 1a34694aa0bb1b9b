"""What fuzz/planted/BUILD builds. Written by fuzz/hunt --table, from the patches."""

BUGS = {
    "core_ansi_identity_length": (
        "tls_core/core_ansi_identity_length.patch",
        "core/auth_identity.cc",
        [
            "ntlm_session",
            "kerberos_session",
            "credssp_session",
        ],
    ),
    "core_ansi_string_counted_in_units": (
        "tls_core/core_ansi_string_counted_in_units.patch",
        "core/attribute_writer.cc",
        [
            "ntlm_session",
            "negotiate_session",
            "credssp_session",
        ],
    ),
    "core_ansi_string_not_adopted": (
        "tls_core/core_ansi_string_not_adopted.patch",
        "core/attribute_writer.cc",
        [
            "ntlm_session",
            "negotiate_session",
            "kerberos_session",
        ],
    ),
    "core_bindings_offset_overflow": (
        "tls_core/core_bindings_offset_overflow.patch",
        "core/channel_bindings.cc",
        [
            "ntlm_session",
            "negotiate_session",
            "kerberos_session",
        ],
    ),
    "core_bytes_lost_when_refused": (
        "tls_core/core_bytes_lost_when_refused.patch",
        "core/memory.cc",
        [
            "credssp_session",
            "credssp_acceptor",
            "negotiate_session",
        ],
    ),
    "core_context_borrows_credential": (
        "tls_core/core_context_borrows_credential.patch",
        "core/interface_context.cc",
        [
            "ntlm_session",
            "negotiate_session",
            "schannel_session",
        ],
    ),
    "core_context_deleted_in_a_leg": (
        "tls_core/core_context_deleted_in_a_leg.patch",
        "core/interface_context.cc",
        [
            "api",
        ],
    ),
    "core_delete_of_stale_handle_ok": (
        "tls_core/core_delete_of_stale_handle_ok.patch",
        "core/interface_context.cc",
        [
            "ntlm_session",
            "schannel_session",
        ],
    ),
    "core_export_keeps_old": (
        "tls_core/core_export_keeps_old.patch",
        "core/interface_context.cc",
        [
            "ntlm_session",
            "negotiate_session",
            "kerberos_session",
        ],
    ),
    "core_first_leg_leaves_context": (
        "tls_core/core_first_leg_leaves_context.patch",
        "core/interface_context.cc",
        [
            "ntlm_session",
            "schannel_framing",
            "negotiate_session",
        ],
    ),
    "core_incomplete_clears_output": (
        "tls_core/core_incomplete_clears_output.patch",
        "core/interface_context.cc",
        [
            "schannel_framing",
            "credssp_framing",
            "schannel_session",
        ],
    ),
    "core_inner_token_not_completed": (
        "tls_core/core_inner_token_not_completed.patch",
        "core/security_package.cc",
        [
            "negotiate_session",
            "credssp_session",
        ],
    ),
    "core_output_room_off_by_one": (
        "tls_core/core_output_room_off_by_one.patch",
        "core/buffers.cc",
        [
            "schannel_session",
            "negotiate_session",
            "kerberos_session",
        ],
    ),
    "core_package_info_terminator": (
        "tls_core/core_package_info_terminator.patch",
        "core/package_info.cc",
        [
            "ntlm_session",
            "negotiate_session",
            "schannel_session",
        ],
    ),
    "core_reserving_twice_leaks": (
        "tls_core/core_reserving_twice_leaks.patch",
        "core/buffers.cc",
        [
            "negotiate_session",
            "negotiate_acceptor",
        ],
    ),
    "core_world_leaves_credentials_open": (
        "tls_core/core_world_leaves_credentials_open.patch",
        "core/handles.cc",
        [
            "api",
        ],
    ),
    "credssp_certificate_leaked": (
        "tls_core/credssp_certificate_leaked.patch",
        "core/credssp/secure_channel.cc",
        [
            "credssp_acceptor",
            "credssp_initiator",
            "credssp_session",
        ],
    ),
    "credssp_certificate_leg_takes_nothing": (
        "tls_core/credssp_certificate_leg_takes_nothing.patch",
        "core/credssp/initiator.cc",
        [
            "credssp_session",
            "credssp_framing",
        ],
    ),
    "credssp_completed_header_cut": (
        "tls_core/credssp_completed_header_cut.patch",
        "core/credssp/context.cc",
        [
            "credssp_session",
            "credssp_framing",
        ],
    ),
    "credssp_credentials_unasked": (
        "tls_core/credssp_credentials_unasked.patch",
        "core/credssp/initiator.cc",
        [
            "credssp_session",
        ],
    ),
    "credssp_empty_supplemental_creds_lost": (
        "tls_core/credssp_empty_supplemental_creds_lost.patch",
        "core/credssp/messages.cc",
        [
            "credssp_tscredentials",
        ],
    ),
    "credssp_error_code_unsigned": (
        "tls_core/credssp_error_code_unsigned.patch",
        "core/credssp/messages.cc",
        [
            "credssp_tsrequest",
        ],
    ),
    "credssp_impersonates_before_done": (
        "tls_core/credssp_impersonates_before_done.patch",
        "core/credssp/context.cc",
        [
            "credssp_acceptor",
            "credssp_session",
        ],
    ),
    "credssp_nego_tokens_reversed": (
        "tls_core/credssp_nego_tokens_reversed.patch",
        "core/credssp/messages.cc",
        [
            "credssp_tsrequest",
        ],
    ),
    "credssp_nonce_half_bound": (
        "tls_core/credssp_nonce_half_bound.patch",
        "core/credssp/key_binding.cc",
        [
            "credssp_relay",
        ],
    ),
    "credssp_nonce_lost_in_old_version": (
        "tls_core/credssp_nonce_lost_in_old_version.patch",
        "core/credssp/messages.cc",
        [
            "credssp_tsrequest",
        ],
    ),
    "credssp_old_client_let_in": (
        "tls_core/credssp_old_client_let_in.patch",
        "core/credssp/context.cc",
        [
            "credssp_session",
        ],
    ),
    "credssp_pub_key_auth_size_only": (
        "tls_core/credssp_pub_key_auth_size_only.patch",
        "core/credssp/context.cc",
        [
            "credssp_relay",
        ],
    ),
    "credssp_repeated_leg_takes_nothing": (
        "tls_core/credssp_repeated_leg_takes_nothing.patch",
        "core/credssp/context.cc",
        [
            "credssp_session",
            "credssp_framing",
        ],
    ),
    "credssp_session_key_before_binding": (
        "tls_core/credssp_session_key_before_binding.patch",
        "core/credssp/attributes.cc",
        [
            "credssp_acceptor",
            "credssp_session",
        ],
    ),
    "credssp_size_of_three_octets_unknown": (
        "tls_core/credssp_size_of_three_octets_unknown.patch",
        "core/credssp/messages.cc",
        [
            "credssp_tsrequest",
        ],
    ),
    "credssp_trailing_bytes_taken": (
        "tls_core/credssp_trailing_bytes_taken.patch",
        "core/credssp/messages.cc",
        [
            "credssp_tsrequest",
        ],
    ),
    "credssp_version_change_unnoticed": (
        "tls_core/credssp_version_change_unnoticed.patch",
        "core/credssp/context.cc",
        [
            "credssp_relay",
        ],
    ),
    "kerberos_any_name_is_a_tgt": (
        "spnego_kerberos/kerberos_any_name_is_a_tgt.patch",
        "core/kerberos/tgs_exchange.cc",
        [
            "kerberos_kdc",
        ],
    ),
    "kerberos_authenticator_of_tomorrow": (
        "spnego_kerberos/kerberos_authenticator_of_tomorrow.patch",
        "core/kerberos/acceptor.cc",
        [
            "kerberos_ap_req",
        ],
    ),
    "kerberos_bad_subkey_is_none": (
        "spnego_kerberos/kerberos_bad_subkey_is_none.patch",
        "core/kerberos/acceptor.cc",
        [
            "kerberos_ap_req",
        ],
    ),
    "kerberos_bindings_of_one_side": (
        "spnego_kerberos/kerberos_bindings_of_one_side.patch",
        "core/kerberos/acceptor.cc",
        [
            "kerberos_session",
        ],
    ),
    "kerberos_checksum_as_long_as_sent": (
        "spnego_kerberos/kerberos_checksum_as_long_as_sent.patch",
        "core/kerberos/crypto/encryption_type.cc",
        [
            "kerberos_kdc",
        ],
    ),
    "kerberos_dce_rotation_of_plain": (
        "spnego_kerberos/kerberos_dce_rotation_of_plain.patch",
        "core/kerberos/sealing.cc",
        [
            "kerberos_session",
        ],
    ),
    "kerberos_delegated_checksum_freed": (
        "spnego_kerberos/kerberos_delegated_checksum_freed.patch",
        "core/kerberos/initiator.cc",
        [
            "kerberos_session",
        ],
    ),
    "kerberos_delegation_takes_the_rest": (
        "spnego_kerberos/kerberos_delegation_takes_the_rest.patch",
        "core/kerberos/gss.cc",
        [
            "kerberos_gss",
        ],
    ),
    "kerberos_demand_answered_once": (
        "spnego_kerberos/kerberos_demand_answered_once.patch",
        "core/kerberos/initiator.cc",
        [
            "kerberos_session",
        ],
    ),
    "kerberos_export_forgets_dce_style": (
        "spnego_kerberos/kerberos_export_forgets_dce_style.patch",
        "core/kerberos/export.cc",
        [
            "kerberos_session",
        ],
    ),
    "kerberos_forwardable_of_nothing": (
        "spnego_kerberos/kerberos_forwardable_of_nothing.patch",
        "core/kerberos/tgs_exchange.cc",
        [
            "kerberos_kdc",
        ],
    ),
    "kerberos_header_copy_unread": (
        "spnego_kerberos/kerberos_header_copy_unread.patch",
        "core/kerberos/sealing.cc",
        [
            "kerberos_session",
        ],
    ),
    "kerberos_import_forgets_what_was_seen": (
        "spnego_kerberos/kerberos_import_forgets_what_was_seen.patch",
        "core/kerberos/export.cc",
        [
            "kerberos_session",
        ],
    ),
    "kerberos_import_time_not_bounded": (
        "spnego_kerberos/kerberos_import_time_not_bounded.patch",
        "core/kerberos/export.cc",
        [
            "kerberos_session",
        ],
    ),
    "kerberos_kdc_takes_old_stamps": (
        "spnego_kerberos/kerberos_kdc_takes_old_stamps.patch",
        "core/kerberos/kdc_exchange.cc",
        [
            "kerberos_kdc",
        ],
    ),
    "kerberos_leap_second": (
        "spnego_kerberos/kerberos_leap_second.patch",
        "core/kerberos/times.cc",
        [
            "kerberos_enc_part",
            "kerberos_message",
        ],
    ),
    "kerberos_mic_number_not_advanced": (
        "spnego_kerberos/kerberos_mic_number_not_advanced.patch",
        "core/kerberos/sealing.cc",
        [
            "kerberos_session",
        ],
    ),
    "kerberos_mutual_of_the_options": (
        "spnego_kerberos/kerberos_mutual_of_the_options.patch",
        "core/kerberos/acceptor.cc",
        [
            "kerberos_session",
        ],
    ),
    "kerberos_rc4_dce_subkey_dropped": (
        "spnego_kerberos/kerberos_rc4_dce_subkey_dropped.patch",
        "core/kerberos/initiator.cc",
        [
            "kerberos_session",
        ],
    ),
    "kerberos_ready_cipher_believes": (
        "spnego_kerberos/kerberos_ready_cipher_believes.patch",
        "core/kerberos/crypto/aes_sha1.cc",
        [
            "kerberos_session",
        ],
    ),
    "kerberos_replay_window_edge": (
        "spnego_kerberos/kerberos_replay_window_edge.patch",
        "core/kerberos/replay_cache.cc",
        [
            "kerberos_session",
        ],
    ),
    "kerberos_rotation_not_bounded": (
        "spnego_kerberos/kerberos_rotation_not_bounded.patch",
        "core/kerberos/sealing.cc",
        [
            "kerberos_session",
        ],
    ),
    "kerberos_ticket_outlives_its_tgt": (
        "spnego_kerberos/kerberos_ticket_outlives_its_tgt.patch",
        "core/kerberos/tgs_exchange.cc",
        [
            "kerberos_kdc",
        ],
    ),
    "kerberos_trailer_room_unchecked": (
        "spnego_kerberos/kerberos_trailer_room_unchecked.patch",
        "core/kerberos/context.cc",
        [
            "kerberos_session",
            "kerberos_acceptor",
        ],
    ),
    "kerberos_unknown_etype_needs_no_proof": (
        "spnego_kerberos/kerberos_unknown_etype_needs_no_proof.patch",
        "core/kerberos/as_exchange.cc",
        [
            "kerberos_kdc",
        ],
    ),
    "kerberos_user_to_user_without_tgt": (
        "spnego_kerberos/kerberos_user_to_user_without_tgt.patch",
        "core/kerberos/acceptor.cc",
        [
            "kerberos_session",
            "kerberos_acceptor",
        ],
    ),
    "negotiate_acceptor_waits_for_no_mic": (
        "spnego_kerberos/negotiate_acceptor_waits_for_no_mic.patch",
        "core/negotiate/acceptor.cc",
        [
            "negotiate_session",
        ],
    ),
    "negotiate_attributes_before_the_end": (
        "spnego_kerberos/negotiate_attributes_before_the_end.patch",
        "core/negotiate/context.cc",
        [
            "negotiate_initiator",
            "negotiate_session",
        ],
    ),
    "negotiate_exclusion_is_a_choice": (
        "spnego_kerberos/negotiate_exclusion_is_a_choice.patch",
        "core/negotiate/credential.cc",
        [
            "negotiate_session",
        ],
    ),
    "negotiate_export_keeps_the_inner_bytes": (
        "spnego_kerberos/negotiate_export_keeps_the_inner_bytes.patch",
        "core/negotiate/context.cc",
        [
            "negotiate_session",
        ],
    ),
    "negotiate_extension_without_end": (
        "spnego_kerberos/negotiate_extension_without_end.patch",
        "core/negotiate/messages.cc",
        [
            "negotiate_resp",
            "negotiate_init",
            "negotiate_acceptor",
        ],
    ),
    "negotiate_hint_twice": (
        "spnego_kerberos/negotiate_hint_twice.patch",
        "core/negotiate/acceptor.cc",
        [
            "negotiate_session",
            "negotiate_acceptor",
        ],
    ),
    "negotiate_import_of_unknown_mechanism": (
        "spnego_kerberos/negotiate_import_of_unknown_mechanism.patch",
        "core/negotiate/context.cc",
        [
            "negotiate_session",
        ],
    ),
    "negotiate_initiator_waits_for_no_mic": (
        "spnego_kerberos/negotiate_initiator_waits_for_no_mic.patch",
        "core/negotiate/initiator.cc",
        [
            "negotiate_session",
        ],
    ),
    "negotiate_mic_errors_pass": (
        "spnego_kerberos/negotiate_mic_errors_pass.patch",
        "core/negotiate/context.cc",
        [
            "negotiate_session",
        ],
    ),
    "negotiate_mic_over_nothing": (
        "spnego_kerberos/negotiate_mic_over_nothing.patch",
        "core/negotiate/context.cc",
        [
            "negotiate_session",
        ],
    ),
    "negotiate_neg_state_below_zero": (
        "spnego_kerberos/negotiate_neg_state_below_zero.patch",
        "core/negotiate/messages.cc",
        [
            "negotiate_resp",
        ],
    ),
    "negotiate_other_mechanism_freed_twice": (
        "spnego_kerberos/negotiate_other_mechanism_freed_twice.patch",
        "core/negotiate/initiator.cc",
        [
            "negotiate_session",
            "negotiate_initiator",
        ],
    ),
    "negotiate_reject_unasked": (
        "spnego_kerberos/negotiate_reject_unasked.patch",
        "core/negotiate/acceptor.cc",
        [
            "negotiate_acceptor",
            "negotiate_session",
        ],
    ),
    "negotiate_reply_without_token": (
        "spnego_kerberos/negotiate_reply_without_token.patch",
        "core/negotiate/initiator.cc",
        [
            "negotiate_session",
            "negotiate_initiator",
        ],
    ),
    "negotiate_request_mic_unread": (
        "spnego_kerberos/negotiate_request_mic_unread.patch",
        "core/negotiate/initiator.cc",
        [
            "negotiate_session",
        ],
    ),
    "negotiate_room_after_the_mechanism": (
        "spnego_kerberos/negotiate_room_after_the_mechanism.patch",
        "core/negotiate/initiator.cc",
        [
            "negotiate_session",
        ],
    ),
    "ntlm_anonymous_flag_lost": (
        "ntlm/ntlm_anonymous_flag_lost.patch",
        "core/ntlm/acceptor.cc",
        [
            "ntlm_session",
            "ntlm_acceptor",
        ],
    ),
    "ntlm_anonymous_keeps_its_name": (
        "ntlm/ntlm_anonymous_keeps_its_name.patch",
        "core/ntlm/initiator.cc",
        [
            "ntlm_session",
        ],
    ),
    "ntlm_authenticate_mic_by_version": (
        "ntlm/ntlm_authenticate_mic_by_version.patch",
        "core/ntlm/messages.cc",
        [
            "ntlm_authenticate",
            "ntlm_acceptor",
            "ntlm_session",
        ],
    ),
    "ntlm_av_eol_with_value": (
        "ntlm/ntlm_av_eol_with_value.patch",
        "core/ntlm/av_pairs.cc",
        [
            "ntlm_authenticate",
            "ntlm_acceptor_permissive",
        ],
    ),
    "ntlm_av_kind_past_the_table": (
        "ntlm/ntlm_av_kind_past_the_table.patch",
        "core/ntlm/av_pairs.cc",
        [
            "ntlm_challenge",
            "ntlm_authenticate",
            "ntlm_initiator",
        ],
    ),
    "ntlm_av_timestamp_size_unchecked": (
        "ntlm/ntlm_av_timestamp_size_unchecked.patch",
        "core/ntlm/av_pairs.cc",
        [
            "ntlm_initiator",
            "ntlm_session",
        ],
    ),
    "ntlm_bindings_ignored_on_last_leg": (
        "ntlm/ntlm_bindings_ignored_on_last_leg.patch",
        "core/ntlm/acceptor.cc",
        [
            "ntlm_session",
        ],
    ),
    "ntlm_bindings_only_with_mic": (
        "ntlm/ntlm_bindings_only_with_mic.patch",
        "core/ntlm/initiator.cc",
        [
            "ntlm_session",
        ],
    ),
    "ntlm_challenge_nonce_unchecked": (
        "ntlm/ntlm_challenge_nonce_unchecked.patch",
        "core/ntlm/messages.cc",
        [
            "ntlm_challenge",
            "ntlm_initiator",
            "ntlm_session",
        ],
    ),
    "ntlm_client_challenge_unchecked": (
        "ntlm/ntlm_client_challenge_unchecked.patch",
        "core/ntlm/ntlmv2_response.cc",
        [
            "ntlm_authenticate",
            "ntlm_acceptor_permissive",
            "ntlm_session",
        ],
    ),
    "ntlm_client_name_leaks": (
        "ntlm/ntlm_client_name_leaks.patch",
        "core/ntlm/attributes.cc",
        [
            "ntlm_session",
            "ntlm_initiator",
            "ntlm_acceptor",
        ],
    ),
    "ntlm_completion_in_any_state": (
        "ntlm/ntlm_completion_in_any_state.patch",
        "core/ntlm/initiator.cc",
        [
            "ntlm_initiator",
            "ntlm_session",
        ],
    ),
    "ntlm_completion_skipped": (
        "ntlm/ntlm_completion_skipped.patch",
        "core/ntlm/acceptor.cc",
        [
            "ntlm_acceptor",
            "ntlm_session",
        ],
    ),
    "ntlm_crc_leaves_out_tail": (
        "ntlm/ntlm_crc_leaves_out_tail.patch",
        "core/crypto/crc32.cc",
        [
            "ntlm_session",
        ],
    ),
    "ntlm_credential_leaks_without_memory": (
        "ntlm/ntlm_credential_leaks_without_memory.patch",
        "core/ntlm/package.cc",
        [
            "ntlm_session",
            "ntlm_initiator",
        ],
    ),
    "ntlm_established_before_completion": (
        "ntlm/ntlm_established_before_completion.patch",
        "core/ntlm/initiator.cc",
        [
            "ntlm_initiator",
            "ntlm_session",
        ],
    ),
    "ntlm_expired_password_accepted": (
        "ntlm/ntlm_expired_password_accepted.patch",
        "core/ntlm/response_check.cc",
        [
            "ntlm_session",
            "ntlm_acceptor",
        ],
    ),
    "ntlm_export_forgets_idle_number": (
        "ntlm/ntlm_export_forgets_idle_number.patch",
        "core/ntlm/sealing.cc",
        [
            "negotiate_session",
        ],
    ),
    "ntlm_field_behind_header_refused": (
        "ntlm/ntlm_field_behind_header_refused.patch",
        "core/ntlm/messages.cc",
        [
            "ntlm_challenge",
            "ntlm_negotiate",
            "ntlm_authenticate",
        ],
    ),
    "ntlm_field_end_wraps": (
        "ntlm/ntlm_field_end_wraps.patch",
        "core/ntlm/messages.cc",
        [
            "ntlm_authenticate",
            "ntlm_challenge",
            "ntlm_acceptor",
        ],
    ),
    "ntlm_field_room_underflows": (
        "ntlm/ntlm_field_room_underflows.patch",
        "core/ntlm/messages.cc",
        [
            "ntlm_authenticate",
            "ntlm_challenge",
            "ntlm_session",
        ],
    ),
    "ntlm_flags_of_challenge_kept": (
        "ntlm/ntlm_flags_of_challenge_kept.patch",
        "core/ntlm/acceptor.cc",
        [
            "ntlm_session",
            "ntlm_acceptor",
        ],
    ),
    "ntlm_granted_by_logical_and": (
        "ntlm/ntlm_granted_by_logical_and.patch",
        "core/ntlm/negotiation.cc",
        [
            "ntlm_session",
        ],
    ),
    "ntlm_identify_granted_by_wrong_bit": (
        "ntlm/ntlm_identify_granted_by_wrong_bit.patch",
        "core/ntlm/negotiation.cc",
        [
            "ntlm_session",
        ],
    ),
    "ntlm_impersonated_before_the_end": (
        "ntlm/ntlm_impersonated_before_the_end.patch",
        "core/ntlm/context.cc",
        [
            "ntlm_acceptor",
            "ntlm_session",
        ],
    ),
    "ntlm_import_forgets_flags": (
        "ntlm/ntlm_import_forgets_flags.patch",
        "core/ntlm/export.cc",
        [
            "ntlm_session",
        ],
    ),
    "ntlm_import_says_altered": (
        "ntlm/ntlm_import_says_altered.patch",
        "core/ntlm/export.cc",
        [
            "ntlm_session",
        ],
    ),
    "ntlm_import_skips_revision": (
        "ntlm/ntlm_import_skips_revision.patch",
        "core/ntlm/sealing.cc",
        [
            "ntlm_session",
        ],
    ),
    "ntlm_import_views_callers_bytes": (
        "ntlm/ntlm_import_views_callers_bytes.patch",
        "core/ntlm/export.cc",
        [
            "ntlm_session",
        ],
    ),
    "ntlm_lm_key_without_lm_hash": (
        "ntlm/ntlm_lm_key_without_lm_hash.patch",
        "core/ntlm/initiator.cc",
        [
            "ntlm_session",
        ],
    ),
    "ntlm_long_user_overflows": (
        "ntlm/ntlm_long_user_overflows.patch",
        "core/ntlm/keys.cc",
        [
            "ntlm_session",
            "ntlm_initiator",
            "ntlm_acceptor",
        ],
    ),
    "ntlm_mic_dropped_unnoticed": (
        "ntlm/ntlm_mic_dropped_unnoticed.patch",
        "core/ntlm/acceptor.cc",
        [
            "ntlm_session",
            "ntlm_acceptor",
        ],
    ),
    "ntlm_mic_unchecked_without_signing": (
        "ntlm/ntlm_mic_unchecked_without_signing.patch",
        "core/ntlm/acceptor.cc",
        [
            "ntlm_session",
            "ntlm_acceptor",
        ],
    ),
    "ntlm_mic_without_negotiate": (
        "ntlm/ntlm_mic_without_negotiate.patch",
        "core/ntlm/keys.cc",
        [
            "ntlm_session",
        ],
    ),
    "ntlm_mic_zeroed_in_callers_token": (
        "ntlm/ntlm_mic_zeroed_in_callers_token.patch",
        "core/ntlm/acceptor.cc",
        [
            "ntlm_session",
            "ntlm_acceptor",
        ],
    ),
    "ntlm_missing_bindings_allow_wrong_ones": (
        "ntlm/ntlm_missing_bindings_allow_wrong_ones.patch",
        "core/ntlm/acceptor.cc",
        [
            "ntlm_session",
        ],
    ),
    "ntlm_name_kept_by_its_bytes": (
        "ntlm/ntlm_name_kept_by_its_bytes.patch",
        "core/ntlm/acceptor.cc",
        [
            "ntlm_acceptor",
            "ntlm_session",
            "ntlm_acceptor_permissive",
        ],
    ),
    "ntlm_negotiate_version_by_flag": (
        "ntlm/ntlm_negotiate_version_by_flag.patch",
        "core/ntlm/messages.cc",
        [
            "ntlm_negotiate",
            "ntlm_acceptor",
            "ntlm_session",
        ],
    ),
    "ntlm_payload_padded_in_offsets": (
        "ntlm/ntlm_payload_padded_in_offsets.patch",
        "core/ntlm/messages.cc",
        [
            "ntlm_authenticate",
            "ntlm_challenge",
        ],
    ),
    "ntlm_rc4_restores_wrong_index": (
        "ntlm/ntlm_rc4_restores_wrong_index.patch",
        "core/crypto/rc4.cc",
        [
            "ntlm_session",
            "negotiate_session",
        ],
    ),
    "ntlm_sequence_is_the_callers": (
        "ntlm/ntlm_sequence_is_the_callers.patch",
        "core/ntlm/sealing.cc",
        [
            "ntlm_session",
        ],
    ),
    "ntlm_session_key_size_unchecked": (
        "ntlm/ntlm_session_key_size_unchecked.patch",
        "core/ntlm/acceptor.cc",
        [
            "ntlm_session",
            "ntlm_acceptor",
            "ntlm_acceptor_permissive",
        ],
    ),
    "ntlm_session_key_told_early": (
        "ntlm/ntlm_session_key_told_early.patch",
        "core/ntlm/attributes.cc",
        [
            "ntlm_initiator",
            "ntlm_acceptor",
            "ntlm_session",
        ],
    ),
    "ntlm_signed_message_not_counted": (
        "ntlm/ntlm_signed_message_not_counted.patch",
        "core/ntlm/sealing.cc",
        [
            "ntlm_session",
        ],
    ),
    "ntlm_small_buffer_ends_initiator": (
        "ntlm/ntlm_small_buffer_ends_initiator.patch",
        "core/ntlm/initiator.cc",
        [
            "ntlm_session",
            "ntlm_initiator",
        ],
    ),
    "ntlm_target_information_not_copied": (
        "ntlm/ntlm_target_information_not_copied.patch",
        "core/ntlm/attributes.cc",
        [
            "ntlm_session",
            "ntlm_initiator",
            "ntlm_acceptor",
        ],
    ),
    "ntlm_unsent_key_taken": (
        "ntlm/ntlm_unsent_key_taken.patch",
        "core/ntlm/initiator.cc",
        [
            "ntlm_session",
        ],
    ),
    "ntlm_v1_client_challenge_unchecked": (
        "ntlm/ntlm_v1_client_challenge_unchecked.patch",
        "core/ntlm/response_check.cc",
        [
            "ntlm_session",
            "ntlm_acceptor",
        ],
    ),
    "ntlm_v1_key_of_nt_response": (
        "ntlm/ntlm_v1_key_of_nt_response.patch",
        "core/ntlm/initiator.cc",
        [
            "ntlm_session",
        ],
    ),
    "ntlm_workstation_by_wrong_flag": (
        "ntlm/ntlm_workstation_by_wrong_flag.patch",
        "core/ntlm/messages.cc",
        [
            "ntlm_negotiate",
        ],
    ),
    "schannel_alert_unasked": (
        "tls_core/schannel_alert_unasked.patch",
        "core/schannel/context.cc",
        [
            "schannel_session",
            "schannel_initiator",
            "schannel_acceptor",
        ],
    ),
    "schannel_asked_record_given_again": (
        "tls_core/schannel_asked_record_given_again.patch",
        "core/schannel/context.cc",
        [
            "schannel_session",
            "schannel_framing",
        ],
    ),
    "schannel_decrypt_missing_counts_record": (
        "tls_core/schannel_decrypt_missing_counts_record.patch",
        "core/schannel/context.cc",
        [
            "schannel_session",
            "schannel_framing",
        ],
    ),
    "schannel_disabled_protocols_enabled": (
        "tls_core/schannel_disabled_protocols_enabled.patch",
        "core/schannel/settings.cc",
        [
            "schannel_session",
        ],
    ),
    "schannel_empty_message_keeps_header": (
        "tls_core/schannel_empty_message_keeps_header.patch",
        "core/schannel/context.cc",
        [
            "schannel_session",
        ],
    ),
    "schannel_extra_cuts_token": (
        "tls_core/schannel_extra_cuts_token.patch",
        "core/schannel/buffers.cc",
        [
            "schannel_session",
            "schannel_framing",
            "credssp_session",
        ],
    ),
    "schannel_extra_in_second_buffer_only": (
        "tls_core/schannel_extra_in_second_buffer_only.patch",
        "core/schannel/buffers.cc",
        [
            "schannel_session",
            "schannel_framing",
            "credssp_session",
        ],
    ),
    "schannel_extra_lost_on_repetition": (
        "tls_core/schannel_extra_lost_on_repetition.patch",
        "core/schannel/context.cc",
        [
            "schannel_framing",
            "schannel_session",
        ],
    ),
    "schannel_extra_not_told_with_ok": (
        "tls_core/schannel_extra_not_told_with_ok.patch",
        "core/schannel/context.cc",
        [
            "schannel_framing",
            "schannel_session",
        ],
    ),
    "schannel_extra_points_to_trailer": (
        "tls_core/schannel_extra_points_to_trailer.patch",
        "core/schannel/buffers.cc",
        [
            "schannel_session",
            "schannel_framing",
        ],
    ),
    "schannel_failed_context_goes_on": (
        "tls_core/schannel_failed_context_goes_on.patch",
        "core/schannel/context.cc",
        [
            "schannel_session",
        ],
    ),
    "schannel_handshake_after_close": (
        "tls_core/schannel_handshake_after_close.patch",
        "core/schannel/context.cc",
        [
            "schannel_session",
        ],
    ),
    "schannel_header_alone_misses_nothing": (
        "tls_core/schannel_header_alone_misses_nothing.patch",
        "core/schannel/record.cc",
        [
            "tls_record",
            "schannel_framing",
        ],
    ),
    "schannel_issuer_names_freed_twice": (
        "tls_core/schannel_issuer_names_freed_twice.patch",
        "core/schannel/acceptor.cc",
        [
            "schannel_session",
            "schannel_acceptor",
        ],
    ),
    "schannel_issuer_names_not_counted": (
        "tls_core/schannel_issuer_names_not_counted.patch",
        "core/schannel/attributes.cc",
        [
            "schannel_session",
            "schannel_initiator",
        ],
    ),
    "schannel_longest_record_refused": (
        "tls_core/schannel_longest_record_refused.patch",
        "core/schannel/record.cc",
        [
            "tls_record",
        ],
    ),
    "schannel_missing_ignores_header_bytes": (
        "tls_core/schannel_missing_ignores_header_bytes.patch",
        "core/schannel/record.cc",
        [
            "tls_record",
            "schannel_framing",
            "credssp_framing",
        ],
    ),
    "schannel_opened_before_whole": (
        "tls_core/schannel_opened_before_whole.patch",
        "core/schannel/context.cc",
        [
            "schannel_framing",
        ],
    ),
    "schannel_pending_doubles_only": (
        "tls_core/schannel_pending_doubles_only.patch",
        "core/schannel/tls_channel.cc",
        [
            "schannel_session",
            "schannel_acceptor",
            "credssp_session",
        ],
    ),
    "schannel_record_whole_without_header": (
        "tls_core/schannel_record_whole_without_header.patch",
        "core/schannel/record.cc",
        [
            "tls_record",
            "schannel_framing",
            "credssp_framing",
        ],
    ),
    "schannel_room_asked_record_not_kept": (
        "tls_core/schannel_room_asked_record_not_kept.patch",
        "core/schannel/context.cc",
        [
            "schannel_session",
            "schannel_framing",
        ],
    ),
    "schannel_session_kept_by_callback": (
        "tls_core/schannel_session_kept_by_callback.patch",
        "core/schannel/ssl_context.cc",
        [
            "schannel_session",
            "schannel_initiator",
            "schannel_acceptor",
        ],
    ),
    "schannel_ticket_record_swallowed": (
        "tls_core/schannel_ticket_record_swallowed.patch",
        "core/schannel/context.cc",
        [
            "schannel_session",
            "schannel_framing",
        ],
    ),
    "schannel_unique_bindings_own_finished": (
        "tls_core/schannel_unique_bindings_own_finished.patch",
        "core/schannel/attributes.cc",
        [
            "schannel_session",
            "credssp_session",
        ],
    ),
    "wire_bit_string_unused_bits": (
        "tls_core/wire_bit_string_unused_bits.patch",
        "core/wire/der.cc",
        [
            "der",
            "certificate_key",
            "kerberos_enc_part",
        ],
    ),
    "wire_der_boolean_any_value": (
        "tls_core/wire_der_boolean_any_value.patch",
        "core/wire/der.cc",
        [
            "der",
        ],
    ),
    "wire_der_long_length_past_end": (
        "tls_core/wire_der_long_length_past_end.patch",
        "core/wire/der.cc",
        [
            "der",
            "credssp_tsrequest",
        ],
    ),
    "wire_der_negative_integer": (
        "tls_core/wire_der_negative_integer.patch",
        "core/wire/der.cc",
        [
            "der",
        ],
    ),
    "wire_oem_table_off_by_one": (
        "tls_core/wire_oem_table_off_by_one.patch",
        "core/wire/oem.cc",
        [
            "ntlm_acceptor",
            "decode",
            "ntlm_session",
        ],
    ),
    "wire_oid_arc_of_32_bits": (
        "tls_core/wire_oid_arc_of_32_bits.patch",
        "core/wire/der.cc",
        [
            "der",
        ],
    ),
    "wire_oid_unfinished_arc": (
        "tls_core/wire_oid_unfinished_arc.patch",
        "core/wire/der.cc",
        [
            "der",
        ],
    ),
    "wire_upcase_misses_z": (
        "tls_core/wire_upcase_misses_z.patch",
        "core/wire/upcase.cc",
        [
            "ntlm_session",
            "negotiate_session",
            "credssp_session",
        ],
    ),
    "wire_utf16_surrogate_past_end": (
        "tls_core/wire_utf16_surrogate_past_end.patch",
        "core/wire/utf.cc",
        [
            "decode",
        ],
    ),
}
