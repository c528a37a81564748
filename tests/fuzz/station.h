/* What the targets that drive a whole station share. */
#ifndef HOTLINE_TESTS_FUZZ_STATION_H
#define HOTLINE_TESTS_FUZZ_STATION_H

#include "tests/unit/hostile_peer.h"

/* The number of the message that station_give_message() delivers, by whom, and of what a test may name. */
#define STATION_RECEIVED "tha-cert 2026-048 213"

/* Every reply is one whole message; notes whether a call was answered without an error, and keeps an export. */
void station_check_reply(struct hostile *h, struct bytes data);
/* The peer links up and delivers a notice; the link stays. */
void station_give_message(struct hostile *h);
/* The exported record of the station, into a buffer that the next call uses again. */
struct bytes station_export(struct hostile *h);
/* That record verifies, with the cards of both, but for what the peer's own contradictions make of it. */
void station_verify(struct hostile *h);
/* Verifies any bytes as an export, trusting those cards; as audit_verify(). FUZZ_SHOW in the environment: says why not.
 */
int station_audit(const struct hostile *h, struct bytes bytes, bool *out_is_peers_fault);

#endif
