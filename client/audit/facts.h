/* How the index of a record is filled, private to record*.c. */
#ifndef HOTLINE_CLIENT_AUDIT_FACTS_H
#define HOTLINE_CLIENT_AUDIT_FACTS_H

#include "client/audit/record.h"

/* One more element, zeroed. NULL, and the record's error set, when memory runs out. */
void *record_grow(struct audit_record *record, void *items, struct record_list *list, size_t size);
#define RECORD_ADD(record, list) record_grow(record, &(record)->list, &(record)->list##_list, sizeof *(record)->list)

/* Of the array at hand. */
struct record_span record_span(const struct audit_record *record);

/* The item of an id, made when it is new; RECORD_NONE when memory runs out. */
uint32_t record_item(struct audit_record *record, const uint8_t id[HASH_BYTES]);

/* The number of a name, made when it is new. */
uint32_t facts_name(struct audit_record *record, struct bytes text);

/* What the arrays of these kinds say, when they are read. */
void facts_card(struct audit_record *record, struct bytes encoded);
void facts_object(struct audit_record *record, struct bytes encoded);
void facts_content(struct audit_record *record, struct bytes encoded);
/* Once the entries are ordered: receipts to the messages that they name. */
void facts_settle(struct audit_record *record);

#endif
