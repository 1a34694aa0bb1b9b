"""What fuzz/planted/BUILD builds. Written by fuzz/hunt --table, from the patches."""

BUGS = {
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
}
