/*
 * What --json prints. Every document leaves in ASCII: other characters and control characters are \u escapes, so that
 * nothing a peer wrote reaches a terminal as it is.
 */
#ifndef HOTLINE_CLIENT_JSON_H
#define HOTLINE_CLIENT_JSON_H

#include <jansson.h>

#include "client/attach.h"
#include "client/sheet.h"
#include "client/show.h"
#include "proto/card.h"

json_t *json_text(struct bytes text);
/* ISO 8601 with microseconds; null for 0. */
json_t *json_time(int64_t at);
json_t *json_hex(const uint8_t *data, size_t len);

/* A value of MessagePack as its shape has it: a number, a text or a list. */
json_t *json_value(struct pack_reader *r);
/* What a header says, and what a content says, added to a document. */
void json_set_header(json_t *document, const struct message *message);
void json_set_content(json_t *document, const struct content *content);
json_t *json_message(const struct shown *shown);
/* The names of the deadlines that passed. */
json_t *json_breaches(uint32_t bits);
json_t *json_draft(const struct control_draft *draft, const struct message *message, const struct content *content);
json_t *json_attachments(const struct content *content);
/* Adds to one of them how far it is at the station. */
void json_attachment_state(json_t *document, const struct attach_view *view);
json_t *json_attached(uint64_t draft, uint64_t number, struct bytes name, struct bytes media_type, uint64_t len);
json_t *json_saved(const char *path, const struct attachment *attachment);
json_t *json_contact(const struct control_contact *contact, const struct card *card);
json_t *json_sheet(const struct sheet *sheet);
json_t *json_status(const struct control_status *status);
json_t *json_check(const struct control_check *check);
json_t *json_peer(const struct control_peer *peer);
json_t *json_notice(const struct control_notice *notice);
json_t *json_trace(const struct control_trace *trace);
json_t *json_event(const struct control_event *event);

/* The document in ASCII with a line's end, for the caller to free; releases the document. */
char *json_ascii(json_t *document, bool is_line);
/* Prints the document and releases it; is_line: on one line, flushed. */
void json_print(json_t *document, bool is_line);

#endif
