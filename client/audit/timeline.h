/* Entries in words, a line each. */
#ifndef HOTLINE_CLIENT_AUDIT_TIMELINE_H
#define HOTLINE_CLIENT_AUDIT_TIMELINE_H

#include "client/audit/record.h"

#define TIMELINE_TEXT 400

/*
 * What an entry of the record says, "received from vnm-cert: custody of tha-cert 2026-048 213", cut where it is too long.
 * Other people's words in it are as they came: they pass through the client's one door before a terminal. 0, or what
 * reading the file gave.
 */
int timeline_describe(struct audit_record *record, const struct record_entry *entry, char out[TIMELINE_TEXT]);
/* What an item is: "notice tha-cert 2026-048 213", "custody of vnm-cert 2026-000 001", "card of tha-cert". */
int timeline_name(struct audit_record *record, uint32_t item, char out[TIMELINE_TEXT]);
/* Whether an entry is about a message: it, its receipts, what answers or supersedes it, what was done for it. */
bool timeline_concerns(const struct audit_record *record, const struct record_entry *entry, uint32_t message);

#endif
